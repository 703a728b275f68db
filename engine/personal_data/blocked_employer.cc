// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/blocked_employer.h"

#include <string>
#include <utility>

#include "crypto/primitives/hkdf.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/pseudonyms.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

constexpr std::uint32_t kNoLeaf = 0xFFFFFFFF;
constexpr std::uint32_t kMaxSealedNumberBytes = 256;
constexpr std::string_view kNumberPart = "employer-block/number";

SecretBytes NumberKey(const SecretBytes& key) {
  return primitives::HkdfSha256Key(key, {.salt = {}, .info = AsBytes("noren/v1/employer-number")});
}

}  // namespace

StatusOr<BlockedEmployer> MakeBlockedEmployer(const model::PersonId& person,
                                              const model::CorporateNumber& employer,
                                              const EmployerKey& key, Random& random) {
  BlockedEmployer blocked;
  blocked.leaf = key.leaf;
  blocked.token = Pseudonyms::EmployerToken(key.key, person, employer);
  const std::string store_key = keyspaces::PersonKey(person);
  const std::string number = employer.ToString();
  NOREN_ASSIGN_OR_RETURN(blocked.number, SealRecord(NumberKey(key.key), {kNumberPart, store_key},
                                                    AsBytes(number), random));
  return blocked;
}

StatusOr<model::CorporateNumber> OpenBlockedEmployer(const model::PersonId& person,
                                                     const BlockedEmployer& blocked,
                                                     const SecretBytes& key) {
  const std::string store_key = keyspaces::PersonKey(person);
  NOREN_ASSIGN_OR_RETURN(const Bytes number,
                         OpenRecord(NumberKey(key), {kNumberPart, store_key}, blocked.number));
  const auto employer = model::ParseCorporateNumber(AsText(number));
  return employer.ok() ? employer : StatusOr<model::CorporateNumber>(DamagedRecord());
}

void WriteBlockedEmployers(const std::vector<BlockedEmployer>& employers, RecordWriter& writer) {
  writer.U8(static_cast<std::uint8_t>(employers.size()));
  for (const BlockedEmployer& one : employers) {
    writer.U32(one.leaf.value_or(kNoLeaf)).Raw(one.token).Field(one.number);
  }
}

StatusOr<std::vector<BlockedEmployer>> ReadBlockedEmployers(RecordReader& reader,
                                                            std::size_t most) {
  std::vector<BlockedEmployer> employers;
  const std::uint8_t count = reader.U8();
  if (count == 0 || count > most) return DamagedRecord();
  for (std::uint8_t i = 0; i < count; ++i) {
    BlockedEmployer one;
    const std::uint32_t leaf = reader.U32();
    if (leaf != kNoLeaf) one.leaf = leaf;
    one.token = ReadHash(reader);
    one.number = ToBytes(reader.Field(kMaxSealedNumberBytes));
    if (!reader.ok()) return DamagedRecord();
    if (i > 0 && !(employers.back().token < one.token)) return DamagedRecord();
    employers.push_back(std::move(one));
  }
  return employers;
}

}  // namespace noren::personal_data
