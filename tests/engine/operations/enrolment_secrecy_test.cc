// Attack: a portal that wants to know who is enrolled elsewhere. It sees answers, their length,
// their codes, sequence numbers and how much work a call is; all are the same for a person who is
// known and one who is not. Work is counted, not timed: a count has no noise to hide in.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/primitives/hash.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/market.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/put_item.h"
#include "engine/operations/rank.h"
#include "engine/operations/read_exposures.h"
#include "engine/operations/settle_exposures.h"
#include "tests/engine/operations/enrolment_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

// What a portal can see of one enrolment.
struct Seen {
  storage::StoreWork evaluate, enrol, after;
  std::size_t evaluated_bytes = 0, handle_bytes = 0, promise_bytes = 0;
  std::uint64_t sequences = 0;  // that went by from the first call to the last
  bool operator==(const Seen&) const = default;
};

class EnrolmentSecrecy : public Enrolment {
 protected:
  // Enrols `number` by the second portal, in full view of it.
  Seen Watch(int number, const std::vector<std::string>& identifiers) {
    EnrollingPortal portal(service_, "second-portal");
    storage::FaultInjectingStore& store = service_.faults();
    Seen seen;
    store.TakeWork();
    const auto blinded = portal.BlindAll(identifiers);
    const auto answer = portal.Evaluate(EnrollingPortal::ElementsOf(blinded));
    EXPECT_OK(answer);
    seen.evaluate = store.TakeWork();
    for (const Evaluation& one : answer->evaluations) {
      seen.evaluated_bytes += one.proven.elements.size() * 32 + one.proven.proof.size();
    }
    auto request = portal.RequestFor(number, portal.SubjectIdsOf(identifiers));
    store.TakeWork();
    const auto registered = RegisterSeeker(context(), portal.call(), request);
    EXPECT_OK(registered);
    seen.enrol = store.TakeWork();
    seen.handle_bytes = registered->handle.ToString().size();
    seen.promise_bytes = registered->position.promise.size();
    EXPECT_OK(SettleEnrolments(context()));  // as it happens behind the portal's back
    store.TakeWork();
    EXPECT_OK(GetSeeker(context(), portal.call(), registered->handle));
    EXPECT_OK(RegisterSeeker(context(), portal.call(), request)) << "sent again";
    seen.after = store.TakeWork();
    const auto last = portal.Evaluate(EnrollingPortal::ElementsOf(blinded));
    EXPECT_OK(last);
    seen.sequences = last->position.sequence - answer->position.sequence;
    return seen;
  }
  // One more than before, so that no store differs by its size.
  void EnrolByFirst(int number, const std::vector<std::string>& identifiers) {
    EnrollingPortal(service_, "first-portal").Enrol(number, identifiers);
    ASSERT_OK(SettleAllEnrolments(context()));
  }
};

// Two services that did the same, but that the first portal's people came with other numbers: what
// the second portal sees is the same to the last byte.
Seen SeenOf(bool is_known, bool has_two_versions) {
  struct Scene : EnrolmentSecrecy {
    void TestBody() override {}
    Seen Run(bool is_known, bool has_two_versions) {
      SetUp();
      if (has_two_versions) Rotate(service_);
      EnrolByFirst(1, {is_known ? kHanakosPhone : "noren/v1/phone:+819000000001"});
      EnrolByFirst(2, {is_known ? kHanakosMail : "noren/v1/phone:+819000000002"});
      const Seen seen = Watch(3, {kHanakosPhone, kHanakosMail});
      EXPECT_EQ(Reviews().size(), is_known ? 2u : 0u);  // only the officer can tell
      return seen;
    }
  } scene;
  return scene.Run(is_known, has_two_versions);
}

TEST(EnrolmentWork, OfAKnownPersonAndANewOneIsTheSameToAPortal) {
  for (const bool has_two_versions : {false, true}) {
    const Seen fresh = SeenOf(false, has_two_versions);
    EXPECT_GT(fresh.enrol.mutations, 0u);
    EXPECT_EQ(SeenOf(true, has_two_versions), fresh);
  }
}

// Registrations read no subject record and no review at all.
TEST_F(EnrolmentSecrecy, ARegistrationTouchesNothingThatDependsOnOthers) {
  EnrolByFirst(1, {kHanakosPhone});
  EnrollingPortal portal(service_, "second-portal");
  const auto ids = portal.SubjectIdsOf({kHanakosPhone});
  const auto before = ContentOf(service_.data());
  ASSERT_OK(RegisterSeeker(context(), portal.call(), portal.RequestFor(2, ids)));
  std::size_t new_contacts = 0;
  for (const storage::KeyValue& item : ContentOf(service_.data())) {
    if (std::find_if(before.begin(), before.end(), [&](const storage::KeyValue& other) {
          return other.key == item.key;
        }) != before.end()) {
      continue;
    }
    EXPECT_FALSE(item.key.starts_with("enrolment/")) << item.key;
    EXPECT_FALSE(item.key.starts_with("review")) << item.key;
    new_contacts += item.key.starts_with("enrolment-contact/") ? 1 : 0;
  }
  EXPECT_EQ(new_contacts, 1u);
}

// However many are found, a settlement is one commit for the same number of contacts.
TEST_F(EnrolmentSecrecy, SequenceNumbersDoNotTellHowManyWereFound) {
  const auto commits_for = [&](const std::string& portal_name, int base) {
    EnrollingPortal portal(service_, portal_name);
    for (int i = 0; i < 20; ++i) {
      portal.Enrol(base + i, {"noren/v1/phone:+8190111100" + std::to_string(10 + i)});
    }
    service_.faults().TakeWork();
    EXPECT_OK(SettleAllEnrolments(context()));
    return service_.faults().TakeWork().commits;
  };
  const auto fresh = commits_for("first-portal", 100);
  EXPECT_EQ(commits_for("second-portal", 200), fresh);
  EXPECT_EQ(Reviews().size(), 20u);
}

// The same portal under another reference learns nothing either.
TEST_F(EnrolmentSecrecy, APortalGetsAFreshHandleForASecondReference) {
  EnrollingPortal portal(service_, "first-portal");
  const auto one = portal.Enrol(1, {kHanakosPhone});
  const auto two = portal.Enrol(2, {kHanakosPhone});
  EXPECT_NE(one, two);
  EXPECT_NE(portal.PersonOf(one), portal.PersonOf(two));
}

TEST_F(EnrolmentSecrecy, NoSubjectIdAndNoIdentifierIsStored) {
  EnrollingPortal portal(service_, "first-portal");
  const auto ids = portal.SubjectIdsOf({kHanakosPhone});
  ASSERT_OK(RegisterSeeker(context(), portal.call(), portal.RequestFor(1, ids)));
  ASSERT_OK(SettleAllEnrolments(context()));
  const std::string id(AsText(ids[0][0].id));
  for (const storage::KeyValue& item : ContentOf(service_.data())) {
    const std::string_view value = AsText(item.value);
    EXPECT_EQ(value.find(id), std::string_view::npos) << item.key;
    EXPECT_EQ(item.key.find(HexEncode(ids[0][0].id).substr(0, 32)), std::string::npos);
    EXPECT_EQ(value.find("+819012345678"), std::string_view::npos) << item.key;
  }
}

// What a merged person means for rankings and consents.
class MergedInTheMarket : public EnrolmentSecrecy {
 protected:
  void SetUp() override {
    Enrolment::SetUp();
    first_.emplace(service_, "first-portal");
    second_.emplace(service_, "second-portal");
    for (int i = 0; i < 5; ++i) {
      const std::string phone = "noren/v1/phone:+81901111000" + std::to_string(i);
      people_.push_back(Enrolled(*first_, i, phone));
    }
    service_.clock().AdvanceSeconds(1);
    people_.push_back(Enrolled(*second_, 100, "noren/v1/phone:+819011110000"));
    posting_ = service_.RegisterPosting();
    service_.AddKey();
    for (TestPerson& person : people_) Discover(person);
  }
  EnrollingPortal& PortalOf(const TestPerson& person) {
    return &person == &people_.back() ? *second_ : *first_;
  }
  TestPerson Enrolled(EnrollingPortal& portal, int number, const std::string& phone) {
    TestPerson person;
    person.contact = "person" + std::to_string(number) + "@mail.example";
    person.handle = portal.Enrol(number, {phone});
    const Call call = portal.call();
    const Bytes resume = SomeBytes(static_cast<std::uint64_t>(number), 500);
    const auto upload = BeginItem(
        context(), call,
        {service_.NextKey(), person.handle, model::ItemKind::kResume, "application/pdf", "r.pdf"});
    EXPECT_OK(upload);
    EXPECT_OK(AppendItem(context(), call, *upload, 0, resume));
    EXPECT_OK(FinishItem(context(), call,
                         {service_.NextKey(), *upload, resume.size(), primitives::Sha256(resume)}));
    return person;
  }
  PersonAct Act(const TestPerson& person, std::string_view act,
                const std::map<std::string, std::string>& fields) {
    service_.clock().AdvanceSeconds(1);  // an act is later than the one before
    const Call call = PortalOf(person).call();
    const auto statement = PrepareAct(context(), call, act, person.handle, fields);
    EXPECT_OK(statement);
    EXPECT_OK(RequestCode(context(), call, person.handle, *statement));
    return {*statement, {}, service_.outbox().LastCodeFor(person.contact)};
  }
  void Discover(const TestPerson& person) {
    EXPECT_OK(SetDiscoverable(context(), PortalOf(person).call(), service_.NextKey(),
                              Act(person, "discoverable", {{"companies_class", "all"}})));
  }
  void Hide(const TestPerson& person) {
    EXPECT_OK(Withdraw(context(), PortalOf(person).call(), service_.NextKey(),
                       Act(person, "withdraw", {{"consent", ""}})));
  }
  std::vector<InvitationView> InvitationsOf(const TestPerson& person) {
    const auto record = ReadOwnRecord(context(), PortalOf(person).call(), Act(person, "read", {}));
    EXPECT_OK(record);
    return record.ok() ? record->invitations : std::vector<InvitationView>();
  }
  std::size_t ShowingsOf(const TestPerson& person) {
    const auto page =
        ReadExposures(context(), PortalOf(person).call(), Act(person, "read", {}), {}, 100);
    EXPECT_OK(page);
    return page.ok() ? page->exposures.size() : 0;
  }
  std::size_t ShownToCompanies() { return context().market.DiscoverableRows({{"all"}}).size(); }
  void Merge() {
    const auto reviews = Reviews();
    ASSERT_EQ(reviews.size(), 1u);
    review_ = reviews[0].record.review;
    ASSERT_OK(Decide(review_, ReviewDecision::kMerge));
  }

  std::optional<EnrollingPortal> first_, second_;
  std::vector<TestPerson> people_;  // the first and the last are one
  model::PostingId posting_;
  model::ReviewId review_;
};

TEST_F(MergedInTheMarket, AreShownToCompaniesOnceAndToTheirPortalsAsBefore) {
  EXPECT_EQ(ShownToCompanies(), 6u);
  const auto before = RankCandidates(context(), first_->call(), posting_, 10);
  ASSERT_OK(before);
  Merge();
  EXPECT_EQ(ShownToCompanies(), 5u);
  const auto after = RankCandidates(context(), first_->call(), posting_, 10);
  ASSERT_OK(after);
  EXPECT_EQ(after->considered, before->considered);
  EXPECT_EQ(after->best.size(), before->best.size());
  ASSERT_OK(GetSeeker(context(), second_->call(), people_.back().handle));
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(ShownToCompanies(), 5u);
  ASSERT_OK(Decide(review_, ReviewDecision::kUnmerge));
  EXPECT_EQ(ShownToCompanies(), 6u);
}

TEST_F(MergedInTheMarket, TheOtherIdIsShownWhenTheFirstIsHidden) {
  Merge();
  Hide(people_.front());
  EXPECT_EQ(ShownToCompanies(), 5u);
  Hide(people_.back());
  EXPECT_EQ(ShownToCompanies(), 4u);
  Discover(people_.front());
  EXPECT_EQ(ShownToCompanies(), 5u);
}

TEST_F(MergedInTheMarket, CountAsOneOfK) {
  for (std::size_t i = 1; i < 4; ++i) Hide(people_[i]);  // left: 0, 4, and 0 again: three rows
  ASSERT_OK(context().card_epochs.Renew(context(), service_.officer(), service_.NextKey()));
  const auto three = ListCards(context(), service_.company(), posting_, 0, 10);
  ASSERT_OK(three);
  ASSERT_EQ(three->cards.size(), 1u);
  Merge();  // two people are fewer than k = 3
  const auto two = ListCards(context(), service_.company(), posting_, 0, 10);
  ASSERT_OK(two);
  for (const CardView& card : two->cards) EXPECT_EQ(card.qualifying, "a few");
  ASSERT_OK(context().card_epochs.Renew(context(), service_.officer(), service_.NextKey()));
  const auto none = ListCards(context(), service_.company(), posting_, 0, 10);
  ASSERT_OK(none);
  EXPECT_TRUE(none->cards.empty());
}

// docs/design/0017-exposures.md: one record, one portal.
TEST_F(MergedInTheMarket, ReadOfACardAtThePortalWhoseRecordWasShownAndAtNoOther) {
  Merge();
  const auto show = [this] {
    ASSERT_OK(context().card_epochs.Renew(context(), service_.officer(), service_.NextKey()));
    const auto cards = ListCards(context(), service_.company(), posting_, 0, 10);
    ASSERT_OK(cards);
    ASSERT_EQ(cards->cards.size(), 1u);
  };
  show();
  EXPECT_EQ(ShowingsOf(people_.front()), 1u);
  EXPECT_EQ(ShowingsOf(people_.back()), 0u);
  Hide(people_.front());
  show();
  EXPECT_EQ(ShowingsOf(people_.front()), 1u);
  EXPECT_EQ(ShowingsOf(people_.back()), 1u);
  ExposureSettler settler;
  ASSERT_OK(context().card_epochs.Renew(context(), service_.officer(), service_.NextKey()));
  ASSERT_OK(settler.All(context()));
  ASSERT_OK(Decide(review_, ReviewDecision::kUnmerge));
  EXPECT_EQ(ShowingsOf(people_.front()), 1u) << "what was is not changed by what is found later";
  EXPECT_EQ(ShowingsOf(people_.back()), 1u);
}

TEST_F(MergedInTheMarket, AreAskedOnceAndTheirConsentsAreNotWidened) {
  service_.InviteAll(posting_);  // before: both ids are asked
  ASSERT_EQ(InvitationsOf(people_.front()).size(), 1u);
  ASSERT_EQ(InvitationsOf(people_.back()).size(), 1u);
  const auto invitation = InvitationsOf(people_.front())[0].invitation;
  Merge();
  const auto granted = AnswerInvitation(
      context(), first_->call(), service_.NextKey(),
      Act(people_.front(), "answer",
          {{"invitation", invitation.invitation.ToString()}, {"decision", "grant"}}));
  ASSERT_OK(granted);
  const auto applicants = ListApplicants(context(), service_.company(), posting_);
  ASSERT_OK(applicants);
  ASSERT_EQ(applicants->size(), 1u) << "the consent under one id is one application";
  const auto release =
      CollectRelease(context(), service_.company(),
                     {service_.NextKey(), (*applicants)[0].candidate, "o", "interview"});
  ASSERT_OK(release);
  const auto own =
      LoadItems(context(), *LoadPersonByHandle(context(), "first-portal", people_.front().handle));
  ASSERT_OK(own);
  ASSERT_EQ(release->record.items.size(), 1u);
  EXPECT_EQ(release->record.items[0].item, (*own)[0].item);
  // What the other id has was consented to by nobody.
  const auto theirs =
      LoadItems(context(), *LoadPersonByHandle(context(), "second-portal", people_.back().handle));
  ASSERT_OK(theirs);
  EXPECT_EQ(CodeOf(ReadPayload(context(), service_.company(), release->record.release,
                               (*theirs)[0].item, 0)
                       .status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(InvitationsOf(people_.back()).size(), 1u);
}

TEST_F(MergedInTheMarket, NobodyIsAskedAgainUnderTheOtherId) {
  Merge();
  service_.InviteAll(posting_);
  ASSERT_EQ(InvitationsOf(people_.front()).size(), 1u);
  EXPECT_TRUE(InvitationsOf(people_.back()).empty());
  Hide(people_.front());
  service_.InviteAll(posting_);
  EXPECT_TRUE(InvitationsOf(people_.back()).empty());
}

}  // namespace
}  // namespace noren::operations
