// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/one_time_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/outbox.h"
#include "tests/engine/personal_data/samples.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

// One person's codes in a store of one value.
class CodeDesk {
 public:
  CodeContext context(std::int64_t now) const { return {person.context(), purpose_keys, {now}}; }

  StatusOr<std::string> Issue(std::int64_t now, std::uint8_t statement = 1) {
    NOREN_ASSIGN_OR_RETURN(const IssuedCode issued,
                           IssueCode(context(now), HashOf(statement), stored, random));
    Apply(issued.staged);
    return issued.code;
  }
  ErrorCode Check(std::int64_t now, const std::string& code, std::uint8_t statement = 1) {
    const StatusOr<CheckedCode> checked =
        CheckCode(context(now), HashOf(statement), code, stored, random);
    if (!checked.ok()) return CodeOf(checked);
    Apply(checked->staged);
    return CodeOf(checked->verdict);
  }
  void Apply(const Staged& staged) {
    for (const storage::Condition& condition : staged.conditions) {
      EXPECT_EQ(condition.key, keyspaces::CodeKey(person.id));
      EXPECT_EQ(condition.equals, stored);
    }
    for (const storage::Mutation& mutation : staged.mutations) stored = mutation.value;
  }

  SamplePerson person;
  PurposeKeys purpose_keys = KeysOf(1);
  SeededRandom random{1};
  std::optional<Bytes> stored;
};

std::string WrongCode(std::string code) {
  code[0] = code[0] == '9' ? '0' : static_cast<char>(code[0] + 1);
  return code;
}

TEST(OneTimeCode, HasEightDigitsAndWorksOnce) {
  CodeDesk desk;
  ASSERT_OK_AND_ASSIGN(const std::string code, desk.Issue(kNow));
  EXPECT_EQ(code.size(), kCodeDigits);
  EXPECT_TRUE(std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; }));
  EXPECT_EQ(desk.Check(kNow + 1, code), ErrorCode::kNone);
  EXPECT_EQ(desk.Check(kNow + 2, code), ErrorCode::kProofInvalid);
}

TEST(OneTimeCode, IsGoodForTenMinutes) {
  CodeDesk desk;
  ASSERT_OK_AND_ASSIGN(const std::string code, desk.Issue(kNow));
  EXPECT_EQ(desk.Check(kNow + 600, code), ErrorCode::kProofInvalid);
  EXPECT_EQ(desk.Check(kNow - 1, code), ErrorCode::kProofInvalid);
  EXPECT_EQ(desk.Check(kNow + 599, code), ErrorCode::kNone);
}

TEST(OneTimeCode, IsBoundToItsStatement) {
  CodeDesk desk;
  ASSERT_OK_AND_ASSIGN(const std::string one, desk.Issue(kNow, 1));
  ASSERT_OK_AND_ASSIGN(const std::string two, desk.Issue(kNow, 2));
  EXPECT_EQ(desk.Check(kNow, one, 2), ErrorCode::kProofInvalid);
  EXPECT_EQ(desk.Check(kNow, one, 3), ErrorCode::kProofInvalid);
  EXPECT_EQ(desk.Check(kNow, two, 2), ErrorCode::kNone);
  EXPECT_EQ(desk.Check(kNow, one, 1), ErrorCode::kNone);
}

TEST(OneTimeCode, DiesWithTheFifthWrongAttempt) {
  CodeDesk desk;
  ASSERT_OK_AND_ASSIGN(const std::string code, desk.Issue(kNow));
  for (int attempt = 0; attempt < 4; ++attempt) {
    EXPECT_EQ(desk.Check(kNow, WrongCode(code)), ErrorCode::kProofInvalid);
  }
  CodeDesk fourth;
  fourth.stored = desk.stored;
  EXPECT_EQ(fourth.Check(kNow, code), ErrorCode::kNone);
  EXPECT_EQ(desk.Check(kNow, WrongCode(code)), ErrorCode::kProofInvalid);
  EXPECT_EQ(desk.Check(kNow, code), ErrorCode::kProofInvalid);
}

TEST(OneTimeCode, CountsMalformedAttemptsToo) {
  CodeDesk desk;
  ASSERT_OK_AND_ASSIGN(const std::string code, desk.Issue(kNow));
  for (const std::string& text : {std::string(), code + "0", code.substr(1), std::string(9000, '1'),
                                  std::string("\0\0\0\0\0\0\0\0", 8)}) {
    EXPECT_EQ(desk.Check(kNow, text), ErrorCode::kProofInvalid);
  }
  EXPECT_EQ(desk.Check(kNow, code), ErrorCode::kProofInvalid);
}

TEST(OneTimeCode, NewCodeForAStatementTakesTheOldOnesPlace) {
  CodeDesk desk;
  ASSERT_OK_AND_ASSIGN(const std::string old_code, desk.Issue(kNow));
  ASSERT_OK_AND_ASSIGN(const std::string new_code, desk.Issue(kNow + 1));
  ASSERT_NE(old_code, new_code);
  EXPECT_EQ(desk.Check(kNow + 2, old_code), ErrorCode::kProofInvalid);
  EXPECT_EQ(desk.Check(kNow + 2, new_code), ErrorCode::kNone);
}

TEST(OneTimeCode, NoMoreThanTenAnHourAreMade) {
  CodeDesk desk;
  for (std::uint32_t i = 0; i < kCodesPerHour; ++i) {
    ASSERT_OK(desk.Issue(kNow + i, static_cast<std::uint8_t>(i)));
  }
  EXPECT_EQ(CodeOf(desk.Issue(kNow + 3599, 77)), ErrorCode::kLimitReached);
  EXPECT_OK(desk.Issue(kNow + 3600, 77));
}

TEST(OneTimeCode, HoldsFourStatementsAtOnceAndLetsTheOldestGo) {
  CodeDesk desk;
  std::vector<std::string> codes;
  for (std::uint8_t i = 0; i < 5; ++i) codes.push_back(desk.Issue(kNow, i).value());
  EXPECT_EQ(desk.Check(kNow, codes[0], 0), ErrorCode::kProofInvalid);
  for (std::uint8_t i = 1; i < 5; ++i) EXPECT_EQ(desk.Check(kNow, codes[i], i), ErrorCode::kNone);
}

TEST(OneTimeCode, TwoChecksOfOneStateCannotBothCount) {
  // Goal: attempts cannot be made in parallel. Method: two checks from the same stored bytes
  // condition on these bytes, so a store applies one of them.
  CodeDesk desk;
  ASSERT_OK_AND_ASSIGN(const std::string code, desk.Issue(kNow));
  const auto check = [&] {
    return CheckCode(desk.context(kNow), HashOf(1), WrongCode(code), desk.stored, desk.random)
        .value();
  };
  const CheckedCode one = check(), two = check();
  ASSERT_EQ(one.staged.conditions.size(), 1u);
  EXPECT_EQ(one.staged.conditions[0].equals, two.staged.conditions[0].equals);
  EXPECT_NE(one.staged.mutations[0].value, one.staged.conditions[0].equals);
}

TEST(OneTimeCode, RefusesDamagedOrForeignBooks) {
  CodeDesk desk, other;
  other.person = SamplePerson(0x12);
  ASSERT_OK_AND_ASSIGN(const std::string code, desk.Issue(kNow));
  other.stored = desk.stored;
  EXPECT_EQ(other.Check(kNow, code), ErrorCode::kDataCorrupt);
  for (std::size_t i = 0; i < desk.stored->size(); ++i) {
    CodeDesk damaged;
    damaged.stored = desk.stored;
    (*damaged.stored)[i] ^= 0x10;
    ASSERT_EQ(damaged.Check(kNow, code), ErrorCode::kDataCorrupt) << i;
  }
}

TEST(OneTimeCode, AnotherServicesCodeKeyAcceptsNothing) {
  CodeDesk desk;
  ASSERT_OK_AND_ASSIGN(const std::string code, desk.Issue(kNow));
  desk.purpose_keys = KeysOf(2);
  EXPECT_EQ(desk.Check(kNow, code), ErrorCode::kProofInvalid);
}

TEST(OneTimeCode, StoredBookIsThatOfTheGoldenFile) {
  CodeDesk desk;
  ASSERT_OK(desk.Issue(kNow));
  EXPECT_EQ(HexEncode(*desk.stored), ReadGolden("one_time_code_v1.hex"));
}

TEST(OneTimeCode, FirstDigitsAreSpreadEvenly) {
  // Goal: no digit is preferred. Method: chi-square over the first digits of 10,000 codes from a
  // fixed seed, 9 degrees of freedom; 33.7 is passed by chance once in 10,000 seeds, and this seed
  // is below it.
  CodeDesk desk;
  std::array<int, 10> counts{};
  for (int i = 0; i < 10'000; ++i) {
    desk.stored.reset();
    ++counts[static_cast<std::size_t>(desk.Issue(kNow).value()[0] - '0')];
  }
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  EXPECT_LT(chi_square, 33.7);
}

TEST(Outbox, TextsNameTheCodeAndTheActInThePersonsLanguage) {
  std::set<std::string> texts;
  for (const std::string_view language : {"ko", "ja", "en", "xx"}) {
    const std::string text = OneTimeCodeText(language, "01234567", "withdraw");
    EXPECT_NE(text.find("01234567"), std::string::npos);
    texts.insert(text);
  }
  EXPECT_EQ(texts.size(), 3u);  // an unknown language reads English
  EXPECT_NE(OneTimeCodeText("ko", "0", "erase"), OneTimeCodeText("ko", "0", "withdraw"));
  EXPECT_NE(OneTimeCodeText("en", "0", "no such act").find("your request"), std::string::npos);
}

}  // namespace
}  // namespace noren::personal_data
