// The enforced tables of every policy file, asked at their boundaries. The numbers are written down
// here: a file that decides otherwise fails, whichever value it was.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/intake/forbidden_fields.h"
#include "engine/policy/decisions.h"
#include "engine/policy/loader.h"
#include "tests/engine/policy/operators.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::ItemKind;
using model::Purpose;

struct WholeFile {
  std::string_view name;
  std::int64_t first_midnight = 0;  // the policy begins, as seconds
  std::vector<ItemKind> items;      // taken; none of them is required
  std::vector<ItemKind> screening;  // to application_screening
  std::int64_t invitations = 1000;  // of one kind within 30 days
  std::vector<ItemKind> held;       // a hold may keep
};

constexpr ItemKind kResume = ItemKind::kResume, kLetter = ItemKind::kCoverLetter,
                   kCertificate = ItemKind::kCertificate, kName = ItemKind::kName,
                   kAddress = ItemKind::kAddress, kPhone = ItemKind::kPhone,
                   kEmail = ItemKind::kEmail, kOther = ItemKind::kOtherDocument;

const std::vector<WholeFile>& WholeFiles() {
  static const auto& files = *new std::vector<WholeFile>{
      {"example",
       1767193200,
       {kResume, kLetter, kCertificate, kName, kAddress, kPhone, kEmail, kOther},
       {kResume, kLetter, kCertificate, kName, kPhone, kEmail, kOther},
       2000,
       {kName, kAddress, kCertificate}},
      {"mapo",
       1646060400,
       {kResume, kLetter, kCertificate, kName, kPhone, kEmail},
       {kResume, kLetter, kCertificate, kName, kPhone, kEmail, kOther},
       1000,
       {kName, kCertificate}},
      {"gojobs", 1652972400, {}, {}, 1000, {}},
      {"gojobs-next",
       1798729200,
       {kResume, kLetter, kCertificate, kName, kPhone, kEmail},
       {kResume, kLetter, kCertificate, kName, kPhone, kEmail},
       1000,
       {kName, kCertificate}},
      {"sapporo-ui",
       1743433200,
       {kResume, kLetter, kName, kAddress, kPhone, kEmail},
       {kResume, kLetter, kName, kPhone, kEmail},
       1000,
       {kName, kAddress}},
      {"kyodo-kanagawa",
       1743433200,
       {kResume, kLetter, kCertificate, kName, kAddress, kPhone, kEmail},
       {kResume, kLetter, kCertificate, kName, kPhone, kEmail},
       1000,
       {kName, kAddress, kCertificate}},
      {"openup-it",
       1688137200,
       {kResume, kLetter, kCertificate, kName, kAddress, kPhone, kEmail},
       {kResume, kLetter, kCertificate, kName, kPhone, kEmail},
       1000,
       {kName, kAddress, kCertificate}}};
  return files;
}

void PrintTo(const WholeFile& file, std::ostream* out) { *out << file.name; }

class EveryFile : public testing::TestWithParam<WholeFile> {
 protected:
  const Policy policy_ = OperatorPolicy(GetParam().name);
};

TEST_P(EveryFile, BeginsAtMidnightInItsZone) {
  EXPECT_EQ(IsInForce(policy_, {GetParam().first_midnight - 1}).error, ErrorCode::kNoPolicy);
  EXPECT_TRUE(IsInForce(policy_, {GetParam().first_midnight}).allowed);
  EXPECT_EQ(TodayOf(policy_, {15 * 3600 - 1}).days_since_1970, 0);
  EXPECT_EQ(TodayOf(policy_, {15 * 3600}).days_since_1970, 1);
}

TEST_P(EveryFile, KeepsTheLimitsOfCardsAndInvitations) {
  const auto invitations = GetParam().invitations;
  EXPECT_EQ(policy_.cards.k, 3);
  EXPECT_TRUE(MayShowCards(policy_, {.reads_today = 499, .near_duplicates = 20}).allowed);
  EXPECT_FALSE(MayShowCards(policy_, {.reads_today = 500}).allowed);
  EXPECT_FALSE(MayShowCards(policy_, {.near_duplicates = 21}).allowed);
  EXPECT_TRUE(MayShowCards(policy_, {.cards_today = 1999}).allowed);
  EXPECT_FALSE(MayShowCards(policy_, {.cards_today = 2000}).allowed);
  EXPECT_TRUE(MayAskForKind(policy_, {.invitations = invitations - 10}, 10).allowed);
  EXPECT_FALSE(MayAskForKind(policy_, {.invitations = invitations - 9}, 10).allowed);
  EXPECT_EQ(policy_.cards.quota_days, 30);
  EXPECT_TRUE(MayAskPerson(policy_, 19).allowed);
  EXPECT_FALSE(MayAskPerson(policy_, 20).allowed);
}

TEST_P(EveryFile, KeepsTheLimitsOfCodesAndRankings) {
  EXPECT_TRUE(MaySendCode(policy_, 9).allowed);
  EXPECT_FALSE(MaySendCode(policy_, 10).allowed);
  EXPECT_TRUE(MayRank(policy_, 1000).allowed);
  EXPECT_FALSE(MayRank(policy_, 1001).allowed);
  EXPECT_TRUE(IsFresh(policy_, {1'800'000'000 - 600}, {1'800'000'000}).allowed);
  EXPECT_FALSE(IsFresh(policy_, {1'800'000'000 - 601}, {1'800'000'000}).allowed);
  EXPECT_EQ(policy_.codes.digits, 8);
  EXPECT_EQ(policy_.codes.valid_minutes, 10);
  EXPECT_EQ(policy_.codes.attempts, 5);
}

TEST_P(EveryFile, KeepsTheDaysOfConsentsReleasesAndPlans) {
  EXPECT_EQ(policy_.consent.max_days, 90);
  EXPECT_EQ(policy_.consent.answer_days, 14);
  EXPECT_EQ(policy_.consent.retention_days, 90);
  EXPECT_EQ(policy_.release.access_days, 90);
  EXPECT_EQ(policy_.release.acknowledge_days, 7);
  EXPECT_EQ(policy_.release.question_days, 10);
  EXPECT_TRUE(policy_.release.decisions_signed);
  EXPECT_TRUE(policy_.destruction.four_eyes);
  EXPECT_FALSE(policy_.destruction.four_eyes_on_request);
  EXPECT_EQ(policy_.destruction.plan_valid_hours, 72);
  EXPECT_EQ(policy_.holds.max_days, GetParam().held.empty() ? 0 : 1827);
  EXPECT_EQ(policy_.holds.items, GetParam().held);
}

TEST_P(EveryFile, WantsACodeForWhatWidensAndNothingForWhatNarrows) {
  for (const Act act : {Act::kGrantDiscoverability, Act::kGrantConsent, Act::kRequestErasure,
                        Act::kReadOwnRecord}) {
    EXPECT_FALSE(ProofSuffices(policy_, act, Proof::kPortalAsserted).allowed) << ActName(act);
    EXPECT_TRUE(ProofSuffices(policy_, act, Proof::kOneTimeCode).allowed) << ActName(act);
  }
  for (const Act act : {Act::kWithdrawDiscoverability, Act::kRefuseConsent, Act::kWithdrawConsent})
    EXPECT_TRUE(ProofSuffices(policy_, act, Proof::kPortalAsserted).allowed) << ActName(act);
}

TEST_P(EveryFile, TakesItsItemsUpToTheirSizes) {
  const std::map<ItemKind, std::int64_t> sizes = {
      {kResume, 16777216}, {kLetter, 4194304}, {kCertificate, 16777216},
      {kName, 400},        {kAddress, 1000},   {kPhone, 100},
      {kEmail, 320},       {kOther, 67108864}};
  for (const auto& [kind, size] : sizes) {
    const bool is_taken = std::ranges::find(GetParam().items, kind) != GetParam().items.end();
    EXPECT_EQ(MayRegisterItem(policy_, kind, size).allowed, is_taken);
    EXPECT_FALSE(MayRegisterItem(policy_, kind, size + 1).allowed);
  }
  EXPECT_TRUE(MayCompleteRegistration(policy_, {}).allowed);
  EXPECT_EQ(policy_.resident_numbers, ResidentNumbers::kRefuse);
}

TEST_P(EveryFile, CoversItsPurposesWithTheirItemsAndDays) {
  const bool has_any = !GetParam().screening.empty();
  for (const ItemKind kind :
       {kResume, kLetter, kCertificate, kName, kAddress, kPhone, kEmail, kOther}) {
    const std::array one = {kind};
    const auto& screening = GetParam().screening;
    const bool screens = std::ranges::find(screening, kind) != screening.end();
    const bool contacts = has_any && (kind == kName || kind == kPhone || kind == kEmail);
    const auto may = [&](Purpose purpose, std::int32_t days) {
      return MayGrantConsent(policy_, {purpose, one, days, 90}).allowed;
    };
    EXPECT_EQ(may(Purpose::kApplicationScreening, 90), screens);
    EXPECT_FALSE(may(Purpose::kApplicationScreening, 91));
    EXPECT_EQ(may(Purpose::kInterviewContact, 60), contacts);
    EXPECT_FALSE(may(Purpose::kInterviewContact, 61));
  }
  if (!has_any) return;
  const std::array name = {kName};
  const auto may_invite = [&](std::int32_t how_many, std::int64_t already) {
    return MayInvite(policy_, {Purpose::kInterviewContact, name, how_many, already}).allowed;
  };
  EXPECT_TRUE(may_invite(20, 80));
  EXPECT_FALSE(may_invite(20, 81));
  EXPECT_FALSE(may_invite(21, 0));
}

// The names are intake's, which does not know the files.
TEST_P(EveryFile, RefusesEveryNameThatIntakeRefuses) {
  std::vector<intake::ForbiddenField> fields;
  for (const ForbiddenField& field : policy_.forbidden) {
    const bool is_people = field.subjects == Subjects::kPeopleOnly;
    fields.push_back(
        {field.id, field.names,
         is_people ? intake::Subjects::kPeopleOnly : intake::Subjects::kPeopleAndPostings,
         field.rule.en});
  }
  const intake::ForbiddenFields forbidden(std::move(fields), intake::ResidentNumbers::kRefuse);
  for (const intake::ForbiddenField& rule : intake::DefaultForbiddenFields()) {
    for (const std::string& name : rule.names) {
      const intake::ForbiddenField* found = forbidden.Find(name);
      ASSERT_NE(found, nullptr) << name;
      EXPECT_EQ(found->rule, rule.rule) << name;
      EXPECT_EQ(found->subjects, rule.subjects) << name;
    }
  }
}

std::string NameOfFile(const testing::TestParamInfo<WholeFile>& info) {
  std::string name(info.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Files, EveryFile, testing::ValuesIn(WholeFiles()), NameOfFile);

}  // namespace
}  // namespace noren::policy
