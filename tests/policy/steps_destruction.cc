// Destruction, holds, and what is left in the stores and the log.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "engine/model/errors.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/register_seeker.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint32_t kAllParts = 1'000'000;

void Destroy(Scene& scene, const Step& step) {
  const Scene::Person& person = scene.person(step);
  ASSERT_TRUE(person.request) << "the person did not ask for it";
  const auto destroyed = operations::DestroyPerson(
      scene.context(), scene.service().officer(),
      {scene.service().NextKey(), *person.request, step.Text("reason", "asked by the person")});
  scene.Answer(step, destroyed.status());
  if (destroyed.ok() && step.Has("receipt")) {
    EXPECT_THAT(destroyed->receipt.text, HasSubstr(step.Text("receipt")));
  }
}

operations::DestructionRule RuleOf(Scene& scene, const Step& step) {
  operations::DestructionRule rule;
  if (step.Has("file")) {
    rule.level = operations::DestructionLevel::kFile;
    rule.by = operations::SelectBy::kFile;
    rule.file = step.Text("file");
    return rule;
  }
  for (const std::string& name : step.Many("people")) {
    rule.people.push_back(
        {scene.service().portal().principal.name, scene.people().at(name).known->handle});
  }
  return rule;
}

void Plan(Scene& scene, const Step& step) {
  const auto planned = operations::PlanDestruction(
      scene.context(), scene.service().officer(step.Text("officer", "planner")),
      {scene.service().NextKey(), RuleOf(scene, step),
       step.Text("reason", "retention period is over, plan 3")});
  scene.Answer(step, planned.status());
  if (!planned.ok()) return;
  scene.plans()[step.Text("name", "plan")] = planned->plan;
  if (step.Has("selects")) {
    EXPECT_EQ(planned->plan.counts.people, std::stoull(step.Text("selects")));
  }
}

void Approve(Scene& scene, const Step& step) {
  const operations::PlanRecord& plan = scene.plans()[step.Text("name", "plan")];
  scene.Answer(step, operations::ApproveDestruction(
                         scene.context(), scene.service().officer(step.Text("officer", "approver")),
                         scene.service().NextKey(), plan.plan, plan.digest)
                         .status());
}

void Execute(Scene& scene, const Step& step) {
  const operations::PlanRecord& plan = scene.plans()[step.Text("name", "plan")];
  const auto progress = operations::ExecuteDestruction(
      scene.context(), scene.service().officer("planner"), plan.plan, kAllParts);
  scene.Answer(step, progress.status());
  if (!progress.ok() || !step.Has("receipt")) return;
  ASSERT_TRUE(progress->receipt);
  for (const std::string& part : step.Many("receipt")) {
    EXPECT_THAT(progress->receipt->signed_receipt.text, HasSubstr(part));
  }
}

void Hold(Scene& scene, const Step& step) {
  scene.Answer(step, operations::PlaceHold(
                         scene.context(), scene.service().officer(),
                         {scene.service().NextKey(), scene.service().portal().principal.name,
                          scene.person(step).known->handle, KindsOf(step, "kinds"),
                          TimeOf(step.Text("until")), step.Text("authority", "Act 11, article 7"),
                          step.Text("reason", "another act says that it is kept")})
                         .status());
}

void Gone(Scene& scene, const Step& step) {
  const auto seeker = operations::GetSeeker(scene.context(), scene.service().portal(),
                                            scene.person(step).known->handle);
  EXPECT_EQ(model::CodeOf(seeker.status()),
            step.Is("yes") ? model::ErrorCode::kNotFound : model::ErrorCode::kNone);
}

// Every byte of the stores: keys and values of the data and of the key tree, and the payloads.
void Stores(Scene& scene, const Step& step) {
  std::string text;
  for (storage::Store* store : {static_cast<storage::Store*>(&scene.service().data()),
                                static_cast<storage::Store*>(&scene.service().tree())}) {
    for (const storage::KeyValue& item : operations::ContentOf(*store))
      text.append(item.key).append(item.value.begin(), item.value.end());
  }
  for (const Hash256& payload : scene.payloads()) {
    const auto size = scene.service().blobs().Size(payload);
    if (!size.ok()) continue;
    const auto content = scene.service().blobs().ReadAt(payload, 0, *size);
    if (content.ok()) text.append(content->begin(), content->end());
  }
  EXPECT_FALSE(text.empty());
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_EQ(text.find(part), std::string::npos) << part;
  }
}

// The last entry of the operation, and how many there are.
void Log(Scene& scene, const Step& step) {
  const auto operation = audit::FindOperation(step.Text("operation"));
  ASSERT_TRUE(operation) << step.Text("operation");
  std::vector<audit::AuditEntry> found;
  for (audit::AuditEntry& entry : scene.service().Entries()) {
    if (entry.operation == *operation) found.push_back(std::move(entry));
  }
  if (step.Has("times")) {
    EXPECT_EQ(found.size(), std::stoull(step.Text("times")));
  }
  if (step.Text("times") == "0") return;
  ASSERT_FALSE(found.empty()) << "no entry of " << step.Text("operation");
  const audit::AuditEntry& last = found.back();
  if (step.Has("refused")) {
    EXPECT_EQ(last.decision, audit::Decision::kRefused);
    EXPECT_EQ(model::RowOf(last.outcome).name, step.Text("refused"));
  }
  for (const std::string& clause : step.Many("cites")) {
    EXPECT_THAT(last.clause_ids, ::testing::Contains(clause));
  }
}

}  // namespace

StepTable DestructionSteps() {
  return {{"destroy", Destroy}, {"plan", Plan}, {"approve", Approve}, {"execute", Execute},
          {"hold", Hold},       {"gone", Gone}, {"stores", Stores},   {"log", Log}};
}

}  // namespace noren::clauses
