// SPDX-License-Identifier: Apache-2.0
#include "server/services/wire_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

using model::ErrorCode;

wire::Money MoneyOf(std::int64_t amount, const std::string& currency) {
  wire::Money money;
  money.amount = amount;
  money.currency = currency;
  return money;
}

template <typename Level>
Level LevelOf(const std::string& code, std::int8_t level) {
  Level out;
  out.code = code;
  out.level = level;
  return out;
}

wire::Profile FullProfile() {
  wire::Profile profile;
  profile.occupations = {"ISCO-2512", "ISCO-25"};
  profile.skills = {LevelOf<wire::SkillLevel>("SK-cpp", 5), LevelOf<wire::SkillLevel>("SK-sql", 1)};
  profile.regions = {"KR-11440", "JP-13"};
  profile.licences = {"LC-nurse"};
  profile.languages = {LevelOf<wire::LanguageLevel>("ko", 6),
                       LevelOf<wire::LanguageLevel>("en", 1)};
  profile.employment_types = {"full_time", "daily"};
  profile.__set_wage_floor(MoneyOf(3'000'000, "KRW"));
  profile.__set_experience_months(840);
  profile.__set_education(8);
  profile.__set_available_from("2026-12-01");
  profile.__set_confirmed_on("2026-11-20");
  wire::Preferences preferences;
  preferences.__set_occupation(10);
  preferences.__set_region(0);
  preferences.__set_wage(1);
  preferences.__set_employment_type(2);
  preferences.__set_skills(3);
  profile.__set_preferences(preferences);
  return profile;
}

wire::Posting FullPosting() {
  wire::Posting posting;
  posting.title = "Nurse";
  posting.company = "hangang-care";
  posting.reference = "A-1";
  posting.description = "text";
  posting.occupations = {"ISCO-2221"};
  posting.regions = {"KR-11"};
  posting.employment_types = {"contract"};
  posting.__set_wage_min(MoneyOf(100, "JPY"));
  posting.__set_wage_max(MoneyOf(200, "JPY"));
  posting.required_skills = {LevelOf<wire::SkillLevel>("SK-cpp", 2)};
  posting.required_licences = {"LC-nurse"};
  posting.required_languages = {LevelOf<wire::LanguageLevel>("ja", 4)};
  posting.__set_min_experience_months(12);
  posting.__set_min_education(5);
  posting.__set_start_by("2027-01-15");
  wire::WeightedCode skill;
  skill.code = "SK-sql";
  skill.weight = 10;
  posting.preferred_skills = {skill};
  wire::WeightedCode licence;
  licence.code = "LC-driver";
  licence.weight = 1;
  posting.preferred_licences = {licence};
  wire::WeightedLevel language;
  language.code = "en";
  language.level = 3;
  language.weight = 4;
  posting.preferred_languages = {language};
  wire::FeatureWeights weights;
  weights.__set_skills(9);
  weights.__set_availability(2);
  posting.__set_weights(weights);
  posting.__set_occupation_required(true);
  posting.__set_preferred_education(7);
  posting.__set_preferred_start_by("2027-01-10");
  return posting;
}

void ExpectField(const Status& status, const std::string& field, ErrorCode code) {
  EXPECT_EQ(model::CodeOf(status), code) << field;
  EXPECT_EQ(model::FieldOf(status), field);
}

TEST(WireProfile, ComesBackFromTheModelUnchanged) {
  ASSERT_OK_AND_ASSIGN(const model::Profile profile, ProfileFromWire(FullProfile()));
  EXPECT_OK(model::Validate(profile));
  EXPECT_EQ(ToWire(profile), FullProfile());
}

TEST(WireProfile, KeepsWhatIsNotStatedUnstated) {
  ASSERT_OK_AND_ASSIGN(const model::Profile profile, ProfileFromWire(wire::Profile()));
  EXPECT_EQ(profile, model::Profile());
  const wire::Profile back = ToWire(profile);
  EXPECT_FALSE(back.__isset.wage_floor);
  EXPECT_FALSE(back.__isset.experience_months);
  EXPECT_FALSE(back.__isset.education);
  EXPECT_FALSE(back.__isset.available_from);
  EXPECT_FALSE(back.__isset.confirmed_on);
}

TEST(WireProfile, NamesTheFieldOfEachProblem) {
  struct Case {
    std::string field;
    ErrorCode code;
    std::function<void(wire::Profile&)> spoil;
  };
  const ErrorCode bad = ErrorCode::kBadRequest;
  const Case cases[] = {
      {"profile.occupations[1]", ErrorCode::kUnknownCode,
       [](auto& p) { p.occupations[1] = "2512"; }},
      {"profile.skills[0].code", ErrorCode::kUnknownCode, [](auto& p) { p.skills[0].code = ""; }},
      {"profile.skills[1].level", bad, [](auto& p) { p.skills[1].level = 0; }},
      {"profile.skills[1].level", bad, [](auto& p) { p.skills[1].level = 6; }},
      {"profile.skills[0].level", bad, [](auto& p) { p.skills[0].level = -1; }},
      {"profile.regions[0]", ErrorCode::kUnknownCode, [](auto& p) { p.regions[0] = "kr-11"; }},
      {"profile.licences[0]", ErrorCode::kUnknownCode, [](auto& p) { p.licences[0] = "nurse"; }},
      {"profile.languages[0].code", ErrorCode::kUnknownCode,
       [](auto& p) { p.languages[0].code = "KO"; }},
      {"profile.languages[0].level", bad, [](auto& p) { p.languages[0].level = 7; }},
      {"profile.employment_types[1]", bad, [](auto& p) { p.employment_types[1] = "Daily"; }},
      {"profile.employment_types[1]", bad, [](auto& p) { p.employment_types[1] = "full_time"; }},
      {"profile.wage_floor.amount", bad, [](auto& p) { p.wage_floor.amount = 0; }},
      {"profile.wage_floor.amount", bad, [](auto& p) { p.wage_floor.amount = 1'000'000'000'001; }},
      {"profile.wage_floor.currency", bad, [](auto& p) { p.wage_floor.currency = "krw"; }},
      {"profile.experience_months", bad, [](auto& p) { p.experience_months = -1; }},
      {"profile.experience_months", bad, [](auto& p) { p.experience_months = 841; }},
      {"profile.experience_months", bad, [](auto& p) { p.experience_months = 65536 + 12; }},
      {"profile.education", bad, [](auto& p) { p.education = 9; }},
      {"profile.education", bad, [](auto& p) { p.education = -1; }},
      {"profile.available_from", bad, [](auto& p) { p.available_from = "2026-02-30"; }},
      {"profile.confirmed_on", bad, [](auto& p) { p.confirmed_on = "yesterday"; }},
      {"profile.preferences.occupation", bad, [](auto& p) { p.preferences.occupation = 11; }},
      {"profile.preferences.region", bad, [](auto& p) { p.preferences.region = -1; }},
      {"profile.preferences.wage", bad, [](auto& p) { p.preferences.wage = 11; }},
      {"profile.preferences.employment_type", bad,
       [](auto& p) { p.preferences.employment_type = 11; }},
      {"profile.preferences.skills", bad, [](auto& p) { p.preferences.skills = 11; }},
  };
  for (const Case& spoiled : cases) {
    wire::Profile profile = FullProfile();
    spoiled.spoil(profile);
    ExpectField(ProfileFromWire(profile).status(), spoiled.field, spoiled.code);
  }
}

TEST(WirePosting, IsTakenWhole) {
  ASSERT_OK_AND_ASSIGN(const model::Posting posting, PostingFromWire(FullPosting()));
  EXPECT_OK(model::Validate(posting));
  EXPECT_EQ(posting.company, "hangang-care");
  EXPECT_EQ(posting.wage, (model::WageOffer{100, 200, model::Currency::kJpy}));
  ASSERT_EQ(posting.required.skills.size(), 1U);
  EXPECT_EQ(posting.required.skills[0].level, 2);
  EXPECT_EQ(posting.required.min_experience_months, 12);
  EXPECT_EQ(posting.required.min_education, model::Education::kShortTertiary);
  ASSERT_TRUE(posting.required.start_by.has_value());
  EXPECT_EQ(model::ToIso(*posting.required.start_by), "2027-01-15");
  EXPECT_EQ(posting.preferred_skills[0].weight, 10);
  EXPECT_EQ(posting.preferred_licences[0].code.text(), "LC-driver");
  EXPECT_EQ(posting.preferred_languages[0].level, 3);
  EXPECT_EQ(posting.preferred_languages[0].weight, 4);
  EXPECT_TRUE(posting.required.occupation);
  EXPECT_FALSE(posting.required.region);
  EXPECT_EQ(posting.preferred_education, model::Education::kMaster);
  ASSERT_TRUE(posting.preferred_start_by.has_value());
  EXPECT_EQ(model::ToIso(*posting.preferred_start_by), "2027-01-10");
  EXPECT_EQ(posting.weights.skills, 9);
  EXPECT_EQ(posting.weights.availability, 2);
  EXPECT_FALSE(posting.weights.region);
}

TEST(WirePosting, TakesOneWageFigureForBothEnds) {
  wire::Posting posting = FullPosting();
  posting.__isset.wage_max = false;
  ASSERT_OK_AND_ASSIGN(const model::Posting least, PostingFromWire(posting));
  EXPECT_EQ(least.wage, (model::WageOffer{100, 100, model::Currency::kJpy}));
  posting = FullPosting();
  posting.__isset.wage_min = false;
  ASSERT_OK_AND_ASSIGN(const model::Posting most, PostingFromWire(posting));
  EXPECT_EQ(most.wage, (model::WageOffer{200, 200, model::Currency::kJpy}));
}

TEST(WirePosting, NamesTheFieldOfEachProblem) {
  struct Case {
    std::string field;
    ErrorCode code;
    std::function<void(wire::Posting&)> spoil;
  };
  const ErrorCode bad = ErrorCode::kBadRequest;
  const Case cases[] = {
      {"posting.occupations[0]", ErrorCode::kUnknownCode, [](auto& p) { p.occupations[0] = "x"; }},
      {"posting.regions[0]", ErrorCode::kUnknownCode, [](auto& p) { p.regions[0] = "x"; }},
      {"posting.employment_types[0]", bad, [](auto& p) { p.employment_types[0] = "x"; }},
      {"posting.wage_min.amount", bad, [](auto& p) { p.wage_min.amount = -1; }},
      {"posting.wage_max.currency", bad, [](auto& p) { p.wage_max.currency = "KRW"; }},
      {"posting.wage_max.currency", bad, [](auto& p) { p.wage_max.currency = "GBP"; }},
      {"posting.required_skills[0].level", bad, [](auto& p) { p.required_skills[0].level = 6; }},
      {"posting.required_licences[0]", ErrorCode::kUnknownCode,
       [](auto& p) { p.required_licences[0] = "x y"; }},
      {"posting.required_languages[0].level", bad,
       [](auto& p) { p.required_languages[0].level = 0; }},
      {"posting.min_experience_months", bad, [](auto& p) { p.min_experience_months = 841; }},
      {"posting.min_education", bad, [](auto& p) { p.min_education = 9; }},
      {"posting.start_by", bad, [](auto& p) { p.start_by = "soon"; }},
      {"posting.preferred_skills[0].weight", bad,
       [](auto& p) { p.preferred_skills[0].weight = 0; }},
      {"posting.preferred_licences[0].weight", bad,
       [](auto& p) { p.preferred_licences[0].weight = 11; }},
      {"posting.preferred_languages[0].level", bad,
       [](auto& p) { p.preferred_languages[0].level = 7; }},
      {"posting.preferred_languages[0].weight", bad,
       [](auto& p) { p.preferred_languages[0].weight = 0; }},
      {"posting.weights.skills", bad, [](auto& p) { p.weights.skills = -1; }},
      {"posting.weights.experience", bad, [](auto& p) { p.weights.__set_experience(11); }},
      {"posting.weights.recency", bad, [](auto& p) { p.weights.__set_recency(11); }},
      {"posting.preferred_education", bad, [](auto& p) { p.preferred_education = 9; }},
      {"posting.preferred_start_by", bad, [](auto& p) { p.preferred_start_by = "2027-13-01"; }},
  };
  for (const Case& spoiled : cases) {
    wire::Posting posting = FullPosting();
    spoiled.spoil(posting);
    ExpectField(PostingFromWire(posting).status(), spoiled.field, spoiled.code);
  }
}

TEST(WireId, IsTakenOnlyInItsOneForm) {
  const std::string good = "seeker-0123456789abcdef0123456789abcdef";
  ASSERT_OK_AND_ASSIGN(const auto id, ParseId<model::SeekerHandle>(good, "handle"));
  EXPECT_EQ(id.ToString(), good);
  for (const std::string& wrong :
       {std::string(), std::string("seeker-"), good + "0", "posting" + good.substr(6),
        std::string("seeker-0123456789ABCDEF0123456789ABCDEF"), "seeker-" + std::string(32, '0')}) {
    ExpectField(ParseId<model::SeekerHandle>(wrong, "handle").status(), "handle",
                ErrorCode::kBadRequest);
  }
}

TEST(WireValues, AreRefusedWithTheirField) {
  const ErrorCode bad = ErrorCode::kBadRequest;
  ExpectField(CountFromWire(-1, "offset").status(), "offset", bad);
  EXPECT_THAT(CountFromWire(0, "offset"), IsOkAndHolds(0U));
  ExpectField(Binary32FromWire(std::string(31, 'x'), "sha256").status(), "sha256", bad);
  ExpectField(Binary32FromWire(std::string(33, 'x'), "sha256").status(), "sha256", bad);
  EXPECT_OK(Binary32FromWire(std::string(32, '\xff'), "sha256"));
  ExpectField(ItemKindFromWire("photo", "kind").status(), "kind", bad);
  ExpectField(ItemKindsFromWire({}, "item_kinds").status(), "item_kinds", bad);
  ExpectField(ItemKindsFromWire({"name", "photo"}, "item_kinds").status(), "item_kinds[1]", bad);
  ExpectField(ItemKindsFromWire({"name", "name"}, "item_kinds").status(), "item_kinds[1]", bad);
  ExpectField(PurposeFromWire("marketing", "purpose").status(), "purpose", bad);
}

TEST(WireAct, KeepsSignatureAndCodeApartAndRefusesEmptyOnes) {
  wire::PersonAct act;
  act.statement = "{}";
  ASSERT_OK_AND_ASSIGN(const auto bare, ActFromWire(act));
  EXPECT_TRUE(bare.signature.empty());
  EXPECT_TRUE(bare.code.empty());
  act.__set_signature("");
  ExpectField(ActFromWire(act).status(), "act.signature", ErrorCode::kBadRequest);
  act.__set_signature("s");
  act.__set_code("");
  ExpectField(ActFromWire(act).status(), "act.code", ErrorCode::kBadRequest);
  act.__set_code("123456");
  ASSERT_OK_AND_ASSIGN(const auto both, ActFromWire(act));
  EXPECT_EQ(both.signature, ToBytes(std::string_view("s")));
  EXPECT_EQ(both.code, "123456");
}

TEST(WireInvitation, HidesTheConsentUntilItIsAnswered) {
  operations::InvitationView view;
  view.invitation.consent = *model::ConsentId::FromBytes(Bytes(16, 1));
  personal_data::ConsentItem item;
  item.item = *model::ItemId::FromBytes(Bytes(16, 2));
  item.payload_sha256.fill(0xab);
  view.invitation.items = {item};
  view.state = personal_data::ConsentState::kRequested;
  EXPECT_EQ(ToWire(view).consent, "");
  EXPECT_EQ(ToWire(view).state, "requested");
  std::string digest;
  for (int i = 0; i < 32; ++i) digest += "ab";
  EXPECT_EQ(ToWire(view).item_digests.at(item.item.ToString()), digest);
  view.state = personal_data::ConsentState::kGranted;
  EXPECT_EQ(ToWire(view).consent, "consent-01010101010101010101010101010101");
}

}  // namespace
}  // namespace noren::server
