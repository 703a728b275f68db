// One person through two portals: noticed in nobody's call, decided by the officer, taken back; and
// the rotation of the key underneath.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/audit/operation.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/person_merges.h"
#include "tests/engine/operations/enrolment_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::ReviewRecord;

// The same invented person by both portals, and the case that comes of it.
class OneByTwoPortals : public Enrolment {
 protected:
  void SetUp() override {
    Enrolment::SetUp();
    first_.emplace(service_, "first-portal");
    second_.emplace(service_, "second-portal");
    by_first_ = first_->Enrol(1, {kHanakosPhone});
    service_.clock().AdvanceSeconds(1);
    by_second_ = second_->Enrol(2, {kHanakosPhone});
  }
  ReviewView OnlyReview(bool open_only = true) {
    const auto reviews = Reviews(open_only);
    EXPECT_EQ(reviews.size(), 1u);
    return reviews.empty() ? ReviewView() : reviews[0];
  }
  model::PersonId Root(EnrollingPortal& portal, const model::SeekerHandle& handle) {
    const auto root = RootOf(context(), portal.PersonOf(handle));
    EXPECT_OK(root);
    return root.ok() ? *root : model::PersonId();
  }
  model::RequestId AskForErasure(EnrollingPortal& portal, const model::SeekerHandle& handle,
                                 const std::string& contact) {
    const auto statement = PrepareAct(context(), portal.call(), "erase", handle, {});
    EXPECT_OK(statement);
    EXPECT_OK(RequestCode(context(), portal.call(), handle, *statement));
    const auto asked = RequestErasure(context(), portal.call(), service_.NextKey(),
                                      {*statement, {}, service_.outbox().LastCodeFor(contact)});
    EXPECT_OK(asked);
    return asked.ok() ? *model::RequestId::Parse(asked->result) : model::RequestId();
  }
  void Destroy(EnrollingPortal& portal, const model::SeekerHandle& handle, int number) {
    const auto request =
        AskForErasure(portal, handle, "person" + std::to_string(number) + "@mail.example");
    EXPECT_OK(DestroyPerson(context(), service_.officer(),
                            {service_.NextKey(), request, "asked by the person"}));
  }

  std::optional<EnrollingPortal> first_, second_;
  model::SeekerHandle by_first_, by_second_;
};

TEST_F(OneByTwoPortals, ComeBeforeTheOfficerWithWhereEachCameFrom) {
  const ReviewView review = OnlyReview();
  EXPECT_EQ(review.record.state, ReviewRecord::State::kOpen);
  EXPECT_EQ(review.earlier.portal, "first-portal");
  EXPECT_EQ(review.earlier.handle, by_first_);
  EXPECT_EQ(review.later.portal, "second-portal");
  EXPECT_EQ(review.later.handle, by_second_);
  EXPECT_EQ(CountKeys("enrolment-contact/"), 0u);
  EXPECT_EQ(CountKeys("enrolment/"), 2u);
  EXPECT_EQ(Reviews().size(), 1u) << "asked again, there is still one";
}

TEST_F(OneByTwoPortals, AreOneAfterTheMergeAndTwoAfterItIsTakenBack) {
  const model::ReviewId review = OnlyReview().record.review;
  EXPECT_NE(Root(*first_, by_first_), Root(*second_, by_second_));
  EXPECT_EQ(CodeOf(Decide(review, ReviewDecision::kUnmerge)), ErrorCode::kStateConflict);
  ASSERT_OK(Decide(review, ReviewDecision::kMerge));
  EXPECT_EQ(Root(*first_, by_first_), Root(*second_, by_second_));
  EXPECT_TRUE(Reviews().empty());
  EXPECT_EQ(OnlyReview(false).record.state, ReviewRecord::State::kMerged);
  EXPECT_EQ(CodeOf(Decide(review, ReviewDecision::kMerge)), ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(Decide(review, ReviewDecision::kKeepApart)), ErrorCode::kStateConflict);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(Root(*first_, by_first_), Root(*second_, by_second_));
  ASSERT_OK(Decide(review, ReviewDecision::kUnmerge));
  EXPECT_NE(Root(*first_, by_first_), Root(*second_, by_second_));
  EXPECT_EQ(CountKeys("merge/"), 0u);
  EXPECT_EQ(OnlyReview(false).record.state, ReviewRecord::State::kApart);
  ASSERT_OK(Decide(review, ReviewDecision::kMerge)) << "the officer may think again";
}

TEST_F(OneByTwoPortals, StayTwoWhenTheyAreKeptApartHoweverOftenTheyCome) {
  ASSERT_OK(Decide(OnlyReview().record.review, ReviewDecision::kKeepApart));
  second_->Enrol(2, {kHanakosPhone});
  first_->Enrol(1, {kHanakosPhone, kHanakosPhone});
  EXPECT_TRUE(Reviews().empty());
  EXPECT_NE(Root(*first_, by_first_), Root(*second_, by_second_));
}

TEST_F(OneByTwoPortals, EveryDecisionIsInTheLogAndItVerifies) {
  const model::ReviewId review = OnlyReview().record.review;
  ASSERT_OK(Decide(review, ReviewDecision::kKeepApart));
  ASSERT_OK(Decide(review, ReviewDecision::kMerge));
  ASSERT_OK(Decide(review, ReviewDecision::kUnmerge));
  const auto count = [&](audit::Operation operation) {
    const auto entries = service_.Entries();
    return std::count_if(entries.begin(), entries.end(),
                         [&](const auto& entry) { return entry.operation == operation; });
  };
  EXPECT_EQ(count(audit::Operation::kKeepPeopleApart), 1);
  EXPECT_EQ(count(audit::Operation::kMergePeople), 1);
  EXPECT_EQ(count(audit::Operation::kUnmergePeople), 1);
  EXPECT_EQ(count(audit::Operation::kRotateEnrolmentKey), 1);
  EXPECT_OK(service_.CheckLog());
  EXPECT_OK(service_.VerifyExportedLog());
}

TEST_F(OneByTwoPortals, AThirdPortalIsComparedWithThePersonAndNotWithEachId) {
  ASSERT_OK(Decide(OnlyReview().record.review, ReviewDecision::kMerge));
  EnrollingPortal third(service_, "third-portal");
  const auto by_third = third.Enrol(3, {kHanakosPhone, kHanakosMail});
  const ReviewView review = OnlyReview();
  EXPECT_EQ(review.later.portal, "third-portal");
  ASSERT_OK(Decide(review.record.review, ReviewDecision::kMerge));
  EXPECT_EQ(Root(third, by_third), Root(*second_, by_second_));
  EXPECT_EQ(CountKeys("merge/"), 2u);
}

TEST_F(OneByTwoPortals, ThoseWhoAreOneByAnotherReviewNeedNoEntry) {
  EnrollingPortal third(service_, "third-portal");
  third.Enrol(3, {kHanakosPhone});
  const auto reviews = Reviews();  // second-first, third-first, third-second
  ASSERT_EQ(reviews.size(), 3u);
  for (const ReviewView& review : reviews) {
    ASSERT_OK(Decide(review.record.review, ReviewDecision::kMerge));
  }
  EXPECT_EQ(CountKeys("merge/"), 2u);
  EXPECT_EQ(CodeOf(Decide(reviews.back().record.review, ReviewDecision::kUnmerge)),
            ErrorCode::kStateConflict);
}

TEST_F(OneByTwoPortals, NobodyButTheOfficerSeesOrDecides) {
  const model::ReviewId review = OnlyReview().record.review;
  for (const Call& call : {first_->call(), service_.company()}) {
    EXPECT_EQ(CodeOf(ListReviews(context(), call, {}).status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(DecideReview(context(), call, "k", review, ReviewDecision::kMerge).status()),
              ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(RotateEnrolmentKey(context(), call, "k").status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(RetireEnrolmentKey(context(), call, "k", 1).status()), ErrorCode::kNotAllowed);
  }
  EXPECT_EQ(CodeOf(Decide(model::ReviewId::Generate(service_.random()), ReviewDecision::kMerge)),
            ErrorCode::kNotFound);
}

TEST_F(OneByTwoPortals, DestructionLeavesNothingOfThePersonAndTheOneWhoReturnsIsNew) {
  ASSERT_OK(Decide(OnlyReview().record.review, ReviewDecision::kMerge));
  const model::PersonId gone = second_->PersonOf(by_second_);
  Destroy(*second_, by_second_, 2);
  for (const storage::KeyValue& item : ContentOf(service_.data())) {
    if (item.key.starts_with("nonce/")) continue;  // goes by its day
    EXPECT_EQ(item.key.find(HexEncode(gone.bytes())), std::string::npos) << item.key;
  }
  EXPECT_EQ(CountKeys("enrolment/"), 1u);
  EXPECT_EQ(CountKeys("review/"), 0u);
  EXPECT_EQ(CountKeys("merge/"), 0u);
  EXPECT_TRUE(Reviews(false).empty());
  const auto back = second_->Enrol(2, {kHanakosPhone});
  EXPECT_NE(second_->PersonOf(back), gone);
  EXPECT_EQ(Reviews().size(), 1u);
}

TEST_F(OneByTwoPortals, ASubjectRecordOfAnOldImageDoesNotOpenAfterDestruction) {
  Reviews();
  std::vector<storage::KeyValue> before;
  for (storage::KeyValue& item : ContentOf(service_.data())) {
    if (item.key.starts_with("enrolment/")) before.push_back(std::move(item));
  }
  ASSERT_EQ(before.size(), 2u);
  Destroy(*first_, by_first_, 1);
  std::size_t open = 0;
  for (const storage::KeyValue& item : before) {
    const auto leaf = personal_data::SubjectLeaf(item.key, item.value, service_.keys());
    ASSERT_OK(leaf);
    open += service_.keyring().Open(*leaf).ok() ? 1 : 0;
  }
  EXPECT_EQ(open, 1u);
}

TEST_F(OneByTwoPortals, WhoIsDestroyedBeforeAnybodyLookedIsNeverMatched) {
  Destroy(*first_, by_first_, 1);
  EXPECT_EQ(CountKeys("enrolment-contact/"), 1u);
  EXPECT_TRUE(Reviews(false).empty());
  EXPECT_EQ(CountKeys("enrolment/"), 1u);
}

TEST_F(OneByTwoPortals, ASettlementIsDoneOnceWhereverThePowerFails) {
  for (std::uint64_t step = 0;; ++step) {
    service_.power().CrashAt(step, storage::CrashPoint::LastWrite::kWritten);
    (void)SettleEnrolments(context());
    const bool is_over = !service_.power().is_down();
    ASSERT_OK(service_.Restart());
    if (is_over) break;
  }
  EXPECT_EQ(Reviews().size(), 1u);
  EXPECT_EQ(CountKeys("review/"), 1u);
  EXPECT_EQ(CountKeys("enrolment/"), 2u);
}

class Rotation : public Enrolment {};

TEST_F(Rotation, TheNextContactMovesTheRecordAndTheOldVersionEnds) {
  EnrollingPortal first(service_, "first-portal");
  EnrollingPortal second(service_, "second-portal");
  first.Enrol(1, {kHanakosPhone});
  ASSERT_OK(SettleAllEnrolments(context()));
  EXPECT_EQ(CountKeys("enrolment/0000000000000001/"), 1u);
  Rotate(service_);
  second.Pin();
  second.Enrol(2, {kHanakosPhone});
  EXPECT_EQ(Reviews().size(), 1u) << "found by the old token";
  EXPECT_EQ(CountKeys("enrolment/0000000000000001/"), 0u);
  EXPECT_EQ(CountKeys("enrolment/0000000000000002/"), 2u);
  ASSERT_OK(Retire(1));
  EnrollingPortal third(service_, "third-portal");
  third.Enrol(3, {kHanakosPhone});
  EXPECT_EQ(Reviews().size(), 3u) << "found by the new token alone";
}

TEST_F(Rotation, OnesOwnNextContactMovesTheRecordToo) {
  EnrollingPortal portal(service_, "first-portal");
  const auto handle = portal.Enrol(1, {kHanakosPhone});
  Reviews();
  Rotate(service_);
  portal.Pin();
  EXPECT_EQ(portal.Enrol(1, {kHanakosPhone}), handle);
  EXPECT_TRUE(Reviews().empty());
  EXPECT_EQ(CountKeys("enrolment/0000000000000001/"), 0u);
  EXPECT_EQ(CountKeys("enrolment/0000000000000002/"), 1u);
  EXPECT_EQ(CountKeys("enrolment-of/"), 1u);
  EXPECT_EQ(CountKeys("enrolment-contact/"), 0u);
}

TEST_F(Rotation, WhoWasNotSeenInTimeIsNotMatchedAndStaysThePortals) {
  EnrollingPortal first(service_, "first-portal");
  EnrollingPortal second(service_, "second-portal");
  const auto handle = first.Enrol(1, {kHanakosPhone});
  Rotate(service_);
  ASSERT_OK(Retire(1));
  while (SettleEnrolments(context()).value()) {
  }
  EXPECT_EQ(CountKeys("enrolment/"), 0u);
  EXPECT_EQ(CountKeys("enrolment-of/"), 0u);
  second.Pin();
  second.Enrol(2, {kHanakosPhone});
  EXPECT_TRUE(Reviews().empty());
  EXPECT_OK(GetSeeker(context(), first.call(), handle));
}

TEST_F(Rotation, ContactsThatWaitMoveBeforeTheirVersionEnds) {
  EnrollingPortal first(service_, "first-portal");
  EnrollingPortal second(service_, "second-portal");
  first.Enrol(1, {kHanakosPhone});
  Rotate(service_);
  second.Pin();
  second.Enrol(2, {kHanakosPhone});
  ASSERT_OK(Retire(1));
  EXPECT_EQ(Reviews().size(), 1u);
}

TEST_F(Rotation, SubjectIdsAreOfExactlyTheVersionsThatLive) {
  EnrollingPortal portal(service_, "first-portal");
  const auto of_one = portal.SubjectIdsOf({kHanakosPhone});
  Rotate(service_);
  portal.Pin();
  const auto of_two = portal.SubjectIdsOf({kHanakosPhone});
  const auto code = [&](std::vector<SubjectIdentifier> ids) {
    return CodeOf(
        RegisterSeeker(context(), portal.call(), portal.RequestFor(1, std::move(ids))).status());
  };
  EXPECT_EQ(code(of_one), ErrorCode::kEnrolmentVersions);
  EXPECT_EQ(code({{of_two[0][0], of_two[0][0]}}), ErrorCode::kEnrolmentVersions);
  EXPECT_EQ(code({{of_two[0][0], {9, of_two[0][1].id}}}), ErrorCode::kEnrolmentVersions);
  EXPECT_EQ(code({SubjectIdentifier()}), ErrorCode::kEnrolmentVersions);
  EXPECT_EQ(code(std::vector<SubjectIdentifier>(5, of_two[0])), ErrorCode::kBadRequest);
  EXPECT_EQ(CountKeys("person/"), 0u) << "nobody is registered by a call that is refused";
  ASSERT_OK(Retire(1));
  EXPECT_EQ(code(of_two), ErrorCode::kEnrolmentVersions);
}

}  // namespace
}  // namespace noren::operations
