// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "crypto/merkle/map.h"
#include "crypto/merkle/map_node.h"

namespace noren::merkle {
namespace {

using map_node::Child;
using map_node::Children;
using map_node::HalfByteOf;
using map_node::Kind;

using WrittenNodes = std::map<MapPlace, std::optional<Bytes>>;

MapUpdate UpdateOf(const Hash256& root, WrittenNodes nodes) {
  MapUpdate update;
  update.root = root;
  for (auto& [place, bytes] : nodes) update.written.push_back({place, std::move(bytes)});
  return update;
}

// A node that was read or made, with those below it that were too. The hashes of these in
// `children` are right again once the node is sealed.
struct Node {
  Children children;
  std::array<std::unique_ptr<Node>, kMapFanOut> below;
  bool changed = false;
};

class Editor {
 public:
  explicit Editor(const MapNodeReader& nodes) : nodes_(nodes) {}

  Status Open(const Hash256& root) {
    return root == EmptyMapRoot() ? OkStatus() : Load({}, root, root_);
  }
  Status Apply(const MapChange& change) {
    return change.value ? Put(root_, 0, {change.key, *change.value}) : Remove(root_, 0, change.key);
  }
  MapUpdate Finish() {
    const Hash256 root = Seal({}, root_);
    return UpdateOf(root, std::move(written_));
  }

 private:
  Status Load(const MapPlace& place, const Hash256& hash, Node& node) {
    NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, nodes_.ReadNode(place));
    NOREN_ASSIGN_OR_RETURN(node.children, map_node::OpenNode(place, hash, stored));
    return OkStatus();
  }
  StatusOr<Node*> Below(Node& node, unsigned depth, const Hash256& key) {
    const unsigned at = HalfByteOf(key, depth);
    if (!node.below[at]) {
      auto loaded = std::make_unique<Node>();
      NOREN_RETURN_IF_ERROR(Load(MapPlace::Of(key, depth + 1), node.children[at].hash, *loaded));
      node.below[at] = std::move(loaded);
    }
    return node.below[at].get();
  }
  static void SetEntry(Node& node, unsigned depth, const MapEntry& entry) {
    node.children[HalfByteOf(entry.key, depth)] = {Kind::kEntry, {}, entry};
    node.changed = true;
  }

  Status Put(Node& node, unsigned depth, const MapEntry& entry);
  Status Remove(Node& node, unsigned depth, const Hash256& key);
  void LiftLastEntry(Node& node, unsigned depth, const Hash256& key);
  Hash256 Seal(const MapPlace& place, Node& node);

  const MapNodeReader& nodes_;
  Node root_;
  WrittenNodes written_;
};

Status Editor::Put(Node& node, unsigned depth, const MapEntry& entry) {
  const unsigned at = HalfByteOf(entry.key, depth);
  Child& child = node.children[at];
  if (child.kind == Kind::kEmpty || (child.kind == Kind::kEntry && child.entry.key == entry.key)) {
    if (child.kind != Kind::kEntry || child.entry != entry) SetEntry(node, depth, entry);
    return OkStatus();
  }
  if (child.kind == Kind::kEntry) {  // two keys go on from here: a node takes the entry's place
    node.below[at] = std::make_unique<Node>();
    SetEntry(*node.below[at], depth + 1, child.entry);
    child = {Kind::kNode, {}, {}};
  }
  NOREN_ASSIGN_OR_RETURN(Node* const below, Below(node, depth, entry.key));
  NOREN_RETURN_IF_ERROR(Put(*below, depth + 1, entry));
  node.changed = node.changed || below->changed;
  return OkStatus();
}

Status Editor::Remove(Node& node, unsigned depth, const Hash256& key) {
  Child& child = node.children[HalfByteOf(key, depth)];
  if (child.kind == Kind::kNode) {
    NOREN_ASSIGN_OR_RETURN(Node* const below, Below(node, depth, key));
    NOREN_RETURN_IF_ERROR(Remove(*below, depth + 1, key));
    if (below->changed) LiftLastEntry(node, depth, key);
    return OkStatus();
  }
  if (child.kind == Kind::kEmpty || child.entry.key != key) return OkStatus();
  child = {};
  node.changed = true;
  return OkStatus();
}

// The node below changed; if one entry is left of it, it goes and the entry stands in its place.
void Editor::LiftLastEntry(Node& node, unsigned depth, const Hash256& key) {
  node.changed = true;
  const unsigned at = HalfByteOf(key, depth);
  const Children& below = node.below[at]->children;
  const auto is_used = [](const Child& child) { return child.kind != Kind::kEmpty; };
  const auto last = std::find_if(below.begin(), below.end(), is_used);
  if (std::count_if(below.begin(), below.end(), is_used) != 1 || last->kind != Kind::kEntry) return;
  node.children[at] = *last;
  node.below[at].reset();
  written_[MapPlace::Of(key, depth + 1)] = std::nullopt;
}

// Hashes from below upwards; writes the nodes that changed.
Hash256 Editor::Seal(const MapPlace& place, Node& node) {
  bool is_empty = true;
  for (unsigned i = 0; i < kMapFanOut; ++i) {
    Child& child = node.children[i];
    if (child.kind != Kind::kEmpty) is_empty = false;
    const bool changed_below = node.below[i] && node.below[i]->changed;
    if (changed_below) child.hash = Seal(place.Child(i), *node.below[i]);
  }
  if (is_empty) {  // the root alone can be: elsewhere two keys or more go on
    if (node.changed) written_[place] = std::nullopt;
    return EmptyMapRoot();
  }
  Bytes encoded = map_node::EncodeNode(node.children);
  const Hash256 hash = map_node::HashNode(place, encoded);
  if (node.changed) written_[place] = std::move(encoded);
  return hash;
}

// Sorted entries that share their first `depth` half bytes, two or more below the root.
Hash256 BuildBelow(std::span<const MapEntry> entries, unsigned depth, WrittenNodes& written) {
  Children children;
  for (std::size_t begin = 0; begin < entries.size();) {
    const unsigned at = HalfByteOf(entries[begin].key, depth);
    std::size_t end = begin + 1;
    while (end < entries.size() && HalfByteOf(entries[end].key, depth) == at) ++end;
    const auto inside = entries.subspan(begin, end - begin);
    if (inside.size() == 1) {
      children[at] = {Kind::kEntry, {}, inside.front()};
    } else {
      children[at] = {Kind::kNode, BuildBelow(inside, depth + 1, written), {}};
    }
    begin = end;
  }
  const MapPlace place = MapPlace::Of(entries.front().key, depth);
  Bytes encoded = map_node::EncodeNode(children);
  const Hash256 hash = map_node::HashNode(place, encoded);
  written[place] = std::move(encoded);
  return hash;
}

}  // namespace

StatusOr<MapUpdate> ApplyMapChanges(const Hash256& root, std::span<const MapChange> changes,
                                    const MapNodeReader& nodes) {
  Editor editor(nodes);
  NOREN_RETURN_IF_ERROR(editor.Open(root));
  for (const MapChange& change : changes) NOREN_RETURN_IF_ERROR(editor.Apply(change));
  return editor.Finish();
}

MapUpdate BuildMap(std::vector<MapEntry> entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const MapEntry& a, const MapEntry& b) { return a.key < b.key; });
  std::vector<MapEntry> last;
  for (const MapEntry& entry : entries) {
    if (!last.empty() && last.back().key == entry.key) last.pop_back();
    last.push_back(entry);
  }
  WrittenNodes written;
  const Hash256 root = last.empty() ? EmptyMapRoot() : BuildBelow(last, 0, written);
  return UpdateOf(root, std::move(written));
}

}  // namespace noren::merkle
