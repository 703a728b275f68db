// Blind enrolment as it is on the wire: two portals blind, evaluate, check the proofs against the
// keys they pinned and register the same invented person; the officer merges, and takes it back.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "crypto/oprf/blinded_input.h"
#include "server/services/officer_service.h"
#include "server/services/portal_service.h"
#include "tests/server/services/calls_fixture.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

using testing::SizeIs;

constexpr std::string_view kPhone = "noren/v1/phone:+819012345678";

wire::Profile SomeProfile() {
  wire::Profile profile;
  profile.occupations = {"ISCO-5322"};
  profile.regions = {"KR-11440"};
  return profile;
}

class EnrolmentCalls : public ::testing::Test {
 protected:
  EnrolmentCalls() {
    fixture_.parts().operations.time.Trust();
    wire::RotateAnswer answer;
    officer_->rotate_enrolment_key(answer, NextKey());
    EXPECT_EQ(answer.version, 1);
  }
  using Portal = Connection<PortalService>;

  oprf::PublicKey Pinned(Portal& portal, std::int32_t version) {
    std::vector<wire::EnrolmentKey> keys;
    portal->enrolment_keys(keys);
    for (const wire::EnrolmentKey& key : keys) {
      if (key.version == version)
        return oprf::PublicKey::FromBytes(AsBytes(key.public_key)).value();
    }
    return {};
  }
  wire::EvaluateAnswer Evaluate(Portal& portal, const std::string& elements) {
    wire::EvaluateRequest request;
    request.idempotency = NextKey();
    request.elements = elements;
    wire::EvaluateAnswer answer;
    portal->evaluate(answer, request);
    return answer;
  }
  // What the portal's own software does.
  wire::SubjectIdentifier IdentifierOf(Portal& portal, std::string_view text) {
    std::vector<oprf::BlindedInput> blinded;
    blinded.push_back(oprf::Blind(oprf::Mode::kVerifiable, AsBytes(text), random_).value());
    const auto answer = Evaluate(portal, std::string(AsText(blinded[0].element())));
    wire::SubjectIdentifier identifier;
    for (const wire::Evaluation& one : answer.evaluations) {
      const oprf::ProvenEvaluation proven{oprf::SplitElements(AsBytes(one.elements)).value(),
                                          oprf::ProofFromBytes(AsBytes(one.proof)).value()};
      const auto outputs = oprf::FinalizeProven(Pinned(portal, one.version), blinded, proven);
      EXPECT_OK(outputs);
      wire::SubjectId id;
      id.version = one.version;
      id.id = AsText(outputs->at(0));
      identifier.ids.push_back(id);
    }
    return identifier;
  }
  wire::RegisterSeekerAnswer Register(Portal& portal, const std::string& ref,
                                      const std::vector<wire::SubjectIdentifier>& identifiers) {
    wire::RegisterSeekerRequest request;
    request.idempotency = NextKey();
    request.ref = ref;
    request.profile = SomeProfile();
    request.contact = ref + "@mail.example";
    request.language = "ja";
    if (!identifiers.empty()) request.__set_identifiers(identifiers);
    wire::RegisterSeekerAnswer answer;
    portal->register_seeker(answer, request);
    return answer;
  }
  wire::ReviewPage Reviews(bool open_only, const std::string& cursor = "", std::int32_t limit = 0) {
    wire::PageRequest page;
    page.cursor = cursor;
    page.limit = limit;
    wire::ReviewPage answer;
    officer_->list_reviews(answer, page, open_only);
    return answer;
  }
  std::string Decide(const std::string& review, const std::string& decision) {
    try {
      wire::AuditPosition answer;
      officer_->decide_review(answer, NextKey(), review, decision);
      return "OK";
    } catch (const wire::ServiceError& error) {
      return error.code;
    }
  }

  ServiceFixture fixture_;
  SeededRandom random_{7};
  Portal first_{fixture_.parts(), {model::Role::kPortal, "first-portal"}};
  Portal second_{fixture_.parts(), {model::Role::kPortal, "second-portal"}};
  Connection<OfficerService> officer_{fixture_.parts(), {model::Role::kOfficer, "privacy"}};
};

TEST_F(EnrolmentCalls, OnePersonByTwoPortalsIsMergedAndUnmerged) {
  const auto one = Register(first_, "a", {IdentifierOf(first_, kPhone)});
  const auto two = Register(second_, "b", {IdentifierOf(second_, kPhone)});
  EXPECT_NE(one.handle, two.handle);
  const auto page = Reviews(true);
  ASSERT_THAT(page.reviews, SizeIs(1));
  const wire::EnrolmentReview& review = page.reviews[0];
  EXPECT_EQ(review.state, "open");
  EXPECT_THAT((std::vector{review.earlier.handle, review.later.handle}),
              testing::UnorderedElementsAre(one.handle, two.handle));
  EXPECT_EQ(Decide(review.review, "split"), "BAD_REQUEST");
  EXPECT_EQ(Decide(review.review, "merge"), "OK");
  EXPECT_EQ(Decide(review.review, "merge"), "STATE_CONFLICT");
  EXPECT_THAT(Reviews(true).reviews, SizeIs(0));
  EXPECT_EQ(Reviews(false).reviews.at(0).state, "merged");
  EXPECT_EQ(Decide(review.review, "unmerge"), "OK");
  EXPECT_EQ(Reviews(false).reviews.at(0).state, "apart");
  EXPECT_EQ(Decide("review-" + std::string(32, 'a'), "merge"), "NOT_FOUND");
}

TEST_F(EnrolmentCalls, ReviewsComeInPagesInTheOrderOfFinding) {
  for (int i = 0; i < 5; ++i) {
    const std::string phone = "noren/v1/phone:+81901234567" + std::to_string(i);
    Register(first_, "a" + std::to_string(i), {IdentifierOf(first_, phone)});
    Register(second_, "b" + std::to_string(i), {IdentifierOf(second_, phone)});
  }
  std::vector<std::string> seen;
  std::string cursor;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = Reviews(true, cursor, 2);
    EXPECT_LE(page.reviews.size(), 2u);
    for (const wire::EnrolmentReview& review : page.reviews) seen.push_back(review.review);
    cursor = page.next_cursor;
    if (cursor.empty()) break;
  }
  EXPECT_THAT(seen, SizeIs(5));
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_F(EnrolmentCalls, TheAnswerHasOneLengthWhoeverThePersonIs) {
  const auto length = [&](const std::string& ref, std::string_view phone) {
    const auto answer = Register(second_, ref, {IdentifierOf(second_, phone)});
    return answer.handle.size() + answer.audit.head.size() + answer.audit.promise.size();
  };
  Register(first_, "a", {IdentifierOf(first_, kPhone)});
  const std::size_t fresh = length("b", "noren/v1/phone:+819012345670");
  EXPECT_EQ(length("c", kPhone), fresh);
}

TEST_F(EnrolmentCalls, ARefusedBatchSaysWhereAndAUsedUpDaySaysWhen) {
  const std::string bad(32, '\xFF');
  try {
    Evaluate(first_, bad);
    FAIL() << "evaluated";
  } catch (const wire::ServiceError& error) {
    EXPECT_EQ(error.code, "BAD_ELEMENT");
    EXPECT_EQ(error.field, "elements[0]");
  }
  const auto element = oprf::Blind(oprf::Mode::kVerifiable, AsBytes(kPhone), random_)->element();
  std::string batch;
  for (int i = 0; i < 10'000; ++i) batch += AsText(element);
  Evaluate(first_, batch);
  try {
    Evaluate(first_, batch);  // one was counted with the bad batch: 20,000 a day
    FAIL() << "evaluated";
  } catch (const wire::ServiceError& error) {
    EXPECT_EQ(error.code, "ENROLMENT_QUOTA");
    EXPECT_TRUE(error.retryable);
    EXPECT_EQ(error.detail, "left today: 9999");
    EXPECT_GT(error.retry_after_ms, 0);
    EXPECT_LE(error.retry_after_ms, 86'400'000);
  }
}

TEST_F(EnrolmentCalls, KeysAreListedToPortalsAndOfficersAndRetiredByNumber) {
  wire::RotateAnswer rotated;
  officer_->rotate_enrolment_key(rotated, NextKey());
  EXPECT_EQ(rotated.version, 2);
  wire::AuditPosition position;
  officer_->retire_enrolment_key(position, NextKey(), 1);
  std::vector<wire::EnrolmentKey> of_portal;
  first_->enrolment_keys(of_portal);
  std::vector<wire::EnrolmentKey> of_officer;
  officer_->enrolment_key_versions(of_officer);
  EXPECT_EQ(of_portal, of_officer);
  ASSERT_THAT(of_portal, SizeIs(2));
  EXPECT_EQ(of_portal[0].state, "retired");
  EXPECT_GT(of_portal[0].retired_at, 0);
  EXPECT_EQ(of_portal[1].public_key.size(), 32u);
}

TEST_F(EnrolmentCalls, AnIdOfAnotherLengthIsRefused) {
  wire::SubjectIdentifier identifier = IdentifierOf(first_, kPhone);
  identifier.ids[0].id.pop_back();
  try {
    Register(first_, "a", {identifier});
    FAIL() << "registered";
  } catch (const wire::ServiceError& error) {
    EXPECT_EQ(error.code, "BAD_REQUEST");
    EXPECT_EQ(error.field, "identifiers");
  }
}

}  // namespace
}  // namespace noren::server
