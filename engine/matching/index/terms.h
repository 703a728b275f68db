// The terms of an index: every token that a row has, numbered densely, with the few bytes that
// stand for it in a block. The index knows numbers only; tokens are kept to give rows back.
// Threads:  thread-safe; lookups share a lock that is held exclusively only while a new token is
//           added
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/matching/rows.h"

namespace noren::matching {

using TermId = std::uint32_t;  // dense over all kinds and depths
inline constexpr TermId kNoTerm = 0xFFFFFFFF;

enum class TermKind : std::uint8_t { kSkill, kOccupation, kRegion, kLicence, kLanguage };

// Where a node stands in a hierarchy, as block columns hold it. 0: the path ends above.
//   occupation  group: sub-major group (or a major group that a wish ends at); minor and unit are
//               numbered within the group
//   region      group: province (or a country that a wish ends at); unit: municipality or ward,
//               numbered within the province; minor is 0
struct NodeCode {
  std::uint8_t group = 0;
  std::uint8_t minor = 0;
  std::uint8_t unit = 0;
  auto operator<=>(const NodeCode&) const = default;
};

struct IndexTerm {
  Token token;
  TermKind kind = TermKind::kSkill;
  std::uint8_t depth = 0;    // of a path: 1 the coarsest; 0 for the other kinds
  bool fits = true;          // false: no number was left for it; rows that have it are wide
  std::uint16_t number = 0;  // skills, licences, languages: dense within the kind, from 1
  NodeCode code;             // occupations, regions
  TermId id = kNoTerm;
  TermId parent = kNoTerm;       // of a path
  std::vector<TermId> children;  // of a path
};

// A path of a row, resolved: `leaf` stands for it in lists; `fits` is false when a number ran out,
// a token is known as something else or under another parent: then the row is wide.
struct PathTerms {
  TermId leaf = kNoTerm;
  bool fits = true;
};

class Terms {
 public:
  // Limits of the numbers in a block; above them a row is kept wide.
  static constexpr std::uint32_t kMaxSkillNumber = 65535;
  static constexpr std::uint32_t kMaxLicenceNumber = 65535;
  static constexpr std::uint32_t kMaxLanguageNumber = 8191;
  static constexpr std::uint32_t kMaxNodeNumber = 254;

  Terms();
  ~Terms();
  Terms(const Terms&) = delete;
  Terms& operator=(const Terms&) = delete;

  // --- writer ---
  // The term of a token, added when new. A token that is known as another kind keeps that kind:
  // compare, and take the row for wide.
  TermId Add(TermKind kind, Token token);
  // Adds what is new; appends every node of the path to `nodes`, coarse to fine. Not for an empty
  // path.
  PathTerms AddOccupation(const OccupationPath& path, std::vector<TermId>& nodes);
  PathTerms AddRegion(const RegionPath& path, std::vector<TermId>& nodes);
  const IndexTerm& Known(TermId id) const { return terms_[id]; }  // the writer needs no lock
  // The next term as another index had it. Numbers and codes are given out in the order of ids, so
  // all terms of that index in their order get the same ones again.
  //   false    known already, or no place in its hierarchy
  struct Origin {
    TermKind kind = TermKind::kSkill;
    std::uint8_t depth = 0;
    Token token;
    TermId parent = kNoTerm;
  };
  bool Restore(const Origin& origin);
  void RestoreConflicts(bool has_conflicts) { has_conflicts_.store(has_conflicts); }

  // --- readers ---
  std::optional<TermId> Find(Token token) const;
  IndexTerm At(TermId id) const;
  std::size_t size() const;
  std::vector<Origin> Origins() const;  // by id
  // Whether the way back to tokens (below) is there.
  bool Has(TermKind kind, std::uint16_t number) const;
  bool HasOccupation(NodeCode code) const;
  bool HasRegion(NodeCode code) const;
  // True once any path disagreed with the hierarchy as it is known here: then a row may lie below a
  // node without being below it for WithDescendants.
  bool has_conflicts() const { return has_conflicts_.load(); }
  // `id` and all that lie below it in its hierarchy.
  std::vector<TermId> WithDescendants(TermId id) const;

  // Looks many up under one lock: use(lookup) with lookup(Token) -> const IndexTerm* or null, valid
  // inside the call only. Check the kind of what is found.
  template <typename Use>
  void Read(Use use) const {
    const std::shared_lock lock(mutex_);
    use([this](Token token) -> const IndexTerm* {
      const auto found = ids_.find(token.value);
      return found == ids_.end() ? nullptr : &terms_[found->second];
    });
  }

  // Back to tokens, without a lock: numbers and codes that were read from a published block.
  Token TokenOf(TermKind kind, std::uint16_t number) const;
  const OccupationPath& OccupationOf(NodeCode code) const;
  const RegionPath& RegionOf(NodeCode code) const;

  std::size_t memory_bytes() const;

 private:
  struct Tables;  // numbers and codes back to tokens; append-only, filled before a number is used
  template <std::size_t kLevels>
  PathTerms AddPath(TermKind kind, const TokenPath<kLevels>& path, std::vector<TermId>& nodes);
  TermId AddNode(const Origin& origin);
  TermId AddLocked(IndexTerm term);
  void GiveNumber(IndexTerm& term);
  void GiveCode(IndexTerm& term);

  mutable std::shared_mutex mutex_;  // guards ids_, terms_ against readers
  absl::flat_hash_map<std::uint64_t, TermId> ids_;
  std::vector<IndexTerm> terms_;
  std::unique_ptr<Tables> tables_;
  std::atomic<bool> has_conflicts_{false};
};

}  // namespace noren::matching
