// The key tree's own database: nodes, the next free leaf, and the intent of a destruction.
// Source:   docs/formats/key_tree_store.md
// Threads:  const members concurrently; changes are externally serialised
// Secrets:  none: nodes hold wrapped keys only
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/base/status.h"
#include "crypto/keys/key_tree.h"
#include "crypto/keys/key_tree_rewrap.h"
#include "engine/storage/store.h"

namespace noren::personal_data {

// What was begun, so that a start after a crash can finish or undo it.
struct DestructionIntent {
  std::uint64_t old_generation = 0;
  std::uint64_t new_generation = 0;
  std::vector<std::uint32_t> leaves;
  std::vector<keys::NodeAddress> copies;    // deleted when it is undone
  std::vector<keys::NodeAddress> obsolete;  // deleted when it is finished
  bool operator==(const DestructionIntent&) const = default;
};

Bytes EncodeIntent(const DestructionIntent& intent);
StatusOr<DestructionIntent> DecodeIntent(ByteSpan bytes);  // kDataCorrupt

// Every write is durable on return; kStorage when that is not certain.
class KeyTreeStore final : public keys::NodeReader {
 public:
  // `store` must outlive this.
  explicit KeyTreeStore(storage::Store& store) : store_(store) {}

  StatusOr<Bytes> ReadNode(const keys::NodeAddress& address) const override;

  //   errors   kStateConflict: there is a tree already
  Status Create(const keys::WrittenNode& root_node);
  //   errors   kDataCorrupt: there is no tree, or its state is damaged
  StatusOr<std::uint32_t> ReadNextLeaf() const;
  // Writes the nodes, and `next` in place of `previous`.
  Status WriteLeaves(std::uint32_t previous, std::uint32_t next,
                     std::span<const keys::WrittenNode> nodes);
  // The node that holds the leaf, without it.
  //   errors   kNotFound: no such leaf
  StatusOr<keys::WrittenNode> NodeWithoutLeaf(std::uint64_t root_generation,
                                              std::uint32_t leaf) const;
  Status RewriteNode(const keys::WrittenNode& node);

  // One atomic batch.
  Status WriteRewrapped(const keys::RewrappedNodes& nodes);

  StatusOr<std::optional<DestructionIntent>> ReadIntent() const;
  // The intent is durable no later than the first of the copies.
  Status WriteCopies(const DestructionIntent& intent, std::span<const keys::WrittenNode> copies);
  // The intent goes last.
  Status DeleteNodesAndIntent(std::span<const keys::NodeAddress> nodes);

 private:
  StatusOr<std::optional<Bytes>> ReadOne(const std::string& key) const;
  Status Commit(std::vector<storage::Condition> conditions,
                std::vector<storage::Mutation> mutations);

  storage::Store& store_;
};

}  // namespace noren::personal_data
