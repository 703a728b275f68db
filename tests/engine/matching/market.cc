// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/matching/market.h"

#include <algorithm>
#include <array>

#include "crypto/base/check.h"

namespace noren::matching {
namespace {

constexpr std::array kOccupations = {"ISCO-2",    "ISCO-25",   "ISCO-251",  "ISCO-2512",
                                     "ISCO-2513", "ISCO-2521", "ISCO-2211", "ISCO-7212"};
constexpr std::array kRegions = {"KR",       "KR-11",    "KR-11440", "KR-11680",
                                 "KR-41111", "KR-41113", "JP-14101"};
constexpr std::array kCentres = {"KR-11",    "KR-41",    "JP-14",   "KR-11440",
                                 "KR-11680", "KR-41110", "JP-14100"};
constexpr std::array kSkills = {"SK-cpp", "SK-go", "SK-welding", "SK-nursing", "SK-sql", "SK-tax"};
constexpr std::array kLicences = {"LC-driving", "LC-nurse", "LC-welder"};
constexpr std::array kLanguages = {"ko", "ja", "en"};
constexpr std::uint64_t kIdFactor = 0x9E3779B97F4A7C15u;  // odd: ids stay distinct, in no order

template <typename CodeType>
CodeType Must(std::string_view text) {
  StatusOr<CodeType> code = CodeType::Parse(text);
  NOREN_CHECK(code.ok(), "the test's code is malformed");
  return *code;
}

bool Chance(SeededRandom& random, std::uint64_t percent) { return random.Below(100) < percent; }

template <typename T>
T Between(SeededRandom& random, T least, T most) {
  return static_cast<T>(least +
                        static_cast<T>(random.Below(static_cast<std::uint64_t>(most - least) + 1)));
}

// A random part of `names`, at least `least`, in their order.
template <std::size_t kCount>
std::vector<std::string> Some(SeededRandom& random, const std::array<const char*, kCount>& names,
                              std::size_t least, std::size_t most) {
  std::vector<std::string> chosen;
  const std::size_t start = random.Below(kCount);
  const std::size_t wanted = Between(random, least, most);
  for (std::size_t i = 0; i < kCount && chosen.size() < wanted; ++i) {
    chosen.emplace_back(names[(start + i) % kCount]);
  }
  return chosen;
}

model::EmploymentTypes RandomTypes(SeededRandom& random) {
  return *model::EmploymentTypes::FromBits(static_cast<std::uint16_t>(random.Below(4)));
}

model::Currency RandomCurrency(SeededRandom& random) {
  return Chance(random, 80) ? model::Currency::kKrw : model::Currency::kJpy;
}

// Now and then nothing is said.
std::optional<std::uint8_t> RandomWeight(SeededRandom& random) {
  if (Chance(random, 15)) return std::nullopt;
  return Between<std::uint8_t>(random, 0, 10);
}

void FillRequired(SeededRandom& random, model::HardConditions& required) {
  const auto level = [&] { return Between<std::uint8_t>(random, 1, 5); };
  if (Chance(random, 20)) {
    for (const auto& s : Some(random, kSkills, 1, 2))
      required.skills.push_back({Skill(s), level()});
  }
  if (Chance(random, 10)) required.licences.push_back(Licence(kLicences[random.Below(3)]));
  if (Chance(random, 10))
    required.languages.push_back({Lang(kLanguages[random.Below(3)]), level()});
  if (Chance(random, 20)) required.min_experience_months = Between<std::uint16_t>(random, 0, 60);
  if (Chance(random, 20)) {
    required.min_education = static_cast<model::Education>(Between(random, 0, 6));
  }
  if (Chance(random, 20)) required.start_by = model::CivilDay{Between(random, 100, 110)};
  required.occupation = Chance(random, 20);
  required.region = Chance(random, 20);
}

void FillPreferred(SeededRandom& random, model::Posting& posting) {
  const auto weight = [&] { return Between<std::uint8_t>(random, 1, 10); };
  for (const auto& s : Some(random, kSkills, 0, 3)) {
    posting.preferred_skills.push_back({Skill(s), weight()});
  }
  for (const auto& l : Some(random, kLicences, 0, 2)) {
    posting.preferred_licences.push_back({Licence(l), weight()});
  }
  for (const auto& l : Some(random, kLanguages, 0, 2)) {
    posting.preferred_languages.push_back({Lang(l), Between<std::uint8_t>(random, 1, 6), weight()});
  }
  if (Chance(random, 40)) {
    posting.preferred_education = static_cast<model::Education>(Between(random, 0, 8));
  }
  if (Chance(random, 40)) posting.preferred_start_by = model::CivilDay{Between(random, 20, 110)};
}

}  // namespace

Token PlainTokens::Of(std::string_view kind, std::string_view code) const {
  std::uint64_t hash = 0xCBF29CE484222325u ^ salt_;
  for (const std::string_view part : {kind, std::string_view("/"), code}) {
    for (const char c : part) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3u;
  }
  return Token{hash | 1};
}
Token PlainTokens::OfOccupation(const model::OccupationCode& code) const {
  return Of("occupation", code.text());
}
Token PlainTokens::OfSkill(const model::SkillCode& code) const { return Of("skill", code.text()); }
Token PlainTokens::OfRegion(const model::RegionCode& code) const {
  return Of("region", code.text());
}
Token PlainTokens::OfLicence(const model::LicenceCode& code) const {
  return Of("licence", code.text());
}
Token PlainTokens::OfLanguage(const model::LanguageCode& code) const {
  return Of("language", code.text());
}

std::uint64_t MixedTies::Of(PostingRowId posting, SeekerRowId seeker) const {
  SeededRandom mix(key_ ^ (posting.value * 3) ^ (seeker.value * 5));
  return mix.Below(spread_ == Spread::kFull ? ~std::uint64_t{0} : 2);
}

model::OccupationCode Isco(std::string_view text) { return Must<model::OccupationCode>(text); }
model::SkillCode Skill(std::string_view text) { return Must<model::SkillCode>(text); }
model::RegionCode Region(std::string_view text) { return Must<model::RegionCode>(text); }
model::LicenceCode Licence(std::string_view text) { return Must<model::LicenceCode>(text); }
model::LanguageCode Lang(std::string_view text) { return Must<model::LanguageCode>(text); }

model::EmploymentTypes Types(std::initializer_list<model::EmploymentType> types) {
  model::EmploymentTypes set;
  for (const model::EmploymentType type : types) set.Add(type);
  return set;
}

model::Profile BareProfile() {
  model::Profile profile;
  profile.occupations = {Isco("ISCO-2512")};
  profile.regions = {Region("KR-11440")};
  return profile;
}

model::Posting BarePosting() {
  model::Posting posting;
  posting.company = "example-works";
  posting.reference = "R-1";
  posting.title = "An example";
  posting.occupations = {Isco("ISCO-2512")};
  posting.regions = {Region("KR-11440")};
  return posting;
}

model::Profile RandomProfile(SeededRandom& random) {
  model::Profile profile;
  for (const auto& o : Some(random, kOccupations, 1, 2)) profile.occupations.push_back(Isco(o));
  for (const auto& r : Some(random, kRegions, 1, 3)) profile.regions.push_back(Region(r));
  for (const auto& s : Some(random, kSkills, 0, 4)) {
    profile.skills.push_back({Skill(s), Between<std::uint8_t>(random, 1, 5)});
  }
  for (const auto& l : Some(random, kLicences, 0, 2)) profile.licences.push_back(Licence(l));
  for (const auto& l : Some(random, kLanguages, 0, 2)) {
    profile.languages.push_back({Lang(l), Between<std::uint8_t>(random, 1, 6)});
  }
  profile.employment_types = RandomTypes(random);
  if (Chance(random, 30)) {
    profile.wage_floor = model::Wage{Between<std::int64_t>(random, 1, 40), RandomCurrency(random)};
  }
  if (Chance(random, 70)) profile.experience_months = Between<std::uint16_t>(random, 0, 150);
  if (Chance(random, 70)) profile.education = static_cast<model::Education>(Between(random, 0, 8));
  if (Chance(random, 70)) profile.available_from = model::CivilDay{Between(random, 95, 112)};
  if (Chance(random, 70)) profile.confirmed_on = model::CivilDay{Between(random, -300, 120)};
  const auto weight = [&] { return RandomWeight(random); };
  if (Chance(random, 50)) profile.preferences = {weight(), weight(), weight(), weight(), weight()};
  if (Chance(random, 5)) profile.preferences = {0, 0, 0, 0, 0};
  return profile;
}

model::Posting RandomPosting(SeededRandom& random) {
  model::Posting posting = BarePosting();
  posting.occupations.clear();
  posting.regions.clear();
  for (const auto& o : Some(random, kOccupations, 1, 2)) posting.occupations.push_back(Isco(o));
  for (const auto& r : Some(random, kRegions, 1, 2)) posting.regions.push_back(Region(r));
  posting.employment_types = RandomTypes(random);
  if (Chance(random, 70)) {
    const auto least = Between<std::int64_t>(random, 10, 30);
    posting.wage = model::WageOffer{least, least + Between<std::int64_t>(random, 0, 20),
                                    RandomCurrency(random)};
  }
  FillRequired(random, posting.required);
  FillPreferred(random, posting);
  const auto weight = [&] { return RandomWeight(random); };
  if (Chance(random, 50)) {
    posting.weights = {weight(), weight(), weight(), weight(), weight(), weight(),
                       weight(), weight(), weight(), weight(), weight(), weight()};
  }
  if (Chance(random, 5)) posting.weights = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  return posting;
}

SeekerRow Row(std::uint64_t id, const model::Profile& profile) {
  StatusOr<SeekerRow> row = RowOf(SeekerRowId{id}, profile, PlainTokens());
  NOREN_CHECK(row.ok(), "the test's profile is not valid");
  return *std::move(row);
}

PostingRow Row(std::uint64_t id, const model::Posting& posting) {
  StatusOr<PostingRow> row = RowOf(PostingRowId{id}, posting, PlainTokens());
  NOREN_CHECK(row.ok(), "the test's posting is not valid");
  return *std::move(row);
}

naive::Surroundings RandomSurroundings(SeededRandom& random) {
  naive::Surroundings around;
  if (Chance(random, 80)) around.today = 110;
  for (const char* asked : kSkills) {
    for (const char* other : kSkills) {
      if (asked != other && Chance(random, 25)) {
        around.closeness[{asked, other}] = Between(random, 1, 1000);
      }
    }
  }
  // Within some ten kilometres of each other, so that distances matter.
  for (const char* region : kCentres) {
    if (Chance(random, 90)) {
      around.centres[region] = {37 + 0.01 * Between(random, 0, 80),
                                127 + 0.01 * Between(random, 0, 80)};
    }
  }
  return around;
}

PostingRow RowIn(const naive::Surroundings& around, std::uint64_t id,
                 const model::Posting& posting) {
  const PlainTokens tokens;
  PostingRow row = Row(id, posting);
  row.as_of_day = around.today;
  std::vector<RegionCentre> centres;
  for (const auto& [code, at] : around.centres) {
    centres.push_back({PathOf(Region(code), tokens), at.first, at.second});
  }
  ExpandNearRegions(row, RegionCentres(centres));
  const auto relate = [&](Token asked, std::size_t index) {
    for (const auto& [pair, closeness] : around.closeness) {
      if (tokens.OfSkill(Skill(pair.first)) != asked) continue;
      row.related_skills.push_back({tokens.OfSkill(Skill(pair.second)),
                                    static_cast<std::uint16_t>(index),
                                    static_cast<std::uint16_t>(closeness)});
    }
  };
  const std::size_t required = row.required_skills.size();
  for (std::size_t i = 0; i < required; ++i) relate(row.required_skills[i].token, i);
  for (std::size_t i = 0; i < row.preferred_skills.size(); ++i) {
    relate(row.preferred_skills[i].token, required + i);
  }
  std::ranges::sort(row.related_skills);
  return row;
}

Market RandomMarket(std::uint64_t seed, std::size_t people, std::size_t postings) {
  SeededRandom random(seed);
  Market market;
  market.around = RandomSurroundings(random);
  for (std::size_t i = 0; i < people; ++i) {
    market.profiles.push_back(RandomProfile(random));
    market.seekers.push_back(Row((i + 1) * kIdFactor, market.profiles.back()));
  }
  for (std::size_t i = 0; i < postings; ++i) {
    market.postings.push_back(RandomPosting(random));
    market.openings.push_back(RowIn(market.around, (i + 1) * kIdFactor, market.postings.back()));
  }
  return market;
}

}  // namespace noren::matching
