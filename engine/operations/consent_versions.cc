// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/consent_versions.h"

#include <algorithm>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/people.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::size_t kRootsKept = 64;
constexpr int kReadAttempts = 8;
constexpr unsigned kLevelsMore = 4;

Status NotThePresentOne() { return MakeError(ErrorCode::kDataCorrupt, "consent version"); }

Hash256 MapKeyOf(std::string_view store_key) { return primitives::Sha256(AsBytes(store_key)); }

// The map's value for a version record. kDataCorrupt: it does not open.
StatusOr<Hash256> MapValueOf(std::string_view store_key, ByteSpan stored,
                             const personal_data::PurposeKeys& keys) {
  personal_data::ConsentAddress address;
  NOREN_ASSIGN_OR_RETURN(address.person, person_keyspaces::IdOfKey<model::PersonId>(store_key, 0));
  NOREN_ASSIGN_OR_RETURN(address.consent,
                         person_keyspaces::IdOfKey<model::ConsentId>(store_key, 1));
  NOREN_ASSIGN_OR_RETURN(const personal_data::ConsentVersion version,
                         personal_data::DecodeConsentVersion(address, stored, keys));
  return personal_data::DigestOf(version);
}

// Nodes as the leader sees them.
class NodesBefore final : public merkle::MapNodeReader {
 public:
  explicit NodesBefore(const ReadBefore& read) : read_(read) {}
  StatusOr<std::optional<Bytes>> ReadNode(const merkle::MapPlace& place) const override {
    StatusOr<std::optional<Bytes>> node = read_(keyspaces::ConsentMapKey(place));
    if (!node.ok()) failure_ = node.status();
    return node;
  }
  // Why a read failed, which is no reason to call the map damaged.
  const Status& failure() const { return failure_; }

 private:
  const ReadBefore& read_;
  mutable Status failure_ = OkStatus();
};

// The nodes of one path, out of one read of the store.
class NodesOfOneView final : public merkle::MapNodeReader {
 public:
  explicit NodesOfOneView(std::vector<std::optional<Bytes>> levels) : levels_(std::move(levels)) {}
  StatusOr<std::optional<Bytes>> ReadNode(const merkle::MapPlace& place) const override {
    if (place.depth < levels_.size()) return levels_[place.depth];
    too_short_ = true;
    return std::optional<Bytes>();
  }
  bool too_short() const { return too_short_; }

 private:
  std::vector<std::optional<Bytes>> levels_;
  mutable bool too_short_ = false;
};

// One atomic view: the two records, and the first levels of the path.
struct View {
  StoredConsent records;
  std::optional<Hash256> value;  // nullopt: no version record
  NodesOfOneView nodes;
};
StatusOr<View> ReadView(const ConsentReads& from, const std::vector<std::string>& records,
                        const Hash256& map_key, unsigned levels) {
  std::vector<std::string> keys = records;
  for (unsigned depth = 0; depth < levels; ++depth) {
    keys.push_back(keyspaces::ConsentMapKey(merkle::MapPlace::Of(map_key, depth)));
  }
  auto values = from.store.Read(kEmbeddedPartition, keys);
  if (!values.ok()) return MakeError(ErrorCode::kStorage);
  StoredConsent stored{std::move((*values)[0]), std::move((*values)[1])};
  std::optional<Hash256> value;
  if (stored.version) {
    NOREN_ASSIGN_OR_RETURN(value, MapValueOf(records[1], *stored.version, from.keys));
  }
  values->erase(values->begin(), values->begin() + 2);
  return View{std::move(stored), value, NodesOfOneView(std::move(*values))};
}

bool LeadsToOneOf(const std::vector<Hash256>& roots, const Hash256& map_key, const View& view) {
  return std::any_of(roots.begin(), roots.end(), [&](const Hash256& root) {
    return merkle::VerifyMapEntry(root, map_key, view.value, view.nodes).ok();
  });
}

}  // namespace

StatusOr<StoredConsent> ReadConsent(const ConsentReads& from, const model::PersonId& person,
                                    const model::ConsentId& consent) {
  const std::vector<std::string> records = {person_keyspaces::ConsentKey(person, consent),
                                            person_keyspaces::ConsentVersionKey(person, consent)};
  const Hash256 map_key = MapKeyOf(records[1]);
  unsigned levels = from.length.Guess();
  for (int attempt = 0; attempt < kReadAttempts;) {
    const std::uint64_t since = from.roots.Now();
    NOREN_ASSIGN_OR_RETURN(View view, ReadView(from, records, map_key, levels));
    const auto possible = from.roots.Since(since);
    if (!possible) {
      ++attempt;
      continue;
    }
    const bool present = LeadsToOneOf(*possible, map_key, view);
    if (!present && view.nodes.too_short() && levels < merkle::kMapDepthMax) {
      from.length.Tell(/*was_enough=*/false);
      levels = std::min(levels + kLevelsMore, merkle::kMapDepthMax + 1);
      continue;
    }
    if (!present) return NotThePresentOne();
    from.length.Tell(/*was_enough=*/true);
    // The content goes with its version record; without it the content means nothing.
    if (view.records.version && !view.records.content) return NotThePresentOne();
    return std::move(view.records);
  }
  return MakeError(ErrorCode::kRetryLater, "consents are changing");
}

void ConsentRoots::Propose(const Hash256& root) {
  const std::lock_guard lock(mutex_);
  roots_.push_back(root);
}

void ConsentRoots::Settle() {
  const std::lock_guard lock(mutex_);
  acknowledged_ = first_ + roots_.size() - 1;
  while (roots_.size() > kRootsKept) {
    roots_.pop_front();
    ++first_;
  }
}

void ConsentRoots::Drop() {
  const std::lock_guard lock(mutex_);
  roots_.pop_back();
}

std::uint64_t ConsentRoots::Now() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

std::optional<std::vector<Hash256>> ConsentRoots::Since(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  if (number < first_) return std::nullopt;
  return std::vector<Hash256>(roots_.begin() + static_cast<std::ptrdiff_t>(number - first_),
                              roots_.end());
}

// One level more once every fourth path was longer; counts of long ago are forgotten.
void PathLength::Tell(bool was_enough) {
  constexpr unsigned kForgetAfter = 1024, kFewest = 8;
  const unsigned reads = reads_.fetch_add(1, std::memory_order_relaxed) + 1;
  const unsigned misses =
      misses_.fetch_add(was_enough ? 0 : 1, std::memory_order_relaxed) + (was_enough ? 0 : 1);
  const bool too_many = misses >= kFewest && misses * 4 > reads;
  if (too_many) guess_.fetch_add(1, std::memory_order_relaxed);
  if (!too_many && reads < kForgetAfter) return;
  reads_.store(0, std::memory_order_relaxed);
  misses_.store(0, std::memory_order_relaxed);
}

bool TouchesConsents(const std::vector<storage::Mutation>& mutations) {
  return std::any_of(mutations.begin(), mutations.end(), [](const storage::Mutation& mutation) {
    return mutation.key.starts_with(person_keyspaces::kConsentVersion);
  });
}

StatusOr<StagedConsentMap> StageConsentMap(const Hash256& root,
                                           const std::vector<storage::Mutation>& mutations,
                                           const personal_data::PurposeKeys& keys,
                                           const ReadBefore& read) {
  std::vector<merkle::MapChange> changes;
  for (const storage::Mutation& mutation : mutations) {
    if (!mutation.key.starts_with(person_keyspaces::kConsentVersion)) continue;
    merkle::MapChange change;
    change.key = MapKeyOf(mutation.key);
    if (mutation.value) {
      NOREN_ASSIGN_OR_RETURN(change.value, MapValueOf(mutation.key, *mutation.value, keys));
    }
    changes.push_back(change);
  }
  const NodesBefore nodes(read);
  StatusOr<merkle::MapUpdate> update = merkle::ApplyMapChanges(root, changes, nodes);
  NOREN_RETURN_IF_ERROR(nodes.failure());
  if (!update.ok()) return NotThePresentOne();
  StagedConsentMap staged{update->root, {}};
  for (merkle::WrittenMapNode& node : update->written) {
    staged.mutations.push_back({keyspaces::ConsentMapKey(node.place), std::move(node.bytes)});
  }
  return staged;
}

StatusOr<StoredConsent> ReadConsent(ServiceContext& context, const model::PersonId& person,
                                    const model::ConsentId& consent) {
  CommitPipeline& pipeline = context.pipeline;
  const ConsentReads from{context.store, context.keys, pipeline.consent_roots(),
                          pipeline.consent_path_length()};
  StatusOr<StoredConsent> stored = ReadConsent(from, person, consent);
  if (model::CodeOf(stored.status()) == ErrorCode::kDataCorrupt) pipeline.MarkDamaged();
  return stored;
}

Status CheckAllConsents(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const auto records,
                         ScanAll(context, std::string(person_keyspaces::kConsentVersion)));
  std::vector<merkle::MapEntry> entries;
  for (const storage::KeyValue& record : records) {
    NOREN_ASSIGN_OR_RETURN(const Hash256 value, MapValueOf(record.key, record.value, context.keys));
    entries.push_back({MapKeyOf(record.key), value});
  }
  const merkle::MapUpdate map = merkle::BuildMap(std::move(entries));
  if (map.root != context.pipeline.log_state().consent_root) return NotThePresentOne();
  NOREN_ASSIGN_OR_RETURN(const auto nodes, ScanAll(context, std::string(keyspaces::kConsentMap)));
  const bool alike = std::equal(
      nodes.begin(), nodes.end(), map.written.begin(), map.written.end(),
      [](const storage::KeyValue& stored, const merkle::WrittenMapNode& node) {
        return stored.key == keyspaces::ConsentMapKey(node.place) && stored.value == node.bytes;
      });
  return alike ? OkStatus() : MakeError(ErrorCode::kDataCorrupt, "consent map");
}

}  // namespace noren::operations
