// Validation and codecs of profiles and postings.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/model/posting.h"
#include "engine/model/profile.h"
#include "tests/engine/model/taxonomies.h"

namespace noren::model {
namespace {

using testing::ElementsAre;
using testing::Pair;

// What version 1 of the record could hold.
Profile FirstProfile() {
  Profile profile;
  profile.occupations = {*OccupationCode::Parse("ISCO-2512")};
  profile.skills = {{*SkillCode::Parse("SK-python"), 4}, {*SkillCode::Parse("SK-sql"), 3}};
  profile.regions = {*RegionCode::Parse("KR-11"), *RegionCode::Parse("JP-13104")};
  profile.licences = {*LicenceCode::Parse("LC-kr-info-processing-engineer")};
  profile.languages = {{*LanguageCode::Parse("ko"), 6}, {*LanguageCode::Parse("ja"), 4}};
  profile.employment_types.Add(EmploymentType::kFullTime);
  profile.employment_types.Add(EmploymentType::kContract);
  profile.wage_floor = Wage{3'500'000, Currency::kKrw};
  profile.experience_months = 54;
  profile.education = Education::kBachelor;
  profile.available_from = *ParseCivilDay("2026-12-01");
  profile.preferences = {8, 5, 6, 3, 7};
  return profile;
}

Profile SampleProfile() {
  Profile profile = FirstProfile();
  profile.confirmed_on = *ParseCivilDay("2026-11-20");
  profile.preferences.employment_type.reset();
  return profile;
}

Posting FirstPosting() {
  Posting posting;
  posting.company = "hanbit-hospital";
  posting.reference = "hanbit-2026-014";
  posting.title = "Ward nurse";
  posting.description = "Three shifts.";
  posting.occupations = {*OccupationCode::Parse("ISCO-2221")};
  posting.regions = {*RegionCode::Parse("KR-11440")};
  posting.employment_types.Add(EmploymentType::kFullTime);
  posting.wage = WageOffer{3'200'000, 4'100'000, Currency::kKrw};
  posting.required.skills = {{*SkillCode::Parse("SK-patient-care"), 3}};
  posting.required.licences = {*LicenceCode::Parse("LC-kr-nurse")};
  posting.required.languages = {{*LanguageCode::Parse("ko"), 5}};
  posting.required.min_experience_months = 12;
  posting.required.min_education = Education::kBachelor;
  posting.required.start_by = *ParseCivilDay("2027-02-01");
  posting.preferred_skills = {{*SkillCode::Parse("SK-emergency-care"), 6}};
  posting.preferred_licences = {{*LicenceCode::Parse("LC-kr-driver-class1-ordinary"), 2}};
  posting.preferred_languages = {{*LanguageCode::Parse("ja"), 3, 4}};
  FeatureWeights weights;
  weights.occupation = 8;
  weights.skills = 6;
  weights.licences = 5;
  weights.languages = 2;
  weights.region = 5;
  weights.wage = 4;
  weights.employment_type = 3;
  weights.experience = 3;
  posting.weights = weights;
  return posting;
}

Posting SamplePosting() {
  Posting posting = FirstPosting();
  posting.required.occupation = true;
  posting.required.region = true;
  posting.preferred_education = Education::kMaster;
  posting.preferred_start_by = *ParseCivilDay("2027-01-15");
  posting.weights.licences.reset();
  posting.weights.related_skills = 4;
  posting.weights.availability = 6;
  posting.weights.recency = 1;
  return posting;
}

std::vector<std::pair<std::string, ErrorCode>> Found(const std::vector<Status>& problems) {
  std::vector<std::pair<std::string, ErrorCode>> found;
  for (const Status& problem : problems) found.emplace_back(FieldOf(problem), CodeOf(problem));
  return found;
}

Bytes Golden(const std::string& name) {
  std::string text = ReadSourceFile("tests/golden/" + name);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return *HexDecode(text);
}

TEST(ProfileValidation, AcceptsTheSampleAndTheLeast) {
  EXPECT_THAT(Found(ProblemsOf(SampleProfile())), ElementsAre());
  Profile least;
  least.occupations = {*OccupationCode::Parse("ISCO-5")};
  least.regions = {*RegionCode::Parse("KR")};
  EXPECT_TRUE(Validate(least).ok());
}

TEST(ProfileValidation, NamesEveryProblemWithItsField) {
  Profile profile = SampleProfile();
  profile.occupations.clear();
  profile.skills[1] = {*SkillCode::Parse("SK-python"), 6};
  profile.languages[0].level = 0;
  profile.wage_floor->amount_per_month = 0;
  profile.experience_months = 841;
  profile.confirmed_on = CivilDay{kLastCivilDay.days_since_1970 + 1};
  profile.preferences.wage = 11;
  EXPECT_THAT(Found(ProblemsOf(profile)),
              ElementsAre(Pair("profile.occupations", ErrorCode::kMissingField),
                          Pair("profile.skills[1].skill", ErrorCode::kDuplicateValue),
                          Pair("profile.skills[1].level", ErrorCode::kOutOfRange),
                          Pair("profile.languages[0].level", ErrorCode::kOutOfRange),
                          Pair("profile.wage_floor.amount", ErrorCode::kOutOfRange),
                          Pair("profile.experience_months", ErrorCode::kOutOfRange),
                          Pair("profile.confirmed_on", ErrorCode::kOutOfRange),
                          Pair("profile.preferences.wage", ErrorCode::kOutOfRange)));
}

TEST(ProfileValidation, RefusesTooManyAndCodesThatAreNone) {
  Profile profile = SampleProfile();
  profile.regions.assign(9, RegionCode());
  const auto found = Found(ProblemsOf(profile));
  ASSERT_EQ(found.size(), 10U);
  EXPECT_EQ(found[0], std::pair(std::string("profile.regions"), ErrorCode::kTooLarge));
  EXPECT_EQ(found[9], std::pair(std::string("profile.regions[8]"), ErrorCode::kMissingField));
}

TEST(PostingValidation, NamesEveryProblemWithItsField) {
  Posting posting = SamplePosting();
  posting.company = "Hanbit";
  posting.reference = "a\nb";
  posting.title.clear();
  posting.wage = WageOffer{2, 1, Currency::kJpy};
  posting.required.skills[0].level = 0;
  posting.preferred_skills[0].weight = 0;
  posting.preferred_languages[0].level = 7;
  posting.preferred_start_by = CivilDay{kFirstCivilDay.days_since_1970 - 1};
  posting.weights.experience = 11;
  posting.weights.recency = 255;
  EXPECT_THAT(
      Found(ProblemsOf(posting)),
      ElementsAre(Pair("company", ErrorCode::kBadRequest), Pair("ref", ErrorCode::kBadRequest),
                  Pair("title", ErrorCode::kMissingField),
                  Pair("posting.wage.max", ErrorCode::kOutOfRange),
                  Pair("posting.required.skills[0].level", ErrorCode::kOutOfRange),
                  Pair("posting.preferred.skills[0].weight", ErrorCode::kOutOfRange),
                  Pair("posting.preferred.languages[0].level", ErrorCode::kOutOfRange),
                  Pair("posting.preferred.start_by", ErrorCode::kOutOfRange),
                  Pair("posting.weights.experience", ErrorCode::kOutOfRange),
                  Pair("posting.weights.recency", ErrorCode::kOutOfRange)));
}

TEST(PostingValidation, RefusesTextThatIsNotUtf8) {
  Posting posting = SamplePosting();
  posting.description = "\xFF";
  EXPECT_THAT(Found(ProblemsOf(posting)),
              ElementsAre(Pair("description", ErrorCode::kBadEncoding)));
}

TEST(ProfileRecord, ReadsBackAndEqualsTheGoldenFile) {
  const Bytes bytes = EncodeProfile(SampleProfile());
  EXPECT_EQ(HexEncode(bytes), HexEncode(Golden("profile_v2.hex")));
  const auto decoded = DecodeProfile(Golden("profile_v2.hex"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, SampleProfile());
}

TEST(ProfileRecord, StillReadsTheFirstVersion) {
  const auto decoded = DecodeProfile(Golden("profile_v1.hex"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, FirstProfile());
}

TEST(PostingRecord, ReadsBackAndEqualsTheGoldenFile) {
  const Bytes bytes = EncodePosting(SamplePosting());
  EXPECT_EQ(HexEncode(bytes), HexEncode(Golden("posting_v2.hex")));
  const auto decoded = DecodePosting(Golden("posting_v2.hex"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, SamplePosting());
}

TEST(PostingRecord, StillReadsTheFirstVersion) {
  const auto decoded = DecodePosting(Golden("posting_v1.hex"));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, FirstPosting());
}

// Cutting the record anywhere, adding a byte, or another version: always refused, never a value.
TEST(ProfileRecord, RefusesTruncationTrailingBytesAndOtherVersions) {
  Bytes bytes = EncodeProfile(SampleProfile());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeProfile(ByteSpan(bytes).first(size)).status()), ErrorCode::kDataCorrupt)
        << size;
  }
  bytes.push_back(0);
  EXPECT_EQ(CodeOf(DecodeProfile(bytes).status()), ErrorCode::kDataCorrupt);
  bytes.pop_back();
  bytes[0] = 3;
  EXPECT_EQ(CodeOf(DecodeProfile(bytes).status()), ErrorCode::kDataCorrupt);
}

TEST(PostingRecord, RefusesTruncationTrailingBytesAndOtherVersions) {
  Bytes bytes = EncodePosting(SamplePosting());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodePosting(ByteSpan(bytes).first(size)).status()), ErrorCode::kDataCorrupt)
        << size;
  }
  bytes.push_back(0);
  EXPECT_EQ(CodeOf(DecodePosting(bytes).status()), ErrorCode::kDataCorrupt);
  bytes.pop_back();
  bytes[0] = 0;
  EXPECT_EQ(CodeOf(DecodePosting(bytes).status()), ErrorCode::kDataCorrupt);
}

// A changed byte gives either an error or a valid value that encodes to exactly the changed bytes.
TEST(ProfileRecord, ChangedByteNeverGivesAnInvalidOrAmbiguousValue) {
  const Bytes original = EncodeProfile(SampleProfile());
  for (std::size_t at = 0; at < original.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = original;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1U << bit));
      const auto decoded = DecodeProfile(changed);
      if (!decoded.ok()) continue;
      EXPECT_TRUE(Validate(*decoded).ok());
      EXPECT_EQ(EncodeProfile(*decoded), changed);
    }
  }
}

TEST(PostingRecord, ChangedByteNeverGivesAnInvalidOrAmbiguousValue) {
  const Bytes original = EncodePosting(SamplePosting());
  for (std::size_t at = 0; at < original.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = original;
      changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1U << bit));
      const auto decoded = DecodePosting(changed);
      if (!decoded.ok()) continue;
      EXPECT_TRUE(Validate(*decoded).ok());
      EXPECT_EQ(EncodePosting(*decoded), changed);
    }
  }
}

TEST(ProfileRecord, RandomBytesAreAValueOrDamage) {
  EXPECT_TRUE(rc::check([](const Bytes& bytes) {
    const auto decoded = DecodeProfile(bytes);
    RC_ASSERT(decoded.ok() || CodeOf(decoded.status()) == ErrorCode::kDataCorrupt);
  }));
}

TEST(ProfileRecord, WhatIsNotStatedStaysNotStated) {
  Profile least;
  least.occupations = {*OccupationCode::Parse("ISCO-5")};
  least.regions = {*RegionCode::Parse("KR")};
  const auto decoded = DecodeProfile(EncodeProfile(least));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->experience_months, std::nullopt);
  EXPECT_EQ(decoded->wage_floor, std::nullopt);
  least.experience_months = 0;
  EXPECT_EQ(DecodeProfile(EncodeProfile(least))->experience_months, 0);
}

}  // namespace
}  // namespace noren::model
