// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/forbidden_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>

#include "engine/intake/row_notes.h"

namespace noren::intake {
namespace {

std::string RuleOf(std::string_view name) {
  static const ForbiddenFields fields(DefaultForbiddenFields(), ResidentNumbers::kRefuse);
  const ForbiddenField* field = fields.Find(name);
  return field != nullptr ? field->rule : "";
}

TEST(ForbiddenFields, FindsNamesInEverySpelling) {
  EXPECT_EQ(RuleOf("photo"), "photo");
  EXPECT_EQ(RuleOf("Profile-Image"), "photo");
  EXPECT_EQ(RuleOf("증명 사진"), "photo");
  EXPECT_EQ(RuleOf("出身地"), "birthplace");
  EXPECT_EQ(RuleOf("placeOfBirth"), "birthplace");
  EXPECT_EQ(RuleOf("家族構成"), "family");
  EXPECT_EQ(RuleOf("종교"), "religion");
  EXPECT_EQ(RuleOf("労働組合"), "union_membership");
  EXPECT_EQ(RuleOf("Marital Status"), "marital_status");
  EXPECT_EQ(RuleOf("height"), "physique");
  EXPECT_EQ(RuleOf("재산"), "assets");
  EXPECT_EQ(RuleOf("political.views"), "political_views");
  EXPECT_EQ(RuleOf("ﾏｲﾅﾝﾊﾞｰ"), "resident_number");
}

TEST(ForbiddenFields, LeavesOtherNamesAlone) {
  for (const char* name :
       {"", "photographer", "skills", "weights", "familiar", "preunion", "name", "region"}) {
    EXPECT_EQ(RuleOf(name), "") << name;
  }
}

TEST(ForbiddenFields, EveryNameOfTheDefaultListBelongsToOneRule) {
  for (const ForbiddenField& field : DefaultForbiddenFields()) {
    EXPECT_FALSE(field.reason.empty());
    for (const std::string& name : field.names) EXPECT_EQ(RuleOf(name), field.rule) << name;
  }
}

TEST(ForbiddenFields, NoneForbidsNothing) {
  const ForbiddenFields none = ForbiddenFields::None();
  EXPECT_EQ(none.Find("photo"), nullptr);
  EXPECT_FALSE(none.refuses_resident_numbers());
}

TEST(ForbiddenFields, EmptyValueCollectsNothingAndAPostingMayHaveAPicture) {
  const ForbiddenFields fields(DefaultForbiddenFields(), ResidentNumbers::kRefuse);
  const auto row = *model::ParseJson(R"({"image":"","photo":null,"picture":[]})");
  RowNotes person(1);
  NoteForbidden(row, Subjects::kPeopleOnly, fields, {}, &person);
  EXPECT_FALSE(person.has_errors());
  RowNotes posting(1);
  NoteForbidden(*model::ParseJson(R"({"image":"logo.png"})"), Subjects::kPeopleAndPostings, fields,
                {}, &posting);
  EXPECT_FALSE(posting.has_errors());
  NoteForbidden(*model::ParseJson(R"({"a":[{"religion":"x"}]})"), Subjects::kPeopleAndPostings,
                fields, {}, &posting);
  EXPECT_EQ(posting.Take().at(0).field, "a[0].religion");
}

TEST(ResidentNumber, FindsKoreanNumbers) {
  EXPECT_EQ(FindResidentNumber("900101-1234567"), ResidentNumber::kKorean);
  EXPECT_EQ(FindResidentNumber("주민번호: 900101-1234567입니다"), ResidentNumber::kKorean);
  EXPECT_EQ(FindResidentNumber("９００１０１－１２３４５６７"), ResidentNumber::kKorean);
  EXPECT_EQ(FindResidentNumber("8001011234561"), std::nullopt);   // wrong check digit
  EXPECT_EQ(FindResidentNumber("901301-1234567"), std::nullopt);  // no such month
  EXPECT_EQ(FindResidentNumber("900101-12345678"), std::nullopt);
  EXPECT_EQ(FindResidentNumber("1900101-1234567"), std::nullopt);
}

// The check digit computed here by the rule of the ordinance, digit by digit.
TEST(ResidentNumber, PlainKoreanNumberNeedsItsCheckDigit) {
  const std::array<int, 12> weights = {2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
  EXPECT_TRUE(rc::check([&weights] {
    std::string digits = "850731";
    for (int i = 0; i < 6; ++i) digits.push_back(static_cast<char>('0' + *rc::gen::inRange(0, 10)));
    int sum = 0;
    for (std::size_t i = 0; i < 12; ++i) sum += (digits[i] - '0') * weights.at(i);
    const int check = (11 - sum % 11) % 10;
    for (int last = 0; last < 10; ++last) {
      const auto found = FindResidentNumber("no " + digits + static_cast<char>('0' + last) + ".");
      RC_ASSERT((found == ResidentNumber::kKorean) == (last == check));
    }
  }));
}

TEST(ResidentNumber, FindsJapaneseNumbersByTheirCheckDigit) {
  // 12345678901 has check digit 8 (the ministry's published example of the computation).
  EXPECT_EQ(FindResidentNumber("123456789018"), ResidentNumber::kJapanese);
  EXPECT_EQ(FindResidentNumber("1234 5678 9018"), ResidentNumber::kJapanese);
  EXPECT_EQ(FindResidentNumber("マイナンバー１２３４－５６７８－９０１８"),
            ResidentNumber::kJapanese);
  for (const char* text :
       {"123456789010", "1234567890180", "+123456789018", "1234 5678 9018 0000", "12345678901"}) {
    EXPECT_EQ(FindResidentNumber(text), std::nullopt) << text;
  }
}

TEST(ResidentNumber, LeavesPhonesDatesAndCodesAlone) {
  for (const char* text : {"010-1234-5678", "+82 10-1234-5678", "2026-11-22", "03-1234-5678",
                           "KR-11440", "1900-01-01 to 2199-12-31", "3500000"}) {
    EXPECT_EQ(FindResidentNumber(text), std::nullopt) << text;
  }
}

TEST(ResidentNumber, AnyTextIsJudged) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    // What is found must be there in digits at all.
    const auto digits =
        std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (digits == 0 && text.find('\xEF') == std::string::npos)
      RC_ASSERT(!FindResidentNumber(text).has_value());
  }));
}

}  // namespace
}  // namespace noren::intake
