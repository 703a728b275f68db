// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/due_day.h"

#include <utility>

namespace noren::policy {
namespace {

using calendar::Country;
using calendar::HolidayTable;
using calendar::WorkingDays;

struct Days {
  HolidayTable holidays;
  WorkingDays days;
  explicit Days(HolidayTable table) : holidays(std::move(table)), days(holidays, {}) {}
};

StatusOr<const WorkingDays*> DaysOf(Country country) {
  NOREN_ASSIGN_OR_RETURN(HolidayTable table, HolidayTable::Make(country));
  // It lives as long as the program: the same for every policy of the country.
  return &(new Days(std::move(table)))->days;
}

}  // namespace

StatusOr<const WorkingDays*> WorkingDaysOf(const Policy& policy) {
  if (policy.timezone == "Asia/Seoul") {
    static const StatusOr<const WorkingDays*> korean = DaysOf(Country::kKorea);
    return korean;
  }
  if (policy.timezone == "Asia/Tokyo") {
    static const StatusOr<const WorkingDays*> japanese = DaysOf(Country::kJapan);
    return japanese;
  }
  return nullptr;
}

StatusOr<std::optional<DueDay>> DueDayOf(const Policy& policy, const calendar::DateRule& rule,
                                         std::span<const calendar::EventDay> events,
                                         model::CivilDay today) {
  const WorkingDays* days = nullptr;
  if (rule.holiday_roll != calendar::HolidayRoll::kStays) {
    NOREN_ASSIGN_OR_RETURN(days, WorkingDaysOf(policy));
  }
  NOREN_ASSIGN_OR_RETURN(const calendar::Evaluation evaluated,
                         calendar::Evaluate(rule, events, days));
  if (!evaluated.deadline) return std::optional<DueDay>();
  const calendar::Deadline& deadline = *evaluated.deadline;
  DueDay due;
  due.rule = rule.id;
  due.starts = deadline.starts;
  due.last_day = deadline.last_day;
  due.reminders = deadline.reminders;
  due.standing = calendar::StandingOn(rule, deadline, today);
  due.blocked_by = deadline.blocks_it;
  due.clauses = rule.clauses;
  due.is_target = rule.strictness == calendar::Strictness::kTarget;
  due.is_minimum = rule.direction == calendar::Direction::kMinimum;
  return std::optional(std::move(due));
}

}  // namespace noren::policy
