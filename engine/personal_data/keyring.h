// People's data keys: leaves of a key tree in a database of its own. Destroying a leaf gives every
// key on its path, and the root, a new value; once the anchor holds the new root, no older image of
// the tree opens.
// Source:   docs/design/0001-the-doorway.md (Keys), docs/formats/key_tree.md
// Threads:  thread-safe; AddLeaf waits while a destruction is between Prepare and its end
// Secrets:  root key, data keys; cached person keys are bounded and dropped by Seal
// Why safe: a destroyed leaf's key is wrapped only under keys that exist nowhere once the old root
//           key is overwritten.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/keys/key_tree.h"
#include "engine/storage/store.h"

namespace noren::personal_data {

using LeafIndex = std::uint32_t;  // 0 .. 64^4 - 1; never used twice

using keys::TreeRoot;  // {key, generation}: what the anchor holds of the tree

// What is derived from one person's data key.
struct PersonKeys {
  SecretBytes profile;          // seals the coded profile
  SecretBytes records;          // seals everything else about the person
  SecretBytes items_identity;   // age X25519 identity (32-byte scalar) of the person's items
  std::string items_recipient;  // its recipient, "age1..."
};

struct AddedLeaf {
  LeafIndex leaf = 0;
  std::shared_ptr<const PersonKeys> keys;
};

// A destruction whose copied nodes are durable. `new_root` goes into the anchor next.
struct DestructionPlan {
  std::uint64_t old_generation = 0;
  TreeRoot new_root;
  std::vector<LeafIndex> leaves;  // sorted, no duplicates
};

inline constexpr std::size_t kMaxLeavesPerDestruction = 4096;

struct KeyringOptions {
  std::size_t cached_people = 4096;  // unwrapped keys held at most
};

class Keyring {
 public:
  struct Created;
  // A new tree in an empty database. The root must be durable in the anchor before the first
  // AddLeaf counts.
  //   errors   kFailedPrecondition: the database already holds a tree
  static StatusOr<Created> Create(storage::Store& tree_store, Random& random,
                                  KeyringOptions options = {});
  // Opens the tree under the anchor's root. A destruction that was interrupted is finished when its
  // new root is the anchor's (old nodes deleted), undone when the old one is; interrupted() then
  // lists its leaves, for operations to destroy again.
  //   errors   kDataCorrupt: the tree does not open under this root
  static StatusOr<std::unique_ptr<Keyring>> Load(storage::Store& tree_store, Random& random,
                                                 TreeRoot root, KeyringOptions options = {});
  ~Keyring();

  // A new leaf with a fresh data key, durable on return.
  //   errors   kStorage; kSealed after Seal; kLimitReached: the tree is full
  StatusOr<AddedLeaf> AddLeaf();
  //   errors   kNotFound: destroyed, being destroyed, or never made; kDataCorrupt; kSealed
  StatusOr<std::shared_ptr<const PersonKeys>> Open(LeafIndex leaf);

  // Copies the paths under fresh keys without `leaves`; durable on return. One destruction at a
  // time: waits for another. Leaves that are gone already are left out of the plan.
  //   errors   kNotFound: none of the leaves exists; kTooLarge: above kMaxLeavesPerDestruction
  StatusOr<DestructionPlan> PrepareDestruction(std::vector<LeafIndex> leaves);
  // After the anchor holds plan.new_root: switches to it and deletes the old nodes. Repeating it is
  // harmless.
  Status CompleteDestruction(const DestructionPlan& plan);
  // When the anchor certainly still holds the old root: deletes the copied nodes, the leaves open
  // again.
  Status AbandonDestruction(const DestructionPlan& plan);
  // As PrepareDestruction, of no leaf: the root node under a fresh root key. Ends with
  // CompleteDestruction or AbandonDestruction.
  StatusOr<DestructionPlan> PrepareRotation();
  // Gives nodes of a generation before `since` fresh keys: the children of one node, in one durable
  // write; how many. `since` is at most the root's generation. 0 when there was none left.
  //   errors   kDataCorrupt; kStorage: not known to be written, and the tree is as before or after;
  //            kSealed
  StatusOr<std::size_t> RewrapSome(std::uint64_t since);
  StatusOr<std::uint64_t> CountOldNodes(std::uint64_t since);
  // Leaves of a destruction that Load undid.
  const std::vector<LeafIndex>& interrupted() const;

  // Leaves that exist, ascending, strictly after `after` (nullopt: from the start), at most
  // `limit`.
  StatusOr<std::vector<LeafIndex>> ListLeaves(std::optional<LeafIndex> after, std::size_t limit);
  // Deletes the leaves for which `is_used` is false: left by registrations that never committed.
  // Only while no registration is in flight (at start). Returns how many.
  StatusOr<std::size_t> SweepUnused(const std::function<bool(LeafIndex)>& is_used);

  // The current one.
  //   errors   kSealed after Seal
  StatusOr<TreeRoot> root() const;
  // Drops every unwrapped key, the root included: nothing opens any more.
  void Seal();

 private:
  class Tree;
  explicit Keyring(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

struct Keyring::Created {
  std::unique_ptr<Keyring> keyring;
  TreeRoot root;
};

}  // namespace noren::personal_data
