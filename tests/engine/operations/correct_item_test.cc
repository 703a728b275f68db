// A corrected item takes the place of the wrong one, and whoever was granted the wrong one gets
// neither until the person says yes to the right one.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "crypto/agefile/agefile.h"
#include "engine/operations/events.h"
#include "engine/operations/put_item.h"
#include "tests/engine/operations/rights_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::ConsentState;
using storage::CrashPoint;

struct CorrectionScene : RightsScene {
  CorrectionScene() : RightsScene("mapo") { identity.emplace(service.AddKey()); }

  model::RequestId Accepted(std::size_t i) {
    const model::RequestId request = Ready(Right::kCorrect, i, {resumes[i]});
    EXPECT_OK(Decide(request));
    return request;
  }
  StatusOr<model::UploadId> Begin(std::size_t i, const model::ItemId& replaces) {
    BeginItemRequest request{service.NextKey(), people[i]->handle, model::ItemKind::kResume,
                             "application/pdf", "document.pdf"};
    request.replaces = replaces;
    return BeginItem(context(), service.portal(), request);
  }
  StatusOr<FinishedItem> Correct(std::size_t i, const Bytes& plaintext) {
    const auto upload = Begin(i, resumes[i]);
    if (!upload.ok()) return upload.status();
    EXPECT_OK(AppendItem(context(), service.portal(), *upload, 0, plaintext));
    return FinishItem(
        context(), service.portal(),
        {service.NextKey(), *upload, plaintext.size(), primitives::Sha256(plaintext)});
  }
  ConsentState StateOf(std::size_t i, const TestApplication& application) {
    const auto person = LoadPersonByHandle(context(), "first-portal", people[i]->handle);
    EXPECT_OK(person);
    const auto consent = LoadConsentOf(context(), *person, application.consent);
    EXPECT_OK(consent);
    return consent.ok() ? consent->version.state : ConsentState::kRequested;
  }
  ErrorCode CodeOfCollecting(const TestApplication& application) {
    return CodeOf(Collect(application).status());
  }
  // What the company reads, opened with its key.
  Bytes Document(const TestApplication& application) {
    const auto release = Collect(application);
    EXPECT_OK(release);
    if (!release.ok()) return {};
    for (const personal_data::ReleasedItem& item : release->record.items) {
      if (item.kind != model::ItemKind::kResume) continue;
      Bytes file = item.header;
      const auto payload =
          ReadPayload(context(), service.company(), release->record.release, item.item, 0);
      EXPECT_OK(payload);
      file.insert(file.end(), payload->begin(), payload->end());
      const auto opened = agefile::DecryptFile(file, *identity);
      EXPECT_OK(opened);
      return opened.ok() ? *opened : Bytes();
    }
    return {};
  }

  const Bytes right = SomeBytes(4711, 1200);
  std::optional<agefile::Identity> identity;
};

TEST(CorrectedItem, TakesThePlaceOnlyOnceItsCorrectionIsAccepted) {
  CorrectionScene scene;
  const auto code_of_begin = [&scene](std::size_t item) {
    return CodeOf(scene.Begin(0, scene.resumes[item]).status());
  };
  EXPECT_EQ(code_of_begin(0), ErrorCode::kStateConflict);
  const model::RequestId request = scene.Ready(Right::kCorrect, 0, {scene.resumes[0]});
  EXPECT_EQ(code_of_begin(0), ErrorCode::kStateConflict) << "not decided";
  ASSERT_OK(scene.Decide(request));
  EXPECT_EQ(code_of_begin(0), ErrorCode::kNone);
  EXPECT_EQ(CodeOf(scene.Begin(0, scene.names[0]).status()), ErrorCode::kStateConflict)
      << "not named by the request";
  EXPECT_EQ(code_of_begin(1), ErrorCode::kStateConflict) << "another person's item";
  ASSERT_OK(scene.Correct(0, scene.right));
  ASSERT_OK(scene.Settle(request, true, true));
  EXPECT_EQ(code_of_begin(0), ErrorCode::kStateConflict) << "carried out";
}

TEST(CorrectedItem, EndsTheGrantsOfTheWrongOneAndTheCompanyAsksAgain) {
  CorrectionScene scene;
  const model::RequestId request = scene.Accepted(0);
  ASSERT_OK(scene.Correct(0, scene.right));
  EXPECT_EQ(scene.StateOf(0, scene.first), ConsentState::kSuperseded);
  EXPECT_EQ(scene.StateOf(1, scene.second), ConsentState::kGranted);
  ASSERT_OK(scene.Settle(request, true, true));
  EXPECT_EQ(scene.CodeOfCollecting(scene.first), ErrorCode::kConsentMissing);
  EXPECT_EQ(scene.CodeOfCollecting(scene.second), ErrorCode::kNone);

  scene.service.InviteAll(scene.first.posting);
  const TestApplication again = scene.service.Grant(*scene.people[0], scene.first.posting);
  EXPECT_EQ(scene.Document(again), scene.right);
  EXPECT_OK(scene.service.CheckLog());
}

TEST(CorrectedItem, IsWhatAnInvitationThatWasOpenIsAnsweredWith) {
  CorrectionScene scene;
  const model::PostingId posting = scene.service.RegisterPosting();
  scene.service.InviteAll(posting);
  const model::RequestId request = scene.Accepted(2);
  ASSERT_OK(scene.Correct(2, scene.right));
  ASSERT_OK(scene.Settle(request, true, true));
  EXPECT_EQ(scene.Document(scene.service.Grant(*scene.people[2], posting)), scene.right);
}

TEST(CorrectedItem, IsToldToTheCompanyAndToThePortal) {
  CorrectionScene scene;
  (void)scene.Accepted(0);
  ASSERT_OK(scene.Correct(0, scene.right));
  const auto corrections = [&scene](const Call& call) {
    std::vector<Event> found;
    const auto events = ReadEvents(scene.context(), call, 0, kMaxEventRows);
    EXPECT_OK(events);
    if (!events.ok()) return found;
    for (const PositionedEvent& row : events->events)
      if (row.event.kind == EventKind::kCorrection) found.push_back(row.event);
    return found;
  };
  const auto company = corrections(scene.service.company());
  ASSERT_EQ(company.size(), 1u);
  EXPECT_EQ(company[0].subject, scene.first.candidate.ToString());
  EXPECT_EQ(company[0].detail, "resume");
  EXPECT_EQ(company[0].object, "");
  const auto portal = corrections(scene.service.portal());
  ASSERT_EQ(portal.size(), 1u);
  EXPECT_EQ(portal[0].subject, scene.people[0]->handle.ToString());
  EXPECT_EQ(portal[0].object, scene.first.consent.ToString());
}

// The backup knows the grant and the wrong item. The grant does not come back.
TEST(CorrectedItem, IsNotUndoneByAnOlderBackup) {
  CorrectionScene scene;
  const auto backup = CopyOf(scene.service.data());
  const model::RequestId request = scene.Accepted(0);
  ASSERT_OK(scene.Correct(0, scene.right));
  ASSERT_OK(scene.Settle(request, true, true));
  ASSERT_OK(scene.RestoreBackup(*backup));
  EXPECT_NE(scene.CodeOfCollecting(scene.first), ErrorCode::kNone);
  EXPECT_EQ(scene.StateOf(0, scene.first), ConsentState::kWithdrawn);
  EXPECT_EQ(scene.CodeOfCollecting(scene.second), ErrorCode::kNone);
}

class CorrectedItemPower : public ::testing::TestWithParam<CrashPoint::LastWrite> {};

// Whatever the moment: with the item as it was, or with the right one and no grant of the wrong
// one; and the correction can be done again.
TEST_P(CorrectedItemPower, LeavesNoGrantOfWhatIsNotThere) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    CorrectionScene scene;
    const model::RequestId request = scene.Accepted(0);
    scene.service.power().CrashAt(step, GetParam());
    const bool was_done = scene.Correct(0, scene.right).ok();
    const bool crashed = scene.service.power().is_down();
    ASSERT_OK(scene.service.Restart());
    const bool can_be_closed = scene.Settle(request, true, true).ok();
    EXPECT_TRUE(can_be_closed || !was_done);
    if (!can_be_closed) {
      ASSERT_OK(scene.Correct(0, scene.right));
      ASSERT_OK(scene.Settle(request, true, true));
    }
    EXPECT_EQ(scene.StateOf(0, scene.first), ConsentState::kSuperseded);
    EXPECT_EQ(scene.CodeOfCollecting(scene.first), ErrorCode::kConsentMissing);
    EXPECT_OK(scene.service.CheckLog());
    if (!crashed) return;
  }
}

INSTANTIATE_TEST_SUITE_P(LastWrite, CorrectedItemPower,
                         ::testing::Values(CrashPoint::LastWrite::kLost,
                                           CrashPoint::LastWrite::kWritten));

// What an officer accepts erases as the person's own act does.
TEST(ErasureByAnOfficer, StopsUseAndProvisionUntilThePersonIsDestroyed) {
  RightsScene scene("sapporo-ui");
  const model::RequestId request = scene.Ready(Right::kErase, 0);
  ASSERT_OK(scene.Decide(request));
  EXPECT_EQ(scene.CollectWord(), "E_EXPIRED");
  EXPECT_FALSE(scene.IsRanked(0));
  EXPECT_TRUE(scene.IsRanked(2));
}

}  // namespace
}  // namespace noren::operations
