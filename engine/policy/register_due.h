// What is due or missing in the registers: every measure that the operator's notice states and
// nobody attested within its period, the clocks of an incident, destructions that wait for their
// confirmation, complaints that are open, processors whose inspection is over its time. Days are
// counted by the calendar in the operator's zone.
// Source:   docs/formats/register_entry.md, section "What is due"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/status.h"
#include "engine/policy/policy.h"
#include "engine/policy/register_kinds.h"

namespace noren::policy {

// What an entry says has happened.
struct RegisteredStep {
  RegisterKind kind = RegisterKind::kCommitments;
  std::uint64_t number = 0;       // in its register
  std::uint64_t case_number = 0;  // of the first entry it goes on from; its own when it begins one
  UnixSeconds at;                 // when it happened
  std::string subject, step;
  std::vector<std::string> clauses;                     // of measures that it attests
  std::vector<std::string> parts;                       // of the measure; none: the whole
  std::map<std::string, std::string> fields;            // as register_kinds.inc has them
  std::string officer = "";                             // who recorded it
  std::string_view Field(std::string_view name) const;  // empty: it has none
  bool operator==(const RegisteredStep&) const = default;
};

enum class DueState : std::uint8_t {
  kMissing = 1,  // never recorded
  kOverdue,
  kOpen,        // within its time, and not done
  kInTime,      // attested within its period
  kNoInterval,  // attested; the policy states no interval
  kDone,
  kConflict  // whoever is to handle it is whom it is about
};
std::string_view DueStateName(DueState state);  // "missing"
Labels DueStateLabels(DueState state);

struct DueRow {
  RegisterKind kind = RegisterKind::kCommitments;
  DueState state = DueState::kMissing;
  std::string clause;                   // that asks for it
  std::string what;                     // the measure, or the step of an incident, in the language
  std::string part;                     // of the measure; empty: all of it
  std::string subject;                  // whom or what; empty: the operator
  std::uint64_t number = 0;             // of the entry it goes on from; 0: none
  std::optional<model::CivilDay> last;  // last recorded
  std::optional<model::CivilDay> last_day;  // by which it has to be recorded again
  std::optional<UnixSeconds> until;         // of a clock that counts hours
  bool of_measure = false;                  // a measure that the notice states
  std::string responsible;                  // as the entry says, else the first officer stated
  std::string officer, evidence;            // who recorded it last, and what it rests on
};
// In the order of the statement; then incidents, processors, and what register_open.h has. Empty
// for a policy without a statement.
//   errors   those of the calendar
StatusOr<std::vector<DueRow>> DueInRegisters(const Policy& policy,
                                             std::span<const RegisteredStep> steps, UnixSeconds now,
                                             model::Language language);

// The measure that rests on this clause and is shown by this register; null: there is none.
const Entry* MeasureOf(const Policy& policy, RegisterKind kind, std::string_view clause);
// The clause that a measure, or another entry, rests on first.
std::string ClauseOf(const Entry& entry);
// The first measure that this register shows; null: there is none.
const Entry* FirstMeasureOf(const Policy& policy, RegisterKind kind);

}  // namespace noren::policy
