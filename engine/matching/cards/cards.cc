// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/cards/cards.h"

#include <algorithm>

#include "engine/matching/prepared.h"
#include "engine/matching/scoring/score.h"

namespace noren::matching {
namespace {

constexpr std::size_t kMinorGroupDepth = 3;
constexpr std::size_t kProvinceDepth = 2;

// The class row as if it were a person who states just this, at the lower end of each band.
SeekerRow AsSeeker(const CoarseRow& row) {
  SeekerRow seeker;
  if (row.occupation.depth() > 0) seeker.occupations.push_back(row.occupation);
  if (row.region.depth() > 0) seeker.regions.push_back(row.region);
  if (row.experience_months) seeker.experience_months = row.experience_months->begin;
  if (row.education) seeker.education = static_cast<std::uint8_t>(row.education->begin);
  return seeker;
}

FitBand BandOf(const PreparedPosting& posting, const CoarseRow& row) {
  std::int64_t fit = 0;
  std::int64_t shares = 0;
  for (const Term& term : ScorePair(posting, AsSeeker(row)).terms) {
    if (term.side != Side::kPosting || term.fit.state != FitState::kKnown) continue;
    fit += term.contribution;
    shares += term.share;
  }
  const std::int64_t mean = shares == 0 ? kNeutralFit : fit / shares;
  if (mean >= 800) return FitBand::kA;
  if (mean >= 600) return FitBand::kB;
  if (mean >= 400) return FitBand::kC;
  if (mean >= 200) return FitBand::kD;
  return FitBand::kE;
}

Met Better(Met a, Met b) {
  if (a == Met::kMet || b == Met::kMet) return Met::kMet;
  return a == Met::kUnknown || b == Met::kUnknown ? Met::kUnknown : Met::kNotMet;
}

Met OccupationMet(const PostingRow& posting, const OccupationPath& shown) {
  Met best = Met::kNotMet;
  for (const OccupationPath& asked : posting.occupations) {
    const std::size_t shared = SharedDepth(asked, shown);
    const Met met = shared == asked.depth()   ? Met::kMet
                    : shared == shown.depth() ? Met::kUnknown
                                              : Met::kNotMet;
    best = Better(best, met);
  }
  return best;
}

// A wish reaches as far as its province, as in the condition "region".
Met RegionMet(const PostingRow& posting, const RegionPath& shown) {
  Met best = Met::kNotMet;
  for (const RegionPath& place : posting.regions) {
    const std::size_t shared = SharedDepth(place, shown);
    const Met met = shared >= kProvinceDepth                             ? Met::kMet
                    : shared == shown.depth() || shared == place.depth() ? Met::kUnknown
                                                                         : Met::kNotMet;
    best = Better(best, met);
  }
  return best;
}

Met AtLeastMet(std::int32_t asked, const std::optional<Band>& shown) {
  if (!shown) return Met::kUnknown;
  if (shown->begin >= asked) return Met::kMet;
  return shown->end <= asked ? Met::kNotMet : Met::kUnknown;
}

// What no class row ever says is unknown on every card alike.
void AppendUnknown(Requirement requirement, std::size_t count,
                   std::vector<RequirementOnCard>& list) {
  for (std::size_t i = 0; i < count; ++i) {
    list.push_back({requirement, static_cast<std::uint32_t>(i), Met::kUnknown});
  }
}

std::vector<RequirementOnCard> RequirementsOf(const PostingRow& posting, const CoarseRow& row) {
  std::vector<RequirementOnCard> list;
  if (!posting.occupations.empty()) {
    list.push_back({Requirement::kOccupation, 0, OccupationMet(posting, row.occupation)});
  }
  if (!posting.regions.empty()) {
    list.push_back({Requirement::kRegion, 0, RegionMet(posting, row.region)});
  }
  AppendUnknown(Requirement::kSkill, posting.required_skills.size(), list);
  AppendUnknown(Requirement::kLicence, posting.required_licences.size(), list);
  AppendUnknown(Requirement::kLanguage, posting.required_languages.size(), list);
  if (posting.min_experience_months) {
    list.push_back({Requirement::kExperience, 0,
                    AtLeastMet(*posting.min_experience_months, row.experience_months)});
  }
  if (posting.min_education) {
    list.push_back({Requirement::kEducation, 0, AtLeastMet(*posting.min_education, row.education)});
  }
  AppendUnknown(Requirement::kStartBy, posting.start_by_day ? 1 : 0, list);
  AppendUnknown(Requirement::kEmploymentType, posting.employment_types.empty() ? 0 : 1, list);
  AppendUnknown(Requirement::kWage, posting.wage ? 1 : 0, list);
  return list;
}

std::vector<const SeekerRow*> LiveMembers(const SeekerClass& of, const LiveRow& live) {
  std::vector<const SeekerRow*> rows;
  for (const SeekerRowId member : of.members) {
    if (const SeekerRow* row = live(member); row != nullptr) rows.push_back(row);
  }
  return rows;
}

template <std::size_t kLevels>
std::vector<Token> TokensAtMost(std::size_t depth, const std::vector<TokenPath<kLevels>>& paths) {
  std::vector<Token> tokens;
  for (const auto& path : paths) {
    const std::size_t level = std::min(depth, path.depth());
    if (level > 0) tokens.push_back(path.levels[level - 1]);
  }
  std::ranges::sort(tokens);
  const auto rest = std::ranges::unique(tokens);
  tokens.erase(rest.begin(), rest.end());
  return tokens;
}

template <std::size_t kLevels>
bool Overlap(std::size_t depth, const std::vector<TokenPath<kLevels>>& a,
             const std::vector<TokenPath<kLevels>>& b) {
  if (a.empty() || b.empty()) return true;
  return std::ranges::any_of(a, [&](const auto& one) {
    return std::ranges::any_of(b, [&](const auto& other) {
      return SharedDepth(one, other) >= std::min({depth, one.depth(), other.depth()});
    });
  });
}

bool CardBefore(const CardPlace& a, const CardPlace& b) {
  if (a.band != b.band) return a.band < b.band;
  if (a.qualified != b.qualified) return a.qualified > b.qualified;
  return a.class_id < b.class_id;
}

}  // namespace

std::string_view FitBandName(FitBand band) {
  constexpr std::string_view kNames = "ABCDE";
  return kNames.substr(static_cast<std::size_t>(band) - 1, 1);
}

std::string_view QualifiedName(Qualified qualified) {
  return qualified == Qualified::kAtLeastK ? "at least k" : "a few";
}

std::string_view RequirementName(Requirement requirement) {
  switch (requirement) {
    case Requirement::kOccupation:
      return "occupation";
    case Requirement::kRegion:
      return "region";
    case Requirement::kSkill:
      return "required_skills";
    case Requirement::kLicence:
      return "required_licences";
    case Requirement::kLanguage:
      return "required_languages";
    case Requirement::kExperience:
      return "min_experience_months";
    case Requirement::kEducation:
      return "min_education";
    case Requirement::kStartBy:
      return "start_by";
    case Requirement::kEmploymentType:
      return "employment_type";
    case Requirement::kWage:
      return "wage";
  }
  return "";
}

std::string_view MetName(Met met) {
  switch (met) {
    case Met::kMet:
      return "met";
    case Met::kNotMet:
      return "not_met";
    case Met::kUnknown:
      return "unknown";
  }
  return "";
}

std::vector<ClassCount> CountMembers(const PostingRow& posting, const ClassTable& table,
                                     const LiveRow& live) {
  std::vector<ClassCount> counts;
  for (const SeekerClass& of : table.classes) {
    ClassCount& count = counts.emplace_back();
    for (const SeekerRowId member : of.members) {
      const SeekerRow* row = live(member);
      if (row == nullptr) continue;
      ++count.live;
      if (MeetsConditions(posting, *row)) ++count.qualified;
    }
  }
  return counts;
}

std::vector<CardPlace> PlaceCards(const PostingRow& posting, const ClassTable& table,
                                  std::span<const ClassCount> counts) {
  const PreparedPosting prepared(posting);
  std::vector<CardPlace> places;
  for (const SeekerClass& of : table.classes) {
    const ClassCount& count = counts[of.id];
    if (count.live < table.k) continue;
    places.push_back({of.id, BandOf(prepared, of.row),
                      count.qualified >= table.k ? Qualified::kAtLeastK : Qualified::kAFew});
  }
  std::ranges::sort(places, CardBefore);
  return places;
}

Card MakeCard(const PostingRow& posting, const ClassTable& table, const CardPlace& place) {
  const CoarseRow& row = table.classes[place.class_id].row;
  return {place.class_id, row, place.band, RequirementsOf(posting, row), place.qualified};
}

std::vector<Card> MakeCards(const PostingRow& posting, const ClassTable& table,
                            const LiveRow& live) {
  std::vector<Card> cards;
  for (const CardPlace& place : PlaceCards(posting, table, CountMembers(posting, table, live)))
    cards.push_back(MakeCard(posting, table, place));
  return cards;
}

std::vector<SeekerRowId> ChooseInvitees(const PostingRow& posting, const ClassTable& table,
                                        const InviteeChoice& choice, const LiveRow& live,
                                        const TieRule& ties) {
  std::vector<SeekerRowId> chosen;
  if (choice.class_id >= table.classes.size()) return chosen;
  std::vector<SeekerRow> rows;
  for (const SeekerRow* row : LiveMembers(table.classes[choice.class_id], live)) {
    rows.push_back(*row);
  }
  if (rows.size() < table.k) return chosen;
  for (const auto& ranked : RankSeekers(posting, rows, choice.n, ties).best) {
    chosen.push_back(ranked.id);
  }
  return chosen;
}

QuotaKey QuotaKeyOf(const PostingRow& posting) {
  return {TokensAtMost(kMinorGroupDepth, posting.occupations),
          TokensAtMost(kProvinceDepth, posting.regions)};
}

bool AsksForSameKind(const PostingRow& a, const PostingRow& b) {
  return Overlap(kMinorGroupDepth, a.occupations, b.occupations) &&
         Overlap(kProvinceDepth, a.regions, b.regions);
}

}  // namespace noren::matching
