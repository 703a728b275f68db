// The snapshot is a short cut: with it the market is what it would be without, or it is not used.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "engine/model/errors.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/market.h"
#include "engine/operations/people.h"
#include "engine/operations/sealed_stream.h"
#include "tests/engine/operations/market_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using testing::HasSubstr;

Status Save(TestService& service, MemorySnapshotPlace& place) {
  return service.context()
      .market.SaveSnapshot(place, service.random(), service.clock().Now())
      .status();
}

// What is in the snapshot, as the service itself could read it now.
StatusOr<std::string> PlainContent(TestService& service, MemorySnapshotPlace& place) {
  NOREN_ASSIGN_OR_RETURN(const personal_data::TreeRoot root, service.keyring().root());
  NOREN_ASSIGN_OR_RETURN(const auto reader, place.Open());
  NOREN_ASSIGN_OR_RETURN(const auto source,
                         OpeningSource::Open(*reader, {root.key, root.generation}));
  std::string plain;
  Bytes one(1);
  while (source->Read(one).ok()) plain.push_back(static_cast<char>(one[0]));
  return plain;
}

TEST(MarketSnapshot, WithTheChangesSinceGivesWhatAFullStartGives) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    TestService service(seed);
    RandomMarket market(service, seed);
    MemorySnapshotPlace place;
    service.set_snapshot_place(&place);
    for (int round = 0; round < 3; ++round) {
      market.Steps(50);
      ASSERT_OK(Save(service, place));
      market.Steps(static_cast<int>(market.Below(30)));
      ASSERT_OK(service.Restart());
      EXPECT_TRUE(service.market_load().from_snapshot) << service.market_load().refusal;
      EXPECT_EQ(service.market_load().people, market.people_count());
      market.ExpectExact();
      while (service.context().market.Maintain(std::chrono::microseconds(1000))) {
      }
      market.ExpectExact();
    }
  }
}

TEST(MarketSnapshot, IsTakenWhileChangesGoOn) {
  TestService service;
  RandomMarket market(service, 11);
  market.Steps(80);
  MemorySnapshotPlace place;
  service.set_snapshot_place(&place);
  std::atomic<bool> stop{false};
  std::size_t saved = 0;
  std::thread saving([&] {
    while (!stop || saved == 0) {
      ASSERT_OK(Save(service, place));
      ++saved;
    }
  });
  market.Steps(120);
  stop = true;
  saving.join();
  market.Steps(10);
  ASSERT_OK(service.Restart());
  EXPECT_TRUE(service.market_load().from_snapshot) << service.market_load().refusal;
  market.ExpectExact();
}

TEST(MarketSnapshot, OfBeforeADestructionDoesNotOpen) {
  TestService service;
  RandomMarket market(service, 12);
  market.Steps(60);
  MemorySnapshotPlace place;
  service.set_snapshot_place(&place);
  ASSERT_OK(Save(service, place));
  ASSERT_OK(PlainContent(service, place));
  market.DestroyPerson();
  EXPECT_THAT(PlainContent(service, place), StatusIs(StatusCode::kFailedPrecondition));
  // The generation in the head is not what keeps it shut.
  const auto root = service.keyring().root();
  ASSERT_OK(root);
  MemorySnapshotPlace renumbered;
  renumbered.content = place.content;
  renumbered.content[24] = static_cast<std::uint8_t>(root->generation);
  EXPECT_TRUE(PlainContent(service, renumbered)->empty());
  ASSERT_OK(service.Restart());
  EXPECT_FALSE(service.market_load().from_snapshot);
  EXPECT_THAT(service.market_load().refusal, HasSubstr("destruction"));
  market.ExpectExact();
  ASSERT_OK(Save(service, place));
  ASSERT_OK(service.Restart());
  EXPECT_TRUE(service.market_load().from_snapshot);
  market.ExpectExact();
}

TEST(MarketSnapshot, DuringWhichAPersonIsDestroyedIsNotKept) {
  TestService service;
  RandomMarket market(service, 13);
  market.Steps(60);
  MemorySnapshotPlace place;
  place.on_append = [&] { market.DestroyPerson(); };
  EXPECT_EQ(model::CodeOf(Save(service, place)), model::ErrorCode::kRetryLater);
  EXPECT_TRUE(place.content.empty());
  place.on_append = nullptr;
  EXPECT_OK(Save(service, place));
}

TEST(MarketSnapshot, AfterADestructionHasNoTraceOfThePerson) {
  TestService service;
  std::vector<std::unique_ptr<TestPerson>> people;
  for (int i = 0; i < 5; ++i) people.push_back(service.Register(i, true));
  const auto gone =
      LoadPersonByHandle(service.context(), service.portal().principal.name, people[2]->handle);
  ASSERT_OK(gone);
  const std::string id(AsText(gone->person.bytes()));
  const std::string handle(AsText(people[2]->handle.bytes()));
  MemorySnapshotPlace place;
  ASSERT_OK(Save(service, place));
  auto plain = PlainContent(service, place);
  ASSERT_OK(plain);
  EXPECT_THAT(*plain, HasSubstr(id));
  EXPECT_THAT(*plain, HasSubstr(handle));
  const model::RequestId request = service.AskForErasure(*people[2]);
  ASSERT_OK(DestroyPerson(service.context(), service.officer(),
                          {service.NextKey(), request, "asked by the person"}));
  ASSERT_OK(Save(service, place));
  plain = PlainContent(service, place);
  ASSERT_OK(plain);
  const std::string row_id = id.substr(0, 8);
  EXPECT_THAT(*plain, testing::Not(HasSubstr(row_id)));
  EXPECT_THAT(*plain, testing::Not(HasSubstr(std::string(row_id.rbegin(), row_id.rend()))));
  EXPECT_THAT(*plain, testing::Not(HasSubstr(handle)));
}

TEST(MarketSnapshot, DamagedAnywhereIsRefusedAndTheMarketIsReadFromTheStore) {
  TestService service;
  RandomMarket market(service, 14);
  market.Steps(30);
  MemorySnapshotPlace place;
  ASSERT_OK(Save(service, place));
  for (int round = 0; round < 60; ++round) {
    MemorySnapshotPlace damaged;
    damaged.content = place.content;
    const std::size_t at = market.Below(round % 2 == 0 ? 80 : damaged.content.size());
    if (round % 3 == 0) {
      damaged.content.resize(at);
    } else {
      damaged.content[at] = static_cast<std::uint8_t>(damaged.content[at] ^ 1U << market.Below(8));
    }
    Market loaded(service.market_parts());
    const auto load = loaded.Load(damaged);
    ASSERT_OK(load);
    EXPECT_FALSE(load->from_snapshot) << at;
    EXPECT_EQ(loaded.people_count(), market.people_count());
    if (round < 2) market.ExpectExact(loaded);
  }
}

TEST(MarketSnapshot, OfAnotherServiceIsRefused) {
  TestService other(21);
  RandomMarket others(other, 21);
  others.Steps(20);
  MemorySnapshotPlace place;
  ASSERT_OK(Save(other, place));
  TestService service(22);
  RandomMarket market(service, 22);
  market.Steps(20);
  service.set_snapshot_place(&place);
  ASSERT_OK(service.Restart());
  EXPECT_FALSE(service.market_load().from_snapshot);
  EXPECT_NE(service.market_load().refusal, "");
  market.ExpectExact();
}

TEST(MarketSnapshot, OfAHistoryThatARestoreTookBackIsRefused) {
  TestService service;
  RandomMarket market(service, 23);
  market.Steps(20);
  const auto older = CopyOf(service.data());
  market.Steps(10);
  MemorySnapshotPlace place;
  ASSERT_OK(Save(service, place));
  service.Stop();
  service.ReplaceData(*older);
  HeldAnchor held(service.anchor());
  service.set_held_anchor(&held);
  service.set_snapshot_place(&place);
  ASSERT_OK(service.Start());
  EXPECT_FALSE(service.market_load().from_snapshot);
  EXPECT_THAT(service.market_load().refusal, HasSubstr("history"));
}

TEST(MarketSnapshot, UnderOtherWeightsOfThePolicyIsRefused) {
  TestService service;
  RandomMarket market(service, 24);
  market.Steps(20);
  MemorySnapshotPlace place;
  ASSERT_OK(Save(service, place));
  MarketParts parts = service.market_parts();
  parts.weight_rules.caps[matching::Feature::kWage] = 3;
  Market loaded(parts);
  const auto load = loaded.Load(place);
  ASSERT_OK(load);
  EXPECT_FALSE(load->from_snapshot);
  EXPECT_THAT(load->refusal, HasSubstr("weights"));
}

// Who is in it was judged by a policy; another one may let others in, or fewer.
TEST(MarketSnapshot, OfAnotherPolicyIsRefused) {
  TestService service;
  RandomMarket market(service, 21);
  market.Steps(40);
  MemorySnapshotPlace place;
  ASSERT_OK(Save(service, place));
  MarketParts parts = service.market_parts();
  parts.policy_digest = Hash256{1};
  Market other(parts);
  const auto load = other.Load(place);
  ASSERT_OK(load);
  EXPECT_FALSE(load->from_snapshot);
  EXPECT_THAT(load->refusal, HasSubstr("another policy"));
}

TEST(MarketSnapshot, ThatIsMissingIsNoRefusal) {
  TestService service;
  MemorySnapshotPlace place;
  service.set_snapshot_place(&place);
  ASSERT_OK(service.Restart());
  EXPECT_FALSE(service.market_load().from_snapshot);
  EXPECT_EQ(service.market_load().refusal, "");
}

}  // namespace
}  // namespace noren::operations
