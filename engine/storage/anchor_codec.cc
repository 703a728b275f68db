// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/anchor_codec.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/primitives/aead.h"

namespace noren::storage {
namespace {

constexpr std::string_view kMagic = "NORENAN1";
constexpr std::string_view kRootKeyContext = "noren/anchor/root-key/1";
constexpr std::size_t kRootKeyBytes = 32;
constexpr std::size_t kSealedRootKeyMaxBytes = kRootKeyBytes + primitives::kAeadOverheadBytes;
constexpr std::size_t kPlainBytes =
    kAnchorSlotBytes - kMagic.size() - primitives::kAeadOverheadBytes;
constexpr std::size_t kFixedFieldsBytes = 8 + 8 + 40 + 40 + 8 + (4 + kSealedRootKeyMaxBytes) + 2;
static_assert(kFixedFieldsBytes + kMaxAnchorPartitions * 40 <= kPlainBytes);

Bytes RootKeyContext(std::uint64_t epoch) {
  return RecordWriter().Raw(AsBytes(kRootKeyContext)).U64(epoch).Take();
}

Hash256 ReadHash(RecordReader& reader) {
  Hash256 hash{};
  const ByteSpan bytes = reader.Raw(hash.size());
  if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Bytes EncodePlain(const SecretBytes& seal_key, const AnchorRecord& record, Random& random) {
  Bytes root_key;
  if (!record.key_tree_root_key.empty()) {
    const Bytes context = RootKeyContext(record.epoch);
    root_key = primitives::SealSecret(seal_key, {context}, record.key_tree_root_key, random);
  }
  RecordWriter writer;
  writer.U64(record.epoch).I64(record.time_floor.value);
  writer.U64(record.log.size).Raw(record.log.root);
  writer.U64(record.journal.count).Raw(record.journal.chain);
  writer.U64(record.key_tree_generation).Field(root_key);
  writer.U16(static_cast<std::uint16_t>(record.partitions.size()));
  for (const PartitionHead& partition : record.partitions) {
    writer.U64(partition.sequence).Raw(partition.head);
  }
  Bytes plain = writer.Take();
  plain.resize(kPlainBytes);  // zeros: every slot has one size, whatever it holds
  return plain;
}

Status Damaged() { return DataLoss("anchor: slot damaged, or sealed with another key"); }

StatusOr<AnchorRecord> DecodePlain(const SecretBytes& seal_key, ByteSpan plain) {
  RecordReader reader(plain);
  AnchorRecord record;
  record.epoch = reader.U64();
  record.time_floor.value = reader.I64();
  record.log.size = reader.U64();
  record.log.root = ReadHash(reader);
  record.journal.count = reader.U64();
  record.journal.chain = ReadHash(reader);
  record.key_tree_generation = reader.U64();
  const ByteSpan root_key = reader.Field(kSealedRootKeyMaxBytes);
  const std::size_t partitions_count = reader.U16();
  if (!reader.ok() || partitions_count > kMaxAnchorPartitions) return Damaged();
  for (std::size_t i = 0; i < partitions_count; ++i) {
    PartitionHead& head = record.partitions.emplace_back();
    head.sequence = reader.U64();
    head.head = ReadHash(reader);
  }
  if (!reader.ok()) return Damaged();
  if (!root_key.empty()) {
    const Bytes context = RootKeyContext(record.epoch);
    NOREN_ASSIGN_OR_RETURN(record.key_tree_root_key,
                           primitives::OpenSecret(seal_key, {context}, root_key));
  }
  return record;
}

}  // namespace

StatusOr<Bytes> SealAnchorSlot(const SecretBytes& seal_key, const AnchorRecord& record,
                               Random& random) {
  if (record.partitions.size() > kMaxAnchorPartitions) {
    return InvalidArgument("anchor: more than 64 partitions");
  }
  if (!record.key_tree_root_key.empty() && record.key_tree_root_key.size() != kRootKeyBytes) {
    return InvalidArgument("anchor: the key tree's root key must have 32 bytes");
  }
  const Bytes plain = EncodePlain(seal_key, record, random);
  RecordWriter writer;
  writer.Raw(AsBytes(kMagic));
  writer.Raw(primitives::Seal(seal_key, {AsBytes(kMagic)}, plain, random));
  return writer.Take();
}

StatusOr<AnchorRecord> OpenAnchorSlot(const SecretBytes& seal_key, ByteSpan slot) {
  if (slot.size() != kAnchorSlotBytes) return Damaged();
  if (std::all_of(slot.begin(), slot.end(), [](std::uint8_t byte) { return byte == 0; })) {
    return NotFound("anchor: slot never written");
  }
  if (AsText(slot.first(kMagic.size())) != kMagic) return Damaged();
  StatusOr<Bytes> plain =
      primitives::Open(seal_key, {AsBytes(kMagic)}, slot.subspan(kMagic.size()));
  if (!plain.ok()) return Damaged();
  return DecodePlain(seal_key, *plain);
}

}  // namespace noren::storage
