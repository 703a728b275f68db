// Which companies there are, and who is shown to which of them.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/register_company.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

// Invented, like everybody in the tests.
CompanyDetails SomeCompany(const std::string& name = "hangang-care") {
  return {name,      "주식회사 한강돌봄(가상)",  "서울특별시 마포구 가상로 1",
          "홍가상",  "kr-business:123-45-67891", {},
          {"public"}};
}

class Companies : public ::testing::Test {
 protected:
  ServiceContext& context() { return service_.context(); }
  Status Register(const CompanyDetails& details) {
    return RegisterCompany(context(), service_.officer(), service_.NextKey(), details).status();
  }
  std::string FieldRefused(const CompanyDetails& details) {
    return model::FieldOf(Register(details));
  }

  TestService service_;
};

TEST_F(Companies, AreStoredAsTheOfficerSaidAndSurviveARestart) {
  CompanyDetails details = SomeCompany();
  details.affiliates = {"jp-corporation:7000012050002", "kr-corporation:110111-1234567"};
  ASSERT_OK(Register(details));
  ASSERT_OK(service_.Restart());
  const auto found = FindCompany(context(), "hangang-care");
  ASSERT_OK(found);
  ASSERT_TRUE(found->has_value());
  const CompanyRecord& record = **found;
  EXPECT_EQ(record.legal_name, details.legal_name);
  EXPECT_EQ(record.address, details.address);
  EXPECT_EQ(record.representative, details.representative);
  EXPECT_EQ(record.number.ToString(), "kr-business:1234567891");
  ASSERT_EQ(record.affiliates.size(), 2u);
  EXPECT_EQ(record.affiliates[0].ToString(), "kr-corporation:1101111234567");
  EXPECT_EQ(record.classes, std::vector<std::string>{"public"});
  EXPECT_EQ(record.version, 1u);
  EXPECT_EQ(record.registered_at, service_.context().time.Now());
}

TEST_F(Companies, AreReplacedByALaterRegistration) {
  ASSERT_OK(Register(SomeCompany()));
  CompanyDetails moved = SomeCompany();
  moved.address = "부산광역시 해운대구 가상로 2";
  moved.classes.clear();
  ASSERT_OK(Register(moved));
  const auto found = FindCompany(context(), "hangang-care");
  ASSERT_OK(found);
  EXPECT_EQ((*found)->version, 2u);
  EXPECT_EQ((*found)->address, moved.address);
  EXPECT_TRUE((*found)->classes.empty());
}

TEST_F(Companies, ARepeatedRegistrationHasNoSecondEffect) {
  const std::string key = service_.NextKey();
  ASSERT_OK(RegisterCompany(context(), service_.officer(), key, SomeCompany()));
  ASSERT_OK(RegisterCompany(context(), service_.officer(), key, SomeCompany()));
  EXPECT_EQ((*FindCompany(context(), "hangang-care"))->version, 1u);
  CompanyDetails other = SomeCompany();
  other.representative = "다른 사람(가상)";
  EXPECT_EQ(CodeOf(RegisterCompany(context(), service_.officer(), key, other).status()),
            ErrorCode::kConflict);
}

TEST_F(Companies, AreRefusedWithTheFieldThatIsWrong) {
  CompanyDetails details = SomeCompany("Not A Name");
  EXPECT_EQ(FieldRefused(details), "name");
  details = SomeCompany();
  details.legal_name.clear();
  EXPECT_EQ(FieldRefused(details), "legal_name");
  details = SomeCompany();
  details.address = "two\nlines";
  EXPECT_EQ(FieldRefused(details), "address");
  details = SomeCompany();
  details.representative = std::string(kMaxCompanyLineBytes + 1, 'x');
  EXPECT_EQ(FieldRefused(details), "representative");
  details = SomeCompany();
  details.legal_name = "\xFF";
  EXPECT_EQ(CodeOf(Register(details)), ErrorCode::kBadEncoding);
  details = SomeCompany();
  details.number = "kr-business:123-45-67892";
  EXPECT_EQ(FieldRefused(details), "corporate_number");
  details = SomeCompany();
  details.affiliates = {details.number};
  EXPECT_EQ(CodeOf(Register(details)), ErrorCode::kDuplicateValue);
  const auto nothing = FindCompany(context(), "hangang-care");
  ASSERT_OK(nothing);
  EXPECT_FALSE(nothing->has_value());
}

TEST_F(Companies, AreNotRegisteredInAClassThatHoldsEverybodyOrThatNobodyDeclared) {
  for (const char* name : {"all", "startups", ""}) {
    CompanyDetails details = SomeCompany();
    details.classes = {name};
    EXPECT_EQ(FieldRefused(details), "classes") << name;
  }
}

TEST_F(Companies, AreListedByNamePageByPage) {
  for (const char* name : {"c-works", "a-works", "b-works"}) {
    ASSERT_OK(Register(SomeCompany(name)));
  }
  const auto first = ListCompanies(context(), service_.officer(), "", 2);
  ASSERT_OK(first);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ((*first)[0].name, "a-works");
  EXPECT_EQ((*first)[1].name, "b-works");
  const auto rest = ListCompanies(context(), service_.officer(), "b-works", 2);
  ASSERT_OK(rest);
  ASSERT_EQ(rest->size(), 1u);
  EXPECT_EQ((*rest)[0].name, "c-works");
}

TEST_F(Companies, ARecordPutInTheNamePlaceOfAnotherDoesNotOpen) {
  ASSERT_OK(Register(SomeCompany("a-works")));
  const auto stored = ReadOne(context(), CompanyKeyOf("a-works"));
  ASSERT_OK(stored);
  EXPECT_OK(DecodeCompanyRecord("a-works", **stored, service_.keys()));
  EXPECT_EQ(CodeOf(DecodeCompanyRecord("b-works", **stored, service_.keys()).status()),
            ErrorCode::kDataCorrupt);
}

// Eight people alike: half discoverable to every company, half to public bodies only.
class Audiences : public Companies {
 protected:
  void SetUp() override {
    for (int i = 0; i < 8; ++i) {
      people_.push_back(service_.Register(i));
      service_.PutItem(*people_.back(), model::ItemKind::kResume, SomeBytes(7, 100));
      service_.BecomeDiscoverable(*people_.back(), i < 4 ? "all" : "public");
    }
    posting_ = service_.RegisterPosting();
    service_.AddKey();
  }
  // The numbers of those who are invited when everybody is asked.
  std::vector<int> Invited() {
    const std::size_t before = service_.outbox().messages().size();
    service_.InviteAll(posting_);
    const auto messages = service_.outbox().messages();
    std::vector<int> invited;
    for (int i = 0; i < 8; ++i) {
      const std::string& contact = people_[static_cast<std::size_t>(i)]->contact;
      for (std::size_t m = before; m < messages.size(); ++m) {
        if (messages[m].kind == personal_data::MessageKind::kInvitation &&
            messages[m].contact == contact) {
          invited.push_back(i);
        }
      }
    }
    return invited;
  }
  std::size_t CardsCount() {
    const auto page = ListCards(context(), service_.company(), posting_, 0, 100);
    EXPECT_OK(page);
    return page.ok() ? page->cards.size() : 0;
  }

  std::vector<std::unique_ptr<TestPerson>> people_;
  model::PostingId posting_;
};

TEST_F(Audiences, ACompanyThatNobodyRegisteredSeesThoseOfEveryCompanyOnly) {
  EXPECT_EQ(Invited(), (std::vector<int>{0, 1, 2, 3}));
}

TEST_F(Audiences, APublicBodySeesBoth) {
  ASSERT_OK(Register(SomeCompany()));
  EXPECT_EQ(Invited(), (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(Audiences, OneCompanysRegistrationShowsNobodyToAnother) {
  ASSERT_OK(Register(SomeCompany("another-house")));
  EXPECT_EQ(Invited(), (std::vector<int>{0, 1, 2, 3}));
}

TEST_F(Audiences, TheClassesOfAnAudienceHaveKOfIts) {
  for (std::size_t i = 0; i < 2; ++i) service_.BecomeDiscoverable(*people_[i], "public");
  // Two are left whom every company may see: fewer than k.
  EXPECT_EQ(CardsCount(), 0u);
  ASSERT_OK(Register(SomeCompany()));
  EXPECT_GT(CardsCount(), 0u);
}

TEST_F(Audiences, ARegistrationThatIsTakenBackEndsWhatItShowed) {
  ASSERT_OK(Register(SomeCompany()));
  EXPECT_GT(CardsCount(), 0u);
  CompanyDetails none = SomeCompany();
  none.classes.clear();
  ASSERT_OK(Register(none));
  EXPECT_EQ(Invited(), (std::vector<int>{0, 1, 2, 3}));
}

TEST_F(Audiences, WhoTurnsToPublicBodiesAfterTheCardsWereMadeIsNotAskedByOthers) {
  EXPECT_GT(CardsCount(), 0u);
  service_.BecomeDiscoverable(*people_[3], "public");
  EXPECT_EQ(Invited(), (std::vector<int>{0, 1, 2}));
}

TEST_F(Audiences, CardsOfTheSameEpochStayAsTheyAreAfterARestart) {
  ASSERT_OK(Register(SomeCompany("city-office")));
  const model::PostingId theirs = service_.RegisterPosting("city-office");
  const auto before = ListCards(context(), service_.company("city-office"), theirs, 0, 100);
  ASSERT_OK(before);
  const auto others = ListCards(context(), service_.company(), posting_, 0, 100);
  ASSERT_OK(others);
  EXPECT_EQ(others->epoch, before->epoch);
  ASSERT_OK(service_.Restart());
  const auto after = ListCards(context(), service_.company("city-office"), theirs, 0, 100);
  ASSERT_OK(after);
  EXPECT_EQ(after->epoch, before->epoch);
  ASSERT_EQ(after->cards.size(), before->cards.size());
  EXPECT_EQ(after->cards[0].card, before->cards[0].card);
}

TEST_F(Audiences, ANewEpochIsOneForAllAudiences) {
  ASSERT_OK(Register(SomeCompany("city-office")));
  const model::PostingId theirs = service_.RegisterPosting("city-office");
  const auto first = ListCards(context(), service_.company("city-office"), theirs, 0, 100);
  const auto second = ListCards(context(), service_.company(), posting_, 0, 100);
  ASSERT_OK(first);
  ASSERT_OK(second);
  ASSERT_OK(context().card_epochs.Renew(context(), service_.officer(), service_.NextKey()));
  const auto third = ListCards(context(), service_.company(), posting_, 0, 100);
  const auto fourth = ListCards(context(), service_.company("city-office"), theirs, 0, 100);
  ASSERT_OK(third);
  ASSERT_OK(fourth);
  EXPECT_NE(third->epoch, second->epoch);
  EXPECT_EQ(third->epoch, fourth->epoch);
}

}  // namespace
}  // namespace noren::operations
