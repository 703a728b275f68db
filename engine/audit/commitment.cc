// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/commitment.h"

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"

namespace noren::audit {
namespace {

constexpr std::string_view kDomain = "noren/commitment/1\n";
constexpr std::uint8_t kOpeningVersion = 1;
constexpr std::uint8_t kHasPrincipal = 1;
constexpr std::uint8_t kHasSubject = 2;
constexpr std::uint8_t kHasObject = 4;

void WriteName(RecordWriter& out, const std::optional<CommittedName>& name) {
  if (name) out.Raw(name->salt).Field(name->name);
}

std::optional<CommittedName> ReadName(RecordReader& in, bool present) {
  if (!present) return std::nullopt;
  CommittedName name;
  const ByteSpan salt = in.Raw(kSaltSizeBytes);
  if (in.ok()) std::copy(salt.begin(), salt.end(), name.salt.begin());
  name.name = in.Text(kMaxCommittedSizeBytes);
  return name;
}

}  // namespace

CommittedName ChooseSalt(Random& random, std::string_view name) {
  CommittedName opening{.salt = {}, .name = std::string(name)};
  random.Fill(opening.salt);
  return opening;
}

Hash256 CommitTo(Party party, const CommittedName& opening) {
  const std::uint8_t kind = static_cast<std::uint8_t>(party);
  return primitives::Sha256Hasher()
      .Update(AsBytes(kDomain))
      .Update({&kind, 1})
      .Update(opening.salt)
      .Update(AsBytes(opening.name))
      .Finish();
}

bool Opens(const Hash256& commitment, Party party, const CommittedName& opening) {
  return CommitTo(party, opening) == commitment;
}

Bytes Encode(const EntryOpening& opening) {
  std::uint8_t present = 0;
  if (opening.principal) present |= kHasPrincipal;
  if (opening.subject) present |= kHasSubject;
  if (opening.object) present |= kHasObject;
  RecordWriter out;
  out.U8(kOpeningVersion).U64(opening.sequence).U8(present);
  WriteName(out, opening.principal);
  WriteName(out, opening.subject);
  WriteName(out, opening.object);
  return out.Take();
}

StatusOr<EntryOpening> DecodeEntryOpening(ByteSpan bytes) {
  RecordReader in(bytes);
  if (in.U8() != kOpeningVersion) return DataLoss("audit opening: unknown version");
  EntryOpening opening;
  opening.sequence = in.U64();
  const std::uint8_t present = in.U8();
  if (present > (kHasPrincipal | kHasSubject | kHasObject)) {
    return DataLoss("audit opening: unknown flags");
  }
  opening.principal = ReadName(in, (present & kHasPrincipal) != 0);
  opening.subject = ReadName(in, (present & kHasSubject) != 0);
  opening.object = ReadName(in, (present & kHasObject) != 0);
  NOREN_RETURN_IF_ERROR(in.Finish());
  return opening;
}

}  // namespace noren::audit
