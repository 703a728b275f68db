// Which version records of consents are the present ones: a Merkle map over all of them, whose root
// is in every audit entry and so under the anchored chain head. A record put back from an older
// image of the database, alone or with others and with any nodes, is found when it is read.
// Source:   docs/formats/consent_map.md; docs/design/0009-the-persons-side.md
// Threads:  ConsentRoots is thread-safe; StageConsentMap is for the pipeline's leader alone; the
//           rest concurrently
// Why safe: a record and its path are read as one atomic view of the store, which must lead to a
//           root that counted at some moment since the read began. Old images lead to older roots
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crypto/merkle/map.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/consent.h"

namespace noren::operations {

// The root of the map as it is now, and, while a batch is on its way, as it is about to be.
class ConsentRoots {
 public:
  explicit ConsentRoots(const Hash256& root) : roots_{root} {}

  // By the pipeline's leader: before the batch, then what became of it. After an outcome that is
  // not known neither is called: both roots count until the process ends.
  void Propose(const Hash256& root);
  void Settle();  // acknowledged
  void Drop();    // not applied

  // The number of the newest root that is acknowledged.
  std::uint64_t Now() const;
  // All roots from that number on; nullopt when it is too long ago to be known.
  std::optional<std::vector<Hash256>> Since(std::uint64_t number) const;

 private:
  mutable std::mutex mutex_;
  std::deque<Hash256> roots_;
  std::uint64_t first_ = 0;         // number of roots_.front()
  std::uint64_t acknowledged_ = 0;  // at least first_
};

// How many levels of the map are read at once with a record. Grows when paths are longer.
class PathLength {
 public:
  unsigned Guess() const { return guess_.load(std::memory_order_relaxed); }
  void Tell(bool was_enough);

 private:
  std::atomic<unsigned> guess_{4};
  std::atomic<unsigned> reads_{0}, misses_{0};
};

// What one change does to the map. `read` gives what the store holds once the changes before it are
// applied.
struct StagedConsentMap {
  Hash256 root{};
  std::vector<storage::Mutation> mutations;
};
using ReadBefore = std::function<StatusOr<std::optional<Bytes>>(const std::string& key)>;
//   errors   kDataCorrupt: a node on a path is not the one the root commits to; errors of `read`
StatusOr<StagedConsentMap> StageConsentMap(const Hash256& root,
                                           const std::vector<storage::Mutation>& mutations,
                                           const personal_data::PurposeKeys& keys,
                                           const ReadBefore& read);

// True when one of them is the version record of a consent.
bool TouchesConsents(const std::vector<storage::Mutation>& mutations);

// A consent's two records as they are stored, shown to be the present ones. Both nullopt: there is
// no such consent, which is shown too.
struct StoredConsent {
  std::optional<Bytes> content;
  std::optional<Bytes> version;
};
struct ConsentReads {
  storage::Store& store;
  const personal_data::PurposeKeys& keys;
  const ConsentRoots& roots;
  PathLength& length;
};
//   errors   kDataCorrupt: another record than the present one, or none where there is one;
//            kRetryLater: too many changes meanwhile
StatusOr<StoredConsent> ReadConsent(const ConsentReads& from, const model::PersonId& person,
                                    const model::ConsentId& consent);
// The same, and the pipeline is marked when it is kDataCorrupt.
StatusOr<StoredConsent> ReadConsent(ServiceContext& context, const model::PersonId& person,
                                    const model::ConsentId& consent);

// Compares all records with the root, and the stored nodes with the map that the records make. For
// a restore: reads everything, and keeps about 300 bytes per consent in memory meanwhile.
//   errors   kDataCorrupt: they differ
Status CheckAllConsents(ServiceContext& context);

}  // namespace noren::operations
