// Who is kept until when, who is asked before, who is due, and that what is due goes by a plan of
// destruction and by nothing else.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/retention.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "crypto/base/encoding.h"
#include "engine/operations/events.h"
#include "engine/operations/kept_until.h"
#include "tests/engine/operations/market_fixture.h"
#include "tests/engine/operations/rights_fixture.h"
#include "tests/support/folders.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using policy::NoticeKind;
using policy::calendar::Standing;
using storage::CrashPoint;

constexpr std::int64_t kDay = 86400;

// People were registered on 5 January 2026.
struct RetentionScene : RightsScene {
  explicit RetentionScene(std::string_view name = "gojobs", int count = 4)
      : RightsScene(name, count) {}
  void GoTo(std::string_view day) {
    const std::int32_t days = model::ParseCivilDay(day).value().days_since_1970;
    const std::int64_t noon = days * kDay + 12 * 3600 - context().policy.utc_offset_seconds;
    service.clock().AdvanceSeconds(noon - service.clock().Now().value);
  }
  std::vector<RetentionRow> List(RetentionFilter filter) {
    const auto rows = ListRetention(context(), service.officer(), {filter, {}, {}});
    EXPECT_OK(rows);
    return rows.ok() ? *rows : std::vector<RetentionRow>();
  }
  RetentionRow Row(std::size_t i) {
    for (RetentionRow& row : List(RetentionFilter::kAll)) {
      if (row.named.handle == people[i]->handle) return row;
    }
    ADD_FAILURE() << "no row";
    return {};
  }
  std::string Dates(std::size_t i) {
    const RetentionRow row = Row(i);
    return model::ToIso(row.due.kept_until) + " " + model::ToIso(row.due.destroy_by);
  }
  RetentionRun Run() {
    const auto run = RunRetention(context(), service.officer());
    EXPECT_OK(run);
    return run.ok() ? *run : RetentionRun();
  }
  Status Note(std::size_t i, std::optional<std::int32_t> graduation, bool confirmed) {
    return NoteRetention(context(), service.officer(),
                         {service.NextKey(), Named(i), graduation, confirmed})
        .status();
  }
  StatusOr<PlannedDestruction> PlanDue() {
    return PlanRetention(context(), service.officer("planner"),
                         {service.NextKey(), "the period is over"});
  }
  std::size_t Messages() {
    return static_cast<std::size_t>(std::ranges::count_if(
        service.outbox().messages(), [](const personal_data::OutboxMessage& message) {
          return message.kind == personal_data::MessageKind::kDestruction;
        }));
  }
};

// G-10, G-36, G-26
TEST(Retention, GojobsEndsTwoYearsAfterTheLatestConsent) {
  RetentionScene scene;
  EXPECT_EQ(scene.Dates(0), "2028-01-05 2028-01-10");
  scene.GoTo("2027-06-01");
  ASSERT_OK(scene.Note(0, std::nullopt, true));
  EXPECT_EQ(scene.Dates(0), "2029-06-01 2029-06-06");
  EXPECT_EQ(scene.Dates(1), "2028-01-05 2028-01-10");
}

TEST(Retention, TheQueueFollowsTheDays) {
  RetentionScene scene;
  EXPECT_TRUE(scene.List(RetentionFilter::kQueue).empty());
  EXPECT_EQ(scene.List(RetentionFilter::kAll).size(), 4u);
  scene.GoTo("2028-01-05");
  EXPECT_TRUE(scene.List(RetentionFilter::kDue).empty());
  scene.GoTo("2028-01-06");
  EXPECT_EQ(scene.List(RetentionFilter::kDue).size(), 4u);
  EXPECT_TRUE(scene.List(RetentionFilter::kOverdue).empty());
  scene.GoTo("2028-01-11");
  EXPECT_EQ(scene.List(RetentionFilter::kOverdue).size(), 4u);
  const auto window = ListRetention(
      scene.context(), scene.service.officer(),
      {RetentionFilter::kAll, model::ParseCivilDay("2028-01-11").value(), std::nullopt});
  ASSERT_OK(window);
  EXPECT_TRUE(window->empty());
}

// G-36: asked thirty days before, once, at the person's own contact and through the portal.
TEST(Retention, PeopleAreAskedOnceBeforeTheEnd) {
  RetentionScene scene;
  scene.GoTo("2027-12-06");
  EXPECT_EQ(scene.Run().notices, 0u);
  scene.GoTo("2027-12-07");
  EXPECT_EQ(scene.List(RetentionFilter::kQueue).size(), 4u);
  EXPECT_EQ(scene.Run().notices, 4u);
  EXPECT_EQ(scene.Run().notices, 0u);
  EXPECT_EQ(scene.Messages(), 4u);
  EXPECT_TRUE(scene.List(RetentionFilter::kQueue).empty());
  const auto events = ReadEvents(scene.context(), scene.service.portal(), 0, 200);
  ASSERT_OK(events);
  std::size_t told = 0;
  for (const PositionedEvent& one : events->events)
    told += one.event.kind == EventKind::kRetention && one.event.detail == "reconsent" ? 1 : 0;
  EXPECT_EQ(told, 4u);
}

// S-62, S-63, S-64
TEST(Retention, ASapporoStudentIsNotEndedBeforeTheMail) {
  RetentionScene scene("sapporo-ui");
  ASSERT_OK(scene.Note(0, 2025, false));
  EXPECT_EQ(scene.Row(0).due.retention, "sapporo-ui.student");
  EXPECT_EQ(scene.Row(1).due.retention, "sapporo-ui.non_student");
  scene.GoTo("2027-04-01");
  EXPECT_EQ(scene.Row(0).due.standing, Standing::kBlocked);
  EXPECT_EQ(CodeOf(scene.PlanDue().status()), ErrorCode::kNotFound);
  const RetentionRun run = scene.Run();
  EXPECT_EQ(run.blocked, 1u);
  EXPECT_EQ(run.notices, 1u);
  EXPECT_EQ(scene.Row(0).due.standing, Standing::kDue);
  ASSERT_OK(scene.Note(0, std::nullopt, true));
  EXPECT_EQ(scene.Row(0).due.standing, Standing::kKept) << "who has just answered stays";
}

// S-62: who finished long ago registers as somebody who is no student.
TEST(Retention, AYearWhoseTimeIsOverIsNoStudents) {
  RetentionScene scene("sapporo-ui");
  scene.GoTo("2026-06-01");
  EXPECT_EQ(CodeOf(scene.Note(0, 2024, false)), ErrorCode::kOutOfRange);
  EXPECT_EQ(scene.Row(0).due.retention, "sapporo-ui.non_student");
  ASSERT_OK(scene.Note(0, 2025, false));
  scene.GoTo("2027-06-01");
  ASSERT_OK(scene.Note(0, 2025, true)) << "as it is";
}

// M-12, M-52
TEST(Retention, AtMapoWhoLeavesIsLockedUntilTheHalfYear) {
  RetentionScene scene("mapo");
  EXPECT_TRUE(scene.List(RetentionFilter::kAll).empty());
  scene.GoTo("2026-03-10");
  scene.service.AskForErasure(*scene.people[0]);
  EXPECT_EQ(scene.Dates(0), "2026-03-10 2026-07-15");
  scene.GoTo("2026-03-11");
  EXPECT_EQ(scene.Row(0).due.standing, Standing::kWaiting);
  EXPECT_EQ(CodeOf(scene.PlanDue().status()), ErrorCode::kNotFound);
  scene.GoTo("2026-07-01");
  EXPECT_EQ(scene.Row(0).due.standing, Standing::kDue);
  scene.GoTo("2026-07-16");
  EXPECT_EQ(scene.Row(0).due.standing, Standing::kOverdue);
}

// M-12, D-9: used and provided to nobody from the end on, also after a restore.
TEST(Retention, WhosePeriodIsOverIsLocked) {
  RetentionScene scene("mapo");
  scene.GoTo("2026-03-10");
  scene.service.AskForErasure(*scene.people[0]);
  EXPECT_EQ(scene.Run().locked, 0u) << "the last day is a day of use";
  scene.GoTo("2026-03-11");
  const auto backup = CopyOf(scene.service.data());
  EXPECT_EQ(scene.Run().locked, 1u);
  EXPECT_EQ(scene.Run().locked, 0u);
  EXPECT_FALSE(scene.IsRanked(0));
  EXPECT_TRUE(scene.IsRanked(1));
  EXPECT_EQ(scene.CountKeys("freeze/"), 1u);
  ASSERT_OK(scene.RestoreBackup(*backup));
  EXPECT_FALSE(scene.IsRanked(0));
  EXPECT_EQ(scene.CountKeys("rights/"), 0u) << "there is no request behind it";
}

TEST(Retention, ALockedPersonsReleaseIsRefusedAndALateWordUnlocks) {
  RetentionScene scene("gojobs");
  scene.GoTo("2028-01-06");
  EXPECT_EQ(scene.Run().locked, 4u);
  const auto own =
      RankPostings(scene.context(), scene.service.portal(), scene.people[0]->handle, 5);
  EXPECT_EQ(RightsScene::Word(own.status()), "E_EXPIRED");
  EXPECT_EQ(RightsScene::Word(scene.Note(0, std::nullopt, true)), "E_EXPIRED") << "a maximum";
  scene.Run();
  EXPECT_FALSE(scene.IsRanked(0));
}

// S-62: a minimum that is over waits for the officer; who answers before stays.
TEST(Retention, ALateWordUnlocksWhereThePeriodIsAMinimum) {
  RetentionScene scene("sapporo-ui");
  ASSERT_OK(scene.Note(0, 2025, false));
  scene.GoTo("2027-04-01");
  scene.Run();
  EXPECT_EQ(scene.Run().locked, 1u);
  EXPECT_FALSE(scene.IsRanked(0));
  ASSERT_OK(scene.Note(0, std::nullopt, true));
  scene.Run();
  EXPECT_TRUE(scene.IsRanked(0));
}

// G-10, G-37: the date itself, and not a run, ends the use; it is refused everywhere.
TEST(Retention, NobodyIsUsedAfterTheLastDayWithoutAnyRun) {
  RetentionScene scene;
  scene.GoTo("2028-01-05");
  EXPECT_TRUE(scene.IsRanked(0));
  scene.GoTo("2028-01-06");
  EXPECT_EQ(scene.CountKeys("freeze/"), 0u);
  ASSERT_OK(EndByDate(scene.context()));  // as whatever asks the market does
  EXPECT_FALSE(scene.IsRanked(0));
  const auto own =
      RankPostings(scene.context(), scene.service.portal(), scene.people[0]->handle, 5);
  EXPECT_EQ(RightsScene::Word(own.status()), "E_EXPIRED");
  EXPECT_EQ(scene.context().market.people_count(), 0u);
  ASSERT_OK(scene.service.Restart());
  EXPECT_EQ(scene.context().market.people_count(), 0u) << "nor after a start";
}

// A snapshot of before does not bring them back: it says until when people may be used, and whoever
// is over is out before the first question. It is used all the same.
TEST(Retention, WhoEndedWhileTheServiceWasDownIsNotInTheMarketAfterAStart) {
  RetentionScene scene;
  MemorySnapshotPlace place;
  scene.service.set_snapshot_place(&place);
  scene.GoTo("2027-06-01");
  ASSERT_OK(scene.Note(0, std::nullopt, true));
  Market& market = scene.context().market;
  ASSERT_OK(market.SaveSnapshot(place, scene.service.random(), scene.service.clock().Now()));
  scene.GoTo("2028-01-06");
  ASSERT_OK(scene.service.Restart());
  EXPECT_TRUE(scene.service.market_load().from_snapshot) << scene.service.market_load().refusal;
  EXPECT_EQ(scene.context().market.people_count(), 1u);
  EXPECT_TRUE(scene.IsRanked(0));
  EXPECT_FALSE(scene.IsRanked(1));
  scene.GoTo("2029-06-02");
  ASSERT_OK(EndByDate(scene.context()));
  EXPECT_EQ(scene.context().market.people_count(), 0u) << "the days came with the snapshot";
}

// Who confirms moves their own day and nobody else's.
TEST(Retention, ALastDayThatHasMovedIsReadAgain) {
  RetentionScene scene;
  scene.GoTo("2027-06-01");
  ASSERT_OK(scene.Note(0, std::nullopt, true));
  scene.GoTo("2028-01-06");
  ASSERT_OK(EndByDate(scene.context()));
  EXPECT_TRUE(scene.IsRanked(0));
  EXPECT_FALSE(scene.IsRanked(1));
  scene.GoTo("2029-06-02");
  ASSERT_OK(EndByDate(scene.context()));
  EXPECT_FALSE(scene.IsRanked(0));
}

// What is due goes by a plan: another officer approves, the receipt is signed.
TEST(Retention, WhoIsDueIsDestroyedByAnApprovedPlan) {
  RetentionScene scene;
  scene.GoTo("2027-06-01");
  ASSERT_OK(scene.Note(0, std::nullopt, true));
  ASSERT_OK(scene.Hold(1, 900));
  scene.GoTo("2028-01-06");
  const auto planned = scene.PlanDue();
  ASSERT_OK(planned);
  EXPECT_EQ(planned->plan.counts.people, 3u);
  EXPECT_THAT(planned->plan.reason, testing::HasSubstr("(by 2028-01-10, "));
  EXPECT_THAT(planned->plan.reason, testing::HasSubstr("G-26"));
  const RetentionRow row = scene.Row(1);
  EXPECT_TRUE(row.awaits_approval);
  EXPECT_EQ(row.holds, 1u);
  EXPECT_EQ(CodeOf(scene.Execute(planned->plan).status()), ErrorCode::kApprovalRequired);
  ASSERT_OK(scene.Approve(planned->plan));
  const auto done = scene.Execute(planned->plan);
  ASSERT_OK(done);
  ASSERT_TRUE(done->receipt.has_value());
  EXPECT_EQ(scene.StateOf(0), ErrorCode::kNone);
  for (const std::size_t gone : {1u, 2u, 3u}) EXPECT_EQ(scene.StateOf(gone), ErrorCode::kNotFound);
  EXPECT_EQ(scene.List(RetentionFilter::kAll).size(), 1u);
  EXPECT_EQ(scene.CountKeys("retention/"), 1u);
}

TEST(Retention, ADestroyedPersonsNotesGoToo) {
  RetentionScene scene;
  ASSERT_OK(scene.Note(0, 2027, true));
  EXPECT_EQ(scene.CountKeys("retention/"), 1u);
  ASSERT_OK(scene.Destroy(scene.People({0})));
  EXPECT_EQ(scene.CountKeys("retention/"), 0u);
}

TEST(Retention, IsForOfficersAndUnderATrustedClock) {
  RetentionScene scene;
  for (const Call& call : {scene.service.portal(), scene.service.company()}) {
    EXPECT_EQ(CodeOf(ListRetention(scene.context(), call, {}).status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(RunRetention(scene.context(), call).status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(PlanRetention(scene.context(), call, {"k", "reason"}).status()),
              ErrorCode::kNotAllowed);
    EXPECT_EQ(
        CodeOf(NoteRetention(scene.context(), call, {"k", scene.Named(0), 2027, false}).status()),
        ErrorCode::kNotAllowed);
  }
  scene.GoTo("2028-01-06");
  scene.service.set_clock_confirmed(false);
  ASSERT_OK(scene.service.Restart());
  EXPECT_EQ(CodeOf(ListRetention(scene.context(), scene.service.officer(), {}).status()),
            ErrorCode::kClockUntrusted);
  EXPECT_EQ(CodeOf(RunRetention(scene.context(), scene.service.officer()).status()),
            ErrorCode::kClockUntrusted);
  EXPECT_EQ(CodeOf(scene.PlanDue().status()), ErrorCode::kClockUntrusted);
}

TEST(Retention, NotesSaySomethingAndWithinReason) {
  RetentionScene scene;
  EXPECT_EQ(CodeOf(scene.Note(0, std::nullopt, false)), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(scene.Note(0, 1900, false)), ErrorCode::kOutOfRange);
  ASSERT_OK(scene.Note(0, 2027, false));
  ASSERT_OK(scene.Note(0, 0, false));
}

// The power fails at every write of a run: nobody's record says that a notice went out that did
// not, and the next run sends the rest.
class RetentionPower : public ::testing::TestWithParam<CrashPoint::LastWrite> {};
TEST_P(RetentionPower, NoRecordOfANoticeIsThereWithoutItsMessage) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    RetentionScene scene("gojobs", 4);
    scene.GoTo("2027-12-07");
    scene.service.power().CrashAt(step, GetParam());
    const auto run = RunRetention(scene.context(), scene.service.officer());
    const bool crashed = scene.service.power().is_down();
    EXPECT_NE(run.ok(), crashed);
    ASSERT_OK(scene.service.Restart());
    EXPECT_GE(scene.Messages(), scene.CountKeys("retention/"));
    scene.Run();
    EXPECT_EQ(scene.CountKeys("retention/"), 4u);
    EXPECT_LE(scene.Messages(), 5u);
    EXPECT_OK(scene.service.CheckLog());
    if (!crashed) {
      EXPECT_GT(step, 3u);
      return;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(LastWrite, RetentionPower,
                         ::testing::Values(CrashPoint::LastWrite::kLost,
                                           CrashPoint::LastWrite::kWritten),
                         [](const auto& one) {
                           return one.param == CrashPoint::LastWrite::kLost ? "Lost" : "Written";
                         });

TEST(RetentionNotes, ReadBackAndAreAsVersionTwoWroteThem) {
  RetentionNotes notes;
  notes.graduation_year = 2025;
  notes.notices = {{NoticeKind::kContinuation, {1767571200}},
                   {NoticeKind::kReconsent, {1767571300}}};
  notes.confirmations = {{1767571400}};
  notes.registered_until = model::ParseCivilDay("2027-09-30").value();
  const Bytes bytes = EncodeRetentionNotes(notes);
  EXPECT_THAT(DecodeRetentionNotes(bytes), IsOkAndHolds(notes));
  std::ifstream file(SourceFolder() + "/tests/golden/retention_v2.hex");
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(HexEncode(bytes) + "\n", golden);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeRetentionNotes(ByteSpan(bytes).subspan(0, size)).status()),
              ErrorCode::kDataCorrupt)
        << size;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(CodeOf(DecodeRetentionNotes(longer).status()), ErrorCode::kDataCorrupt);
}

}  // namespace
}  // namespace noren::operations
