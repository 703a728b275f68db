// Fits of one person with what the index has in columns, each looked up in scoring/ once per query
// and kept: per number (wage, experience, ...), per path, per asked token.
// Source:   docs/design/0005-openings.md
// Threads:  one owner; made per query
// Lifetime: the person, the question and the tables of paths outlive them
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/matching/openings/opening.h"
#include "engine/matching/openings/opening_block.h"
#include "engine/matching/prepared.h"
#include "engine/matching/rows.h"
#include "engine/matching/scoring/score.h"

namespace noren::matching {

// Thousandths, for the posting and for the person.
struct FitPair {
  std::uint16_t posting = kFullFit;
  std::uint16_t person = kFullFit;
};
inline FitPair AtLeastEither(FitPair a, FitPair b) {
  return {std::max(a.posting, b.posting), std::max(a.person, b.person)};
}

// A posting that has one thing only, and how the person and it fit in that. For features that read
// the row itself; what is prepared of it is prepared of an empty one.
class FitQuestion {
 public:
  explicit FitQuestion(const SeekerRow& seeker) : seeker_(seeker), prepared_(row_) {}
  FitQuestion(const FitQuestion&) = delete;
  FitQuestion& operator=(const FitQuestion&) = delete;
  PostingRow& row() { return row_; }
  FitPair Ask(Feature feature) const;

 private:
  const SeekerRow& seeker_;
  PostingRow row_;
  PreparedPosting prepared_;
};

// Fits by a key that many postings share. Of two keys with one place the later one is kept.
template <typename Key>
class FitCache {
 public:
  template <typename Compute>
  FitPair Of(const Key& key, std::uint64_t spread, Compute compute) {
    Entry& entry = entries_[(spread * 0x9E3779B97F4A7C15u) >> (64 - kBits)];
    if (!entry.is_filled || !(entry.key == key)) entry = {key, compute(), true};
    return entry.fits;
  }

 private:
  static constexpr unsigned kBits = 7;
  struct Entry {
    Key key{};
    FitPair fits;
    bool is_filled = false;
  };
  std::array<Entry, std::size_t{1} << kBits> entries_{};
};

class NumberFits {
 public:
  struct WageKey {
    std::uint32_t min = 0;
    std::uint32_t max = 0;
    std::uint8_t currency = 0;
    bool operator==(const WageKey&) const = default;
  };

  explicit NumberFits(FitQuestion& question);
  FitPair NoWage() const { return no_wage_; }
  FitPair Wage(const WageKey& wage) {
    return wage_.Of(wage, std::uint64_t{wage.max} << 32 | wage.min, [&] { return AskWage(wage); });
  }
  FitPair Employment(std::uint16_t bits) {
    return employment_.Of(bits, bits, [&] { return AskEmployment(bits); });
  }
  FitPair Experience(std::int32_t least_months) {
    return experience_.Of(least_months, Spread(least_months),
                          [&] { return AskExperience(least_months); });
  }
  FitPair Education(std::uint8_t preferred) {
    return education_.Of(preferred, preferred, [&] { return AskEducation(preferred); });
  }
  FitPair Availability(std::int32_t wished_by_day) {
    return availability_.Of(wished_by_day, Spread(wished_by_day),
                            [&] { return AskAvailability(wished_by_day); });
  }
  FitPair Recency(std::int32_t as_of_day) {
    return recency_.Of(as_of_day, Spread(as_of_day), [&] { return AskRecency(as_of_day); });
  }

 private:
  static std::uint64_t Spread(std::int32_t number) { return static_cast<std::uint32_t>(number); }
  FitPair AskWage(const WageKey& wage);
  FitPair AskEmployment(std::uint16_t bits);
  FitPair AskExperience(std::int32_t least_months);
  FitPair AskEducation(std::uint8_t preferred);
  FitPair AskAvailability(std::int32_t wished_by_day);
  FitPair AskRecency(std::int32_t as_of_day);

  FitQuestion& question_;
  FitPair no_wage_;
  FitCache<WageKey> wage_;
  FitCache<std::uint16_t> employment_;
  FitCache<std::int32_t> experience_;
  FitCache<std::uint8_t> education_;
  FitCache<std::int32_t> availability_;
  FitCache<std::int32_t> recency_;
};

class PathFitTable {
 public:
  PathFitTable(FitQuestion& question, const std::vector<OccupationPath>& occupations,
               const std::vector<RegionPath>& regions);
  // The best over `numbers`; what a posting without any has when there is none.
  FitPair Occupations(std::span<const PathNumber> numbers) {
    return BestOf(numbers, occupations_, no_occupation_,
                  [this](PathNumber number) { return AskOccupation(number); });
  }
  FitPair Regions(std::span<const PathNumber> numbers) {
    return BestOf(numbers, regions_, no_region_,
                  [this](PathNumber number) { return AskRegion(number); });
  }

 private:
  static constexpr std::uint16_t kUnknown = 0xFFFF;

  template <typename Ask>
  static FitPair BestOf(std::span<const PathNumber> numbers, std::vector<FitPair>& known,
                        FitPair none, Ask ask) {
    if (numbers.empty() || numbers[0] == kNoPath) return none;
    if (numbers[0] == kUncountedPath) return {};
    FitPair best{0, 0};
    for (const PathNumber number : numbers) {
      if (number == kNoPath) break;
      if (number == kUncountedPath) return {};
      FitPair& fits = known.data()[number];  // numbers come from the version's own tables
      if (fits.posting == kUnknown) fits = ask(number);
      best = AtLeastEither(best, fits);
    }
    return best;
  }
  FitPair AskOccupation(PathNumber number);
  FitPair AskRegion(PathNumber number);

  const std::vector<OccupationPath>& occupation_paths_;
  const std::vector<RegionPath>& region_paths_;
  FitQuestion& question_;
  FitPair no_occupation_;
  FitPair no_region_;
  std::vector<FitPair> occupations_;
  std::vector<FitPair> regions_;
};

class TokenFits {
 public:
  explicit TokenFits(const SeekerRow& seeker);
  FitPair Skills(std::span<const AskedToken> skills) const;
  // No posting of the block fits better.
  FitPair SkillsOfBlock(const AskedSkills& asked) const;
  FitPair RelatedSkills(std::span<const AskedToken> skills,
                        std::span<const AskedToken> related) const;
  FitPair Licences(std::span<const AskedToken> asked) const;
  FitPair Languages(std::span<const AskedToken> asked) const;
  // The largest fit that the posting states for a wish of the person's.
  std::uint16_t NearRegion(std::span<const AskedToken> near) const;

 private:
  void AddSkills(const SeekerRow& seeker);
  void AddLicences(const SeekerRow& seeker);
  void AddLanguages(const SeekerRow& seeker);
  void AddRegions(const SeekerRow& seeker);
  void SetValue(TokenHash hash, std::uint16_t value);
  std::uint64_t WeightedSum(std::span<const AskedToken> asked) const;
  std::uint16_t WeightedMean(std::span<const AskedToken> asked) const;

  struct OwnSkill {
    TokenHash hash = 0;
    std::uint16_t value = 0;
    std::uint8_t level = 0;
  };
  std::vector<OwnSkill> own_skills_;
  // What an asked token is worth if it stood alone, in thousandths; and the person's level of it.
  std::array<std::uint16_t, kTokenHashes> values_{};
  std::array<std::uint8_t, kTokenHashes> levels_{};
  std::vector<std::uint32_t> best_levels_;  // [n]: sum of the person's n highest levels
  bool has_skills_ = false;
  bool has_licences_ = false;
  bool has_languages_ = false;
  // With a posting that asks for something of a person who states nothing of it, and with one that
  // asks for no skills.
  std::uint16_t missing_skills_ = 0;
  std::uint16_t missing_related_ = 0;
  std::uint16_t missing_licences_ = 0;
  std::uint16_t missing_languages_ = 0;
  std::uint16_t no_skills_asked_ = 0;
};

}  // namespace noren::matching
