// What officers record, and what the registers ask for.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "engine/operations/register_tables.h"
#include "engine/operations/start_checks.h"
#include "engine/policy/loader.h"
#include "engine/policy/register_cases.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using policy::DueRow;
using ::testing::HasSubstr;
using ::testing::Not;

// "topic=handling of resumes" as a field; "digest=@policy" is that of the file, with the step's own
// replacement.
std::map<std::string, std::string> FieldsOf(Scene& scene, const Step& step) {
  std::map<std::string, std::string> fields;
  for (const std::string& text : step.Many("fields")) {
    const std::size_t equals = text.find('=');
    EXPECT_NE(equals, std::string::npos) << text;
    if (equals == std::string::npos) continue;
    std::string& value = fields[text.substr(0, equals)] = text.substr(equals + 1);
    if (value != "@policy") continue;
    const auto policy = policy::ParsePolicy(scene.Changed(step));
    EXPECT_OK(policy);
    if (policy.ok()) value = policy::DigestText(*policy);
  }
  return fields;
}

policy::RegisterKind KindOf(const Step& step) {
  const auto kind = policy::FindRegister(step.Text("register"));
  EXPECT_TRUE(kind) << step.Text("register");
  return kind.value_or(policy::RegisterKind::kCommitments);
}

void Record(Scene& scene, const Step& step) {
  operations::AddRegisterEntryRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.kind = KindOf(step);
  request.step = step.Text("step");
  request.at = step.Has("at") ? TimeOf(step.Text("at")) : scene.context().time.Now();
  request.subject = step.Text("subject");
  request.clauses = step.Many("clauses");
  request.parts = step.Many("parts");
  request.fields = FieldsOf(scene, step);
  request.follows = std::stoull(step.Text("follows", "0"));
  const operations::Call call = step.Has("officer") ? scene.service().officer(step.Text("officer"))
                                                    : scene.CallerOf(step, "officer");
  const auto added = operations::AddRegisterEntry(scene.context(), call, request);
  scene.Answer(step, added.status());
  if (added.ok() && step.Has("number")) {
    EXPECT_EQ(added->number, std::stoull(step.Text("number")));
  }
}

bool IsMeant(const Step& step, const DueRow& row) {
  const bool is_register =
      !step.Has("register") || policy::RowOf(row.kind).name == step.Text("register");
  return is_register && row.clause == step.Text("clause") && row.part == step.Text("part") &&
         row.subject == step.Text("subject") &&
         (!step.Has("what") || row.what == step.Text("what"));
}

void Compare(Scene& scene, const Step& step, const DueRow& row) {
  if (step.Has("state")) {
    EXPECT_EQ(policy::DueStateName(row.state), step.Text("state"));
  }
  if (step.Has("last_day")) {
    ASSERT_TRUE(row.last_day);
    EXPECT_EQ(model::ToIso(*row.last_day), step.Text("last_day"));
  }
  if (step.Has("last")) {
    ASSERT_TRUE(row.last);
    EXPECT_EQ(model::ToIso(*row.last), step.Text("last"));
  }
  if (step.Has("until")) {
    ASSERT_TRUE(row.until);
    EXPECT_EQ(row.until->value, TimeOf(step.Text("until")).value);
  }
  if (step.Has("responsible")) {
    EXPECT_EQ(row.responsible, step.Text("responsible"));
  }
  if (step.Has("evidence")) {
    EXPECT_EQ(row.evidence, step.Text("evidence"));
  }
  if (step.Has("names")) {
    EXPECT_THAT(row.what, HasSubstr(step.Text("names")));
  }
  EXPECT_NE(scene.policy_text().find(row.clause), std::string::npos);
}

// The row of what is due for this clause (and part, and subject).
void Due(Scene& scene, const Step& step) {
  const auto rows = operations::ListDue(scene.context(), scene.CallerOf(step, "officer"),
                                        LanguageOf(step, scene.context().policy));
  scene.Answer(step, rows.status());
  if (!rows.ok()) return;
  const auto row =
      std::ranges::find_if(*rows, [&](const DueRow& one) { return IsMeant(step, one); });
  if (step.Is("absent")) {
    EXPECT_EQ(row, rows->end());
    return;
  }
  ASSERT_NE(row, rows->end()) << "nothing asks for it";
  Compare(scene, step, *row);
}

void Entries(Scene& scene, const Step& step) {
  const auto entries =
      operations::ListRegister(scene.context(), scene.CallerOf(step, "officer"), KindOf(step));
  scene.Answer(step, entries.status());
  if (!entries.ok()) return;
  if (step.Has("count")) {
    EXPECT_EQ(entries->size(), std::stoull(step.Text("count")));
  }
  std::string text;
  for (const operations::RegisterEntry& entry : *entries) {
    text += entry.step.subject + " " + entry.step.step + " " + entry.officer;
    for (const auto& [name, value] : entry.step.fields) text += " " + name + "=" + value;
    text += "\n";
  }
  for (const std::string& part : step.Many("has")) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

// A register as it is shown and printed: title, heading and every cell.
void Table(Scene& scene, const Step& step) {
  const auto table = operations::ReadRegister(
      scene.context(), scene.CallerOf(step, "officer"),
      {step.Text("register"), step.Has("from") ? TimeOf(step.Text("from")) : UnixSeconds{0},
       step.Has("to") ? TimeOf(step.Text("to")) : UnixSeconds{std::int64_t{1} << 40},
       LanguageOf(step, scene.context().policy)});
  scene.Answer(step, table.status());
  if (!table.ok()) return;
  if (step.Has("count")) {
    EXPECT_EQ(table->rows.size(), std::stoull(step.Text("count")));
  }
  std::string text = table->title + "\n";
  std::vector<std::vector<std::string>> lines = table->rows;
  lines.insert(lines.begin(), table->heading);
  for (const auto& line : lines) {
    for (const std::string& cell : line) text += cell + " | ";
    text += "\n";
  }
  for (const std::string& part : step.Many("has")) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(text, Not(HasSubstr(part)));
  }
}

// What the daemon does before it serves anybody: by this file, data being kept in this country.
Status CheckStart(Scene& scene, const Step& step) {
  auto policy = policy::ParsePolicy(scene.Changed(step));
  NOREN_RETURN_IF_ERROR(policy.status());
  NOREN_RETURN_IF_ERROR(operations::CheckStart(*policy, step.Text("country")));
  return operations::CheckStartByRegisters(scene.context(), *policy, step.Text("country"));
}
void Start(Scene& scene, const Step& step) { scene.Answer(step, CheckStart(scene, step)); }

}  // namespace

StepTable RegisterSteps() {
  return {
      {"record", Record}, {"due", Due}, {"entries", Entries}, {"table", Table}, {"start", Start}};
}

}  // namespace noren::clauses
