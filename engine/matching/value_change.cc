// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/value_change.h"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

#include "engine/matching/prepared.h"
#include "engine/matching/scoring/availability.h"
#include "engine/matching/scoring/lookup.h"
#include "engine/matching/scoring/recency.h"
#include "engine/matching/scoring/score.h"

namespace noren::matching {
namespace {

constexpr std::int32_t kWholeScale = 1000;
constexpr std::int64_t kExperienceScale = 120;  // months
constexpr std::int64_t kDayScale = 365;
// By kSkillLevel and kLanguageLevel.
constexpr std::array<std::uint8_t, 2> kMostLevels = {model::kMaxSkillLevel,
                                                     model::kMaxLanguageLevel};

struct FieldRow {
  std::string_view name;
  std::int64_t scale = 0;  // of the field; 0: relative to the value, or a whole entry
};
constexpr std::array<FieldRow, kChangedFieldCount> kFields = {{
    {"skill_level", model::kMaxSkillLevel},
    {"language_level", model::kMaxLanguageLevel},
    {"experience_months", kExperienceScale},
    {"education", model::kEducationCount - 1},
    {"available_from", kDayScale},
    {"confirmed_on", kDayScale},
    {"licence", 0},
    {"wanted_occupation", 0},
    {"wanted_region", 0},
    {"accepted_employment_type", 0},
    {"wage_floor", 0},
    {"wage_offer", 0},
    {"wage_most", 0},
    {"offered_employment_type", 0},
}};

constexpr std::size_t Index(ChangedField field) { return static_cast<std::size_t>(field); }

bool IsWage(ChangedField field) {
  return field >= ChangedField::kWageFloor && field <= ChangedField::kWageMost;
}

bool IsDay(ChangedField field) {
  return field == ChangedField::kAvailableDay || field == ChangedField::kUpdatedDay;
}

// Stating a day, or adding an entry, is a whole step; amounts are measured against what they were.
std::int32_t SizeOf(const ValueChange& change) {
  std::int64_t scale = kFields[Index(change.field)].scale;
  if (IsWage(change.field)) scale = change.from.value_or(0);
  if (scale == 0 || (IsDay(change.field) && !change.from)) return kWholeScale;
  const std::int64_t by = std::abs(change.to - change.from.value_or(0));
  return static_cast<std::int32_t>(
      std::min<std::int64_t>((by * kWholeScale + scale - 1) / scale, std::int32_t{1} << 30));
}

ValueChange Make(ChangedField field, Token token, std::optional<std::int64_t> from,
                 std::int64_t to) {
  ValueChange change{field, token, from, to, 0};
  change.size = SizeOf(change);
  return change;
}

template <std::size_t kLevels>
Token OwnToken(const TokenPath<kLevels>& path) {
  const std::size_t depth = path.depth();
  return depth == 0 ? Token{} : path.levels[depth - 1];
}

template <typename T>
void Insert(std::vector<T>& sorted, const T& value) {
  sorted.insert(std::ranges::lower_bound(sorted, value), value);
}

template <typename Path>
void AddWish(Token own, const std::vector<Path>& asked, std::vector<Path>& wishes) {
  const auto found =
      std::ranges::find_if(asked, [own](const Path& path) { return OwnToken(path) == own; });
  if (found != asked.end()) Insert(wishes, *found);
}

void SetLevel(std::vector<LeveledToken>& list, Token token, std::uint8_t level) {
  const auto at = std::ranges::lower_bound(list, token, {}, &LeveledToken::token);
  if (at != list.end() && at->token == token) {
    at->level = level;
  } else {
    list.insert(at, {token, level});
  }
}

std::optional<std::int64_t> StatedLevel(const std::vector<LeveledToken>& list, Token token) {
  const std::uint8_t level = LevelIn(list, token);
  return level == 0 ? std::nullopt : std::optional<std::int64_t>(level);
}

void ApplyToPerson(const ValueChange& change, const PostingRow& posting, SeekerRow& seeker) {
  switch (change.field) {
    case ChangedField::kSkillLevel:
      return SetLevel(seeker.skills, change.token, static_cast<std::uint8_t>(change.to));
    case ChangedField::kLanguageLevel:
      return SetLevel(seeker.languages, change.token, static_cast<std::uint8_t>(change.to));
    case ChangedField::kExperience:
      seeker.experience_months = static_cast<std::int32_t>(change.to);
      return;
    case ChangedField::kEducation:
      seeker.education = static_cast<std::uint8_t>(change.to);
      return;
    case ChangedField::kAvailableDay:
      seeker.available_day = static_cast<std::int32_t>(change.to);
      return;
    case ChangedField::kUpdatedDay:
      seeker.updated_day = static_cast<std::int32_t>(change.to);
      return;
    case ChangedField::kLicence:
      return Insert(seeker.licences, change.token);
    case ChangedField::kOccupationWish:
      return AddWish(change.token, posting.occupations, seeker.occupations);
    case ChangedField::kRegionWish:
      return AddWish(change.token, posting.regions, seeker.regions);
    case ChangedField::kEmploymentType:
      seeker.employment_types =
          *model::EmploymentTypes::FromBits(static_cast<std::uint16_t>(change.to));
      return;
    case ChangedField::kWageFloor:
      seeker.wage_floor->amount_per_month = change.to;
      return;
    case ChangedField::kWageOffer:
    case ChangedField::kWageMost:
    case ChangedField::kOfferedTypes:
      return;
  }
}

void ApplyToPosting(const ValueChange& change, PostingRow& posting, const SeekerRow& seeker) {
  if (change.field == ChangedField::kOfferedTypes) {
    posting.employment_types =
        *model::EmploymentTypes::FromBits(static_cast<std::uint16_t>(change.to));
    return;
  }
  // An offer that is not stated, or in another currency, is stated in the person's.
  if (!change.from) posting.wage = {change.to, change.to, seeker.wage_floor->currency};
  if (change.field == ChangedField::kWageOffer) posting.wage->min_per_month = change.to;
  posting.wage->max_per_month = std::max(posting.wage->max_per_month, change.to);
}

// The search for one pair. Scores and conditions are always those of whole rows.
class Search {
 public:
  Search(std::int32_t score_to_reach, const PostingRow& posting, const SeekerRow& seeker)
      : score_to_reach_(score_to_reach), posting_(posting), seeker_(seeker), prepared_(posting) {}

  std::vector<ValueChange> Take() {
    AddSkills();
    AddLanguages();
    AddNumbers();
    AddDays();
    AddEntries();
    AddWages();
    std::ranges::sort(found_, {}, [](const ValueChange& change) {
      return std::tuple(change.size, change.field, change.token);
    });
    return std::move(found_);
  }

 private:
  bool Suffices(const ValueChange& change) const {
    SeekerRow seeker = seeker_;
    if (SideOf(change.field) == Side::kPerson) {
      ApplyToPerson(change, posting_, seeker);
      return MeetsConditions(posting_, seeker) &&
             ScoreOnly(prepared_, seeker, PersonShares(seeker)) > score_to_reach_;
    }
    PostingRow posting = posting_;
    ApplyToPosting(change, posting, seeker);
    return MeetsConditions(posting, seeker) &&
           ScoreOnly(PreparedPosting(posting), seeker, PersonShares(seeker)) > score_to_reach_;
  }

  void AddIf(const ValueChange& change) {
    if (Suffices(change)) found_.push_back(change);
  }

  // The first of first, first + step, ..., last that suffices. Not by halves: stating a value for
  // the first time can lower a score before it raises it.
  void AddFirst(ValueChange change, std::int64_t first, std::int64_t last, std::int64_t step) {
    for (std::int64_t to = first; step > 0 ? to <= last : to >= last; to += step) {
      change = Make(change.field, change.token, change.from, to);
      if (!Suffices(change)) continue;
      found_.push_back(change);
      return;
    }
  }

  // The nearest to `from` on the way to `last` that suffices; fits of wages never fall on that way.
  void AddNearest(ChangedField field, std::int64_t from, std::int64_t last) {
    if (from == last || !Suffices(Make(field, {}, from, last))) return;
    std::int64_t too_little = from;
    std::int64_t enough = last;
    while (std::abs(enough - too_little) > 1) {
      const std::int64_t middle = too_little + (enough - too_little) / 2;
      (Suffices(Make(field, {}, from, middle)) ? enough : too_little) = middle;
    }
    found_.push_back(Make(field, {}, from, enough));
  }

  void AddLevels(ChangedField field, const std::vector<LeveledToken>& own, Token token) {
    const auto from = StatedLevel(own, token);
    AddFirst(Make(field, token, from, 0), from.value_or(0) + 1, kMostLevels[Index(field)], 1);
  }

  void AddSkills() {
    std::vector<Token> tokens;
    for (const LeveledToken& skill : posting_.required_skills) tokens.push_back(skill.token);
    for (const WeightedToken& skill : posting_.preferred_skills) tokens.push_back(skill.token);
    for (const RelatedSkill& skill : posting_.related_skills) tokens.push_back(skill.token);
    std::ranges::sort(tokens);
    const auto rest = std::ranges::unique(tokens);
    tokens.erase(rest.begin(), rest.end());
    for (const Token token : tokens) AddLevels(ChangedField::kSkillLevel, seeker_.skills, token);
  }

  void AddLanguages() {
    for (const WeightedToken& language : posting_.preferred_languages) {
      AddLevels(ChangedField::kLanguageLevel, seeker_.languages, language.token);
    }
  }

  void AddNumbers() {
    const std::optional<std::int64_t> months = seeker_.experience_months;
    AddFirst(Make(ChangedField::kExperience, {}, months, 0), months ? *months + 1 : 0,
             model::kMaxExperienceMonths, 1);
    const std::optional<std::int64_t> education = seeker_.education;
    AddFirst(Make(ChangedField::kEducation, {}, education, 0), education ? *education + 1 : 0,
             model::kEducationCount - 1, 1);
  }

  void AddDays() {
    if (const auto wished = posting_.start_wished_by_day) {
      const std::optional<std::int64_t> day = seeker_.available_day;
      const std::int64_t latest = *wished + kLatestStartDays;
      AddFirst(Make(ChangedField::kAvailableDay, {}, day, 0),
               day ? std::min(*day - 1, latest) : latest, *wished, -1);
    }
    if (const auto today = posting_.as_of_day) {
      const std::optional<std::int64_t> day = seeker_.updated_day;
      const std::int64_t earliest = *today - kStaleDays;
      AddFirst(Make(ChangedField::kUpdatedDay, {}, day, 0),
               day ? std::max(*day + 1, earliest) : earliest, *today - kFreshDays, 1);
    }
  }

  void AddEntries() {
    for (const WeightedToken& licence : posting_.preferred_licences) {
      if (Holds(seeker_.licences, licence.token)) continue;
      AddIf(Make(ChangedField::kLicence, licence.token, std::nullopt, 1));
    }
    AddWishes(ChangedField::kOccupationWish, posting_.occupations, seeker_.occupations,
              model::kMaxOccupations);
    AddWishes(ChangedField::kRegionWish, posting_.regions, seeker_.regions, model::kMaxRegions);
    if (!seeker_.employment_types.empty()) return;
    for (int bit = 0; bit < model::kEmploymentTypeCount; ++bit) {
      const std::int64_t type = std::int64_t{1} << bit;
      if ((posting_.employment_types.bits() & type) == 0) continue;
      return AddIf(Make(ChangedField::kEmploymentType, {}, std::nullopt, type));
    }
  }

  template <typename Path>
  void AddWishes(ChangedField field, const std::vector<Path>& asked,
                 const std::vector<Path>& wishes, std::size_t most) {
    if (wishes.size() >= most) return;
    for (const Path& path : asked) {
      if (std::ranges::find(wishes, path) != wishes.end()) continue;
      AddIf(Make(field, OwnToken(path), std::nullopt, 1));
    }
  }

  void AddWages() {
    if (!posting_.wage || !seeker_.wage_floor) return;
    AddNearest(ChangedField::kWageFloor, seeker_.wage_floor->amount_per_month, 1);
    AddNearest(ChangedField::kWageOffer, posting_.wage->min_per_month, model::kMaxWagePerMonth);
  }

  std::int32_t score_to_reach_;
  const PostingRow& posting_;
  const SeekerRow& seeker_;
  PreparedPosting prepared_;
  std::vector<ValueChange> found_;
};

// The asked path that shares most with a wish; the first among equals.
template <typename Path>
Token NearestOwn(const std::vector<Path>& asked, const std::vector<Path>& wishes) {
  Token nearest;
  std::size_t most = 0;
  for (const Path& path : asked) {
    std::size_t shared = 0;
    for (const Path& wish : wishes) shared = std::max(shared, SharedDepth(path, wish));
    if (!nearest.is_none() && shared <= most) continue;
    nearest = OwnToken(path);
    most = shared;
  }
  return nearest;
}

template <typename Path>
std::optional<ValueChange> AddedWish(ChangedField field, const std::vector<Path>& asked,
                                     const std::vector<Path>& wishes, std::size_t most) {
  const Token nearest = NearestOwn(asked, wishes);
  if (nearest.is_none() || wishes.size() >= most) return std::nullopt;
  return Make(field, nearest, std::nullopt, 1);
}

std::optional<ValueChange> TypeThatMeets(const PostingRow& posting, const SeekerRow& seeker) {
  const std::uint16_t accepted = seeker.employment_types.bits();
  const std::uint16_t offered = posting.employment_types.bits();
  const auto lowest_accepted = static_cast<std::uint16_t>(accepted & -accepted);
  return Make(ChangedField::kOfferedTypes, {},
              offered == 0 ? std::nullopt : std::optional<std::int64_t>(offered),
              offered | lowest_accepted);
}

}  // namespace

std::string_view ChangedFieldName(ChangedField field) { return kFields[Index(field)].name; }

Side SideOf(ChangedField field) {
  return field >= ChangedField::kWageOffer ? Side::kPosting : Side::kPerson;
}

void Apply(const ValueChange& change, PostingRow& posting, SeekerRow& seeker) {
  if (SideOf(change.field) == Side::kPosting) {
    ApplyToPosting(change, posting, seeker);
  } else {
    ApplyToPerson(change, posting, seeker);
  }
}

std::optional<ValueChange> ChangeThatMeets(const ConditionResult& failing,
                                           const PostingRow& posting, const SeekerRow& seeker) {
  const std::optional<std::int64_t> stated =
      failing.verdict == Verdict::kNotStated ? std::nullopt : std::optional(failing.stated);
  switch (failing.condition) {
    case Condition::kRequiredSkill:
      return Make(ChangedField::kSkillLevel, failing.token, stated, failing.asked);
    case Condition::kRequiredLicence:
      return Make(ChangedField::kLicence, failing.token, std::nullopt, 1);
    case Condition::kRequiredLanguage:
      return Make(ChangedField::kLanguageLevel, failing.token, stated, failing.asked);
    case Condition::kMinExperience:
      return Make(ChangedField::kExperience, {}, stated, failing.asked);
    case Condition::kMinEducation:
      return Make(ChangedField::kEducation, {}, stated, failing.asked);
    case Condition::kStartBy:
      return Make(ChangedField::kAvailableDay, {}, stated, failing.asked);
    case Condition::kWageFloor:
      return Make(ChangedField::kWageMost, {}, stated, failing.asked);
    case Condition::kOccupation:
      return AddedWish(ChangedField::kOccupationWish, posting.occupations, seeker.occupations,
                       model::kMaxOccupations);
    case Condition::kPlace:
    case Condition::kRegion:
      return AddedWish(ChangedField::kRegionWish, posting.regions, seeker.regions,
                       model::kMaxRegions);
    case Condition::kEmploymentType:
      return TypeThatMeets(posting, seeker);
  }
  return std::nullopt;
}

std::vector<ValueChange> ChangesThatReach(std::int32_t score_to_reach, const PostingRow& posting,
                                          const SeekerRow& seeker) {
  return Search(score_to_reach, posting, seeker).Take();
}

}  // namespace noren::matching
