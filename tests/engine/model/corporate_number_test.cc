// SPDX-License-Identifier: Apache-2.0
#include "engine/model/corporate_number.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/model/errors.h"

namespace noren::model {
namespace {

ErrorCode CodeOfParsing(std::string_view text) {
  return CodeOf(ParseCorporateNumber(text).status());
}

TEST(CorporateNumber, ReadsTheTaxAgencysOwnNumber) {
  const auto number = ParseCorporateNumber("jp-corporation:7000012050002");
  ASSERT_TRUE(number.ok());
  EXPECT_EQ(number->in, CorporateRegister::kJpCorporation);
  EXPECT_EQ(number->ToString(), "jp-corporation:7000012050002");
}

TEST(CorporateNumber, LeavesOutHyphensBetweenDigits) {
  const auto number = ParseCorporateNumber("kr-business:123-45-67891");
  ASSERT_TRUE(number.ok());
  EXPECT_EQ(number->digits, "1234567891");
  EXPECT_EQ(*number, *ParseCorporateNumber(number->ToString()));
}

TEST(CorporateNumber, TakesTheCorporationRegisterWithoutACheckDigit) {
  EXPECT_TRUE(ParseCorporateNumber("kr-corporation:110111-1234567").ok());
  EXPECT_TRUE(ParseCorporateNumber("kr-corporation:110111-1234568").ok());
}

TEST(CorporateNumber, RefusesEveryOtherCheckDigit) {
  for (char last = '0'; last <= '9'; ++last) {
    const std::string text = std::string("kr-business:123456789") + last;
    EXPECT_EQ(ParseCorporateNumber(text).ok(), last == '1') << text;
  }
  for (char first = '0'; first <= '9'; ++first) {
    const std::string text = std::string("jp-corporation:") + first + "000012050002";
    EXPECT_EQ(ParseCorporateNumber(text).ok(), first == '7') << text;
  }
}

TEST(CorporateNumber, SeesASingleChangedDigitOfABusinessNumber) {
  const std::string right = "kr-business:1234567891";
  for (std::size_t at = right.find(':') + 1; at < right.size(); ++at) {
    // In the ninth place 0 and 5, 1 and 6, ... differ in the tens as well, so that is seen too.
    std::string wrong = right;
    wrong[at] = wrong[at] == '9' ? '0' : static_cast<char>(wrong[at] + 1);
    EXPECT_EQ(CodeOfParsing(wrong), ErrorCode::kBadRequest) << wrong;
  }
}

TEST(CorporateNumber, RefusesWhatIsNoNumber) {
  for (const std::string_view text :
       {"", "7000012050002", "jp-corporation:", "jp-corporation:700001205000",
        "jp-corporation:70000120500020", "us-ein:123456789", "kr-business:-1234567891",
        "kr-business:1234567891-", "kr-business:123--4567891", "kr-business:12345 67891",
        "KR-BUSINESS:1234567891"}) {
    EXPECT_EQ(CodeOfParsing(text), ErrorCode::kBadRequest) << text;
  }
}

}  // namespace
}  // namespace noren::model
