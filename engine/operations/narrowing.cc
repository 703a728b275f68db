// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/narrowing.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/personal_data/act.h"

namespace noren::operations {
namespace {

using storage::NarrowingKind;

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kErasureFormat = 2;
constexpr std::uint8_t kRequestFormat = 3;
constexpr std::uint8_t kEmployersFormat = 4;
constexpr std::uint8_t kSealedEmployersFormat = 7;  // 5 and 6 are of destructions and holds
constexpr std::uint8_t kPurposeFormat = 8;
constexpr std::size_t kMaxPurposeBytes = 64;
constexpr std::uint32_t kMaxSealedBytes = 32768;
constexpr std::size_t kMaxAskedByBytes = 128;
constexpr std::uint32_t kNoLeaf = 0xFFFFFFFF;

Status Damaged() { return model::MakeError(model::ErrorCode::kDataCorrupt, "narrowing act"); }

void WriteErasure(const NarrowedErasure& erasure, RecordWriter& writer) {
  writer.Raw(erasure.request.bytes()).Raw(erasure.receipt.bytes()).Raw(erasure.handle_commitment);
  writer.U32(erasure.leaf.value_or(kNoLeaf))
      .U64(erasure.generation_before)
      .U64(erasure.generation_after);
}

StatusOr<NarrowedErasure> ReadErasure(RecordReader& reader) {
  NarrowedErasure erasure;
  const ByteSpan request = reader.Raw(model::RequestId::kSizeBytes);
  const ByteSpan receipt = reader.Raw(model::ReceiptId::kSizeBytes);
  const ByteSpan commitment = reader.Raw(erasure.handle_commitment.size());
  const std::uint32_t leaf = reader.U32();
  erasure.generation_before = reader.U64();
  erasure.generation_after = reader.U64();
  if (!reader.ok()) return Damaged();
  std::copy(commitment.begin(), commitment.end(), erasure.handle_commitment.begin());
  if (leaf != kNoLeaf) erasure.leaf = leaf;
  NOREN_ASSIGN_OR_RETURN(erasure.request, model::RequestId::FromBytes(request));
  NOREN_ASSIGN_OR_RETURN(erasure.receipt, model::ReceiptId::FromBytes(receipt));
  return erasure;
}

StatusOr<NarrowedRequest> ReadRequest(RecordReader& reader) {
  const ByteSpan id = reader.Raw(model::RequestId::kSizeBytes);
  NarrowedRequest request;
  request.asked_by = reader.Text(kMaxAskedByBytes);
  if (!reader.ok()) return Damaged();
  NOREN_ASSIGN_OR_RETURN(request.request, model::RequestId::FromBytes(id));
  return request;
}

StatusOr<NarrowedEmployers> ReadEmployers(RecordReader& reader) {
  const std::uint8_t count = reader.U8();
  if (count == 0 || count > personal_data::kMaxEmployersPerAct) return Damaged();
  NarrowedEmployers employers;
  for (std::uint8_t i = 0; i < count; ++i) {
    Hash256& token = employers.tokens.emplace_back();
    const ByteSpan bytes = reader.Raw(token.size());
    if (bytes.size() != token.size()) return Damaged();
    std::copy(bytes.begin(), bytes.end(), token.begin());
  }
  return employers;
}

StatusOr<NarrowedEmployers> ReadSealedEmployers(RecordReader& reader) {
  NarrowedEmployers employers;
  const std::uint8_t replaces = reader.U8();
  employers.replaces = replaces == 1;
  employers.sealed = ToBytes(reader.Field(kMaxSealedBytes));
  if (!reader.ok() || replaces > 1 || employers.sealed.empty()) return Damaged();
  return employers;
}

std::uint8_t FormatOf(const NarrowedPerson& narrowed) {
  if (narrowed.erasure) return kErasureFormat;
  if (narrowed.employers)
    return narrowed.employers->sealed.empty() ? kEmployersFormat : kSealedEmployersFormat;
  if (!narrowed.purpose.empty()) return kPurposeFormat;
  return narrowed.request ? kRequestFormat : kFormat;
}

// Each kind has its own format.
bool Fits(NarrowingKind kind, const NarrowedPerson& narrowed) {
  return narrowed.erasure.has_value() == (kind == NarrowingKind::kErasure) &&
         narrowed.request.has_value() == (kind == NarrowingKind::kErasureRequest) &&
         narrowed.employers.has_value() == (kind == NarrowingKind::kEmployerBlock) &&
         (narrowed.purpose.empty() || kind == NarrowingKind::kWithdrawal);
}

}  // namespace

storage::NarrowingAct MakeNarrowingAct(storage::NarrowingKind kind,
                                       const NarrowedPerson& narrowed) {
  storage::NarrowingAct act;
  act.kind = kind;
  RecordWriter writer;
  writer.U8(FormatOf(narrowed))
      .Raw(narrowed.person.bytes())
      .Raw(narrowed.consent.bytes())
      .I64(narrowed.at.value);
  if (narrowed.erasure) WriteErasure(*narrowed.erasure, writer);
  if (narrowed.request) {
    writer.Raw(narrowed.request->request.bytes()).Field(narrowed.request->asked_by);
  }
  if (narrowed.employers && !narrowed.employers->sealed.empty()) {
    writer.U8(narrowed.employers->replaces ? 1 : 0).Field(narrowed.employers->sealed);
  } else if (narrowed.employers) {
    writer.U8(static_cast<std::uint8_t>(narrowed.employers->tokens.size()));
    for (const Hash256& token : narrowed.employers->tokens) writer.Raw(token);
  }
  if (FormatOf(narrowed) == kPurposeFormat) writer.Field(narrowed.purpose);
  act.payload = writer.Take();
  return act;
}

StatusOr<NarrowedPerson> NarrowedPersonOf(const storage::NarrowingAct& act) {
  RecordReader reader(act.payload);
  const std::uint8_t format = reader.U8();
  const ByteSpan person = reader.Raw(model::PersonId::kSizeBytes);
  const ByteSpan consent = reader.Raw(model::ConsentId::kSizeBytes);
  NarrowedPerson narrowed;
  narrowed.at = {reader.I64()};
  if (format == kErasureFormat) {
    NOREN_ASSIGN_OR_RETURN(narrowed.erasure, ReadErasure(reader));
  }
  if (format == kRequestFormat) {
    NOREN_ASSIGN_OR_RETURN(narrowed.request, ReadRequest(reader));
  }
  if (format == kEmployersFormat) {
    NOREN_ASSIGN_OR_RETURN(narrowed.employers, ReadEmployers(reader));
  }
  if (format == kSealedEmployersFormat) {
    NOREN_ASSIGN_OR_RETURN(narrowed.employers, ReadSealedEmployers(reader));
  }
  if (format == kPurposeFormat) {
    narrowed.purpose = reader.Text(kMaxPurposeBytes);
    if (narrowed.purpose.empty()) return Damaged();
  }
  const bool is_known = (format >= kFormat && format <= kEmployersFormat) ||
                        format == kSealedEmployersFormat || format == kPurposeFormat;
  if (!reader.Finish().ok() || !is_known || !Fits(act.kind, narrowed)) {
    return Damaged();
  }
  NOREN_ASSIGN_OR_RETURN(narrowed.person, model::PersonId::FromBytes(person));
  NOREN_ASSIGN_OR_RETURN(narrowed.consent, model::ConsentId::FromBytes(consent));
  return narrowed;
}

}  // namespace noren::operations
