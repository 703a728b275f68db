// Six people with papers and two applications, two officers, and what plans of destruction need.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/register_seeker.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {

inline constexpr std::uint32_t kAllParts = 1'000'000;

struct DestructionScene {
  TestService service;
  std::vector<std::unique_ptr<TestPerson>> people;
  std::vector<model::ItemId> resumes;
  std::vector<model::ItemId> names;
  TestApplication first, second;  // of people[0] and people[1]

  // By the example policy, or by one that outlives the scene.
  explicit DestructionScene(int count = 6, const policy::Policy* policy = nullptr)
      : service(1, {FixedClock::kDefaultNow}, policy) {
    for (int i = 0; i < count; ++i) {
      people.push_back(service.Register(i, /*with_key=*/true));
      const auto seed = static_cast<std::uint64_t>(i);
      resumes.push_back(
          service.PutItem(*people.back(), model::ItemKind::kResume, SomeBytes(seed, 900)));
      names.push_back(
          service.PutItem(*people.back(), model::ItemKind::kName, SomeBytes(seed + 100, 20)));
      service.BecomeDiscoverable(*people.back());
    }
    const model::PostingId posting = service.RegisterPosting();
    service.AddKey();
    service.InviteAll(posting);
    first = service.Grant(*people[0], posting);
    second = service.Grant(*people[1], posting);
  }

  ServiceContext& context() { return service.context(); }
  NamedPerson Named(std::size_t i) const { return {"first-portal", people[i]->handle}; }

  DestructionRule People(const std::vector<std::size_t>& which) const {
    DestructionRule rule;
    for (const std::size_t i : which) rule.people.push_back(Named(i));
    return rule;
  }
  DestructionRule Resumes(const std::vector<std::size_t>& which) const {
    DestructionRule rule;
    rule.level = DestructionLevel::kItems;
    rule.by = SelectBy::kItems;
    for (const std::size_t i : which) rule.items.push_back({Named(i), resumes[i]});
    return rule;
  }
  DestructionRule File(const std::string& file) const {
    DestructionRule rule;
    rule.level = DestructionLevel::kFile;
    rule.by = SelectBy::kFile;
    rule.file = file;
    return rule;
  }
  DestructionRule DueHolds() const {
    DestructionRule rule;
    rule.level = DestructionLevel::kHeld;
    rule.by = SelectBy::kDueHolds;
    return rule;
  }

  StatusOr<PlanRecord> Plan(const DestructionRule& rule, const std::string& officer = "planner") {
    NOREN_ASSIGN_OR_RETURN(
        const auto planned,
        PlanDestruction(context(), service.officer(officer),
                        {service.NextKey(), rule, "retention period is over, plan 3"}));
    return planned.plan;
  }
  Status Approve(const PlanRecord& plan, const std::string& officer = "approver") {
    return ApproveDestruction(context(), service.officer(officer), service.NextKey(), plan.plan,
                              plan.digest)
        .status();
  }
  StatusOr<ExecutionProgress> Execute(const PlanRecord& plan, std::uint32_t parts = kAllParts) {
    return ExecuteDestruction(context(), service.officer("planner"), plan.plan, parts);
  }
  StatusOr<PlanRecord> Approved(const DestructionRule& rule) {
    NOREN_ASSIGN_OR_RETURN(PlanRecord plan, Plan(rule));
    NOREN_RETURN_IF_ERROR(Approve(plan));
    return plan;
  }
  // Plans, approves, executes.
  StatusOr<personal_data::RunReceipt> Destroy(const DestructionRule& rule) {
    NOREN_ASSIGN_OR_RETURN(const PlanRecord plan, Approved(rule));
    NOREN_ASSIGN_OR_RETURN(const ExecutionProgress progress, Execute(plan));
    if (!progress.receipt) return Internal("no receipt");
    return ReadReceipt(*progress.receipt);
  }
  StatusOr<personal_data::RunReceipt> ReadReceipt(const personal_data::StoredRunReceipt& stored) {
    NOREN_ASSIGN_OR_RETURN(const Bytes key, personal_data::ReceiptVerifyingKey(service.keys()));
    return personal_data::VerifyRunReceipt(stored.signed_receipt.text,
                                           stored.signed_receipt.signature, key);
  }
  StatusOr<PlacedHold> Hold(std::size_t person, std::int64_t days = 30,
                            std::vector<model::ItemKind> kinds = {model::ItemKind::kName}) {
    return PlaceHold(context(), service.officer(),
                     {service.NextKey(), "first-portal", people[person]->handle, std::move(kinds),
                      UnixSeconds{service.clock().Now().value + days * 86400}, "Act 11, article 7",
                      "the court asked for it"});
  }

  model::ErrorCode StateOf(std::size_t i) {
    return model::CodeOf(GetSeeker(context(), service.portal(), people[i]->handle).status());
  }
  std::size_t ItemsOf(std::size_t i) {
    const auto seeker = GetSeeker(context(), service.portal(), people[i]->handle);
    EXPECT_OK(seeker);
    return seeker.ok() ? seeker->items.size() : 0;
  }
  StatusOr<CollectedRelease> Collect(const TestApplication& application) {
    return CollectRelease(context(), service.company(),
                          {service.NextKey(), application.candidate, "o", "first interview"});
  }
  std::size_t CountKeys(std::string_view prefix) {
    std::size_t count = 0;
    for (const storage::KeyValue& item : ContentOf(service.data()))
      count += item.key.starts_with(prefix) ? 1 : 0;
    return count;
  }
  std::size_t CountEntries(audit::Operation operation, bool refused = false) {
    std::size_t count = 0;
    for (const audit::AuditEntry& entry : service.Entries()) {
      const bool is_refused = entry.decision == audit::Decision::kRefused;
      count += entry.operation == operation && is_refused == refused ? 1 : 0;
    }
    return count;
  }

  // As the restore command does it. The tree stays as it is.
  StatusOr<RestoreSummary> RestoreBackup(const storage::MemoryStore& backup) {
    service.Stop();
    service.power().PowerOn();
    service.faults().Restart();
    service.ReplaceData(backup);
    HeldAnchor held(service.anchor());
    service.set_held_anchor(&held);
    NOREN_RETURN_IF_ERROR(service.Start());
    NOREN_ASSIGN_OR_RETURN(const storage::AnchorRecord anchored, service.anchor().Load());
    NOREN_ASSIGN_OR_RETURN(const RestoreSummary summary,
                           ReapplyAfterRestore(context(), anchored, service.journal()));
    NOREN_RETURN_IF_ERROR(held.Release());
    service.set_held_anchor(nullptr);
    NOREN_RETURN_IF_ERROR(service.Restart());
    return summary;
  }
};

// The leaf of one of the scene's people, or of an item of theirs.
inline personal_data::LeafIndex LeafOf(DestructionScene& scene, std::size_t i) {
  const auto person = LoadPersonByHandle(scene.context(), "first-portal", scene.people[i]->handle);
  EXPECT_OK(person);
  return person.ok() ? person->record.address.leaf : 0;
}

}  // namespace noren::operations
