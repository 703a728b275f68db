// How long people are kept, who is asked before, who is due, and the plan of who is.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>

#include "engine/operations/retention.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using operations::RetentionRow;
using ::testing::Contains;

operations::NamedPerson NamedOf(Scene& scene, const Step& step) {
  return {scene.service().portal().principal.name, scene.person(step).known->handle};
}

void Note(Scene& scene, const Step& step) {
  operations::NoteRetentionRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.person = NamedOf(scene, step);
  if (step.Has("graduation_year"))
    request.graduation_year = std::stoi(step.Text("graduation_year"));
  request.confirmed = step.Is("confirmed");
  request.purpose_achieved = step.Is("purpose_achieved");
  if (step.Has("registered_until")) {
    const auto until = model::ParseCivilDay(step.Text("registered_until"));
    ASSERT_OK(until);
    request.registered_until = *until;
  }
  scene.Answer(step,
               operations::NoteRetention(scene.context(), scene.CallerOf(step, "officer"), request)
                   .status());
}

operations::RetentionFilter FilterOf(const Step& step) {
  const std::string name = step.Text("list", "all");
  if (name == "queue") return operations::RetentionFilter::kQueue;
  if (name == "due") return operations::RetentionFilter::kDue;
  if (name == "overdue") return operations::RetentionFilter::kOverdue;
  EXPECT_EQ(name, "all") << "no list";
  return operations::RetentionFilter::kAll;
}

void CompareDays(const Step& step, const RetentionRow& row) {
  if (step.Has("last_day")) {
    EXPECT_EQ(model::ToIso(row.due.kept_until), step.Text("last_day"));
  }
  if (step.Has("destroy_by")) {
    EXPECT_EQ(model::ToIso(row.due.destroy_by), step.Text("destroy_by"));
  }
  if (step.Has("ask_from")) {
    ASSERT_FALSE(row.notices.empty()) << "nobody is asked";
    EXPECT_EQ(model::ToIso(row.notices.front().day), step.Text("ask_from"));
  }
}

void CompareRow(const Step& step, const RetentionRow& row) {
  CompareDays(step, row);
  if (step.Has("state")) {
    EXPECT_EQ(policy::calendar::StandingName(row.due.standing), step.Text("state"));
  }
  if (step.Has("rule")) {
    EXPECT_EQ(row.due.retention, step.Text("rule"));
  }
  if (step.Has("blocked_by")) {
    EXPECT_THAT(row.due.blocked_by, Contains(::testing::HasSubstr(step.Text("blocked_by"))));
  }
  for (const std::string& clause : step.Many("clauses")) {
    EXPECT_THAT(row.due.clauses, Contains(clause));
  }
  if (step.Has("holds")) {
    EXPECT_EQ(row.holds, std::stoull(step.Text("holds")));
  }
  if (step.Has("awaits_approval")) {
    EXPECT_EQ(row.awaits_approval, step.Is("awaits_approval"));
  }
}

// The row of the person in the officer's list.
void Retention(Scene& scene, const Step& step) {
  const auto rows = operations::ListRetention(scene.context(), scene.CallerOf(step, "officer"),
                                              {FilterOf(step), {}, {}});
  scene.Answer(step, rows.status());
  if (!rows.ok()) return;
  if (step.Has("count")) {
    EXPECT_EQ(rows->size(), std::stoull(step.Text("count")));
  }
  if (!step.Has("person")) return;
  const auto row = std::ranges::find_if(*rows, [&](const RetentionRow& one) {
    return one.named.handle == scene.person(step).known->handle;
  });
  if (step.Is("absent")) {
    EXPECT_EQ(row, rows->end());
    return;
  }
  ASSERT_NE(row, rows->end()) << "the person is not in the list";
  CompareRow(step, *row);
}

void RetentionPlan(Scene& scene, const Step& step) {
  const auto planned = operations::PlanRetention(
      scene.context(), scene.service().officer(step.Text("officer", "planner")),
      {scene.service().NextKey(), step.Text("reason", "the period of retention is over")});
  scene.Answer(step, planned.status());
  if (!planned.ok()) return;
  scene.plans()[step.Text("name", "plan")] = planned->plan;
  if (step.Has("selects")) {
    EXPECT_EQ(planned->plan.counts.people, std::stoull(step.Text("selects")));
  }
  for (const std::string& part : step.Many("reasons")) {
    EXPECT_THAT(planned->plan.reason, ::testing::HasSubstr(part));
  }
}

void RetentionRun(Scene& scene, const Step& step) {
  const auto run = operations::RunRetention(scene.context(), scene.CallerOf(step, "officer"));
  scene.Answer(step, run.status());
  if (!run.ok()) return;
  const auto compare = [&](const char* argument, std::size_t count) {
    if (step.Has(argument)) {
      EXPECT_EQ(count, std::stoull(step.Text(argument))) << argument;
    }
  };
  compare("notices", run->notices);
  compare("due", run->due);
  compare("overdue", run->overdue);
  compare("blocked", run->blocked);
}

}  // namespace

StepTable RetentionSteps() {
  return {{"note", Note},
          {"retention", Retention},
          {"retention_plan", RetentionPlan},
          {"retention_run", RetentionRun}};
}

}  // namespace noren::clauses
