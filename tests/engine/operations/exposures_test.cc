// Who was shown what of a person is in that person's list, and in nobody else's: cards, rankings,
// applicants, explanations, releases, an officer's list; through epochs, crashes and destruction.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/exposures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/maintenance.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/rank.h"
#include "engine/operations/read_exposures.h"
#include "engine/operations/settle_exposures.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::Disclosure;
using storage::CrashPoint;
using ::testing::ElementsAre;
using ::testing::StartsWith;

constexpr std::int64_t kDay = 86400;

// Six discoverable people who are alike, one who is not shown to anybody, and a posting.
class Exposures : public ::testing::Test {
 protected:
  void SetUp() override { Fill(service_); }
  void Fill(TestService& service) {
    people_.clear();
    for (int i = 0; i < 7; ++i) {
      people_.push_back(service.Register(i, /*with_key=*/true));
      service.PutItem(*people_.back(), model::ItemKind::kResume,
                      SomeBytes(static_cast<std::uint64_t>(i), 500));
      if (i < 6) service.BecomeDiscoverable(*people_.back());
    }
    service.AddKey();
    posting_ = service.RegisterPosting();
  }
  static PersonAct ReadAct(TestService& service, const TestPerson& person) {
    return service.Prove(person, service.Prepare(person, "read"));
  }
  static std::vector<Disclosure> ListOf(TestService& service, const TestPerson& person) {
    const PersonAct act = ReadAct(service, person);
    std::vector<Disclosure> all;
    ExposurePosition at;
    while (true) {
      auto page = ReadExposures(service.context(), service.portal(), act, at, 3);
      EXPECT_OK(page);
      if (!page.ok()) return all;
      for (ExposureView& one : page->exposures) all.push_back(std::move(one.shown));
      if (!page->next) return all;
      at = *page->next;
    }
  }
  std::vector<Disclosure> ListOf(const TestPerson& person) { return ListOf(service_, person); }
  static std::vector<std::string> WhatOf(const std::vector<Disclosure>& exposures) {
    std::vector<std::string> what;
    for (const Disclosure& one : exposures) what.push_back(one.what);
    return what;
  }
  CardPage ShowCards() {
    auto cards = ListCards(service_.context(), service_.company(), posting_, 0, 50);
    EXPECT_OK(cards);
    return cards.ok() ? *cards : CardPage();
  }
  std::size_t CountKeys(std::string_view prefix) {
    std::size_t count = 0;
    for (const storage::KeyValue& item : ContentOf(service_.data())) {
      count += item.key.starts_with(prefix) ? 1 : 0;
    }
    return count;
  }
  // Everything that is over is told, as the service does it in the background.
  static Status Settle(TestService& service) { return ExposureSettler().All(service.context()); }
  Status Settle() { return Settle(service_); }
  std::size_t SizeOf(std::string_view prefix) {
    std::size_t size = 0;
    for (const storage::KeyValue& item : ContentOf(service_.data())) {
      if (item.key.starts_with(prefix)) size += item.key.size() + item.value.size();
    }
    return size;
  }
  Status NewEpoch() {
    return service_.context()
        .card_epochs.Renew(service_.context(), service_.officer(), service_.NextKey())
        .status();
  }
  void Rank(std::int32_t k) {
    const auto ranking = RankCandidates(service_.context(), service_.portal(), posting_, k);
    ASSERT_OK(ranking);
    ASSERT_EQ(ranking->best.size(), static_cast<std::size_t>(k));
  }
  TestApplication Apply() {
    service_.InviteAll(posting_);
    return service_.Grant(*people_[0], posting_);
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  model::PostingId posting_;
};

TEST_F(Exposures, ACardIsInTheListOfEverybodyInItsClassAndOfNobodyElse) {
  const CardPage page = ShowCards();
  ASSERT_FALSE(page.cards.empty());
  for (int i = 0; i < 6; ++i) {
    SCOPED_TRACE(i);
    const auto shown = ListOf(*people_[static_cast<std::size_t>(i)]);
    ASSERT_EQ(shown.size(), 1u);
    EXPECT_EQ(shown[0].what, "list_cards");
    EXPECT_EQ(shown[0].who, "company:hangang-care");
    EXPECT_THAT(shown[0].form, StartsWith("card"));
    EXPECT_EQ(shown[0].reason, kToChooseWhomToInvite);
    EXPECT_EQ(shown[0].posting, posting_);
    EXPECT_EQ(shown[0].at, service_.context().time.Now());
    EXPECT_GE(shown[0].people, 2u);
  }
  EXPECT_TRUE(ListOf(*people_[6]).empty()) << "never shown";
}

TEST_F(Exposures, EveryPageOfCardsIsAShowingAndARefusedOneIsNone) {
  ShowCards();
  ShowCards();
  EXPECT_EQ(ListOf(*people_[0]).size(), 2u);
  EXPECT_FALSE(
      ListCards(service_.context(), service_.company("hanbit-clinic"), posting_, 0, 50).ok());
  EXPECT_EQ(ListOf(*people_[0]).size(), 2u);
}

TEST_F(Exposures, StayInTheListWhenTheEpochIsOverAndItsTableIsGone) {
  ShowCards();
  const auto before = ListOf(*people_[0]);
  ASSERT_OK(NewEpoch());
  EXPECT_EQ(ListOf(*people_[0]), before) << "while it is not settled";
  ASSERT_OK(Settle());
  EXPECT_EQ(CountKeys("card-epoch/"), 0u);
  EXPECT_EQ(CountKeys(keyspaces::kShownClass), 6u);
  EXPECT_EQ(ListOf(*people_[0]), before);
  EXPECT_TRUE(ListOf(*people_[6]).empty());
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(ListOf(*people_[0]), before);
  ShowCards();
  EXPECT_EQ(ListOf(*people_[0]).size(), 2u);
}

// An epoch of which nobody saw a card leaves nothing with anybody.
TEST_F(Exposures, AnEpochThatWasNotShownLeavesNothing) {
  ASSERT_OK(NewEpoch());
  ASSERT_OK(NewEpoch());
  ASSERT_OK(Settle());
  EXPECT_EQ(CountKeys(keyspaces::kShownClass), 0u);
  EXPECT_EQ(CountKeys("card-epoch/"), 0u);
}

TEST_F(Exposures, WhoWithdrewIsInNoCardFromThenOn) {
  ShowCards();
  service_.clock().AdvanceSeconds(5);
  ASSERT_OK(Withdraw(service_.context(), service_.portal(), service_.NextKey(),
                     {service_.Prepare(*people_[0], "withdraw"), {}, ""}));
  service_.clock().AdvanceSeconds(5);
  ShowCards();
  EXPECT_EQ(ListOf(*people_[0]).size(), 1u);
  EXPECT_EQ(ListOf(*people_[1]).size(), 2u);
  ASSERT_OK(NewEpoch());
  ASSERT_OK(Settle());
  EXPECT_EQ(ListOf(*people_[0]).size(), 1u);
}

// Whichever write the power fails at, everybody is told in the end, once.
TEST_F(Exposures, APowerFailureWhileAnEpochIsSettledLosesNothing) {
  for (const auto last : {CrashPoint::LastWrite::kLost, CrashPoint::LastWrite::kWritten}) {
    bool went_through = false;
    for (std::uint64_t step = 0; !went_through; ++step) {
      SCOPED_TRACE("write " + std::to_string(step));
      ASSERT_LT(step, 32u);
      TestService service(step + 7);
      Fill(service);
      ASSERT_OK(ListCards(service.context(), service.company(), posting_, 0, 50));
      ASSERT_OK(service.context().card_epochs.Renew(service.context(), service.officer(),
                                                    service.NextKey()));
      const std::uint64_t before = service.power().writes_count();
      service.power().CrashAt(step, last);
      const bool settled = Settle(service).ok();
      went_through = settled && service.power().writes_count() - before <= step;
      ASSERT_OK(service.Restart());
      ASSERT_OK(Settle(service));
      for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(ListOf(service, *people_[i]).size(), 1u) << "person " << i;
      }
    }
  }
}

TEST_F(Exposures, EveryRankingIsInTheListOfThoseInIt) {
  Rank(3);
  Rank(3);
  std::size_t told = 0;
  for (const auto& person : people_) {
    const auto shown = ListOf(*person);
    if (shown.empty()) continue;
    ++told;
    ASSERT_EQ(shown.size(), 2u);
    EXPECT_EQ(shown[0].what, "rank_candidates");
    EXPECT_EQ(shown[0].who, "portal:first-portal");
    EXPECT_EQ(shown[0].form, kFormRanking);
    EXPECT_EQ(shown[0].people, 3u);
    EXPECT_EQ(shown[0].reason, kToRankForAPosting);
    EXPECT_EQ(shown[0].posting, posting_);
  }
  EXPECT_EQ(told, 3u);
}

// One record of the showing and one of who is in it, whether they are three or seven; a page of
// cards is one record, whoever is in its classes.
TEST_F(Exposures, AShowingIsWrittenOnceHoweverManyAreInIt) {
  ShowCards();  // makes the classes of the day
  const std::uint64_t entries = service_.Entries().size();
  Rank(3);
  Rank(7);
  ShowCards();
  EXPECT_EQ(service_.Entries().size(), entries + 3);
  EXPECT_EQ(CountKeys(keyspaces::kExposureList), 2u);
  EXPECT_EQ(CountKeys(keyspaces::kExposurePeople), 2u);
  EXPECT_EQ(CountKeys(keyspaces::kExposure), 2u);
  EXPECT_EQ(CountKeys("disclosure/"), 0u);
}

// What docs/design/0017-exposures.md says of it.
TEST_F(Exposures, AShowingCostsWhatTheDesignSays) {
  const std::size_t cards = ShowCards().cards.size();
  EXPECT_LE(SizeOf(keyspaces::kExposure), 300 + 64 * cards);
  Rank(7);
  EXPECT_LE(SizeOf(keyspaces::kExposureList) + SizeOf(keyspaces::kExposurePeople), 420u + 16 * 7);
  ASSERT_OK(NewEpoch());
  service_.clock().AdvanceSeconds(kDay);
  ASSERT_OK(Settle());
  EXPECT_LE(SizeOf(keyspaces::kExposureClass), CountKeys(keyspaces::kExposureClass) * (150 + 8));
  EXPECT_LE(SizeOf(keyspaces::kShownClass), 6u * 190);
  EXPECT_LE(SizeOf(keyspaces::kShownList), 7u * (180 + 8));
  Apply();
  const std::size_t before = SizeOf("disclosure/");
  ASSERT_OK(ListApplicants(service_.context(), service_.company(), posting_));
  EXPECT_LE(SizeOf("disclosure/") - before, 320u);
}

TEST(ShowingRecord, HasTheDocumentedLayouts) {
  Showing cards{{1767571200},
                "list_cards",
                "company:hangang-care",
                "",
                "to choose whom to invite",
                model::PostingId::FromBytes(Bytes(16, 0x33)).value(),
                5,
                {{7, "card occupation=ISCO-5322"}, {9, "card"}},
                12};
  Showing list{{1767571200},
               "rank_candidates",
               "portal:first-portal",
               "ranking",
               "to find candidates for a posting",
               model::PostingId::FromBytes(Bytes(16, 0x33)).value(),
               2,
               {},
               13};
  const std::vector<model::PersonId> people = {model::PersonId::FromBytes(Bytes(16, 0x11)).value(),
                                               model::PersonId::FromBytes(Bytes(16, 0x12)).value()};
  const std::vector<std::uint64_t> sequences = {12, 1u << 20};
  const ClassOfPerson of{7, {1767571300}};
  std::ifstream file(SourceFolder() + "/tests/golden/exposures_v1.txt");
  std::vector<std::string> golden;
  for (std::string line; std::getline(file, line);) golden.push_back(line);
  EXPECT_THAT(golden,
              ElementsAre(HexEncode(EncodeShowing(cards)), HexEncode(EncodeShowing(list)),
                          HexEncode(EncodePeople(people)), HexEncode(EncodeSequences(sequences)),
                          HexEncode(EncodeClassOfPerson(of))));
  EXPECT_EQ(DecodeShowing(EncodeShowing(cards), 12).value(), cards);
  EXPECT_EQ(DecodeShowing(EncodeShowing(list), 13).value(), list);
  EXPECT_EQ(DecodePeople(EncodePeople(people)).value(), people);
  EXPECT_EQ(DecodeSequences(EncodeSequences(sequences)).value(), sequences);
  EXPECT_EQ(DecodeClassOfPerson(EncodeClassOfPerson(of)).value(), of);
}

// A record that is cut anywhere, or is longer, is damaged; a count without its elements too.
TEST(ShowingRecord, RefusesWhatIsCutOrExtended) {
  const Showing cards{{1}, "list_cards", "company:c", "", "why", {}, 5, {{7, "card"}}, 1};
  const auto refused = [](const auto& decode, const Bytes& whole) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(CodeOf(decode(ByteSpan(whole).first(size))), ErrorCode::kDataCorrupt) << size;
    }
    Bytes longer = whole;
    longer.push_back(0);
    EXPECT_EQ(CodeOf(decode(ByteSpan(longer))), ErrorCode::kDataCorrupt);
    Bytes other = whole;
    other[0] = 9;
    EXPECT_EQ(CodeOf(decode(ByteSpan(other))), ErrorCode::kDataCorrupt);
  };
  refused([](ByteSpan plain) { return DecodeShowing(plain, 1).status(); }, EncodeShowing(cards));
  refused([](ByteSpan plain) { return DecodePeople(plain).status(); },
          EncodePeople({model::PersonId()}));
  refused([](ByteSpan plain) { return DecodeSequences(plain).status(); }, EncodeSequences({1, 2}));
  refused([](ByteSpan plain) { return DecodeClassOfPerson(plain).status(); },
          EncodeClassOfPerson({7, {}}));
}

TEST_F(Exposures, ListsOfADayThatIsOverAreWithThePeopleAndNowhereElse) {
  Rank(7);
  Rank(3);
  std::vector<std::vector<Disclosure>> before;
  for (const auto& person : people_) before.push_back(ListOf(*person));
  ASSERT_OK(Settle());
  EXPECT_EQ(CountKeys(keyspaces::kExposurePeople), 2u) << "the day is not over";
  service_.clock().AdvanceSeconds(kDay);
  ASSERT_OK(Settle());
  EXPECT_EQ(CountKeys(keyspaces::kExposurePeople), 0u);
  EXPECT_EQ(CountKeys(keyspaces::kShownList), 7u);
  EXPECT_EQ(CountKeys(keyspaces::kExposureList), 2u);
  ASSERT_OK(service_.Restart());
  Rank(7);
  for (std::size_t i = 0; i < people_.size(); ++i) {
    SCOPED_TRACE(i);
    auto after = ListOf(*people_[i]);
    ASSERT_EQ(after.size(), before[i].size() + 1);
    after.erase(after.begin());
    EXPECT_EQ(after, before[i]);
  }
}

// Of a day that was settled already: both are in the person's record of that day.
TEST_F(Exposures, AListThatCameLateForItsDayIsAddedToIt) {
  Rank(7);
  const auto late = ContentOf(service_.data());
  service_.clock().AdvanceSeconds(kDay);
  ASSERT_OK(Settle());
  const auto once = ListOf(*people_[0]);
  ASSERT_EQ(once.size(), 1u);
  storage::Batch batch;
  batch.partition = kEmbeddedPartition;
  for (const storage::KeyValue& item : late) {
    if (item.key.starts_with(keyspaces::kExposurePeople)) {
      batch.mutations.push_back({item.key, item.value});
    }
  }
  ASSERT_EQ(batch.mutations.size(), 1u);
  ASSERT_EQ(service_.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  EXPECT_EQ(ListOf(*people_[0]), once) << "found in both, told once";
  ASSERT_OK(Settle());
  EXPECT_EQ(ListOf(*people_[0]), once);
  EXPECT_EQ(CountKeys(keyspaces::kExposurePeople), 0u);
}

TEST_F(Exposures, APowerFailureWhileADayIsSettledLosesNothing) {
  for (const auto last : {CrashPoint::LastWrite::kLost, CrashPoint::LastWrite::kWritten}) {
    bool went_through = false;
    for (std::uint64_t step = 0; !went_through; ++step) {
      SCOPED_TRACE("write " + std::to_string(step));
      ASSERT_LT(step, 32u);
      TestService service(step + 7);
      Fill(service);
      ASSERT_OK(RankCandidates(service.context(), service.portal(), posting_, 7));
      service.clock().AdvanceSeconds(kDay);
      const std::uint64_t before = service.power().writes_count();
      service.power().CrashAt(step, last);
      const bool settled = Settle(service).ok();
      went_through = settled && service.power().writes_count() - before <= step;
      ASSERT_OK(service.Restart());
      for (const auto& person : people_) EXPECT_EQ(ListOf(service, *person).size(), 1u);
      ASSERT_OK(Settle(service));
      for (const auto& person : people_) EXPECT_EQ(ListOf(service, *person).size(), 1u);
    }
  }
}

// A company in another class of companies sees other classes of people.
TEST_F(Exposures, ACardIsInTheListOfThoseOfItsAudienceOnly) {
  auto few = service_.Register(20, /*with_key=*/true);
  service_.BecomeDiscoverable(*few, "public");
  ShowCards();
  EXPECT_EQ(ListOf(*people_[0]).size(), 1u);
  EXPECT_TRUE(ListOf(*few).empty());
  ASSERT_OK(NewEpoch());
  ASSERT_OK(Settle());
  EXPECT_EQ(ListOf(*people_[0]).size(), 1u);
  EXPECT_TRUE(ListOf(*few).empty());
}

TEST_F(Exposures, WhatACompanySeesOfAnApplicantIsInTheListWithItsFormAndReason) {
  const TestApplication application = Apply();
  ServiceContext& context = service_.context();
  ASSERT_OK(ListApplicants(context, service_.company(), posting_));
  ASSERT_OK(ExplainCandidate(context, service_.company(), application.candidate));
  const auto release =
      CollectRelease(context, service_.company(),
                     {service_.NextKey(), application.candidate, "o", "first interview"});
  ASSERT_OK(release);
  ASSERT_OK(ReadPayload(context, service_.company(), release->record.release,
                        release->record.items.at(0).item, 0));
  const auto shown = ListOf(*people_[0]);
  EXPECT_THAT(WhatOf(shown), ElementsAre("read_released_item", "collect_release",
                                         "explain_candidate", "list_candidates", "list_cards"));
  EXPECT_EQ(shown[0].form, kFormDocuments);
  EXPECT_EQ(shown[1].form, kFormDocuments);
  EXPECT_EQ(shown[1].reason, "first interview");
  EXPECT_EQ(shown[1].items.size(), 1u);
  EXPECT_EQ(shown[2].form, kFormExplanation);
  EXPECT_EQ(shown[3].form, kFormApplicant);
  for (const Disclosure& one : shown) EXPECT_EQ(one.who, "company:hangang-care");
}

TEST_F(Exposures, NothingIsExplainedAfterAWithdrawal) {
  const TestApplication application = Apply();
  ASSERT_OK(service_.WithdrawConsent(application));
  EXPECT_EQ(
      CodeOf(
          ExplainCandidate(service_.context(), service_.company(), application.candidate).status()),
      ErrorCode::kConsentWithdrawn);
  EXPECT_THAT(WhatOf(ListOf(*people_[0])), ElementsAre("list_cards"));
}

TEST_F(Exposures, AnOfficersListIsInTheListOfThoseWhoAsked) {
  service_.AskForErasure(*people_[1]);
  ASSERT_OK(ListErasureRequests(service_.context(), service_.officer()));
  ASSERT_OK(ListErasureRequests(service_.context(), service_.officer()));
  const auto shown = ListOf(*people_[1]);
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(shown[0].what, "list_erasure_requests");
  EXPECT_EQ(shown[0].who, "officer:privacy");
  EXPECT_EQ(shown[0].form, kFormRequest);
  EXPECT_TRUE(ListOf(*people_[2]).empty());
}

TEST_F(Exposures, PagesNeedTheActOfTheFirstOne) {
  for (int i = 0; i < 5; ++i) ShowCards();
  const PersonAct act = ReadAct(service_, *people_[0]);
  const auto read = [&](const PersonAct& by, const ExposurePosition& at, const Call& call) {
    return CodeOf(ReadExposures(service_.context(), call, by, at, 2).status());
  };
  const auto first = ReadExposures(service_.context(), service_.portal(), act, {}, 2);
  ASSERT_OK(first);
  ASSERT_TRUE(first->next.has_value());
  EXPECT_EQ(first->exposures.size(), 2u);
  EXPECT_EQ(read(act, *first->next, service_.portal()), ErrorCode::kNone);
  // A first page again: the act is used up.
  EXPECT_NE(read(act, {}, service_.portal()), ErrorCode::kNone);
  // Another statement than the one that the entry records, signed or not.
  const PersonAct other = ReadAct(service_, *people_[0]);
  EXPECT_EQ(read(other, *first->next, service_.portal()), ErrorCode::kBadRequest);
  EXPECT_EQ(read(act, {first->next->opened + 1, first->next->before}, service_.portal()),
            ErrorCode::kBadRequest);
  EXPECT_EQ(read(act, {first->next->opened - 1, first->next->before}, service_.portal()),
            ErrorCode::kBadRequest);
  EXPECT_EQ(read(act, {1u << 20, 1}, service_.portal()), ErrorCode::kBadRequest);
  EXPECT_EQ(read(act, *first->next, service_.portal("second-portal")), ErrorCode::kNotFound);
  EXPECT_EQ(read(act, *first->next, service_.company()), ErrorCode::kNotAllowed);
  service_.clock().AdvanceSeconds(601);
  EXPECT_EQ(read(act, *first->next, service_.portal()), ErrorCode::kActStale);
}

// More than a commit holds, as after years.
TEST_F(Exposures, ALongHistoryIsNoWayToOutliveAnErasure) {
  const auto person =
      LoadPersonByHandle(service_.context(), "first-portal", people_[0]->handle)->person;
  for (std::int64_t at = 0; at < 5000; at += 500) {
    storage::Batch batch;
    batch.partition = kEmbeddedPartition;
    for (std::int64_t i = at; i < at + 500; ++i) {
      batch.mutations.push_back(
          {personal_data::keyspaces::DisclosureKey(person, i, Bytes(16, 1)), Bytes(100, 2)});
    }
    ASSERT_EQ(service_.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  }
  const auto request = service_.AskForErasure(*people_[0]);
  ASSERT_OK(DestroyPerson(service_.context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  EXPECT_EQ(CountKeys("disclosure/" + HexEncode(person.bytes())), 0u);
  EXPECT_EQ(CountKeys("person/" + HexEncode(person.bytes())), 0u);
  EXPECT_OK(service_.CheckLog());
}

TEST_F(Exposures, OfADestroyedPersonNothingStaysAndNothingComes) {
  ShowCards();
  Rank(7);
  const auto request = service_.AskForErasure(*people_[0]);
  const auto person =
      LoadPersonByHandle(service_.context(), "first-portal", people_[0]->handle)->person;
  ASSERT_OK(DestroyPerson(service_.context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  ASSERT_OK(NewEpoch());
  service_.clock().AdvanceSeconds(kDay);
  ASSERT_OK(Settle());
  const std::string id = HexEncode(person.bytes());
  for (const storage::KeyValue& item : ContentOf(service_.data())) {
    EXPECT_EQ(item.key.find("disclosure/" + id), std::string::npos);
    EXPECT_EQ(item.key.find("shown-class/" + id), std::string::npos);
    EXPECT_EQ(item.key.find("shown-list/" + id), std::string::npos);
  }
  EXPECT_EQ(CountKeys(keyspaces::kShownClass), 5u);
  EXPECT_EQ(CountKeys(keyspaces::kShownList), 6u);
  EXPECT_EQ(CountKeys(keyspaces::kExposurePeople), 0u);
}

}  // namespace
}  // namespace noren::operations
