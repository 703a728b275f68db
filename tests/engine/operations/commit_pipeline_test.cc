// The commit pipeline: change and entry together, the journal before the answer, and failures at
// every step.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/commit_pipeline.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/narrowing.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;
using storage::StoreFault;

Change SomeChange(const std::string& key) {
  Change change;
  change.staged.Replace(key, std::nullopt, ToBytes("value"));
  change.entry.operation = audit::Operation::kPutItem;
  change.entry.principal = {model::Role::kPortal, "first-portal"};
  return change;
}

Change NarrowingChange(TestService& service, const std::string& key) {
  Change change = SomeChange(key);
  change.narrowing =
      MakeNarrowingAct(storage::NarrowingKind::kWithdrawal,
                       {model::PersonId::Generate(service.random()), {}, service.clock().Now()});
  return change;
}

bool IsStored(TestService& service, const std::string& key) {
  return service.data().Read(kEmbeddedPartition, {key})->front().has_value();
}

TEST(CommitPipeline, WritesChangeAndEntryAndExtendsTheAnchor) {
  TestService service;
  const auto position = service.pipeline().Commit(SomeChange("test/a"));
  ASSERT_OK(position);
  EXPECT_EQ(position->sequence, 1u);
  EXPECT_TRUE(IsStored(service, "test/a"));
  EXPECT_EQ(service.Entries().size(), 1u);
  const auto anchored = service.anchor().Load();
  ASSERT_OK(anchored);
  EXPECT_EQ(anchored->partitions.at(0).sequence, 1u);
  EXPECT_EQ(anchored->partitions.at(0).head, position->head);
  EXPECT_EQ(anchored->log.size, 1u);
}

TEST(CommitPipeline, PromisesWhereTheEntryStands) {
  TestService service;
  const auto position = service.pipeline().Commit(SomeChange("test/a"));
  ASSERT_OK(position);
  const auto promise = audit::VerifyPromise(position->promise, service.signer().verifying_key());
  ASSERT_OK(promise);
  EXPECT_EQ(*promise, (audit::Promise{0, position->sequence, position->head}));
  const auto later = service.pipeline().PositionOf(position->sequence);
  ASSERT_OK(later);
  EXPECT_EQ(later->promise, position->promise);
}

TEST(CommitPipeline, AFailedConditionLeavesNothing) {
  TestService service;
  ASSERT_OK(service.pipeline().Commit(SomeChange("test/a")));
  const auto content = ContentOf(service.data());
  Change change = NarrowingChange(service, "test/a");
  change.staged.Put("test/b", ToBytes("value"));
  EXPECT_EQ(CodeOf(service.pipeline().Commit(std::move(change)).status()),
            ErrorCode::kStateConflict);
  EXPECT_EQ(ContentOf(service.data()).size(), content.size());
  EXPECT_EQ(service.Entries().size(), 1u);
  EXPECT_TRUE(service.journal().acts().empty());
  EXPECT_FALSE(service.pipeline().failed());
}

TEST(CommitPipeline, RefusesAChangeWhoseDeadlineTheBatchHasReached) {
  TestService service;
  Change in_time = SomeChange("test/a");
  in_time.deadline = UnixSeconds{service.clock().Now().value + 1};
  EXPECT_OK(service.pipeline().Commit(std::move(in_time)));
  Change late = SomeChange("test/b");
  late.deadline = service.clock().Now();
  EXPECT_EQ(CodeOf(service.pipeline().Commit(std::move(late)).status()), ErrorCode::kStateConflict);
  EXPECT_FALSE(IsStored(service, "test/b"));
  EXPECT_EQ(service.Entries().size(), 1u);
}

TEST(CommitPipeline, ARefusedBatchIsAnErrorAndTheNextOneGoesThrough) {
  TestService service;
  service.faults().FailAt(0, StoreFault::kUnavailable);
  EXPECT_EQ(CodeOf(service.pipeline().Commit(SomeChange("test/a")).status()), ErrorCode::kStorage);
  EXPECT_FALSE(service.pipeline().failed());
  EXPECT_FALSE(IsStored(service, "test/a"));
  const auto position = service.pipeline().Commit(SomeChange("test/a"));
  ASSERT_OK(position);
  EXPECT_EQ(position->sequence, 1u);
}

class UnknownOutcome : public ::testing::TestWithParam<StoreFault> {};

TEST_P(UnknownOutcome, LatchesAndStateAgreesWithTheLogAfterARestart) {
  for (std::uint64_t step = 0; step < 4; ++step) {
    SCOPED_TRACE("commit " + std::to_string(step));
    TestService service;
    service.faults().FailAt(step, GetParam());
    std::set<std::string> acknowledged;
    for (int i = 0; i < 6; ++i) {
      const std::string key = "test/" + std::to_string(i);
      const auto position = service.pipeline().Commit(SomeChange(key));
      if (position.ok()) acknowledged.insert(key);
      if (acknowledged.size() == step && i > static_cast<int>(step)) {
        EXPECT_EQ(CodeOf(position.status()), ErrorCode::kSealed);
      }
    }
    EXPECT_EQ(acknowledged.size(), step);
    EXPECT_TRUE(service.pipeline().failed());
    ASSERT_OK(service.Restart());
    EXPECT_OK(service.CheckLog());
    for (const std::string& key : acknowledged) EXPECT_TRUE(IsStored(service, key));
    const bool applied = GetParam() == StoreFault::kUnknownApplied;
    EXPECT_EQ(IsStored(service, "test/" + std::to_string(step)), applied);
    EXPECT_EQ(service.Entries().size(), step + (applied ? 1 : 0));
    EXPECT_OK(service.pipeline().Commit(SomeChange("test/after")));
    EXPECT_OK(service.CheckLog());
  }
}

INSTANTIATE_TEST_SUITE_P(AppliedOrNot, UnknownOutcome,
                         ::testing::Values(StoreFault::kUnknownApplied,
                                           StoreFault::kUnknownNotApplied),
                         [](const auto& which) {
                           return which.param == StoreFault::kUnknownApplied ? "Applied"
                                                                             : "NotApplied";
                         });

TEST(CommitPipeline, AReadThatFailsChangesNothingAndIsNoReasonToStop) {
  TestService service;
  service.faults().FailAt(0, StoreFault::kUnavailable, storage::CountedCalls::kEverything);
  EXPECT_EQ(CodeOf(service.pipeline().Commit(SomeChange("test/a")).status()), ErrorCode::kStorage);
  EXPECT_OK(service.pipeline().Commit(SomeChange("test/a")));
}

// Batch, journal and anchor are one write each; whichever the power fails at, nothing that was
// acknowledged is lost and a
// narrowing act that is in force is in the journal.
TEST(CommitPipeline, APowerFailureAtAnyWriteLosesNothingAcknowledged) {
  for (const auto last : {CrashPoint::LastWrite::kLost, CrashPoint::LastWrite::kWritten}) {
    for (std::uint64_t step = 0; step < 9; ++step) {
      SCOPED_TRACE("write " + std::to_string(step));
      TestService service;
      service.power().CrashAt(step, last);
      std::set<std::string> acknowledged;
      for (int i = 0; i < 4; ++i) {
        const std::string key = "test/" + std::to_string(i);
        if (service.pipeline().Commit(NarrowingChange(service, key)).ok()) acknowledged.insert(key);
      }
      EXPECT_EQ(acknowledged.size(), step / 3);
      ASSERT_OK(service.Restart());
      EXPECT_OK(service.CheckLog());
      std::size_t stored = 0;
      for (int i = 0; i < 4; ++i) stored += IsStored(service, "test/" + std::to_string(i)) ? 1 : 0;
      EXPECT_GE(stored, acknowledged.size());
      EXPECT_EQ(service.Entries().size(), stored);
      EXPECT_EQ(service.journal().acts().size(), stored);
      const auto anchored = service.anchor().Load();
      ASSERT_OK(anchored);
      EXPECT_GE(anchored->partitions.at(0).sequence, acknowledged.size());
    }
  }
}

TEST(CommitPipeline, JournalsANarrowingActBeforeItAnswers) {
  TestService service;
  const auto position = service.pipeline().Commit(NarrowingChange(service, "test/a"));
  ASSERT_OK(position);
  ASSERT_EQ(service.journal().acts().size(), 1u);
  EXPECT_EQ(service.journal().acts()[0].sequence, position->sequence);
  const auto anchored = service.anchor().Load();
  ASSERT_OK(anchored);
  EXPECT_EQ(anchored->journal, service.journal().head());
}

TEST(CommitPipeline, RecoversAnActThatTheJournalMissed) {
  TestService service;
  ASSERT_OK(service.pipeline().Commit(NarrowingChange(service, "test/a")));
  service.power().CrashAt(1, CrashPoint::LastWrite::kLost);  // after the batch, before the journal
  EXPECT_EQ(CodeOf(service.pipeline().Commit(NarrowingChange(service, "test/b")).status()),
            ErrorCode::kStorage);
  EXPECT_EQ(service.journal().acts().size(), 1u);
  ASSERT_OK(service.Restart());
  ASSERT_EQ(service.journal().acts().size(), 2u);
  EXPECT_EQ(service.journal().acts()[1].sequence, 2u);
  ASSERT_OK(service.Restart());
  EXPECT_EQ(service.journal().acts().size(), 2u) << "recovered once";
}

// An older image of the data is put in place, and the sequence of an act that the journal holds,
// though nobody was told of it, is given to another one.
TEST(CommitPipeline, RecoversAnActUnderASequenceThatTheJournalHasSeen) {
  TestService service;
  ASSERT_OK(service.pipeline().Commit(SomeChange("test/a")));
  const auto older = CopyOf(service.data());
  service.power().CrashAt(2, CrashPoint::LastWrite::kLost);  // after batch and journal
  EXPECT_FALSE(service.pipeline().Commit(NarrowingChange(service, "test/b")).ok());
  service.Stop();
  service.ReplaceData(*older);
  ASSERT_OK(service.Restart());
  service.power().CrashAt(1, CrashPoint::LastWrite::kLost);  // after the batch
  EXPECT_FALSE(service.pipeline().Commit(NarrowingChange(service, "test/c")).ok());
  ASSERT_OK(service.Restart());
  ASSERT_EQ(service.journal().acts().size(), 2u);
  EXPECT_EQ(service.journal().acts()[1].sequence, service.journal().acts()[0].sequence);
  EXPECT_NE(service.journal().acts()[1].payload, service.journal().acts()[0].payload);
  ASSERT_OK(service.Restart());
  EXPECT_EQ(service.journal().acts().size(), 2u) << "recovered once";
}

TEST(CommitPipeline, AStartAnchorsWhatACrashLeftWithoutAnchor) {
  TestService service;
  ASSERT_OK(service.pipeline().Commit(NarrowingChange(service, "test/a")));
  const auto older = CopyOf(service.data());
  service.power().CrashAt(2, CrashPoint::LastWrite::kLost);  // after batch and journal
  EXPECT_FALSE(service.pipeline().Commit(NarrowingChange(service, "test/b")).ok());
  ASSERT_OK(service.Restart());
  // From here on a repeated call is answered from the store.
  const auto anchored = service.anchor().Load();
  ASSERT_OK(anchored);
  EXPECT_EQ(anchored->partitions.at(0).sequence, 2u);
  EXPECT_EQ(anchored->journal, service.journal().head());
  service.Stop();
  service.ReplaceData(*older);
  EXPECT_THAT(service.Start(), StatusIs(StatusCode::kDataLoss));
}

// One mirror may be behind, which the record that counts does not show.
TEST(CommitPipeline, EveryStartWritesAnAnchor) {
  TestService service;
  ASSERT_OK(service.pipeline().Commit(SomeChange("test/a")));
  const auto before = service.anchor().Load();
  ASSERT_OK(before);
  ASSERT_OK(service.Restart());
  const auto after = service.anchor().Load();
  ASSERT_OK(after);
  EXPECT_GT(after->epoch, before->epoch);
  EXPECT_EQ(after->partitions.at(0).head, before->partitions.at(0).head);
}

TEST(CommitPipeline, ConcurrentChangesAllLandUnderDistinctSequences) {
  constexpr int kThreads = 8, kEach = 40;
  TestService service;
  std::vector<std::vector<std::uint64_t>> sequences(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&service, &sequences, t] {
      for (int i = 0; i < kEach; ++i) {
        const auto position =
            service.pipeline().Commit(SomeChange("test/" + std::to_string(t * kEach + i)));
        if (position.ok()) sequences[static_cast<std::size_t>(t)].push_back(position->sequence);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> all;
  for (const auto& of_thread : sequences) {
    EXPECT_TRUE(std::is_sorted(of_thread.begin(), of_thread.end()));
    all.insert(of_thread.begin(), of_thread.end());
  }
  EXPECT_EQ(all.size(), std::size_t{kThreads * kEach});
  EXPECT_EQ(*all.rbegin(), std::uint64_t{kThreads * kEach});
  EXPECT_OK(service.VerifyExportedLog());
}

TEST(CommitPipeline, OfConcurrentChangesWithOneConditionOneWins) {
  TestService service;
  std::atomic<int> won{0}, lost{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const auto position = service.pipeline().Commit(SomeChange("test/one"));
      if (position.ok()) ++won;
      if (CodeOf(position.status()) == ErrorCode::kStateConflict) ++lost;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 7);
}

TEST(CommitPipeline, AnOlderStoreDoesNotExtendTheAnchor) {
  TestService service;
  ASSERT_OK(service.pipeline().Commit(SomeChange("test/a")));
  const auto older = CopyOf(service.data());
  ASSERT_OK(service.pipeline().Commit(SomeChange("test/b")));
  service.Stop();
  service.ReplaceData(*older);
  EXPECT_THAT(service.Start(), StatusIs(StatusCode::kDataLoss));
}

TEST(CommitPipeline, AChangeAboveTheLimitIsRefusedAlone) {
  TestService service;
  Change change = SomeChange("test/a");
  change.staged.Put("test/b", Bytes(storage::kMaxBatchBytes, 1));
  EXPECT_EQ(CodeOf(service.pipeline().Commit(std::move(change)).status()), ErrorCode::kTooLarge);
  EXPECT_OK(service.pipeline().Commit(SomeChange("test/a")));
}

}  // namespace
}  // namespace noren::operations
