// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/narrowing_journal.h"

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"

namespace noren::storage {
namespace {

constexpr std::string_view kChainContext = "noren/journal-chain/1";

bool IsKnownKind(std::uint8_t kind) {
  return kind >= static_cast<std::uint8_t>(NarrowingKind::kWithdrawal) &&
         kind <= static_cast<std::uint8_t>(NarrowingKind::kFacts);
}

}  // namespace

Bytes EncodeNarrowingAct(const NarrowingAct& act) {
  RecordWriter writer;
  writer.U8(static_cast<std::uint8_t>(act.kind)).U32(act.partition.index).U64(act.sequence);
  writer.Field(act.payload);
  return writer.Take();
}

StatusOr<NarrowingAct> DecodeNarrowingAct(ByteSpan bytes) {
  RecordReader reader(bytes);
  NarrowingAct act;
  const std::uint8_t kind = reader.U8();
  act.partition.index = reader.U32();
  act.sequence = reader.U64();
  act.payload = ToBytes(reader.Field(kMaxNarrowingPayloadBytes));
  NOREN_RETURN_IF_ERROR(reader.Finish());
  if (!IsKnownKind(kind)) return DataLoss("journal: act of an unknown kind");
  act.kind = static_cast<NarrowingKind>(kind);
  return act;
}

Hash256 ChainNarrowingAct(const Hash256& previous, const NarrowingAct& act) {
  primitives::Sha256Hasher hasher;
  return hasher.Update(AsBytes(kChainContext))
      .Update(previous)
      .Update(EncodeNarrowingAct(act))
      .Finish();
}

}  // namespace noren::storage
