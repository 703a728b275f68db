// By when a rule wants something done, as an officer's list shows it: one evaluation of the
// calendar for what has happened, under the operator's own holidays.
// Source:   docs/formats/calendar_rules.md
// Threads:  pure functions; the holidays are made once
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/policy/calendar/evaluate.h"
#include "engine/policy/policy.h"

namespace noren::policy {

struct DueDay {
  std::string rule;  // "gojobs.answer"
  model::CivilDay starts;
  model::CivilDay last_day;
  std::vector<model::CivilDay> reminders;
  calendar::Standing standing = calendar::Standing::kDue;
  std::vector<std::string> blocked_by;  // preconditions of a minimum that have not happened
  std::vector<std::string> clauses;
  bool is_target = false;  // called a target wherever it is shown
  bool is_minimum = false;
};
// Nothing: what the rule counts from has not happened.
//   errors   those of calendar::Evaluate
StatusOr<std::optional<DueDay>> DueDayOf(const Policy& policy, const calendar::DateRule& rule,
                                         std::span<const calendar::EventDay> events,
                                         model::CivilDay today);

// Of the country whose time the policy keeps; null for UTC.
StatusOr<const calendar::WorkingDays*> WorkingDaysOf(const Policy& policy);

}  // namespace noren::policy
