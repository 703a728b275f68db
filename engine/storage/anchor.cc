// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/anchor.h"

#include <string>

namespace noren::storage {
namespace {

constexpr std::string_view kWhatToDo =
    " The service stays sealed, because answers that were given would be forgotten. Put the newest "
    "data directory back, or restore the newest backup with `noren backup restore`, which applies "
    "the journal again; run `noren doctor` for the details.";

std::string PartitionText(std::uint32_t index) { return "partition " + std::to_string(index); }

Status Behind(std::uint32_t index, std::uint64_t stored, std::uint64_t anchored) {
  return DataLoss("The store is older than its anchor: " + PartitionText(index) +
                  " ends at entry " + std::to_string(stored) + ", but entry " +
                  std::to_string(anchored) +
                  " was acknowledged. Its log was cut off or deleted, or an older copy was put in "
                  "its place." +
                  std::string(kWhatToDo));
}

Status Differs(std::uint32_t index, std::uint64_t sequence) {
  return DataLoss("The store is not the one its anchor knows: in " + PartitionText(index) +
                  ", entry " + std::to_string(sequence) +
                  " is not the entry that was acknowledged. The data directory was replaced or "
                  "changed." +
                  std::string(kWhatToDo));
}

Status VerifyPartition(const PartitionHead& anchored, Partition partition, HeadReader& heads) {
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t stored, heads.LastSequence(partition));
  if (stored < anchored.sequence) return Behind(partition.index, stored, anchored.sequence);
  if (anchored.sequence == 0) return OkStatus();
  StatusOr<Hash256> head = heads.HeadAt(partition, anchored.sequence);
  if (absl::IsNotFound(head.status())) return Differs(partition.index, anchored.sequence);
  NOREN_RETURN_IF_ERROR(head.status());
  if (*head != anchored.head) return Differs(partition.index, anchored.sequence);
  return OkStatus();
}

}  // namespace

AnchorRecord AnchorRecord::Clone() const {
  AnchorRecord copy;
  copy.epoch = epoch;
  copy.partitions = partitions;
  copy.log = log;
  copy.journal = journal;
  copy.time_floor = time_floor;
  copy.key_tree_generation = key_tree_generation;
  copy.key_tree_root_key = key_tree_root_key.Clone();
  return copy;
}

std::string_view NameOf(ErasureClaim claim) {
  return claim == ErasureClaim::kDevice ? "device" : "backups-only";
}

Status VerifyExtends(const AnchorRecord& anchored, std::uint32_t partition_count,
                     HeadReader& heads) {
  if (anchored.partitions.size() != partition_count) {
    return FailedPrecondition(
        "The anchor was written for " + std::to_string(anchored.partitions.size()) +
        " partitions and the store has " + std::to_string(partition_count) +
        ": the configuration names an anchor or a data directory of another service.");
  }
  for (std::uint32_t index = 0; index < partition_count; ++index) {
    NOREN_RETURN_IF_ERROR(VerifyPartition(anchored.partitions[index], Partition{index}, heads));
  }
  return OkStatus();
}

Status VerifyNothingCommitted(std::uint32_t partition_count, HeadReader& heads) {
  for (std::uint32_t index = 0; index < partition_count; ++index) {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t stored, heads.LastSequence(Partition{index}));
    if (stored == 0) continue;
    return DataLoss("The store has entries (" + PartitionText(index) + " ends at entry " +
                    std::to_string(stored) +
                    ") but its anchor is empty or missing. The service stays sealed: without the "
                    "anchor nobody can tell whether this is the newest data. Mount the anchor's "
                    "device and check `anchor` in the configuration.");
  }
  return OkStatus();
}

}  // namespace noren::storage
