// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/key_tree_store.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

constexpr storage::Partition kPartition{0};
constexpr std::string_view kStateKey = "state";
constexpr std::string_view kIntentKey = "intent";
constexpr std::string_view kNodePrefix = "node/";
// A node has at most 6 KiB, so that a batch stays far below 4 MiB.
constexpr std::size_t kNodesPerBatch = 256;
constexpr std::size_t kAddressSizeBytes = 13;

std::string NodeKey(const keys::NodeAddress& address) {
  std::string key(kNodePrefix);
  key += AsText(address.Encode());
  return key;
}

Bytes EncodeState(std::uint32_t next_leaf) {
  return RecordWriter().U8(kRecordLayout).U32(next_leaf).Take();
}

void WriteAddresses(RecordWriter& writer, const std::vector<keys::NodeAddress>& addresses) {
  writer.U32(static_cast<std::uint32_t>(addresses.size()));
  for (const keys::NodeAddress& address : addresses) writer.Raw(address.Encode());
}

std::vector<keys::NodeAddress> ReadAddresses(RecordReader& reader) {
  std::vector<keys::NodeAddress> addresses;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count; ++i) {
    const StatusOr<keys::NodeAddress> address =
        keys::NodeAddress::Decode(reader.Raw(kAddressSizeBytes));
    if (!address.ok()) {
      reader.Raw(SIZE_MAX);  // makes the reader fail for good
      break;
    }
    addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace

Bytes EncodeIntent(const DestructionIntent& intent) {
  RecordWriter writer;
  writer.U8(kRecordLayout).U64(intent.old_generation).U64(intent.new_generation);
  writer.U32(static_cast<std::uint32_t>(intent.leaves.size()));
  for (const std::uint32_t leaf : intent.leaves) writer.U32(leaf);
  WriteAddresses(writer, intent.copies);
  WriteAddresses(writer, intent.obsolete);
  return writer.Take();
}

StatusOr<DestructionIntent> DecodeIntent(ByteSpan bytes) {
  RecordReader reader(bytes);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  DestructionIntent intent;
  intent.old_generation = reader.U64();
  intent.new_generation = reader.U64();
  const std::uint32_t leaves_count = reader.U32();
  for (std::uint32_t i = 0; i < leaves_count && reader.ok(); ++i) {
    intent.leaves.push_back(reader.U32());
  }
  intent.copies = ReadAddresses(reader);
  intent.obsolete = ReadAddresses(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return intent;
}

StatusOr<std::optional<Bytes>> KeyTreeStore::ReadOne(const std::string& key) const {
  NOREN_ASSIGN_OR_RETURN(std::vector<std::optional<Bytes>> values, store_.Read(kPartition, {key}));
  return std::move(values.front());
}

Status KeyTreeStore::Commit(std::vector<storage::Condition> conditions,
                            std::vector<storage::Mutation> mutations) {
  const storage::CommitResult result = store_.Commit({.partition = kPartition,
                                                      .if_all = std::move(conditions),
                                                      .mutations = std::move(mutations),
                                                      .feed_entry = {}});
  switch (result.outcome) {
    case storage::Outcome::kCommitted:
      return OkStatus();
    case storage::Outcome::kConditionFailed:
      return model::MakeError(model::ErrorCode::kStateConflict, "key tree");
    case storage::Outcome::kUnavailable:
    case storage::Outcome::kUnknown:
      break;
  }
  return model::MakeError(model::ErrorCode::kStorage, "key tree");
}

StatusOr<Bytes> KeyTreeStore::ReadNode(const keys::NodeAddress& address) const {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> bytes, ReadOne(NodeKey(address)));
  if (!bytes) return NotFound("key tree: no such node");
  return std::move(*bytes);
}

Status KeyTreeStore::Create(const keys::WrittenNode& root_node) {
  return Commit(
      {{std::string(kStateKey), std::nullopt}},
      {{std::string(kStateKey), EncodeState(0)}, {NodeKey(root_node.address), root_node.bytes}});
}

StatusOr<std::uint32_t> KeyTreeStore::ReadNextLeaf() const {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> bytes, ReadOne(std::string(kStateKey)));
  if (!bytes) return model::MakeError(model::ErrorCode::kDataCorrupt, "key tree: no tree here");
  RecordReader reader(*bytes);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  const std::uint32_t next_leaf = reader.U32();
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return next_leaf;
}

Status KeyTreeStore::WriteLeaves(std::uint32_t previous, std::uint32_t next,
                                 std::span<const keys::WrittenNode> nodes) {
  std::vector<storage::Mutation> mutations = {{std::string(kStateKey), EncodeState(next)}};
  for (const keys::WrittenNode& node : nodes) {
    mutations.push_back({NodeKey(node.address), node.bytes});
  }
  return Commit({{std::string(kStateKey), EncodeState(previous)}}, std::move(mutations));
}

StatusOr<keys::WrittenNode> KeyTreeStore::NodeWithoutLeaf(std::uint64_t root_generation,
                                                          std::uint32_t leaf) const {
  keys::NodeAddress address{.level = 0, .index = 0, .generation = root_generation};
  while (true) {
    NOREN_ASSIGN_OR_RETURN(const Bytes bytes, ReadNode(address));
    NOREN_ASSIGN_OR_RETURN(keys::Node node, keys::DecodeNode(bytes, address));
    const std::uint32_t below = keys::kTreeDepth - 1u - address.level;
    const std::uint32_t slot = (leaf >> (6 * below)) % keys::kTreeFanOut;
    std::optional<keys::ChildEntry>& child = node.children[slot];
    if (!child) return NotFound("key tree: no such leaf");
    if (below == 0) {
      child.reset();
      return keys::WrittenNode{address, keys::EncodeNode(node)};
    }
    address = {.level = static_cast<std::uint8_t>(address.level + 1),
               .index = leaf >> (6 * below),
               .generation = child->generation};
  }
}

Status KeyTreeStore::RewriteNode(const keys::WrittenNode& node) {
  return Commit({}, {{NodeKey(node.address), node.bytes}});
}

Status KeyTreeStore::WriteRewrapped(const keys::RewrappedNodes& nodes) {
  std::vector<storage::Mutation> mutations;
  for (const keys::WrittenNode& node : nodes.written) {
    mutations.push_back({NodeKey(node.address), node.bytes});
  }
  for (const keys::NodeAddress& node : nodes.obsolete) {
    mutations.push_back({NodeKey(node), std::nullopt});
  }
  return Commit({}, std::move(mutations));
}

StatusOr<std::optional<DestructionIntent>> KeyTreeStore::ReadIntent() const {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> bytes, ReadOne(std::string(kIntentKey)));
  if (!bytes) return std::optional<DestructionIntent>();
  NOREN_ASSIGN_OR_RETURN(DestructionIntent intent, DecodeIntent(*bytes));
  return std::optional<DestructionIntent>(std::move(intent));
}

Status KeyTreeStore::WriteCopies(const DestructionIntent& intent,
                                 std::span<const keys::WrittenNode> copies) {
  std::vector<storage::Mutation> mutations = {{std::string(kIntentKey), EncodeIntent(intent)}};
  for (const keys::WrittenNode& copy : copies) {
    mutations.push_back({NodeKey(copy.address), copy.bytes});
    if (mutations.size() < kNodesPerBatch) continue;
    NOREN_RETURN_IF_ERROR(Commit({}, std::exchange(mutations, {})));
  }
  return mutations.empty() ? OkStatus() : Commit({}, std::move(mutations));
}

Status KeyTreeStore::DeleteNodesAndIntent(std::span<const keys::NodeAddress> nodes) {
  std::vector<storage::Mutation> mutations;
  for (const keys::NodeAddress& node : nodes) {
    mutations.push_back({NodeKey(node), std::nullopt});
    if (mutations.size() < kNodesPerBatch) continue;
    NOREN_RETURN_IF_ERROR(Commit({}, std::exchange(mutations, {})));
  }
  mutations.push_back({std::string(kIntentKey), std::nullopt});
  return Commit({}, std::move(mutations));
}

}  // namespace noren::personal_data
