// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/keyring.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include "crypto/keys/key_tree_rewrap.h"
#include "engine/model/errors.h"
#include "engine/personal_data/key_tree_store.h"
#include "engine/personal_data/person_key_cache.h"
#include "engine/personal_data/person_keys.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::size_t kSweepPage = 4096;

Status SealedKeyring() { return MakeError(ErrorCode::kSealed, "keyring"); }
Status NoSuchLeaf() { return MakeError(ErrorCode::kNotFound, "key tree leaf"); }
Status DamagedTree() { return MakeError(ErrorCode::kDataCorrupt, "key tree"); }

// Errors of crypto/keys carry no code of ours.
Status WithCode(const Status& status) {
  if (status.code() == StatusCode::kNotFound) return NoSuchLeaf();
  if (status.code() == StatusCode::kDataLoss) return DamagedTree();
  return status;
}

}  // namespace

// Locks, always taken in this order:
//   change_mutex_   one change of the tree at a time; guards pending_ and next_leaf_
//   root_mutex_     readers of nodes hold it shared, so that no node they need is deleted under
//   them
class Keyring::Tree {
 public:
  Tree(storage::Store& store, Random& random, TreeRoot root, KeyringOptions options)
      : store_(store), random_(random), cache_(options.cached_people), root_(std::move(root)) {}

  Status Start();
  StatusOr<AddedLeaf> AddLeaf();
  StatusOr<std::shared_ptr<const PersonKeys>> Open(LeafIndex leaf);
  StatusOr<DestructionPlan> Prepare(const std::vector<LeafIndex>& leaves);
  StatusOr<DestructionPlan> PrepareRotation();
  StatusOr<std::size_t> RewrapSome(std::uint64_t since);
  StatusOr<std::uint64_t> CountOld(std::uint64_t since);
  Status Complete(const DestructionPlan& plan);
  Status Abandon(const DestructionPlan& plan);
  StatusOr<std::vector<LeafIndex>> List(std::optional<LeafIndex> after, std::size_t limit);
  StatusOr<std::size_t> Sweep(const std::function<bool(LeafIndex)>& is_used);
  StatusOr<TreeRoot> Root();
  void Seal();
  const std::vector<LeafIndex>& interrupted() const { return interrupted_; }

 private:
  struct Pending {
    DestructionIntent intent;
    bool flipped = false;  // the new root is in force; old nodes are left to delete
  };

  Status SettleIntent();
  Status CheckOpens();
  // Waits until no destruction is between Prepare and its end.
  Status AwaitQuiet(std::unique_lock<std::mutex>& lock);
  // Makes the copies durable and the destruction pending.
  StatusOr<DestructionPlan> Begin(Pending pending, TreeRoot new_root,
                                  const std::vector<keys::WrittenNode>& written);
  Status DeleteObsolete();
  StatusOr<AddedLeaf> MakeLeaf(LeafIndex leaf);
  StatusOr<std::size_t> SweepNode(const std::vector<LeafIndex>& unused);

  KeyTreeStore store_;
  Random& random_;
  PersonKeyCache cache_;
  std::vector<LeafIndex> interrupted_;

  std::mutex change_mutex_;
  std::condition_variable quiet_;
  std::optional<Pending> pending_;
  std::optional<LeafIndex> next_leaf_;  // nullopt: to be read again
  // Where the last RewrapSome was, and for which `since`; only a hint where to look first.
  keys::NodePlace rewrap_place_;
  std::uint64_t rewrap_since_ = 0;

  std::shared_mutex root_mutex_;
  TreeRoot root_;
  bool sealed_ = false;
};

Status Keyring::Tree::Start() {
  NOREN_RETURN_IF_ERROR(SettleIntent());
  NOREN_ASSIGN_OR_RETURN(next_leaf_, store_.ReadNextLeaf());
  return CheckOpens();
}

Status Keyring::Tree::SettleIntent() {
  NOREN_ASSIGN_OR_RETURN(const std::optional<DestructionIntent> intent, store_.ReadIntent());
  if (!intent) return OkStatus();
  if (root_.generation == intent->new_generation) {
    return store_.DeleteNodesAndIntent(intent->obsolete);
  }
  if (root_.generation != intent->old_generation) return DamagedTree();
  interrupted_ = intent->leaves;
  return store_.DeleteNodesAndIntent(intent->copies);
}

// One leaf is opened, so that a wrong root shows at the start and not at the first person.
Status Keyring::Tree::CheckOpens() {
  NOREN_ASSIGN_OR_RETURN(const std::vector<LeafIndex> first, List(std::nullopt, 1));
  if (first.empty()) return OkStatus();
  const StatusOr<std::shared_ptr<const PersonKeys>> opened = Open(first.front());
  return opened.ok() ? OkStatus() : opened.status();
}

Status Keyring::Tree::AwaitQuiet(std::unique_lock<std::mutex>& lock) {
  quiet_.wait(lock, [&] {
    const std::shared_lock root_lock(root_mutex_);
    return sealed_ || !pending_ || pending_->flipped;
  });
  const std::shared_lock root_lock(root_mutex_);
  return sealed_ ? SealedKeyring() : OkStatus();
}

StatusOr<AddedLeaf> Keyring::Tree::MakeLeaf(LeafIndex leaf) {
  const std::shared_lock root_lock(root_mutex_);
  const std::array<std::uint32_t, 1> indexes = {leaf};
  StatusOr<keys::AddedLeaves> added = keys::AddLeaves(root_, indexes, store_, random_);
  if (!added.ok()) return WithCode(added.status());
  NOREN_RETURN_IF_ERROR(store_.WriteLeaves(leaf, leaf + 1, added->written));
  NOREN_ASSIGN_OR_RETURN(PersonKeys keys, DerivePersonKeys(added->keys.front()));
  auto shared = std::make_shared<const PersonKeys>(std::move(keys));
  cache_.Insert(leaf, shared);
  return AddedLeaf{leaf, std::move(shared)};
}

StatusOr<AddedLeaf> Keyring::Tree::AddLeaf() {
  std::unique_lock lock(change_mutex_);
  NOREN_RETURN_IF_ERROR(AwaitQuiet(lock));
  if (!next_leaf_) {
    NOREN_ASSIGN_OR_RETURN(next_leaf_, store_.ReadNextLeaf());
  }
  const LeafIndex leaf = *next_leaf_;
  if (leaf >= keys::kTreeLeavesCount) return MakeError(ErrorCode::kLimitReached, "key tree");
  // Until the write is known to be durable its outcome is open: read the number again then.
  next_leaf_.reset();
  NOREN_ASSIGN_OR_RETURN(AddedLeaf added, MakeLeaf(leaf));
  next_leaf_ = leaf + 1;
  return added;
}

StatusOr<std::shared_ptr<const PersonKeys>> Keyring::Tree::Open(LeafIndex leaf) {
  const std::shared_lock root_lock(root_mutex_);
  if (sealed_) return SealedKeyring();
  if (cache_.IsBlocked(leaf)) return NoSuchLeaf();
  if (PersonKeyCache::Keys cached = cache_.Find(leaf)) return cached;
  if (leaf >= keys::kTreeLeavesCount) return NoSuchLeaf();
  const StatusOr<SecretBytes> data_key = keys::ReadLeaf(root_, leaf, store_);
  if (!data_key.ok()) return WithCode(data_key.status());
  NOREN_ASSIGN_OR_RETURN(PersonKeys keys, DerivePersonKeys(*data_key));
  auto shared = std::make_shared<const PersonKeys>(std::move(keys));
  cache_.Insert(leaf, shared);
  return shared;
}

StatusOr<DestructionPlan> Keyring::Tree::Prepare(const std::vector<LeafIndex>& leaves) {
  if (leaves.size() > kMaxLeavesPerDestruction) return MakeError(ErrorCode::kTooLarge, "leaves");
  std::unique_lock lock(change_mutex_);
  NOREN_RETURN_IF_ERROR(AwaitQuiet(lock));
  if (pending_) NOREN_RETURN_IF_ERROR(DeleteObsolete());
  const std::shared_lock root_lock(root_mutex_);
  const std::set<std::uint32_t> wanted(leaves.begin(), leaves.end());
  if (!wanted.empty() && *wanted.rbegin() >= keys::kTreeLeavesCount) return NoSuchLeaf();
  StatusOr<keys::DestroyedLeaves> destroyed = keys::DestroyLeaves(root_, wanted, store_, random_);
  if (!destroyed.ok()) return WithCode(destroyed.status());

  Pending pending;
  const std::set<std::uint32_t> absent(destroyed->absent.begin(), destroyed->absent.end());
  std::set_difference(wanted.begin(), wanted.end(), absent.begin(), absent.end(),
                      std::back_inserter(pending.intent.leaves));
  pending.intent.obsolete = destroyed->obsolete;
  return Begin(std::move(pending), std::move(destroyed->root), destroyed->written);
}

StatusOr<DestructionPlan> Keyring::Tree::Begin(Pending pending, TreeRoot new_root,
                                               const std::vector<keys::WrittenNode>& written) {
  pending.intent.old_generation = root_.generation;
  pending.intent.new_generation = new_root.generation;
  for (const keys::WrittenNode& node : written) pending.intent.copies.push_back(node.address);
  NOREN_RETURN_IF_ERROR(store_.WriteCopies(pending.intent, written));
  cache_.Block(pending.intent.leaves);
  DestructionPlan plan{.old_generation = root_.generation,
                       .new_root = std::move(new_root),
                       .leaves = pending.intent.leaves};
  pending_ = std::move(pending);
  return plan;
}

StatusOr<DestructionPlan> Keyring::Tree::PrepareRotation() {
  std::unique_lock lock(change_mutex_);
  NOREN_RETURN_IF_ERROR(AwaitQuiet(lock));
  if (pending_) NOREN_RETURN_IF_ERROR(DeleteObsolete());
  const std::shared_lock root_lock(root_mutex_);
  StatusOr<keys::RotatedRoot> rotated = keys::RotateRoot(root_, store_, random_);
  if (!rotated.ok()) return WithCode(rotated.status());
  Pending pending;
  pending.intent.obsolete = {rotated->obsolete};
  return Begin(std::move(pending), std::move(rotated->root), {rotated->written});
}

StatusOr<std::size_t> Keyring::Tree::RewrapSome(std::uint64_t since) {
  std::unique_lock lock(change_mutex_);
  NOREN_RETURN_IF_ERROR(AwaitQuiet(lock));
  if (rewrap_since_ != since) rewrap_place_ = {};
  rewrap_since_ = since;
  keys::RewrappedNodes rewrapped;
  {
    const std::shared_lock root_lock(root_mutex_);
    if (root_.generation < since) return MakeError(ErrorCode::kStateConflict, "key tree root");
    auto place = keys::FindOldChildren(root_.generation, rewrap_place_, since, store_);
    if (place.ok() && !*place) place = keys::FindOldChildren(root_.generation, {}, since, store_);
    if (!place.ok()) return WithCode(place.status());
    if (!*place) return std::size_t{0};
    auto step = keys::RewrapUnder(root_, **place, since, store_, random_);
    if (!step.ok()) return WithCode(step.status());
    rewrap_place_ = **place;
    rewrapped = std::move(*step);
  }
  // No reader may be between a parent and a child that goes.
  const std::lock_guard root_lock(root_mutex_);
  if (sealed_) return SealedKeyring();
  NOREN_RETURN_IF_ERROR(store_.WriteRewrapped(rewrapped));
  return rewrapped.obsolete.size();
}

StatusOr<std::uint64_t> Keyring::Tree::CountOld(std::uint64_t since) {
  const std::shared_lock root_lock(root_mutex_);
  if (sealed_) return SealedKeyring();
  const StatusOr<std::uint64_t> count = keys::CountOldNodes(root_.generation, since, store_);
  if (!count.ok()) return WithCode(count.status());
  return *count;
}

Status Keyring::Tree::DeleteObsolete() {
  NOREN_RETURN_IF_ERROR(store_.DeleteNodesAndIntent(pending_->intent.obsolete));
  pending_.reset();
  return OkStatus();
}

Status Keyring::Tree::Complete(const DestructionPlan& plan) {
  const std::lock_guard lock(change_mutex_);
  {
    const std::lock_guard root_lock(root_mutex_);
    if (sealed_) return SealedKeyring();
    if (!pending_) {
      const bool done = root_.generation >= plan.new_root.generation;
      return done ? OkStatus() : MakeError(ErrorCode::kStateConflict, "no such destruction");
    }
    if (pending_->intent.new_generation != plan.new_root.generation) {
      return MakeError(ErrorCode::kStateConflict, "another destruction is under way");
    }
    root_ = plan.new_root.Clone();
    pending_->flipped = true;
  }
  cache_.Unblock();
  quiet_.notify_all();
  return DeleteObsolete();
}

Status Keyring::Tree::Abandon(const DestructionPlan& plan) {
  const std::lock_guard lock(change_mutex_);
  if (!pending_ || pending_->flipped ||
      pending_->intent.new_generation != plan.new_root.generation) {
    return MakeError(ErrorCode::kStateConflict, "no such destruction");
  }
  NOREN_RETURN_IF_ERROR(store_.DeleteNodesAndIntent(pending_->intent.copies));
  pending_.reset();
  cache_.Unblock();
  quiet_.notify_all();
  return OkStatus();
}

StatusOr<std::vector<LeafIndex>> Keyring::Tree::List(std::optional<LeafIndex> after,
                                                     std::size_t limit) {
  const std::shared_lock root_lock(root_mutex_);
  if (sealed_) return SealedKeyring();
  const LeafIndex first = after ? *after + 1 : 0;
  StatusOr<std::vector<LeafIndex>> leaves =
      keys::ListLeaves(root_.generation, first, limit, store_);
  if (!leaves.ok()) return WithCode(leaves.status());
  return leaves;
}

// Takes the entries of unused leaves out of their nodes. No key changes: nothing was ever sealed
// under these leaves, so there is nothing that an older image could open.
StatusOr<std::size_t> Keyring::Tree::SweepNode(const std::vector<LeafIndex>& unused) {
  const std::lock_guard lock(change_mutex_);
  const std::shared_lock root_lock(root_mutex_);
  if (sealed_) return SealedKeyring();
  for (const LeafIndex leaf : unused) {
    StatusOr<keys::WrittenNode> node = store_.NodeWithoutLeaf(root_.generation, leaf);
    if (!node.ok()) return WithCode(node.status());
    NOREN_RETURN_IF_ERROR(store_.RewriteNode(*node));
  }
  return unused.size();
}

StatusOr<std::size_t> Keyring::Tree::Sweep(const std::function<bool(LeafIndex)>& is_used) {
  std::size_t swept = 0;
  std::optional<LeafIndex> after;
  while (true) {
    NOREN_ASSIGN_OR_RETURN(const std::vector<LeafIndex> page, List(after, kSweepPage));
    std::vector<LeafIndex> unused;
    std::copy_if(page.begin(), page.end(), std::back_inserter(unused),
                 [&](LeafIndex leaf) { return !is_used(leaf); });
    NOREN_ASSIGN_OR_RETURN(const std::size_t count, SweepNode(unused));
    swept += count;
    if (page.size() < kSweepPage) break;
    after = page.back();
  }
  cache_.Clear();
  return swept;
}

StatusOr<TreeRoot> Keyring::Tree::Root() {
  const std::shared_lock root_lock(root_mutex_);
  if (sealed_) return SealedKeyring();
  return root_.Clone();
}

void Keyring::Tree::Seal() {
  {
    const std::lock_guard root_lock(root_mutex_);
    sealed_ = true;
    root_.key = SecretBytes();
  }
  cache_.Clear();
  // Under the lock, so that nobody is between looking at sealed_ and falling asleep.
  const std::lock_guard lock(change_mutex_);
  quiet_.notify_all();
}

Keyring::Keyring(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Keyring::~Keyring() = default;

StatusOr<Keyring::Created> Keyring::Create(storage::Store& tree_store, Random& random,
                                           KeyringOptions options) {
  keys::CreatedTree created = keys::CreateTree(random);
  NOREN_RETURN_IF_ERROR(KeyTreeStore(tree_store).Create(created.root_node));
  TreeRoot root = created.root.Clone();
  NOREN_ASSIGN_OR_RETURN(std::unique_ptr<Keyring> keyring,
                         Load(tree_store, random, std::move(created.root), options));
  return Created{std::move(keyring), std::move(root)};
}

StatusOr<std::unique_ptr<Keyring>> Keyring::Load(storage::Store& tree_store, Random& random,
                                                 TreeRoot root, KeyringOptions options) {
  if (root.key.size() != keys::kTreeKeySizeBytes) return DamagedTree();
  auto tree = std::make_unique<Tree>(tree_store, random, std::move(root), options);
  NOREN_RETURN_IF_ERROR(tree->Start());
  return std::unique_ptr<Keyring>(new Keyring(std::move(tree)));
}

StatusOr<AddedLeaf> Keyring::AddLeaf() { return tree_->AddLeaf(); }
StatusOr<std::shared_ptr<const PersonKeys>> Keyring::Open(LeafIndex leaf) {
  return tree_->Open(leaf);
}
StatusOr<DestructionPlan> Keyring::PrepareDestruction(std::vector<LeafIndex> leaves) {
  return tree_->Prepare(leaves);
}
StatusOr<DestructionPlan> Keyring::PrepareRotation() { return tree_->PrepareRotation(); }
StatusOr<std::size_t> Keyring::RewrapSome(std::uint64_t since) { return tree_->RewrapSome(since); }
StatusOr<std::uint64_t> Keyring::CountOldNodes(std::uint64_t since) {
  return tree_->CountOld(since);
}
Status Keyring::CompleteDestruction(const DestructionPlan& plan) { return tree_->Complete(plan); }
Status Keyring::AbandonDestruction(const DestructionPlan& plan) { return tree_->Abandon(plan); }
const std::vector<LeafIndex>& Keyring::interrupted() const { return tree_->interrupted(); }
StatusOr<std::vector<LeafIndex>> Keyring::ListLeaves(std::optional<LeafIndex> after,
                                                     std::size_t limit) {
  return tree_->List(after, limit);
}
StatusOr<std::size_t> Keyring::SweepUnused(const std::function<bool(LeafIndex)>& is_used) {
  return tree_->Sweep(is_used);
}
StatusOr<TreeRoot> Keyring::root() const { return tree_->Root(); }
void Keyring::Seal() { tree_->Seal(); }

}  // namespace noren::personal_data
