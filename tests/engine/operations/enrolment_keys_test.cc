// Enrolment keys and the evaluation of blinded identifiers: what a portal gets, what it may not
// have, and what is counted.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/oprf/blind_evaluator.h"
#include "engine/operations/officer_views.h"
#include "tests/crypto/oprf/refused_elements.h"
#include "tests/engine/operations/enrolment_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using testing::ElementsAre;

std::vector<std::string> ManyPhones(std::size_t count) {
  std::vector<std::string> phones;
  for (std::size_t i = 0; i < count; ++i) {
    phones.push_back("noren/v1/phone:+8190" + std::to_string(10'000'000 + i));
  }
  return phones;
}

TEST(EnrolmentKey, ThereIsNoneUntilTheOfficerMakesOne) {
  TestService service;
  EnrollingPortal portal(service, "first-portal");
  EXPECT_EQ(
      CodeOf(
          portal.Evaluate(EnrollingPortal::ElementsOf(portal.BlindAll({kHanakosPhone}))).status()),
      ErrorCode::kNoEnrolmentKey);
  EXPECT_EQ(Rotate(service), 1u);
}

TEST_F(Enrolment, TwoVersionsLiveAtMostAndTheNewestIsNeverRetired) {
  EXPECT_EQ(CodeOf(Retire(1)), ErrorCode::kStateConflict);
  EXPECT_EQ(Rotate(service_), 2u);
  EXPECT_EQ(CodeOf(RotateEnrolmentKey(context(), service_.officer(), service_.NextKey()).status()),
            ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(Retire(2)), ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(Retire(7)), ErrorCode::kNotFound);
  EXPECT_OK(Retire(1));
  EXPECT_EQ(CodeOf(Retire(1)), ErrorCode::kStateConflict);
  EXPECT_EQ(Rotate(service_), 3u);
  const auto keys = ListEnrolmentKeys(context(), service_.officer());
  ASSERT_OK(keys);
  std::vector<std::string> states;
  for (const PublicEnrolmentKey& key : *keys) states.push_back(key.state);
  EXPECT_THAT(states, ElementsAre("retired", "live", "live"));
  EXPECT_NE((*keys)[1].public_key, (*keys)[2].public_key);
}

TEST_F(Enrolment, KeysOutliveARestartAndARetiredSeedIsGone) {
  const auto before = ListEnrolmentKeys(context(), service_.officer());
  ASSERT_OK(service_.Restart());
  const auto after = ListEnrolmentKeys(context(), service_.officer());
  ASSERT_OK(after);
  EXPECT_EQ((*after)[0].public_key, (*before)[0].public_key);
  Rotate(service_);
  ASSERT_OK(Retire(1));
  const auto stored = LoadEnrolmentKeys(context());
  ASSERT_OK(stored);
  EXPECT_TRUE((*stored)[0].record.seed.empty());
  EXPECT_EQ((*stored)[1].record.seed.size(), 32u);
}

TEST_F(Enrolment, ThePortalsOutputIsTheServersOwnUnderEveryLiveVersion) {
  Rotate(service_);
  EnrollingPortal portal(service_, "first-portal");
  const auto ids = portal.SubjectIdsOf({kHanakosPhone, kHanakosMail});
  const auto keys = LoadLiveEnrolmentKeys(context());
  ASSERT_OK(keys);
  ASSERT_EQ(keys->size(), 2u);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ASSERT_EQ(ids[i].size(), 2u);
    for (std::size_t v = 0; v < 2; ++v) {
      const oprf::BlindEvaluator server(
          ServerKeyOf(ids[i][v].version, (*keys)[v].record.seed).value());
      const std::string& text = i == 0 ? kHanakosPhone : kHanakosMail;
      EXPECT_EQ(ids[i][v].id, server.Evaluate(AsBytes(text)).value());
    }
  }
  EXPECT_NE(ids[0][0].id, ids[0][1].id);
}

TEST_F(Enrolment, ABatchHasTenThousandElementsAtMostAndEachProofHolds) {
  EnrollingPortal portal(service_, "first-portal");
  const auto ids = portal.SubjectIdsOf(ManyPhones(10'000));
  EXPECT_EQ(ids.size(), 10'000u);
  EXPECT_EQ(CodeOf(portal.Evaluate(Bytes(32 * 10'001)).status()), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(portal.Evaluate({}).status()), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(portal.Evaluate(Bytes(33)).status()), ErrorCode::kBadRequest);
}

TEST_F(Enrolment, AnElementThatDoesNotDecodeIsNamedAndNothingIsAnswered) {
  EnrollingPortal portal(service_, "first-portal");
  const Bytes good = EnrollingPortal::ElementsOf(portal.BlindAll({kHanakosPhone, kHanakosMail}));
  for (const std::string_view name : oprf::kRefusedElements) {
    const Bytes bad = HexDecode(name).value();
    Bytes elements = good;
    elements.insert(elements.end(), bad.begin(), bad.end());
    const auto answer = portal.Evaluate(elements);
    EXPECT_EQ(CodeOf(answer.status()), ErrorCode::kBadElement) << name;
    EXPECT_EQ(model::FieldOf(answer.status()), "elements[2]") << name;
  }
}

class EnrolmentQuota : public Enrolment {
 protected:
  // The example's quota is 20,000 a day.
  Bytes Batch(std::size_t count) {
    const Bytes one = EnrollingPortal::ElementsOf(portal_->BlindAll({kHanakosPhone}));
    Bytes elements;
    for (std::size_t i = 0; i < count; ++i) elements.insert(elements.end(), one.begin(), one.end());
    return elements;
  }
  void SetUp() override {
    Enrolment::SetUp();
    portal_.emplace(service_, "first-portal");
  }
  std::optional<EnrollingPortal> portal_;
};

TEST_F(EnrolmentQuota, CountsElementsAndSaysWhenToComeAgain) {
  EXPECT_OK(portal_->Evaluate(Batch(10'000)));
  EXPECT_OK(portal_->Evaluate(Batch(9'999)));
  service_.faults().TakeWork();
  const auto refused = portal_->Evaluate(Batch(2));
  EXPECT_EQ(CodeOf(refused.status()), ErrorCode::kEnrolmentQuota);
  EXPECT_EQ(model::DetailOf(refused.status()), "left today: 1");
  EXPECT_EQ(service_.faults().TakeWork().commits, 0u);
  const std::int64_t wait_s = model::RetryAfterSecondsOf(refused.status());
  EXPECT_GT(wait_s, 0);
  EXPECT_LE(wait_s, 86'400);
  EXPECT_OK(portal_->Evaluate(Batch(1)));
  service_.clock().AdvanceSeconds(wait_s - 1);
  EXPECT_EQ(CodeOf(portal_->Evaluate(Batch(1)).status()), ErrorCode::kEnrolmentQuota);
  service_.clock().AdvanceSeconds(1);
  EXPECT_OK(portal_->Evaluate(Batch(1)));
}

TEST_F(EnrolmentQuota, OutlivesARestartAndIsThePortalsOwn) {
  EXPECT_OK(portal_->Evaluate(Batch(10'000)));
  ASSERT_OK(service_.Restart());
  EXPECT_OK(portal_->Evaluate(Batch(10'000)));
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(CodeOf(portal_->Evaluate(Batch(1)).status()), ErrorCode::kEnrolmentQuota);
  EnrollingPortal other(service_, "second-portal");
  EXPECT_OK(other.Evaluate(Batch(1)));
}

TEST_F(EnrolmentQuota, ARepeatedCallIsAnsweredAgainAndCountedOnce) {
  const Bytes elements = Batch(10'000);
  const std::string key = service_.NextKey();
  const auto first = portal_->Evaluate(elements, key);
  const auto again = portal_->Evaluate(elements, key);
  ASSERT_OK(first);
  ASSERT_OK(again);
  EXPECT_EQ(again->evaluations[0].proven.elements, first->evaluations[0].proven.elements);
  EXPECT_OK(portal_->Evaluate(Batch(10'000)));
  EXPECT_EQ(CodeOf(portal_->Evaluate(Batch(1)).status()), ErrorCode::kEnrolmentQuota);
  EXPECT_EQ(CodeOf(portal_->Evaluate(Batch(1), key).status()), ErrorCode::kConflict);
}

TEST_F(EnrolmentQuota, ABatchThatIsRefusedForAnElementStaysCounted) {
  Bytes elements = Batch(10'000);
  std::fill(elements.end() - 32, elements.end(), std::uint8_t{0});
  EXPECT_EQ(CodeOf(portal_->Evaluate(elements).status()), ErrorCode::kBadElement);
  EXPECT_OK(portal_->Evaluate(Batch(10'000)));
  EXPECT_EQ(CodeOf(portal_->Evaluate(Batch(1)).status()), ErrorCode::kEnrolmentQuota);
}

TEST_F(EnrolmentQuota, ADayBeginsOnceWhateverTheClockSays) {
  EXPECT_OK(portal_->Evaluate(Batch(10'000)));
  EXPECT_OK(portal_->Evaluate(Batch(10'000)));
  service_.clock().AdvanceSeconds(-3 * 86'400);
  EXPECT_EQ(CodeOf(portal_->Evaluate(Batch(1)).status()), ErrorCode::kEnrolmentQuota);
  service_.set_clock_confirmed(false);
  ASSERT_OK(service_.Restart());
  service_.clock().AdvanceSeconds(30 * 86'400);
  EXPECT_EQ(CodeOf(portal_->Evaluate(Batch(1)).status()), ErrorCode::kClockUntrusted);
}

TEST_F(EnrolmentQuota, ACrashAtAnyWriteNeverGivesElementsThatAreNotCounted) {
  EXPECT_OK(portal_->Evaluate(Batch(10'000)));
  service_.faults().FailAt(0, storage::StoreFault::kUnknownApplied);
  EXPECT_EQ(CodeOf(portal_->Evaluate(Batch(10'000)).status()), ErrorCode::kStorage);
  service_.faults().Restart();
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(CodeOf(portal_->Evaluate(Batch(1)).status()), ErrorCode::kEnrolmentQuota);
}

}  // namespace
}  // namespace noren::operations
