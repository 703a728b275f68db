// The date rules of the five operators' clauses, as the clause tables settle them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/policy/calendar/date_rule.h"
#include "engine/policy/calendar/evaluate.h"

namespace noren::policy::calendar {

inline const Cycle kHalfYears{{{1, 1}, {7, 1}}};
inline const Cycle kFiscalYear{{kAprilFirst}};

constexpr Period Years(std::int32_t years) { return {years * 12, 0}; }
constexpr Period Months(std::int32_t months) { return {months, 0}; }
constexpr Period Days(std::int32_t days) { return {0, days}; }

// mapo: within 15 days of the half-year that begins on or after the end (M-49, M-50, M-52).
DateRule MapoDestruction();
// mapo: without delay, cap 10 (M-40).
DateRule MapoAnswer();
// gojobs: two years from the latest consent, or withdrawal (G-10, G-36).
DateRule GojobsRetention();
// gojobs: without delay, cap 5, after the end of retention (G-26, G-32, G-37).
DateRule GojobsDestruction();
// gojobs: within ten days of the request (G-70).
DateRule GojobsAnswer();
// gojobs: access records at least one year (G-97).
DateRule GojobsLogKeeping();
// Without delay with a cap of five days from an event (G-33, G-49).
DateRule WithoutDelay(std::string id, std::string event);
// At least once in so long (S-45, S-47, K-29, K-30, G-46, G-92, O-10, O-64).
DateRule AtLeastOnceIn(Period period);
// sapporo-ui: students, one year after the graduation year without confirmation (S-62, S-63).
DateRule SapporoStudents();
// sapporo-ui: others, seven years without confirmation (S-65).
DateRule SapporoOthers();
// kyodo-kanagawa: the end of registration, and of the register entry two years on (K-45).
DateRule KyodoDisposal();
DateRule KyodoRegisterEntry();
// kyodo-kanagawa: about two weeks from acceptance (K-61).
DateRule KyodoAnswer();
// openup-it: request papers within one year of the answer (O-81, O-84); kyodo-kanagawa's operator
// takes the same (K-77).
DateRule OpenupRequestPapers();

CivilDay DayIn(const std::string& iso);
// {"withdrawal", "2025-03-10"}
EventDay On(std::string name, const std::string& iso);
// The deadline of a rule that has begun; fails the test otherwise.
Deadline DeadlineOf(const DateRule& rule, const std::vector<EventDay>& events,
                    const WorkingDays* working_days = nullptr);
std::string LastDay(const DateRule& rule, const std::vector<EventDay>& events,
                    const WorkingDays* working_days = nullptr);
std::string DueDay(const DateRule& rule, const std::vector<EventDay>& events);
std::string StandingText(const DateRule& rule, const std::vector<EventDay>& events,
                         const std::string& today);

}  // namespace noren::policy::calendar
