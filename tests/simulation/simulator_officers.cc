// What officers do in a simulation: destruction by plan with four eyes, legal holds.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "crypto/agefile/header.h"
#include "crypto/agefile/payload.h"
#include "crypto/agefile/recipient.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/legal_holds.h"
#include "tests/simulation/simulator.h"

namespace noren::simulation {
namespace {

using model::CodeOf;
using model::ErrorCode;
using operations::DestructionLevel;
using operations::SelectBy;

constexpr std::uint64_t kWithin = 24;
constexpr std::uint64_t kWithinDestruction = 200;
constexpr std::uint32_t kAllParts = 1'000'000;
constexpr std::int64_t kHoldSeconds = 1000LL * 86400;  // longer than the clock goes
constexpr const char* kPortal = "first-portal";
const std::vector<model::ItemKind> kHeldKinds = {model::ItemKind::kName};

}  // namespace

// Each has a TLS key of its own.
operations::Call Simulator::OfficerNamed(const std::string& name) {
  return {{model::Role::kOfficer, name}, service_.NextKey(), primitives::Sha256(AsBytes(name))};
}

// What a plan destroys, and what that narrows.
std::optional<Simulator::Target> Simulator::SomeTarget() {
  Target target;
  const std::uint64_t what = Below(4);
  const auto number = SomePerson();
  if (what <= 1 && number) {
    const PersonTruth& person = truth_.people[*number];
    target.rule.people.push_back({kPortal, person.handle});
    target.narrowings.push_back({.kind = Narrowing::Kind::kDestroyed, .person = person.id});
    target.person = *number;
    return target;
  }
  if (what == 2 && number && !truth_.people[*number].items.empty()) {
    const PersonTruth& person = truth_.people[*number];
    auto item = person.items.begin();
    std::advance(item, static_cast<std::ptrdiff_t>(Below(person.items.size())));
    target.rule.level = DestructionLevel::kItems;
    target.rule.by = SelectBy::kItems;
    target.rule.items.push_back({{kPortal, person.handle}, *item});
    target.narrowings.push_back(
        {.kind = Narrowing::Kind::kItemDestroyed, .person = person.id, .item = *item});
    target.person = *number;
    return target;
  }
  target.rule.level = DestructionLevel::kHeld;
  target.rule.by = SelectBy::kHolds;
  for (const auto& [id, hold] : truth_.holds) {
    if (!hold.released) continue;
    target.rule.holds.push_back(id);
    target.narrowings.push_back(
        {.kind = Narrowing::Kind::kHoldDestroyed, .person = hold.person, .hold = id});
  }
  return target.rule.holds.empty() ? std::nullopt : std::optional(target);
}

std::optional<operations::PlanRecord> Simulator::PlanAndApprove(const Target& target) {
  operations::PlanRequest request{service_.NextKey(), target.rule, "the period is over, plan 7"};
  std::optional<operations::PlanRecord> plan;
  const Status planned = Perform(
      kWithin,
      [&] {
        auto made =
            operations::PlanDestruction(service_.context(), OfficerNamed("planner"), request);
        if (made.ok()) plan = std::move(made->plan);
        return made.status();
      },
      [] {});
  if (!planned.ok()) {
    Fail("a plan is refused: " + planned.ToString());
    return std::nullopt;
  }
  const auto approve = [&](const std::string& officer, const std::string& key) {
    return operations::ApproveDestruction(service_.context(), OfficerNamed(officer), key,
                                          plan->plan, plan->digest)
        .status();
  };
  if (OneIn(3) && CodeOf(approve("planner", service_.NextKey())) != ErrorCode::kApprovalRequired)
    Fail("one officer alone approves");
  const std::string key = service_.NextKey();
  const Status approved = Perform(kWithin, [&] { return approve("approver", key); }, [] {});
  if (!approved.ok()) Fail("an approval is refused: " + approved.ToString());
  return plan;
}

void Simulator::DestroyByPlan() {
  const auto target = SomeTarget();
  if (!target) return;
  Say("plan to destroy, level " +
      std::string(operations::DestructionLevelName(target->rule.level)));
  const auto plan = PlanAndApprove(*target);
  if (!plan || !failure_.empty()) return;
  const bool is_held_meanwhile = target->person && OneIn(4);
  if (is_held_meanwhile) PlaceHoldOn(*target->person);
  if (!failure_.empty()) return;
  const auto execute = [&]() -> Status {
    const auto done = operations::ExecuteDestruction(service_.context(), OfficerNamed("planner"),
                                                     plan->plan, kAllParts);
    if (done.ok() && !done->receipt) return Internal("no receipt");
    return done.status();
  };
  if (OneIn(2)) disk_.CrashAt(Below(kWithinDestruction), random_());
  Status status = execute();
  // Once it has begun, a start that finds it interrupted ends it: the check has to wait for that.
  while (disk_.is_down() && failure_.empty()) {
    if (!PowerOnAndStart()) return;
    status = execute();
  }
  disk_.Disarm();
  Say("  " + (status.ok() ? "ok" : std::string(model::RowOf(CodeOf(status)).name)));
  if (is_held_meanwhile) {
    if (CodeOf(status) != ErrorCode::kPlanVoid) Fail("a hold did not void the plan");
    return;
  }
  if (!status.ok()) return Fail("an approved plan is refused: " + status.ToString());
  ++counts_.plans;
  for (const Narrowing& narrowing : target->narrowings) {
    narrowed_.push_back(narrowing);
    Narrow(truth_, narrowing);
  }
  if (target->rule.level != DestructionLevel::kPeople) return;
  gone_.insert(target->rule.people.front().handle);
  LoseTheLost();
}

void Simulator::PlaceHold() {
  if (const auto number = SomePerson()) PlaceHoldOn(*number);
}

void Simulator::PlaceHoldOn(int number) {
  const PersonTruth& person = truth_.people[number];
  Say("hold on " + std::to_string(number));
  const operations::PlaceHoldRequest request{
      service_.NextKey(),
      kPortal,
      person.handle,
      kHeldKinds,
      UnixSeconds{service_.context().time.Now().value + kHoldSeconds},
      "Act 11, article 7",
      "the court asked for it"};
  std::optional<model::HoldId> hold;
  const Status status = Perform(
      kWithin * 2,
      [&] {
        const auto placed = operations::PlaceHold(service_.context(), service_.officer(), request);
        if (placed.ok()) hold = placed->hold;
        return placed.status();
      },
      [&] {
        narrowed_.push_back({.kind = Narrowing::Kind::kHoldPlaced,
                             .person = person.id,
                             .hold = *hold,
                             .kinds = {kHeldKinds.begin(), kHeldKinds.end()}});
        Narrow(truth_, narrowed_.back());
        ++counts_.holds;
      });
  if (!status.ok()) Fail("a hold is refused: " + status.ToString());
}

void Simulator::EndHold() {
  if (truth_.holds.empty()) return;
  auto hold = truth_.holds.begin();
  std::advance(hold, static_cast<std::ptrdiff_t>(Below(truth_.holds.size())));
  if (hold->second.released) return;
  Say("the hold ends");
  const model::HoldId id = hold->first;
  const std::string key = service_.NextKey();
  const Status status = Perform(
      kWithin,
      [&] {
        return operations::ReleaseHold(service_.context(), service_.officer(), key, id,
                                       "the court is done")
            .status();
      },
      [&] {
        narrowed_.push_back(
            {.kind = Narrowing::Kind::kHoldReleased, .person = hold->second.person, .hold = id});
        Narrow(truth_, narrowed_.back());
      });
  if (!status.ok()) Fail("a hold does not end: " + status.ToString());
}

// The officer reads what is held: it is what came in, whoever has been destroyed since.
void Simulator::ReadHeld() {
  if (truth_.holds.empty()) return;
  auto hold = truth_.holds.begin();
  std::advance(hold, static_cast<std::ptrdiff_t>(Below(truth_.holds.size())));
  const auto identity = agefile::Identity::Generate(service_.random());
  for (const model::ItemId& item : hold->second.items) {
    Say("read what is held");
    const auto opened = operations::OpenHeldItem(
        service_.context(), service_.officer(),
        {hold->first, item, identity.recipient().ToString(), "asked by the court"});
    if (!opened.ok()) return Fail("what is held does not open: " + opened.status().ToString());
    const auto file_key = agefile::OpenHeader(opened->header, identity);
    const auto sealed =
        operations::ReadHeldPayload(service_.context(), service_.officer(), hold->first, item, 0);
    if (!file_key.ok() || !sealed.ok()) return Fail("what is held is not there");
    agefile::PayloadDecryptor decryptor(*file_key);
    const auto part = decryptor.Update(*sealed);
    const auto rest = decryptor.Finish();
    if (!part.ok() || !rest.ok()) return Fail("what is held is damaged");
    Bytes plaintext = *part;
    plaintext.insert(plaintext.end(), rest->begin(), rest->end());
    if (plaintext != contents_[item]) return Fail("what is held is something else");
  }
}

// The held minimum is there, of those who are destroyed too, and nothing else is held.
std::string Simulator::HoldDifference(const Truth& truth) {
  const auto listed = operations::ListHolds(service_.context(), service_.officer());
  if (!listed.ok()) return "holds do not open: " + listed.status().ToString();
  if (listed->size() != truth.holds.size()) {
    return std::to_string(listed->size()) + " holds, not " + std::to_string(truth.holds.size());
  }
  for (const operations::HoldSummary& summary : *listed) {
    const auto hold = truth.holds.find(summary.hold);
    if (hold == truth.holds.end()) return "a hold that ended for good is back";
    if (hold->second.released != summary.due) return "a hold ended otherwise";
    std::set<model::ItemId> items;
    for (const personal_data::HeldItem& item : summary.items) items.insert(item.item);
    if (items != hold->second.items) return "a hold has other items";
  }
  return "";
}

}  // namespace noren::simulation
