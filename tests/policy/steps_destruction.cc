// Destruction, holds, and what is left in the stores and the log.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <sstream>

#include "engine/audit/export.h"
#include "engine/model/errors.h"
#include "engine/operations/backup.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/register_seeker.h"
#include "server/verifier/verify.h"
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
  if (step.Is("holds")) {
    rule.level = operations::DestructionLevel::kHeld;
    rule.by = operations::SelectBy::kHolds;
    const auto holds = operations::ListHolds(scene.context(), scene.service().officer());
    EXPECT_OK(holds);
    if (!holds.ok()) return rule;
    for (const operations::HoldSummary& hold : *holds) rule.holds.push_back(hold.hold);
    return rule;
  }
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

// `digest_of`: what the officer saw was another plan.
void Approve(Scene& scene, const Step& step) {
  const std::string name = step.Text("name", "plan");
  const operations::PlanRecord& plan = scene.plans()[name];
  const Hash256 seen = scene.plans()[step.Text("digest_of", name)].digest;
  const operations::Call call = step.Has("as")
                                    ? scene.CallerOf(step, "officer")
                                    : scene.service().officer(step.Text("officer", "approver"));
  scene.Answer(step, operations::ApproveDestruction(scene.context(), call,
                                                    scene.service().NextKey(), plan.plan, seen)
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

// How many there are, and what is said of the first.
void Holds(Scene& scene, const Step& step) {
  const auto holds = operations::ListHolds(scene.context(), scene.service().officer());
  scene.Answer(step, holds.status());
  if (!holds.ok()) return;
  if (step.Has("count")) {
    EXPECT_EQ(holds->size(), std::stoull(step.Text("count")));
  }
  if (!step.Has("items") && !step.Has("destroy_by") && !step.Has("due")) return;
  ASSERT_FALSE(holds->empty());
  const operations::HoldSummary& hold = holds->front();
  if (step.Has("items")) {
    EXPECT_EQ(hold.items.size(), std::stoull(step.Text("items")));
  }
  if (step.Has("destroy_by")) {
    EXPECT_EQ(model::ToIso(hold.destroy_by), step.Text("destroy_by"));
  }
  if (step.Has("due")) {
    EXPECT_EQ(hold.due, step.Is("due"));
  }
}

// The first item of the first copy, to a key of the reader's own.
void OpenHeld(Scene& scene, const Step& step) {
  const auto holds = operations::ListHolds(scene.context(), scene.service().officer());
  ASSERT_OK(holds);
  ASSERT_FALSE(holds->empty());
  ASSERT_FALSE(holds->front().items.empty());
  const std::string reader =
      agefile::Identity::Generate(scene.service().random()).recipient().ToString();
  const auto opened =
      operations::OpenHeldItem(scene.context(), scene.CallerOf(step, "officer"),
                               {holds->front().hold, holds->front().items.front().item, reader,
                                step.Text("reason", "asked for by the court")});
  scene.Answer(step, opened.status());
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

void Backup(Scene& scene, const Step&) {
  scene.backup() = operations::CopyOf(scene.service().data());
}

// As the restore command does it: the key tree stays as it is.
Status RestoreBackup(Scene& scene) {
  operations::TestService& service = scene.service();
  service.Stop();
  service.power().PowerOn();
  service.faults().Restart();
  service.ReplaceData(*scene.backup());
  operations::HeldAnchor held(service.anchor());
  service.set_held_anchor(&held);
  NOREN_RETURN_IF_ERROR(service.Start());
  NOREN_ASSIGN_OR_RETURN(const storage::AnchorRecord anchored, service.anchor().Load());
  NOREN_RETURN_IF_ERROR(
      operations::ReapplyAfterRestore(scene.context(), anchored, service.journal()).status());
  NOREN_RETURN_IF_ERROR(held.Release());
  service.set_held_anchor(nullptr);
  return service.Restart();
}

void Restore(Scene& scene, const Step& step) {
  ASSERT_NE(scene.backup(), nullptr);
  scene.Answer(step, RestoreBackup(scene));
}

// One bit of the first stored value whose key begins so.
void Damage(Scene& scene, const Step& step) {
  const std::string prefix = step.Text("prefix");
  for (const storage::KeyValue& item : operations::ContentOf(scene.service().data())) {
    if (!item.key.starts_with(prefix)) continue;
    storage::Batch batch;
    Bytes value = item.value;
    if (!step.Is("removed")) value.back() ^= 1;
    batch.mutations.push_back(
        {item.key, step.Is("removed") ? std::nullopt : std::optional<Bytes>(std::move(value))});
    EXPECT_EQ(scene.service().data().Commit(batch).outcome, storage::Outcome::kCommitted);
    return;
  }
  ADD_FAILURE() << "nothing is stored at " << prefix;
}

// The export of the log, without the line that the case cuts out.
StatusOr<std::string> ExportOf(Scene& scene, const Step& step) {
  const audit::LogReader reader(scene.service().data(), operations::kEmbeddedPartition);
  std::stringstream file;
  NOREN_RETURN_IF_ERROR(audit::ExportLog(reader, scene.service().signer(), 0, file).status());
  if (!step.Has("cut")) return file.str();
  std::string text, line;
  for (std::uint64_t number = 1; std::getline(file, line); ++number) {
    if (number != std::stoull(step.Text("cut"))) text += line + "\n";
  }
  return text;
}

void VerifyLog(Scene& scene, const Step& step) {
  const auto text = ExportOf(scene, step);
  ASSERT_OK(text);
  const auto key = scene.service().signer().VerifierKey(operations::kEmbeddedPartition);
  ASSERT_OK(key);
  std::istringstream file(*text);
  const auto report = verifier::VerifyExport(file, {*key, ""});
  ASSERT_OK(report);
  if (step.Is("whole")) {
    EXPECT_TRUE(report->ok()) << verifier::ToText(*report);
    return;
  }
  EXPECT_FALSE(report->ok());
  for (const std::string& part : step.Many("says")) {
    EXPECT_THAT(verifier::ToText(*report), HasSubstr(part));
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
  return {{"destroy", Destroy},    {"plan", Plan},
          {"approve", Approve},    {"execute", Execute},
          {"hold", Hold},          {"holds", Holds},
          {"open_held", OpenHeld}, {"gone", Gone},
          {"stores", Stores},      {"log", Log},
          {"backup", Backup},      {"restore", Restore},
          {"damage", Damage},      {"verify_log", VerifyLog}};
}

}  // namespace noren::clauses
