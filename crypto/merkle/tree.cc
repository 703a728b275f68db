// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/tree.h"

#include <bit>
#include <utility>

#include "crypto/primitives/hash.h"

namespace noren::merkle {

Hash256 HashLeaf(ByteSpan entry) {
  constexpr std::uint8_t kLeafPrefix = 0;
  return primitives::Sha256Hasher().Update({&kLeafPrefix, 1}).Update(entry).Finish();
}

Hash256 HashNode(const Hash256& left, const Hash256& right) {
  constexpr std::uint8_t kNodePrefix = 1;
  return primitives::Sha256Hasher().Update({&kNodePrefix, 1}).Update(left).Update(right).Finish();
}

Hash256 EmptyRoot() { return primitives::Sha256({}); }

std::vector<NodeAddress> FrontierAddresses(std::uint64_t size) {
  std::vector<NodeAddress> addresses;
  std::uint64_t begin = 0;
  while (begin < size) {
    const auto level = static_cast<std::uint32_t>(std::bit_width(size - begin) - 1);
    addresses.push_back({level, begin >> level});
    begin += std::uint64_t{1} << level;
  }
  return addresses;
}

StatusOr<Frontier> Frontier::FromHashes(std::uint64_t size, std::vector<Hash256> hashes) {
  if (hashes.size() != static_cast<std::size_t>(std::popcount(size))) {
    return InvalidArgument("frontier: one hash per complete subtree expected");
  }
  Frontier frontier;
  frontier.size_ = size;
  frontier.hashes_ = std::move(hashes);
  return frontier;
}

StatusOr<Frontier> Frontier::FromNodes(std::uint64_t size, const NodeReader& nodes) {
  std::vector<Hash256> hashes;
  for (const NodeAddress& address : FrontierAddresses(size)) {
    NOREN_ASSIGN_OR_RETURN(const Hash256 hash, nodes.ReadNode(address));
    hashes.push_back(hash);
  }
  return FromHashes(size, std::move(hashes));
}

std::vector<Node> Frontier::Append(const Hash256& leaf_hash) {
  std::vector<Node> completed = {{{0, size_}, leaf_hash}};
  hashes_.push_back(leaf_hash);
  // As in adding one to a binary number: every trailing 1 of the old size is a subtree that joins.
  for (std::uint64_t rest = size_; (rest & 1) != 0; rest >>= 1) {
    const Hash256 right = hashes_.back();
    hashes_.pop_back();
    hashes_.back() = HashNode(hashes_.back(), right);
    const NodeAddress child = completed.back().address;
    completed.push_back({{child.level + 1, child.index >> 1}, hashes_.back()});
  }
  ++size_;
  return completed;
}

Hash256 Frontier::Root() const {
  if (hashes_.empty()) return EmptyRoot();
  Hash256 root = hashes_.back();
  for (std::size_t i = hashes_.size() - 1; i > 0; --i) root = HashNode(hashes_[i - 1], root);
  return root;
}

StatusOr<Hash256> RootAt(std::uint64_t size, const NodeReader& nodes) {
  NOREN_ASSIGN_OR_RETURN(const Frontier frontier, Frontier::FromNodes(size, nodes));
  return frontier.Root();
}

}  // namespace noren::merkle
