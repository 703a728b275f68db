// The honest case: a notice that declares no resume and no recipient lets nobody upload the one or
// hand anything to the other, and the log says by which clause. Its next version declares both.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/audit/operation.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/rank.h"
#include "engine/policy/decisions.h"
#include "tests/engine/operations/operator_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using testing::Contains;

class Gojobs : public OperatorTest {};

TEST_F(Gojobs, RefusesAResumeByTheClauseAndKeepsNothing) {
  Use("gojobs");
  const auto member = service_.Register(1);
  const std::size_t stored = ContentOf(service_.data()).size();
  const Status refusal = Take(*member, model::ItemKind::kResume);
  EXPECT_EQ(CodeOf(refusal), ErrorCode::kNoFile);
  EXPECT_THAT(policy::ClausesOf(refusal), Contains("G-6"));
  const audit::AuditEntry entry = LastRefusal();
  EXPECT_EQ(entry.operation, audit::Operation::kPutItem);
  EXPECT_EQ(entry.outcome, ErrorCode::kNoFile);
  EXPECT_EQ(entry.clause_ids, policy::ClausesOf(refusal));
  EXPECT_TRUE(entry.subject.has_value());
  // The entry, its node and its opening; no item, no upload.
  EXPECT_LE(ContentOf(service_.data()).size(), stored + 4);
  EXPECT_OK(service_.CheckLog());
}

TEST_F(Gojobs, RegistersItsMembersByTheFileItDeclares) {
  Use("gojobs");
  (void)service_.Register(1);
  const audit::AuditEntry last = service_.Entries().back();
  EXPECT_EQ(last.operation, audit::Operation::kRegisterSeeker);
  EXPECT_THAT(last.clause_ids, Contains("G-6"));
}

TEST_F(Gojobs, RanksNobody) {
  Use("gojobs");
  const auto member = service_.Register(1);
  const model::PostingId posting = service_.RegisterPosting();
  const Status people = RankCandidates(context(), service_.portal(), posting, 5).status();
  EXPECT_EQ(CodeOf(people), ErrorCode::kPurposeUndeclared);
  EXPECT_THAT(policy::ClausesOf(people), Contains("G-11"));
  EXPECT_EQ(LastRefusal().clause_ids, policy::ClausesOf(people));
  EXPECT_EQ(CodeOf(RankPostings(context(), service_.portal(), member->handle, 5).status()),
            ErrorCode::kPurposeUndeclared);
  EXPECT_EQ(CodeOf(ListCards(context(), service_.company(), posting, 0, 5).status()),
            ErrorCode::kPurposeUndeclared);
}

TEST_F(Gojobs, ItsNextVersionTakesTheResumeAndReleasesIt) {
  Use("gojobs-next");
  const TestApplication application = Apply();
  const auto released = Collect(application);
  ASSERT_OK(released);
  EXPECT_THAT(released->record.manifest, testing::HasSubstr("G-25"));
  const audit::AuditEntry last = service_.Entries().back();
  EXPECT_EQ(last.operation, audit::Operation::kCollectRelease);
  EXPECT_THAT(last.clause_ids, Contains("G-16"));
  EXPECT_OK(service_.VerifyExportedLog());
}

TEST_F(Gojobs, ReleasesNothingOfWhatAnotherVersionWasConsentedUnder) {
  Use("gojobs-next");
  const TestApplication application = Apply();
  const auto released = Collect(application);
  ASSERT_OK(released);
  Use("gojobs");
  const Status refusal = Collect(application).status();
  EXPECT_EQ(CodeOf(refusal), ErrorCode::kNoProvisionDeclared);
  EXPECT_THAT(policy::ClausesOf(refusal), Contains("G-25"));
  EXPECT_EQ(LastRefusal().operation, audit::Operation::kCollectRelease);
  EXPECT_EQ(LastRefusal().clause_ids, policy::ClausesOf(refusal));
  // Nor is the rest of a download given that was begun before.
  EXPECT_EQ(CodeOf(ReadPayload(context(), service_.company(), released->record.release,
                               released->record.items.at(0).item, 0)
                       .status()),
            ErrorCode::kNoProvisionDeclared);
}

}  // namespace
}  // namespace noren::operations
