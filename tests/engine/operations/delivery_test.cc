// Downloads: a stated reason, the end of the access, and that a delivery stops with the consent.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "engine/operations/officer_views.h"
#include "tests/engine/operations/after_release_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::DownloadReason;
using ::testing::ElementsAre;

class Download : public AfterRelease {};

TEST_F(Download, NeedsAReasonOfTheListOrOneInWords) {
  const TestApplication application = Apply(0);
  const auto code = [&](DownloadReason reason, const std::string& text) {
    return CodeOf(Collect(application, "order-1", reason, text).status());
  };
  EXPECT_EQ(code(DownloadReason::kOther, ""), ErrorCode::kReasonRequired);
  EXPECT_EQ(code(DownloadReason::kOther, "ab"), ErrorCode::kReasonRequired);
  EXPECT_EQ(code(DownloadReason::kOther, std::string(301, 'x')), ErrorCode::kReasonRequired);
  EXPECT_EQ(code(DownloadReason::kInterview, std::string(301, 'x')), ErrorCode::kReasonRequired);
  EXPECT_EQ(code(DownloadReason::kInterview, ""), ErrorCode::kNone);
  // The same order again: no way around the reason.
  EXPECT_EQ(code(DownloadReason::kOther, ""), ErrorCode::kReasonRequired);
  EXPECT_EQ(code(DownloadReason::kOther, "a question of the applicant"), ErrorCode::kNone);
}

TEST_F(Download, ThePersonReadsTheReasonOfEveryDownload) {
  const TestApplication application = Apply(0);
  const auto release = Collect(application, "order-1", DownloadReason::kInterview, "second round");
  ASSERT_OK(release);
  ASSERT_OK(ReadChunk(*release, 0));
  ASSERT_OK(Collect(application, "order-1", DownloadReason::kAudit));
  const auto record = ReadOwnRecord(context(), service_.portal(), ReadAct(0));
  ASSERT_OK(record);
  std::vector<std::string> reasons;
  for (const auto& disclosure : record->disclosures) reasons.push_back(disclosure.reason);
  EXPECT_THAT(reasons, ElementsAre("interview: second round", "interview: second round", "audit"));
}

class Delivery : public AfterRelease {
 protected:
  Delivery() { resume_bytes_ = std::size_t{3} << 20; }
};

TEST_F(Delivery, StopsWithinOneChunkOfAWithdrawalInTheMiddle) {
  const TestApplication application = Apply(0);
  const auto release = Collect(application);
  ASSERT_OK(release);
  std::size_t before = 0;
  while (before < (std::size_t{1} << 20)) {
    const auto chunk = ReadChunk(*release, before);
    ASSERT_OK(chunk);
    before += chunk->size();
  }
  ASSERT_OK(service_.WithdrawConsent(application));
  EXPECT_EQ(CodeOf(ReadChunk(*release, before).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_EQ(CodeOf(ReadChunk(*release, 0).status()), ErrorCode::kConsentWithdrawn);
}

// The person withdraws on another thread while the company reads on and on. What is answered after
// the acknowledgement is at most the one chunk that was judged before it.
TEST_F(Delivery, AnswersAtMost64KiBAfterAnAcknowledgedWithdrawal) {
  for (const std::size_t who : {0U, 1U, 2U, 3U}) {
    const TestApplication application = Apply(who);
    const auto release = Collect(application);
    ASSERT_OK(release);
    std::atomic<bool> acknowledged{false};
    std::atomic<std::size_t> read{0};
    std::size_t after = 0;
    ErrorCode ended = ErrorCode::kNone;
    std::thread company([&] {
      for (std::uint64_t offset = 0;;) {
        const auto chunk = ReadChunk(*release, offset);
        const bool late = acknowledged.load();
        if (CodeOf(chunk.status()) == ErrorCode::kRetryLater) continue;  // decided meanwhile
        if (!chunk.ok()) {
          ended = CodeOf(chunk.status());
          return;
        }
        if (late) after += chunk->size();
        read += chunk->size();
        offset = chunk->empty() ? 0 : offset + chunk->size();  // from the start once more
      }
    });
    while (read < (std::size_t{1} << 20) * (1 + who)) std::this_thread::yield();
    EXPECT_OK(service_.WithdrawConsent(application));
    acknowledged = true;
    company.join();
    EXPECT_EQ(ended, ErrorCode::kConsentWithdrawn);
    EXPECT_LE(after, kMaxPayloadChunkBytes);
  }
}

class Access : public AfterRelease {
 protected:
  // The policy's 90 days of access would end with the consent's 90: the release comes later, so
  // that each ends by itself.
  std::int64_t access_days() { return context().policy.release.access_days; }
};

TEST_F(Access, EndsWithAStableCodeForCollectingAndReading) {
  const TestApplication application = Apply(0);
  const auto release = Collect(application);
  ASSERT_OK(release);
  service_.clock().AdvanceSeconds(access_days() * kDay - 1);
  EXPECT_OK(Collect(application));
  EXPECT_OK(ReadChunk(*release, 0));
  // The consent was given in the same second: it ends with the access.
  service_.clock().AdvanceSeconds(1);
  EXPECT_EQ(CodeOf(Collect(application).status()), ErrorCode::kConsentExpired);
  EXPECT_EQ(CodeOf(ReadChunk(*release, 0).status()), ErrorCode::kConsentExpired);
}

TEST_F(Access, EndsBeforeTheConsentWhereThePolicySaysSo) {
  SetReleaseRules({.access_days = 10, .acknowledge_days = 7, .question_days = 10});
  const TestApplication application = Apply(0);
  const auto release = Collect(application);
  ASSERT_OK(release);
  PassDays(10);
  EXPECT_EQ(CodeOf(Collect(application).status()), ErrorCode::kAccessExpired);
  EXPECT_EQ(CodeOf(ReadChunk(*release, 0).status()), ErrorCode::kAccessExpired);
  // Another order is another release, with a reason and a line of its own.
  EXPECT_OK(Collect(application, "order-2"));
}

TEST_F(Access, ARepeatedRequestIsNoWayAroundTheEnd) {
  SetReleaseRules({.access_days = 1, .acknowledge_days = 7, .question_days = 10});
  const TestApplication application = Apply(0);
  const CollectRequest request{"the-same-key", application.candidate, "order-1", "",
                               DownloadReason::kScreening};
  service_.clock().AdvanceSeconds(1);
  ASSERT_OK(CollectRelease(context(), service_.company(), request));
  EXPECT_OK(CollectRelease(context(), service_.company(), request));
  service_.clock().AdvanceSeconds(kDay);
  EXPECT_EQ(CodeOf(CollectRelease(context(), service_.company(), request).status()),
            ErrorCode::kAccessExpired);
}

TEST_F(Access, AClockThatGoesBackOpensNothing) {
  SetReleaseRules({.access_days = 10, .acknowledge_days = 7, .question_days = 10});
  const TestApplication application = Apply(0);
  const auto release = Collect(application);
  ASSERT_OK(release);
  PassDays(10);
  EXPECT_EQ(Duties(service_.company()).size(), 1u);
  PassDays(-9);
  EXPECT_EQ(CodeOf(Collect(application).status()), ErrorCode::kAccessExpired);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(CodeOf(ReadChunk(*release, 0).status()), ErrorCode::kAccessExpired);
  EXPECT_EQ(Duties(service_.company()).size(), 1u);
}

TEST_F(Access, AClockAheadThatNobodyVouchesForEndsNothing) {
  SetReleaseRules({.access_days = 10, .acknowledge_days = 7, .question_days = 10});
  const TestApplication application = Apply(0);
  const auto release = Collect(application);
  ASSERT_OK(release);
  service_.set_clock_confirmed(false);
  PassDays(3650);
  ASSERT_OK(service_.Restart());
  EXPECT_TRUE(Duties(service_.company()).empty());
  EXPECT_EQ(Kinds(service_.company()), std::vector<std::string>({"answer:granted"}));
  EXPECT_EQ(CodeOf(Collect(application).status()), ErrorCode::kClockUntrusted);
  PassDays(-3650);
  ASSERT_OK(
      ConfirmClock(context(), service_.officer(), service_.NextKey(), service_.clock().Now()));
  EXPECT_OK(Collect(application));
  EXPECT_OK(ReadChunk(*release, 0));
}

}  // namespace
}  // namespace noren::operations
