// Codes, days, purposes and principals: the small values.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "engine/model/civil_day.h"
#include "engine/model/codes.h"
#include "engine/model/errors.h"
#include "engine/model/principal.h"
#include "engine/model/purposes.h"
#include "engine/model/utf8.h"

namespace noren::model {
namespace {

RegionCode Region(std::string_view text) { return *RegionCode::Parse(text); }

std::vector<std::string> Texts(const auto& codes) {
  std::vector<std::string> texts;
  for (const auto& code : codes) texts.push_back(code.text());
  return texts;
}

TEST(Codes, RefusesWhatIsNotWellFormed) {
  for (const char* text : {"", "ISCO-", "ISCO-25123", "ISCO-2a", "isco-2512", "2512"}) {
    EXPECT_EQ(CodeOf(OccupationCode::Parse(text).status()), ErrorCode::kUnknownCode) << text;
  }
  for (const char* text :
       {"", "K", "kr", "KR-", "KR-1", "KR-111", "US-11", "KR-1111x", "KR-114401"}) {
    EXPECT_EQ(CodeOf(RegionCode::Parse(text).status()), ErrorCode::kUnknownCode) << text;
  }
  for (const char* text : {"", "SK-", "SK--a", "SK-a-", "SK-Python", "LC-a", "SK-a b"}) {
    EXPECT_EQ(CodeOf(SkillCode::Parse(text).status()), ErrorCode::kUnknownCode) << text;
  }
  EXPECT_FALSE(LanguageCode::Parse("Ko").ok());
  EXPECT_FALSE(LanguageCode::Parse("kore").ok());
}

TEST(Codes, OccupationKnowsItsAncestors) {
  const auto code = *OccupationCode::Parse("ISCO-2512");
  EXPECT_THAT(Texts(AncestorsOf(code)), testing::ElementsAre("ISCO-251", "ISCO-25", "ISCO-2"));
  EXPECT_EQ(LevelOf(code), 4);
  EXPECT_TRUE(IsWithin(code, *OccupationCode::Parse("ISCO-25")));
  EXPECT_FALSE(IsWithin(code, *OccupationCode::Parse("ISCO-3")));
  EXPECT_FALSE(IsWithin(*OccupationCode::Parse("ISCO-25"), code));
}

TEST(Codes, WardHasItsCityAbove) {
  EXPECT_THAT(Texts(AncestorsOf(Region("JP-14131"))),
              testing::ElementsAre("JP-14130", "JP-14", "JP"));
  EXPECT_THAT(Texts(AncestorsOf(Region("JP-14118"))),
              testing::ElementsAre("JP-14100", "JP-14", "JP"));
  EXPECT_THAT(Texts(AncestorsOf(Region("JP-13104"))),
              testing::ElementsAre("JP-13100", "JP-13", "JP"));
  EXPECT_THAT(Texts(AncestorsOf(Region("KR-41111"))),
              testing::ElementsAre("KR-41110", "KR-41", "KR"));
}

TEST(Codes, CountyThatLooksLikeAWardHasItsProvinceAbove) {
  EXPECT_THAT(Texts(AncestorsOf(Region("KR-43745"))), testing::ElementsAre("KR-43", "KR"));
  EXPECT_THAT(Texts(AncestorsOf(Region("KR-44825"))), testing::ElementsAre("KR-44", "KR"));
  EXPECT_THAT(Texts(AncestorsOf(Region("KR-11215"))), testing::ElementsAre("KR-11", "KR"));
}

TEST(EmploymentTypes, RefusesUnknownBits) {
  EXPECT_TRUE(EmploymentTypes::FromBits(0xFF).ok());
  EXPECT_EQ(CodeOf(EmploymentTypes::FromBits(0x100).status()), ErrorCode::kUnknownCode);
}

TEST(EmploymentTypes, EveryNameFindsItsValue) {
  for (int i = 0; i < kEmploymentTypeCount; ++i) {
    const auto type = static_cast<EmploymentType>(i);
    EXPECT_EQ(FindEmploymentType(EmploymentTypeName(type)), type);
  }
  for (int i = 0; i < kEducationCount; ++i) {
    const auto education = static_cast<Education>(i);
    EXPECT_EQ(FindEducation(EducationName(education)), education);
  }
  for (const Currency currency : {Currency::kKrw, Currency::kJpy, Currency::kUsd, Currency::kEur}) {
    EXPECT_EQ(FindCurrency(CurrencyName(currency)), currency);
  }
}

TEST(CivilDay, EpochAndLeapDay) {
  EXPECT_EQ(ParseCivilDay("1970-01-01")->days_since_1970, 0);
  EXPECT_EQ(ToIso(*ParseCivilDay("2028-02-29")), "2028-02-29");
  EXPECT_EQ(*ParseCivilDay("1900-01-01"), kFirstCivilDay);
  EXPECT_EQ(*ParseCivilDay("2199-12-31"), kLastCivilDay);
}

TEST(CivilDay, RefusesDaysThatDoNotExistOrAreWrittenOtherwise) {
  for (const char* text : {"", "2027-02-29", "2027-13-01", "2027-00-01", "2027-1-01", "27-01-01",
                           "2027/01/01", "1899-12-31", "2200-01-01", "2027-01-01 ", "-027-01-01"}) {
    EXPECT_EQ(CodeOf(ParseCivilDay(text).status()), ErrorCode::kBadRequest) << text;
  }
}

TEST(CivilDay, EveryDayInRangeReadsBack) {
  for (std::int32_t day = kFirstCivilDay.days_since_1970; day <= kLastCivilDay.days_since_1970;
       ++day) {
    const auto parsed = ParseCivilDay(ToIso(CivilDay{day}));
    ASSERT_TRUE(parsed.ok()) << day;
    ASSERT_EQ(parsed->days_since_1970, day);
  }
}

TEST(CivilDay, ZoneAheadOfUtcTurnsTheDayEarlier) {
  constexpr std::int32_t kNineHours = 9 * 3600;
  EXPECT_EQ(CivilDayAt(UnixSeconds{86400 - kNineHours}, kNineHours).days_since_1970, 1);
  EXPECT_EQ(CivilDayAt(UnixSeconds{86399 - kNineHours}, kNineHours).days_since_1970, 0);
  EXPECT_EQ(CivilDayAt(UnixSeconds{-1}, 0).days_since_1970, -1);
}

TEST(Purposes, NamesReadBack) {
  for (const ItemKind kind : AllItemKinds()) EXPECT_EQ(FindItemKind(ItemKindName(kind)), kind);
  for (const Purpose purpose : AllPurposes()) EXPECT_EQ(FindPurpose(PurposeName(purpose)), purpose);
  EXPECT_EQ(FindItemKind("photo"), std::nullopt);
  EXPECT_EQ(FindPurpose(""), std::nullopt);
  EXPECT_TRUE(IsIdentityItem(ItemKind::kPhone));
  EXPECT_FALSE(IsIdentityItem(ItemKind::kResume));
}

TEST(Principal, UriReadsBackForEveryRole) {
  for (const Role role : {Role::kPortal, Role::kPerson, Role::kCompany, Role::kAnalyst,
                          Role::kOfficer, Role::kSystem, Role::kHandler}) {
    const Principal principal{role, "hanbit-hospital"};
    EXPECT_EQ(*ParsePrincipalUri(ToUri(principal)), principal);
  }
}

TEST(Principal, RefusesOtherUrisAndNames) {
  for (const char* uri :
       {"", "urn:noren:", "urn:noren:company", "urn:noren:company:", "urn:noren:owner:a",
        "urn:noren:company:-a", "urn:noren:company:A", "urn:noren:company:a b",
        "urn:other:company:a", "urn:noren:company:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    EXPECT_EQ(CodeOf(ParsePrincipalUri(uri).status()), ErrorCode::kBadRequest) << uri;
  }
}

TEST(Utf8, FindsTheFirstBadByte) {
  EXPECT_EQ(FindInvalidUtf8("abc"), std::string_view::npos);
  EXPECT_EQ(FindInvalidUtf8("a\xC0\x80"), 1U);         // overlong
  EXPECT_EQ(FindInvalidUtf8("\xED\xA0\x80"), 0U);      // surrogate
  EXPECT_EQ(FindInvalidUtf8("\xF4\x90\x80\x80"), 0U);  // above U+10FFFF
  EXPECT_EQ(FindInvalidUtf8("ab\xE3\x81"), 2U);        // cut short
}

// Oracle: the same comparison on real UTF-16 code units.
TEST(Utf8, OrderEqualsThatOfUtf16CodeUnits) {
  const auto scalars = rc::gen::container<std::vector<std::uint32_t>>(
      rc::gen::suchThat(rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 0x80),
                                       rc::gen::inRange<std::uint32_t>(0xD000, 0x10FFFF)),
                        [](std::uint32_t c) { return c < 0xD800 || c > 0xDFFF; }));
  const auto encode = [](const std::vector<std::uint32_t>& points, std::u16string* utf16) {
    std::string utf8;
    for (const std::uint32_t c : points) {
      AppendUtf8(c, &utf8);
      if (c < 0x10000) {
        utf16->push_back(static_cast<char16_t>(c));
      } else {
        utf16->push_back(static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10)));
        utf16->push_back(static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FFU)));
      }
    }
    return utf8;
  };
  EXPECT_TRUE(rc::check([&] {
    std::u16string wide_a;
    std::u16string wide_b;
    const std::string a = encode(*scalars, &wide_a);
    const std::string b = encode(*scalars, &wide_b);
    RC_ASSERT(Utf16Less(a, b) == (wide_a < wide_b));
    RC_ASSERT(FindInvalidUtf8(a) == std::string_view::npos);
  }));
}

}  // namespace
}  // namespace noren::model
