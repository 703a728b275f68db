// The map of consents through crashes, races and restores; and its parts by themselves.
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include "engine/operations/backup.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/person_acts.h"
#include "tests/engine/operations/consent_map_fixture.h"

namespace noren::operations {
namespace {

using storage::CrashPoint;

// Crashes: whichever write the power fails at, records, map, root and log are of one moment.
TEST_F(ConsentMap, APowerFailureAtAnyWriteLeavesRecordsAndMapOfOneMoment) {
  for (const auto last : {CrashPoint::LastWrite::kLost, CrashPoint::LastWrite::kWritten}) {
    bool went_through = false;
    for (std::uint64_t step = 0; !went_through; ++step) {
      SCOPED_TRACE("write " + std::to_string(step));
      ASSERT_LT(step, 64u);
      TestService service(step + 1);
      Fill(service);
      const auto request = service.AskForErasure(*people_[2]);
      const auto withdrawal_of = [&](std::size_t who) {
        return service.Prepare(*people_[who], "withdraw",
                               {{"consent", applications_[who].consent.ToString()}});
      };
      const std::string first = withdrawal_of(0), second = withdrawal_of(1);
      const auto withdraw = [&](const std::string& statement) {
        return Withdraw(service.context(), service.portal(), service.NextKey(), {statement, {}, ""})
            .ok();
      };
      const std::uint64_t before = service.power().writes_count();
      service.power().CrashAt(step, last);
      const bool withdrawn = withdraw(first);
      const bool again = withdraw(second);
      const bool destroyed = DestroyPerson(service.context(), service.officer(),
                                           {service.NextKey(), request, "asked by the person"})
                                 .ok();
      went_through = destroyed && service.power().writes_count() - before <= step;
      ASSERT_OK(service.Restart());
      EXPECT_OK(service.CheckLog());
      EXPECT_OK(CheckAllConsents(service.context()));
      const auto collect = [&](std::size_t who) {
        return CodeOf(
            CollectRelease(service.context(), service.company(),
                           {service.NextKey(), applications_[who].candidate, "o", "interview"})
                .status());
      };
      const auto gone = [&](std::size_t who) { return collect(who) != ErrorCode::kNone; };
      EXPECT_TRUE(!withdrawn || gone(0));
      EXPECT_TRUE(!again || gone(1));
      EXPECT_TRUE(!destroyed || gone(2));
      EXPECT_EQ(collect(3), ErrorCode::kNone);
      EXPECT_FALSE(service.pipeline().damaged());
      EXPECT_OK(service.VerifyExportedLog());
    }
  }
}

// A batch that the store refuses leaves the root where it was.
TEST_F(ConsentMap, ARefusedBatchDoesNotMoveTheRoot) {
  const Hash256 root = service_.pipeline().log_state().consent_root;
  service_.faults().FailAt(0, storage::StoreFault::kUnavailable);
  EXPECT_EQ(CodeOf(service_.WithdrawConsent(applications_[0])), ErrorCode::kStorage);
  EXPECT_EQ(service_.pipeline().log_state().consent_root, root);
  EXPECT_OK(Collect(0));
  ASSERT_OK(service_.WithdrawConsent(applications_[0]));
  EXPECT_EQ(CodeOf(Collect(0).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_FALSE(service_.pipeline().damaged());
}

// Readers beside a writer see a batch before it is acknowledged, or the state before: both are
// right, and neither is called damage.
TEST_F(ConsentMap, ReadersBesideWritersNeverFindDamage) {
  const model::PersonId person = IdOf(1);
  std::atomic<bool> done{false};
  std::atomic<int> reads{0}, others{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      while (!done) {
        const auto read = ReadConsent(service_.context(), person, applications_[1].consent);
        read.ok() ? ++reads : ++others;
      }
    });
  }
  for (int round = 0; round < 12; ++round) service_.InviteAll(service_.RegisterPosting());
  for (const std::size_t who : {0U, 2U, 3U}) {
    EXPECT_OK(service_.WithdrawConsent(applications_[who]));
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(reads, 0);
  EXPECT_EQ(others, 0);
  EXPECT_FALSE(service_.pipeline().damaged());
  EXPECT_OK(CheckAllConsents(service_.context()));
}

// Restores.

TEST_F(ConsentMap, IsRightAfterARestoreAndItsReapplication) {
  const auto backup = CopyOf(service_.data());
  ASSERT_OK(service_.WithdrawConsent(applications_[0]));
  const auto request = service_.AskForErasure(*people_[1]);
  ASSERT_OK(DestroyPerson(service_.context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  service_.Stop();
  service_.ReplaceData(*backup);
  HeldAnchor held(service_.anchor());
  service_.set_held_anchor(&held);
  ASSERT_OK(service_.Start());
  const auto anchored = service_.anchor().Load();
  ASSERT_OK(anchored);
  ASSERT_OK(ReapplyAfterRestore(service_.context(), *anchored, service_.journal()));
  ASSERT_OK(held.Release());
  service_.set_held_anchor(nullptr);
  ASSERT_OK(service_.Restart());
  EXPECT_OK(CheckAllConsents(service_.context()));
  EXPECT_EQ(CodeOf(Collect(0).status()), ErrorCode::kConsentWithdrawn);
  EXPECT_OK(Collect(2));
  EXPECT_FALSE(service_.pipeline().damaged());
  EXPECT_OK(service_.VerifyExportedLog());
}

TEST_F(ConsentMap, ABackupWithAnOlderRecordInItIsNotRestored) {
  TakeImageAndWithdraw();
  service_.Stop();
  const auto backup = CopyOf(service_.data());
  for (const auto& [key, value] : old_) {
    if (!key.starts_with(person_keyspaces::kConsentVersion)) continue;
    storage::Batch batch;
    batch.mutations = {{key, value}};
    ASSERT_EQ(backup->Commit(batch).outcome, storage::Outcome::kCommitted);
  }
  service_.ReplaceData(*backup);
  HeldAnchor held(service_.anchor());
  service_.set_held_anchor(&held);
  ASSERT_OK(service_.Start());
  const auto anchored = service_.anchor().Load();
  ASSERT_OK(anchored);
  const auto restored = ReapplyAfterRestore(service_.context(), *anchored, service_.journal());
  EXPECT_EQ(CodeOf(restored.status()), ErrorCode::kDataCorrupt);
}

TEST_F(ConsentMap, ADamagedNodeIsFoundByTheWholeCheck) {
  EXPECT_OK(CheckAllConsents(service_.context()));
  const std::string at = NodeKey(3);
  Bytes node = ImageOf(service_.data()).at(at);
  node.back() ^= 1;
  Write(at, node);
  EXPECT_EQ(CodeOf(CheckAllConsents(service_.context())), ErrorCode::kDataCorrupt);
  Write(at, std::nullopt);
  EXPECT_EQ(CodeOf(CheckAllConsents(service_.context())), ErrorCode::kDataCorrupt);
}

// Parts.

TEST(ConsentRoots, GiveWhatCountedSinceAMomentAndWhatIsOnItsWay) {
  const Hash256 a{1}, b{2}, c{3};
  ConsentRoots roots(a);
  const std::uint64_t start = roots.Now();
  EXPECT_EQ(*roots.Since(start), (std::vector<Hash256>{a}));
  roots.Propose(b);
  EXPECT_EQ(roots.Now(), start);
  EXPECT_EQ(*roots.Since(start), (std::vector<Hash256>{a, b}));
  roots.Drop();
  EXPECT_EQ(*roots.Since(start), (std::vector<Hash256>{a}));
  roots.Propose(c);
  roots.Settle();
  EXPECT_EQ(roots.Now(), start + 1);
  EXPECT_EQ(*roots.Since(start), (std::vector<Hash256>{a, c}));
  EXPECT_EQ(*roots.Since(roots.Now()), (std::vector<Hash256>{c})) << "the old one counts no more";
}

TEST(ConsentRoots, ForgetWhatIsLongAgoAndSaySo) {
  ConsentRoots roots(Hash256{});
  const std::uint64_t start = roots.Now();
  for (std::uint8_t i = 1; i < 200; ++i) {
    roots.Propose(Hash256{i});
    roots.Settle();
  }
  EXPECT_FALSE(roots.Since(start).has_value());
  EXPECT_EQ(*roots.Since(roots.Now()), (std::vector<Hash256>{Hash256{199}}));
}

TEST(PathLength, GrowsWhenPathsAreOftenLongerAndNotForAFew) {
  PathLength seldom;
  const unsigned first = seldom.Guess();
  for (int i = 0; i < 5000; ++i) seldom.Tell(i % 20 != 0);
  EXPECT_EQ(seldom.Guess(), first);
  PathLength often;
  for (int i = 0; i < 40; ++i) often.Tell(i % 2 != 0);
  EXPECT_GT(often.Guess(), first);
}

}  // namespace
}  // namespace noren::operations
