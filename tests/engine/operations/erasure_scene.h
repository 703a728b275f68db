// A person with papers and a grant who asked to be erased, and a restore as the command does it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/model/errors.h"
#include "engine/operations/backup.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {

// A person with an item and a grant, who asked to be erased, and a neighbour on the same node of
// the key tree. Who asked is released to nobody: what a company has collected it has from before.
struct ErasureScene {
  TestService service;
  std::vector<std::unique_ptr<TestPerson>> people;
  TestApplication application;
  model::RequestId request;
  personal_data::LeafIndex leaf = 0;  // of the first

  enum class Asks : std::uint8_t { kAtOnce, kAfterARelease, kLater };
  explicit ErasureScene(Asks asks = Asks::kAtOnce) {
    for (int i = 0; i < 4; ++i) {
      people.push_back(service.Register(i, /*with_key=*/true));
      service.PutItem(*people.back(), model::ItemKind::kResume,
                      SomeBytes(static_cast<std::uint64_t>(i), 1000));
      service.BecomeDiscoverable(*people.back());
    }
    const model::PostingId posting = service.RegisterPosting();
    service.AddKey();
    service.InviteAll(posting);
    application = service.Grant(*people[0], posting);
    if (asks == Asks::kAfterARelease) Release();
    if (asks != Asks::kLater) AskForErasure();
    const auto first = LoadPersonByHandle(service.context(), "first-portal", people[0]->handle);
    EXPECT_OK(first);
    if (first.ok()) leaf = first->record.address.leaf;
  }
  bool HasLeaf(personal_data::Keyring& keyring) const {
    const auto leaves = keyring.ListLeaves(std::nullopt, 100);
    EXPECT_OK(leaves);
    return leaves.ok() && std::find(leaves->begin(), leaves->end(), leaf) != leaves->end();
  }
  void AskForErasure() { request = service.AskForErasure(*people[0]); }
  // The company collects what was granted.
  void Release() {
    EXPECT_OK(CollectRelease(service.context(), service.company(),
                             {service.NextKey(), application.candidate, "o", "first interview"}));
  }
  StatusOr<DestroyedPerson> Destroy() {
    return DestroyPerson(service.context(), service.officer(),
                         {service.NextKey(), request, "asked by the person"});
  }
  model::ErrorCode StateOfFirst() {
    return model::CodeOf(
        GetSeeker(service.context(), service.portal(), people[0]->handle).status());
  }
  std::size_t CountKeys(std::string_view prefix) {
    std::size_t count = 0;
    for (const storage::KeyValue& item : ContentOf(service.data()))
      count += item.key.starts_with(prefix) ? 1 : 0;
    return count;
  }
  std::size_t CountErasuresJournaled() {
    std::size_t count = 0;
    for (const storage::NarrowingAct& act : service.journal().acts()) {
      count += act.kind == storage::NarrowingKind::kErasure ? 1 : 0;
    }
    return count;
  }
};

// What must hold once the destruction is over, however often the power failed on the way.
inline void ExpectDestroyed(ErasureScene& scene) {
  EXPECT_EQ(scene.StateOfFirst(), model::ErrorCode::kNotFound);
  for (std::size_t i = 1; i < scene.people.size(); ++i) {
    const auto other =
        GetSeeker(scene.service.context(), scene.service.portal(), scene.people[i]->handle);
    ASSERT_OK(other);
    EXPECT_EQ(other->items.size(), 1u);
  }
  EXPECT_EQ(scene.CountKeys("receipt/"), 1u);
  EXPECT_EQ(scene.CountKeys("candidate/"), 0u);
  // A batch that was durable before the anchor was not is made again; applying the act twice
  // changes nothing.
  EXPECT_GE(scene.CountErasuresJournaled(), 1u);
  EXPECT_LE(scene.CountErasuresJournaled(), 2u);
  EXPECT_FALSE(scene.HasLeaf(scene.service.keyring()));
  const auto requests = ListErasureRequests(scene.service.context(), scene.service.officer());
  ASSERT_OK(requests);
  ASSERT_EQ(requests->size(), 1u);
  EXPECT_EQ(requests->front().state, ErasureRequest::State::kDone);
  const auto told = scene.CountKeys("withdrawal/");
  EXPECT_EQ(told, 1u);
  EXPECT_OK(scene.service.CheckLog());
  EXPECT_OK(scene.service.VerifyExportedLog());
}

// One try of a restore as the command does it; the service stays stopped when it fails.
inline Status TryRestore(TestService& service, const storage::MemoryStore& backup) {
  service.ReplaceData(backup);
  HeldAnchor held(service.anchor());
  service.set_held_anchor(&held);
  Status restored = service.Start();
  if (restored.ok()) {
    NOREN_ASSIGN_OR_RETURN(const auto anchored, service.anchor().Load());
    restored = ReapplyAfterRestore(service.context(), anchored, service.journal()).status();
  }
  if (restored.ok()) restored = held.Release();
  service.Stop();
  service.set_held_anchor(nullptr);
  return restored;
}

inline void PowerOn(TestService& service) {
  service.Stop();
  service.power().PowerOn();
  service.faults().Restart();
}

}  // namespace noren::operations
