// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/rocksdb_layout.h"

#include "crypto/base/encoding.h"

namespace noren::storage {
namespace {

constexpr std::size_t kPartitionPrefixBytes = 1 + 4;

std::string PartitionKey(char kind, Partition partition, ByteSpan rest) {
  RecordWriter writer;
  writer.U8(static_cast<std::uint8_t>(kind)).U32(partition.index).Raw(rest);
  return std::string(AsText(writer.bytes()));
}

}  // namespace

std::string DataKey(Partition partition, std::string_view key) {
  return PartitionKey('d', partition, AsBytes(key));
}

std::string FeedKey(Partition partition, std::uint64_t sequence) {
  return PartitionKey('f', partition, RecordWriter().U64(sequence).bytes());
}

std::string FeedHeadKey(Partition partition) { return PartitionKey('h', partition, {}); }

std::string_view UserKeyOf(std::string_view data_key) {
  return data_key.substr(kPartitionPrefixBytes);
}

StatusOr<std::uint64_t> FeedSequenceOf(std::string_view feed_key) {
  RecordReader reader(AsBytes(feed_key));
  reader.Raw(kPartitionPrefixBytes);
  const std::uint64_t sequence = reader.U64();
  NOREN_RETURN_IF_ERROR(reader.Finish());
  return sequence;
}

std::string EncodeStoreFormat(const StoreFormat& format) {
  RecordWriter writer;
  writer.U32(format.version).U32(format.partition_count);
  return std::string(AsText(writer.bytes()));
}

StatusOr<StoreFormat> DecodeStoreFormat(std::string_view bytes) {
  RecordReader reader(AsBytes(bytes));
  StoreFormat format;
  format.version = reader.U32();
  format.partition_count = reader.U32();
  NOREN_RETURN_IF_ERROR(reader.Finish());
  return format;
}

std::string EncodeFeedHead(const FeedHead& head) {
  RecordWriter writer;
  writer.U64(head.last_sequence).U64(head.trimmed_up_to);
  return std::string(AsText(writer.bytes()));
}

StatusOr<FeedHead> DecodeFeedHead(std::string_view bytes) {
  RecordReader reader(AsBytes(bytes));
  FeedHead head;
  head.last_sequence = reader.U64();
  head.trimmed_up_to = reader.U64();
  NOREN_RETURN_IF_ERROR(reader.Finish());
  if (head.trimmed_up_to > head.last_sequence) return DataLoss("store: feed head damaged");
  return head;
}

std::string EndOfPrefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

}  // namespace noren::storage
