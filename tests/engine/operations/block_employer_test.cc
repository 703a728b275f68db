// Employers that a person blocked do not ask, and nobody can read which they are.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/block_employer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/operations/register_company.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

// Invented numbers with the check digits that their registers ask for.
constexpr const char* kEmployer = "kr-business:123-45-67891";
constexpr const char* kEmployerPrinted = "kr-business:1234567891";
constexpr const char* kAffiliate = "jp-corporation:7000012050002";
constexpr const char* kStranger = "kr-corporation:1101110000001";

class BlockedEmployers : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 4; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/true));
      service_.PutItem(*people_.back(), model::ItemKind::kResume, ToBytes("invented"));
      service_.BecomeDiscoverable(*people_.back());
    }
    service_.AddKey();
    posting_ = service_.RegisterPosting();
  }
  ServiceContext& context() { return service_.context(); }
  void RegisterEmployer(const std::string& number, std::vector<std::string> affiliates = {}) {
    ASSERT_OK(RegisterCompany(context(), service_.officer(), service_.NextKey(),
                              {"hangang-care",
                               "Hangang Care (invented)",
                               "1, River Road",
                               "Park Haneul",
                               number,
                               std::move(affiliates),
                               {}}));
  }
  PersonAct ActOf(std::string_view name, const std::string& employers, bool proved = true) {
    const std::string statement = service_.Prepare(*people_[0], name, {{"employers", employers}});
    return proved ? service_.Prove(*people_[0], statement) : PersonAct{statement, {}, ""};
  }
  Status Block(const std::string& employers) {
    return BlockEmployers(context(), service_.portal(), service_.NextKey(),
                          ActOf("block", employers, /*proved=*/false))
        .status();
  }
  Status Unblock(const std::string& employers, bool proved = true) {
    return UnblockEmployers(context(), service_.portal(), service_.NextKey(),
                            ActOf("unblock", employers, proved))
        .status();
  }
  PersonRecordView Read(std::size_t who) {
    const auto view =
        ReadOwnRecord(context(), service_.portal(),
                      service_.Prove(*people_[who], service_.Prepare(*people_[who], "read")));
    EXPECT_OK(view);
    return view.ok() ? *view : PersonRecordView();
  }
  // By how many people of each number invitations have been received.
  std::vector<std::size_t> Invited() {
    std::vector<std::size_t> counts;
    for (std::size_t i = 0; i < people_.size(); ++i) counts.push_back(Read(i).invitations.size());
    return counts;
  }
  using Counts = std::vector<std::size_t>;

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  model::PostingId posting_;
};

TEST_F(BlockedEmployers, DoNotAskAndAreToldNothing) {
  RegisterEmployer(kEmployer);
  ASSERT_OK(Block(kEmployer));
  service_.InviteAll(posting_);  // succeeds, as it does whoever cannot be asked
  EXPECT_EQ(Invited(), (Counts{0, 1, 1, 1}));
}

TEST_F(BlockedEmployers, AreMetByTheirAffiliates) {
  RegisterEmployer(kStranger, {kAffiliate, kEmployer});
  ASSERT_OK(Block(kAffiliate));
  service_.InviteAll(posting_);
  EXPECT_EQ(Invited(), (Counts{0, 1, 1, 1}));
}

TEST_F(BlockedEmployers, KeepNobodyElseFromAsking) {
  RegisterEmployer(kStranger, {kAffiliate});
  ASSERT_OK(Block(kEmployer));
  service_.InviteAll(posting_);
  EXPECT_EQ(Invited(), (Counts{1, 1, 1, 1}));
}

TEST_F(BlockedEmployers, MightBeAnyCompanyOfWhichNothingIsVerified) {
  ASSERT_OK(Block(kEmployer));
  service_.InviteAll(posting_);
  EXPECT_EQ(Invited(), (Counts{0, 1, 1, 1}));
}

TEST_F(BlockedEmployers, AskAgainOnceThePersonSaysSoWithAProof) {
  RegisterEmployer(kEmployer);
  ASSERT_OK(Block(std::string(kEmployer) + "," + kAffiliate));
  EXPECT_EQ(CodeOf(Unblock(kEmployer, /*proved=*/false)), ErrorCode::kProofRequired);
  EXPECT_EQ(Read(0).blocked_employers, 2u);
  ASSERT_OK(Unblock(kEmployer));
  EXPECT_EQ(Read(0).blocked_employers, 1u);
  service_.InviteAll(posting_);
  EXPECT_EQ(Invited(), (Counts{1, 1, 1, 1}));
}

// The portal held the act back until the person had blocked the employer again.
TEST_F(BlockedEmployers, StayBlockedAgainstAnActStatedBefore) {
  RegisterEmployer(kEmployer);
  ASSERT_OK(Block(kEmployer));
  const PersonAct held_back = ActOf("unblock", kEmployer);
  service_.clock().AdvanceSeconds(5);
  ASSERT_OK(Block(kEmployer));
  const auto unblock = [&] {
    return CodeOf(
        UnblockEmployers(context(), service_.portal(), service_.NextKey(), held_back).status());
  };
  EXPECT_EQ(unblock(), ErrorCode::kActStale);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(unblock(), ErrorCode::kActStale);
  service_.InviteAll(posting_);
  EXPECT_EQ(Invited(), (Counts{0, 1, 1, 1}));
  ASSERT_OK(Unblock(kEmployer));
}

TEST_F(BlockedEmployers, AreNotLearntByUnblockingAnother) {
  ASSERT_OK(Block(kEmployer));
  const auto known = UnblockEmployers(context(), service_.portal(), service_.NextKey(),
                                      ActOf("unblock", kEmployer));
  ASSERT_OK(Block(kEmployer));
  const auto unknown = UnblockEmployers(context(), service_.portal(), service_.NextKey(),
                                        ActOf("unblock", kStranger));
  ASSERT_OK(known);
  ASSERT_OK(unknown);
  EXPECT_EQ(known->result, unknown->result);
}

TEST_F(BlockedEmployers, StayBlockedWhenBlockedAgainAndAreCountedOnce) {
  ASSERT_OK(Block(kEmployer));
  ASSERT_OK(Block(std::string(kAffiliate) + "," + kEmployer));
  EXPECT_EQ(Read(0).blocked_employers, 2u);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(Read(0).blocked_employers, 2u);
}

TEST_F(BlockedEmployers, AreAtMostSoMany) {
  for (int tens = 0; tens < 2; ++tens) {
    std::string employers;
    for (int i = 10; i < 42; ++i) {
      employers += (employers.empty() ? "" : ",") + std::string("kr-corporation:11011100000") +
                   std::to_string(tens * 40 + i);
    }
    ASSERT_OK(Block(employers));
  }
  EXPECT_EQ(CodeOf(Block(kEmployer)), ErrorCode::kLimitReached);
  EXPECT_EQ(Read(0).blocked_employers, personal_data::kMaxBlockedEmployers);
}

TEST_F(BlockedEmployers, AreNamedByNumbersOfARegister) {
  for (const char* employers : {"", "kr-business:123-45-67890", "hangang-care", "a,b", ","}) {
    const auto prepared = PrepareAct(context(), service_.portal(), "block", people_[0]->handle,
                                     {{"employers", employers}});
    EXPECT_EQ(CodeOf(prepared.status()), ErrorCode::kBadRequest) << employers;
    EXPECT_EQ(model::FieldOf(prepared.status()), "fields.employers") << employers;
  }
}

// Attack: the whole of the store and what the log says, searched for the number, and the tokens of
// two people compared.
TEST_F(BlockedEmployers, AreReadNowhereAndAreNotTheSameForTwoPeople) {
  ASSERT_OK(Block(kEmployer));
  for (const storage::KeyValue& item : ContentOf(service_.data())) {
    const std::string bytes = item.key + std::string(AsText(item.value));
    EXPECT_EQ(bytes.find("1234567891"), std::string::npos) << item.key;
  }
  const auto number = model::ParseCorporateNumber(kEmployer);
  ASSERT_OK(number);
  EXPECT_EQ(number->ToString(), kEmployerPrinted);
  const auto one = model::PersonId::FromBytes(Bytes(16, 1)).value();
  const auto two = model::PersonId::FromBytes(Bytes(16, 2)).value();
  const SecretBytes& key = service_.keys().Of(personal_data::KeyPurpose::kEmployerBlock);
  EXPECT_NE(personal_data::Pseudonyms::EmployerToken(key, one, *number),
            personal_data::Pseudonyms::EmployerToken(key, two, *number));
}

TEST_F(BlockedEmployers, GoWithTheBackupAndComeBackWithTheJournal) {
  RegisterEmployer(kEmployer);
  const auto backup = CopyOf(service_.data());
  ASSERT_OK(Block(kEmployer));
  service_.Stop();
  service_.ReplaceData(*backup);
  HeldAnchor held(service_.anchor());
  service_.set_held_anchor(&held);
  ASSERT_OK(service_.Start());
  const auto anchored = service_.anchor().Load();
  ASSERT_OK(anchored);
  const auto summary = ReapplyAfterRestore(context(), *anchored, service_.journal());
  ASSERT_OK(summary);
  EXPECT_EQ(summary->employer_blocks, 1u);
  ASSERT_OK(held.Release());
  service_.set_held_anchor(nullptr);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(Read(0).blocked_employers, 1u);
  service_.InviteAll(posting_);
  EXPECT_EQ(Invited(), (Counts{0, 1, 1, 1}));
}

}  // namespace
}  // namespace noren::operations
