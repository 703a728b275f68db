// One open posting as the index keeps it: the row, and what is needed to leave it out of a ranking
// without touching the row.
// Source:   docs/design/0005-openings.md
// Threads:  immutable once made
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/matching/prepared.h"
#include "engine/matching/rows.h"
#include "engine/matching/scoring/score.h"

namespace noren::matching {

// Where a posting has a place: a province, or a country (province "none") of which no more is said.
// Also what a wish reaches: a province, or a whole country.
struct RegionKey {
  Token country;
  Token province;
  auto operator<=>(const RegionKey&) const = default;
};
// Whether a wish that reaches `reach` reaches a place in `home`.
inline bool Reaches(const RegionKey& reach, const RegionKey& home) {
  return reach == home || (reach.province.is_none() && reach.country == home.country);
}

// Postings stand in this order, once per home, so that those one person looks at stand together.
struct ClusterKey {
  RegionKey home;
  OccupationPath occupation;
  PostingRowId id;
  auto operator<=>(const ClusterKey&) const = default;
};

// A number per distinct path; what a posting has beyond the numbers counts as fitting fully.
using PathNumber = std::uint16_t;
inline constexpr PathNumber kNoPath = 0xFFFF;
inline constexpr PathNumber kUncountedPath = 0xFFFE;

template <std::size_t kLevels>
class PathNumbers {
 public:
  using Path = TokenPath<kLevels>;
  // The number of `path`, given when new. The writer's.
  PathNumber Of(const Path& path);
  // Number -> path, of all that were given so far; shared with the versions that readers hold.
  std::shared_ptr<const std::vector<Path>> Table() const { return table_; }
  // While a batch is added the table is copied once, not per new path.
  void PublishTable();

 private:
  absl::flat_hash_map<std::array<Token, kLevels>, PathNumber> numbers_;
  std::vector<Path> paths_;
  std::shared_ptr<const std::vector<Path>> table_ = std::make_shared<const std::vector<Path>>();
};
struct OpeningPaths {
  PathNumbers<4> occupations;
  PathNumbers<4> regions;
};

// A token that a posting asks for, by a short hash: two tokens that share a hash make a bound
// larger, never smaller.
inline constexpr std::size_t kTokenHashes = 8192;
using TokenHash = std::uint16_t;
enum class TokenList : std::uint8_t { kSkill = 1, kLicence, kLanguage, kRegion };
// `detail`: the level wished for of a language, else 0.
TokenHash HashOf(TokenList list, Token token, std::uint8_t detail);
// One bit of 64 for a required (or held) token.
std::uint64_t SignatureOf(TokenList list, Token token);

inline constexpr std::uint8_t kUncounted = 0xFF;
struct AskedToken {
  TokenHash hash = 0;
  // Of a related skill: weight of the asked one x closeness; of a near region: its fit.
  std::uint16_t weight = 0;
};

// What the bound of a pair is computed from.
inline constexpr std::int32_t kNoNumber = INT32_MIN;
inline constexpr std::uint8_t kNoEducation = 0xFF;
struct OpeningTerms {
  std::array<std::uint16_t, kFeatureCount> shares{};
  std::int32_t side_bound = 0;  // no posting's side score is above
  std::int32_t min_experience_months = kNoNumber;
  std::int32_t start_wished_by_day = kNoNumber;
  std::int32_t as_of_day = kNoNumber;
  std::uint32_t wage_min = 0;
  std::uint32_t wage_max = 0;
  std::array<PathNumber, 3> occupations{kNoPath, kNoPath, kNoPath};
  std::array<PathNumber, 4> regions{kNoPath, kNoPath, kNoPath, kNoPath};
  // Lengths of the runs of `asked`, in this order; skills are the required, then the preferred.
  // kUncounted: too long for a run, counts as fitting fully.
  std::uint8_t skills_count = 0;
  std::uint8_t related_count = 0;
  std::uint8_t licences_count = 0;
  std::uint8_t languages_count = 0;
  std::uint8_t near_regions_count = 0;
  std::uint8_t preferred_education = kNoEducation;
  std::uint16_t employment = 0;
  std::uint8_t currency = 0;        // 0: no wage
  bool has_uncounted_wage = false;  // beyond the numbers; counts as fitting fully
  bool asks_nothing = false;        // then the posting's side is side_bound exactly
};

struct OpeningConditions {
  std::uint8_t min_education = 0;
  std::uint8_t currency = 0;
  std::uint16_t employment = 0;
  std::uint16_t min_experience = 0;
  std::uint16_t start_by = 0;
  std::uint32_t wage_max = 0;
  std::uint64_t required = 0;
  bool columns_decide = false;  // they and the region keys are all the conditions, unclamped
};

struct Opening {
  explicit Opening(PostingRow from) : row(std::move(from)), prepared(row) {}
  Opening(const Opening&) = delete;
  Opening& operator=(const Opening&) = delete;

  const PostingRow row;
  const PreparedPosting prepared;
  OpeningConditions conditions;
  OpeningTerms terms;
  std::vector<AskedToken> asked;
  std::vector<RegionKey>
      homes;  // ascending, each once; one that no wish reaches when there is none
};

std::shared_ptr<const Opening> MakeOpening(PostingRow row, OpeningPaths& paths);
ClusterKey ClusterKeyOf(const Opening& opening, const RegionKey& home);

// Clamping as the columns do it, for both sides.
std::uint16_t ClampedMonths(std::int64_t months);
std::uint16_t ClampedDay(std::int64_t day);
std::uint32_t ClampedWage(std::int64_t amount);
std::uint8_t ClampedEducation(std::int64_t level);

}  // namespace noren::matching
