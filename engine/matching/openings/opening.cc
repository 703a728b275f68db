// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/opening.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "engine/matching/openings/condition_kernels.h"

namespace noren::matching {
namespace {

constexpr std::uint64_t Mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

std::uint64_t MixedToken(TokenList list, Token token, std::uint8_t detail) {
  return Mix(token.value + static_cast<std::uint64_t>(list) * 0x9E3779B97F4A7C15u + detail * 257u);
}

std::vector<RegionKey> HomesOf(const PostingRow& row) {
  std::vector<RegionKey> homes;
  for (const RegionPath& place : row.regions) homes.push_back({place.levels[0], place.levels[1]});
  if (homes.empty()) homes.push_back({});
  std::ranges::sort(homes);
  const auto rest = std::ranges::unique(homes);
  homes.erase(rest.begin(), rest.end());
  return homes;
}

std::uint64_t RequiredSignature(const PostingRow& row) {
  std::uint64_t bits = 0;
  for (const LeveledToken& s : row.required_skills) bits |= SignatureOf(TokenList::kSkill, s.token);
  for (const Token l : row.required_licences) bits |= SignatureOf(TokenList::kLicence, l);
  for (const LeveledToken& l : row.required_languages) {
    bits |= SignatureOf(TokenList::kLanguage, l.token);
  }
  return bits;
}

// Whether the columns hold the numbers as they are.
bool IsUnclamped(const PostingRow& row) {
  const auto fits = [](const auto& value, std::int64_t most) {
    return !value || (*value >= 0 && *value < most);
  };
  const bool wage = !row.wage || (row.wage->max_per_month >= 0 &&
                                  row.wage->max_per_month < std::int64_t{0xFFFFFFFF});
  return fits(row.min_experience_months, 0xFFFE) && fits(row.min_education, 0xFE) &&
         fits(row.start_by_day, kNoStartBy - 1) && wage;
}

OpeningConditions ConditionsOf(const PostingRow& row) {
  OpeningConditions c;
  if (row.min_education) c.min_education = ClampedEducation(*row.min_education);
  if (row.min_experience_months) c.min_experience = ClampedMonths(*row.min_experience_months);
  c.start_by = row.start_by_day ? ClampedDay(*row.start_by_day) : kNoStartBy;
  if (row.wage) {
    c.currency = static_cast<std::uint8_t>(row.wage->currency);
    c.wage_max = ClampedWage(row.wage->max_per_month);
  }
  c.employment = row.employment_types.bits();
  c.required = RequiredSignature(row);
  c.columns_decide = c.required == 0 && IsUnclamped(row) && !row.occupation_is_condition &&
                     !row.region_is_condition;
  return c;
}

template <std::size_t kLevels, std::size_t kMost>
void FillNumbers(const std::vector<TokenPath<kLevels>>& paths, PathNumbers<kLevels>& numbers,
                 std::array<PathNumber, kMost>& out) {
  if (paths.size() > kMost) {
    out[0] = kUncountedPath;
    return;
  }
  for (std::size_t i = 0; i < paths.size(); ++i) out[i] = numbers.Of(paths[i]);
}

// Appends a run; `entry` makes an AskedToken of an element.
template <typename List, typename Entry>
std::size_t AppendRun(const List& list, std::vector<AskedToken>& asked, Entry entry) {
  for (const auto& element : list) asked.push_back(entry(element));
  return list.size();
}

std::uint8_t RunLength(std::size_t length, std::vector<AskedToken>& asked) {
  if (length < kUncounted) return static_cast<std::uint8_t>(length);
  asked.resize(asked.size() - length);
  return kUncounted;
}

void FillAsked(const PostingRow& row, OpeningTerms& terms, std::vector<AskedToken>& asked) {
  const auto weighted = [](TokenList list) {
    return [list](const WeightedToken& w) {
      const std::uint8_t detail = list == TokenList::kLanguage ? w.level : std::uint8_t{0};
      return AskedToken{HashOf(list, w.token, detail), w.weight};
    };
  };
  std::size_t skills = AppendRun(row.required_skills, asked, [](const LeveledToken& s) {
    return AskedToken{HashOf(TokenList::kSkill, s.token, 0), kMaxWeight};
  });
  skills += AppendRun(row.preferred_skills, asked, weighted(TokenList::kSkill));
  terms.skills_count = RunLength(skills, asked);
  const auto related = [&row](const RelatedSkill& r) {
    const std::size_t required = row.required_skills.size();
    const std::size_t preferred = r.asked - std::min<std::size_t>(r.asked, required);
    const std::uint8_t weight = r.asked < required ? kMaxWeight
                                : preferred < row.preferred_skills.size()
                                    ? row.preferred_skills[preferred].weight
                                    : std::uint8_t{0};
    return AskedToken{HashOf(TokenList::kSkill, r.token, 0),
                      static_cast<std::uint16_t>(weight * r.closeness)};
  };
  terms.related_count = RunLength(AppendRun(row.related_skills, asked, related), asked);
  terms.licences_count =
      RunLength(AppendRun(row.preferred_licences, asked, weighted(TokenList::kLicence)), asked);
  terms.languages_count =
      RunLength(AppendRun(row.preferred_languages, asked, weighted(TokenList::kLanguage)), asked);
  const auto near = [](const NearRegion& n) {
    return AskedToken{HashOf(TokenList::kRegion, n.region, 0), n.fit};
  };
  terms.near_regions_count = RunLength(AppendRun(row.near_regions, asked, near), asked);
}

void SetWage(const model::WageOffer& wage, OpeningTerms& terms) {
  const auto fits = [](std::int64_t amount) { return amount >= 0 && amount < 0xFFFFFFFF; };
  terms.currency = static_cast<std::uint8_t>(wage.currency);
  terms.has_uncounted_wage = !fits(wage.min_per_month) || !fits(wage.max_per_month);
  terms.wage_min = ClampedWage(wage.min_per_month);
  terms.wage_max = ClampedWage(wage.max_per_month);
}

OpeningTerms TermsOf(const PostingRow& row, const Shares& shares, OpeningPaths& paths) {
  OpeningTerms terms;
  for (std::size_t i = 0; i < kFeatureCount; ++i) {
    terms.shares[i] = static_cast<std::uint16_t>(shares[i]);
  }
  terms.side_bound = PostingScoreBound(row) - kMaxSideScore;
  terms.asks_nothing = std::ranges::all_of(shares, [](std::int32_t share) { return share == 0; });
  if (row.wage) SetWage(*row.wage, terms);
  terms.employment = row.employment_types.bits();
  terms.min_experience_months = row.min_experience_months.value_or(kNoNumber);
  terms.start_wished_by_day = row.start_wished_by_day.value_or(kNoNumber);
  terms.as_of_day = row.as_of_day.value_or(kNoNumber);
  terms.preferred_education = row.preferred_education.value_or(kNoEducation);
  FillNumbers(row.occupations, paths.occupations, terms.occupations);
  FillNumbers(row.regions, paths.regions, terms.regions);
  return terms;
}

}  // namespace

template <std::size_t kLevels>
PathNumber PathNumbers<kLevels>::Of(const Path& path) {
  const auto found = numbers_.find(path.levels);
  if (found != numbers_.end()) return found->second;
  if (paths_.size() >= kUncountedPath) return kUncountedPath;
  const auto number = static_cast<PathNumber>(paths_.size());
  paths_.push_back(path);
  numbers_.emplace(path.levels, number);
  return number;
}

template <std::size_t kLevels>
void PathNumbers<kLevels>::PublishTable() {
  if (table_->size() != paths_.size()) table_ = std::make_shared<const std::vector<Path>>(paths_);
}

template class PathNumbers<4>;

TokenHash HashOf(TokenList list, Token token, std::uint8_t detail) {
  return static_cast<TokenHash>(MixedToken(list, token, detail) % kTokenHashes);
}

std::uint64_t SignatureOf(TokenList list, Token token) {
  return std::uint64_t{1} << (MixedToken(list, token, 0) >> 58);
}

std::uint16_t ClampedMonths(std::int64_t months) {
  return static_cast<std::uint16_t>(1 + std::clamp<std::int64_t>(months, 0, 0xFFFE));
}
std::uint16_t ClampedDay(std::int64_t day) {
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(day, 0, kNoStartBy - 1));
}
std::uint32_t ClampedWage(std::int64_t amount) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(amount, 0, 0xFFFFFFFF));
}
std::uint8_t ClampedEducation(std::int64_t level) {
  return static_cast<std::uint8_t>(1 + std::clamp<std::int64_t>(level, 0, 0xFE));
}

ClusterKey ClusterKeyOf(const Opening& opening, const RegionKey& home) {
  ClusterKey key{home, {}, opening.row.id};
  if (!opening.row.occupations.empty()) key.occupation = opening.row.occupations.front();
  return key;
}

std::shared_ptr<const Opening> MakeOpening(PostingRow row, OpeningPaths& paths) {
  auto opening = std::make_unique<Opening>(std::move(row));
  opening->conditions = ConditionsOf(opening->row);
  opening->terms = TermsOf(opening->row, opening->prepared.shares, paths);
  FillAsked(opening->row, opening->terms, opening->asked);
  opening->homes = HomesOf(opening->row);
  return opening;
}

}  // namespace noren::matching
