// Who may call at all: callers who are refused and locked, officers who have not read the policy,
// and what is kept of who called.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "crypto/primitives/hash.h"
#include "engine/operations/access_log_trim.h"
#include "engine/operations/acknowledgements.h"
#include "engine/operations/caller_locks.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/register_seeker.h"
#include "engine/policy/loader.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kManyRows = 200;

void Compare(const Step& step, const std::string& text) {
  for (const std::string& part : step.Many("has")) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(text, Not(HasSubstr(part)));
  }
}

// Reads a person's profile, or without one the officer's status: each is for one role alone.
void Attempt(Scene& scene, const Step& step) {
  const std::string times = step.Text("times", "1");
  for (std::uint64_t i = 0; i < std::stoull(times); ++i) {
    operations::Call call = scene.CallerOf(step, "analyst");
    if (step.Has("key")) call.key = primitives::Sha256(AsBytes(step.Text("key")));
    const Status status =
        step.Has("person")
            ? operations::GetSeeker(scene.context(), call, scene.person(step).known->handle)
                  .status()
            : operations::ReadStatus(scene.context(), call).status();
    scene.Answer(step, status);
  }
}

std::string NameOf(const operations::CallerLock& lock) {
  return std::string(model::RoleName(lock.principal.role)) + ":" + lock.principal.name;
}

void Locks(Scene& scene, const Step& step) {
  const auto locks = operations::ListCallerLocks(scene.context(), scene.CallerOf(step, "officer"));
  scene.Answer(step, locks.status());
  if (!locks.ok()) return;
  if (step.Has("count")) {
    EXPECT_EQ(locks->size(), std::stoull(step.Text("count")));
  }
  std::string text;
  for (const operations::CallerLock& lock : *locks)
    text += NameOf(lock) + " " + std::to_string(lock.refusals) + "\n";
  Compare(step, text);
}

void Unlock(Scene& scene, const Step& step) {
  const auto locks = operations::ListCallerLocks(scene.context(), scene.service().officer());
  ASSERT_OK(locks);
  std::string caller = step.Text("name");
  for (const operations::CallerLock& lock : *locks) {
    if (NameOf(lock) == step.Text("name")) caller = operations::ToText(lock.caller);
  }
  scene.Answer(step, operations::UnlockCaller(scene.context(), scene.CallerOf(step, "officer"),
                                              scene.service().NextKey(), caller)
                         .status());
}

void Trim(Scene& scene, const Step& step) {
  const auto before = model::ParseCivilDay(step.Text("before"));
  ASSERT_OK(before);
  const auto trimmed = operations::TrimAccessLog(scene.context(), scene.CallerOf(step, "officer"),
                                                 {scene.service().NextKey(), *before});
  scene.Answer(step, trimmed.status());
  if (!trimmed.ok() || !step.Has("entries")) return;
  EXPECT_EQ(trimmed->entries, std::stoull(step.Text("entries")));
}

// A line for each entry: its day by the policy's time, who made it, and what.
void AccessLog(Scene& scene, const Step& step) {
  const auto records =
      operations::ReadAccessLog(scene.context(), scene.CallerOf(step, "officer"), 0, kManyRows);
  scene.Answer(step, records.status());
  if (!records.ok()) return;
  std::string text;
  for (const operations::AccessRecord& record : *records) {
    text += model::ToIso(policy::TodayOf(scene.context().policy, record.at)) + " " +
            record.principal + " " + record.operation + "\n";
  }
  Compare(step, text);
}

// An officer by name who has acknowledged nothing by themself.
operations::Call OfficerOf(Scene& scene, const Step& step) {
  return scene.service().NewOfficer(step.Text("officer", "newcomer"));
}

void OfficerStatus(Scene& scene, const Step& step) {
  scene.Answer(step, operations::ReadStatus(scene.context(), OfficerOf(scene, step)).status());
}

void InForce(Scene& scene, const Step& step) {
  const auto read = operations::ReadPolicyInForce(scene.context(), OfficerOf(scene, step));
  scene.Answer(step, read.status());
  if (!read.ok()) return;
  EXPECT_EQ(read->digest, scene.context().policy.digest);
  if (step.Has("acknowledged")) {
    EXPECT_EQ(read->acknowledged, step.Is("acknowledged"));
  }
  Compare(step, read->notice);
}

// Of the version in force, or of the file as it is with the step's own replacement.
void Acknowledge(Scene& scene, const Step& step) {
  const auto policy = policy::ParsePolicy(scene.Changed(step));
  ASSERT_OK(policy);
  scene.Answer(step, operations::AcknowledgePolicy(scene.context(), OfficerOf(scene, step),
                                                   scene.service().NextKey(), policy->digest)
                         .status());
}

}  // namespace

StepTable AccessSteps() {
  return {{"attempt", Attempt},         {"locks", Locks},
          {"unlock", Unlock},           {"trim", Trim},
          {"access_log", AccessLog},    {"officer_status", OfficerStatus},
          {"policy_in_force", InForce}, {"acknowledge", Acknowledge}};
}

}  // namespace noren::clauses
