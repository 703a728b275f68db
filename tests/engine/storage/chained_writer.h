// Writes batches that can be told whole from half and old from new: each carries its number in
// every key, a hash chain over the values, and is conditional on the one before. What the audit
// chain does in the service, small.
// Threads:  externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/storage/anchor.h"
#include "engine/storage/store.h"

namespace noren::storage {

inline std::string NumberedKey(std::string_view prefix, std::uint64_t number) {
  return std::string(prefix) + std::string(AsText(RecordWriter().U64(number).bytes()));
}

// Batch `sequence` has this many values.
inline std::uint64_t ValuesCountOf(std::uint64_t sequence) { return 1 + sequence * 7 % 13; }

inline Bytes ValueOf(std::uint64_t sequence, std::uint64_t index) {
  const Hash256 seed = primitives::Sha256(RecordWriter().U64(sequence).U64(index).bytes());
  Bytes value;
  for (std::uint64_t i = 0; i <= sequence % 11; ++i)
    value.insert(value.end(), seed.begin(), seed.end());
  return value;
}

inline Hash256 NextHead(const Hash256& head, std::uint64_t sequence) {
  return primitives::Sha256(RecordWriter().Raw(head).U64(sequence).bytes());
}

class ChainedWriter final : public HeadReader {
 public:
  explicit ChainedWriter(Store& store) : store_(store) {}

  StatusOr<PartitionHead> Head(Partition partition) {
    NOREN_ASSIGN_OR_RETURN(auto values, store_.Read(partition, {"head"}));
    if (!values[0]) return PartitionHead{};
    return Decode(*values[0]);
  }

  CommitResult WriteNext(Partition partition, const PartitionHead& before) {
    const std::uint64_t sequence = before.sequence + 1;
    const PartitionHead after{sequence, NextHead(before.head, sequence)};
    Batch batch;
    batch.partition = partition;
    batch.if_all.push_back(
        {"head", before.sequence == 0 ? std::nullopt : std::optional(Encode(before))});
    batch.mutations.push_back({"head", Encode(after)});
    batch.mutations.push_back({NumberedKey("head/", sequence), ToBytes(ByteSpan(after.head))});
    for (std::uint64_t i = 0; i < ValuesCountOf(sequence); ++i) {
      batch.mutations.push_back(
          {NumberedKey(NumberedKey("w/", sequence), i), ValueOf(sequence, i)});
    }
    batch.feed_entry = RecordWriter().U64(sequence).Take();
    return store_.Commit(batch);
  }

  StatusOr<std::uint64_t> LastSequence(Partition partition) override {
    NOREN_ASSIGN_OR_RETURN(const PartitionHead head, Head(partition));
    return head.sequence;
  }
  StatusOr<Hash256> HeadAt(Partition partition, std::uint64_t sequence) override {
    NOREN_ASSIGN_OR_RETURN(auto values, store_.Read(partition, {NumberedKey("head/", sequence)}));
    if (!values[0] || values[0]->size() != 32) return NotFound("head: not there");
    Hash256 head{};
    std::copy(values[0]->begin(), values[0]->end(), head.begin());
    return head;
  }

  // Every batch up to the head is whole, with the values it was written with, and nothing of a
  // later one is there.
  //   errors   kInternal: a batch is half, wrong or unknown; errors of reading
  Status CheckWhole(Partition partition, std::uint64_t from_sequence) {
    NOREN_ASSIGN_OR_RETURN(const PartitionHead head, Head(partition));
    for (std::uint64_t sequence = from_sequence; sequence <= head.sequence; ++sequence) {
      NOREN_RETURN_IF_ERROR(CheckBatchWhole(partition, sequence));
    }
    NOREN_ASSIGN_OR_RETURN(const Page later,
                           store_.Scan(partition, "w/", NumberedKey("w/", head.sequence + 1), 1));
    if (!later.items.empty()) return Internal("values of a batch that was not committed");
    return CheckFeed(partition, head.sequence);
  }

 private:
  static Bytes Encode(const PartitionHead& head) {
    return RecordWriter().U64(head.sequence).Raw(head.head).Take();
  }
  static StatusOr<PartitionHead> Decode(ByteSpan bytes) {
    RecordReader reader(bytes);
    PartitionHead head;
    head.sequence = reader.U64();
    const ByteSpan hash = reader.Raw(32);
    NOREN_RETURN_IF_ERROR(reader.Finish());
    std::copy(hash.begin(), hash.end(), head.head.begin());
    return head;
  }
  Status CheckBatchWhole(Partition partition, std::uint64_t sequence) {
    NOREN_ASSIGN_OR_RETURN(const Page page,
                           store_.Scan(partition, NumberedKey("w/", sequence), "", 100));
    if (page.items.size() != ValuesCountOf(sequence)) return Internal("half a batch");
    for (std::uint64_t i = 0; i < page.items.size(); ++i) {
      if (page.items[i].value != ValueOf(sequence, i)) return Internal("a wrong value");
    }
    return OkStatus();
  }
  Status CheckFeed(Partition partition, std::uint64_t last_sequence) {
    const std::uint64_t after = last_sequence == 0 ? 0 : last_sequence - 1;
    NOREN_ASSIGN_OR_RETURN(const FeedPage feed, store_.ReadFeed(partition, after, 10));
    if (feed.items.size() != (last_sequence == 0 ? 0u : 1u))
      return Internal("feed and head differ");
    return OkStatus();
  }

  Store& store_;
};

}  // namespace noren::storage
