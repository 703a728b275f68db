// The terms of an index: every token that a row has, numbered densely, with the few bytes that
// stand for it in a block. The index knows numbers only; tokens are kept to give rows back.
// Threads:  thread-safe; lookups share a lock that is held exclusively only while a new token is
//           added
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <span>
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

struct Term {
  Token token;
  TermKind kind = TermKind::kSkill;
  std::uint8_t depth = 0;        // of a path: 1 the coarsest; 0 for the other kinds
  bool fits = true;              // false: no number was left for it; rows that have it are wide
  std::uint16_t number = 0;      // skills, licences, languages: dense within the kind, from 1
  NodeCode code;                 // occupations, regions
  TermId parent = kNoTerm;       // of a path
  std::vector<TermId> children;  // of a path
};

class Terms {
 public:
  // Limits of the numbers in a block; above them a row is kept wide.
  static constexpr std::uint16_t kMaxSkillNumber = 65535;
  static constexpr std::uint16_t kMaxLicenceNumber = 65535;
  static constexpr std::uint16_t kMaxLanguageNumber = 8191;
  static constexpr std::uint8_t kMaxNodeNumber = 254;

  // The term of a token, added when new. Writer only.
  TermId Add(TermKind kind, Token token);
  // The leaf of a path, with all nodes above it added when new. Writer only. The path is not empty.
  TermId Add(const OccupationPath& path);
  TermId Add(const RegionPath& path);

  std::optional<TermId> Find(Token token) const;
  Term At(TermId id) const;
  std::size_t size() const;
  // `id` and all that lie below it in its hierarchy.
  std::vector<TermId> WithDescendants(TermId id) const;

  // Looks many up under one lock. `use(lookup)`, lookup(Token) -> const Term* or null, valid inside
  // the call only.
  template <typename Use>
  void Read(Use use) const {
    const std::shared_lock lock(mutex_);
    use([this](Token token) -> const Term* {
      const auto found = ids_.find(token.value);
      return found == ids_.end() ? nullptr : &terms_[found->second];
    });
  }

  // Back to tokens; a number or code that was given out by Add.
  Token TokenOf(TermKind kind, std::uint16_t number) const;
  OccupationPath OccupationOf(NodeCode code) const;
  RegionPath RegionOf(NodeCode code) const;

  std::size_t memory_bytes() const;

 private:
  template <std::size_t kLevels>
  TermId AddPath(TermKind kind, const TokenPath<kLevels>& path);
  TermId AddLocked(TermKind kind, Token token, TermId parent);
  void GiveNumber(Term& term);
  void GiveCode(Term& term);
  template <std::size_t kLevels>
  TokenPath<kLevels> PathOf(TermKind kind, NodeCode code) const;

  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<std::uint64_t, TermId> ids_;
  std::vector<Term> terms_;
  std::array<std::vector<TermId>, 5> by_number_;             // per kind; [0] unused
  std::array<std::uint32_t, 5> groups_{};                    // groups given out, per kind
  absl::flat_hash_map<std::uint32_t, TermId> by_code_;       // kind and code
  absl::flat_hash_map<std::uint32_t, std::uint32_t> given_;  // kind, group and depth -> numbers given
};

}  // namespace noren::matching
