// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/register_open.h"

#include <algorithm>

#include "engine/policy/statement_notice.h"

namespace noren::policy {
namespace {

using model::CivilDay;
using model::Language;

// Whoever a role or a name stands for: an officer who is the same person as another is that other.
std::string_view PersonOf(const Statement& statement, std::string_view role_or_name) {
  for (const Entry* officer : statement.All("officer")) {
    if (officer->Title() != role_or_name && officer->Text("name") != role_or_name) continue;
    return officer->Text("same_as").value_or(officer->Title());
  }
  return role_or_name;
}

std::string FirstClause(const Statement& statement, std::string_view section) {
  const Entry* entry = statement.One(section);
  return entry == nullptr || entry->facts.empty() ? "" : entry->facts[0].clauses[0];
}

// Empty when the policy lets nobody confirm destructions.
std::string ConfirmingClause(const Statement& statement) {
  const Entry* destruction = statement.One("destruction");
  const Fact* by = destruction == nullptr ? nullptr : destruction->Find("confirmed_by");
  return by == nullptr || by->values.empty() ? "" : by->clauses[0];
}

class OpenList {
 public:
  OpenList(const Policy& policy, std::span<const RegisteredStep> steps, CivilDay today,
           Language language)
      : policy_(policy),
        statement_(*policy.statement),
        steps_(steps),
        today_(today),
        language_(language) {}

  std::vector<DueRow> Make() {
    AddOpen(RegisterKind::kDestruction, "destroyed", "confirmed", ConfirmingClause(statement_));
    AddOpen(RegisterKind::kComplaints, "lodged", "closed", FirstClause(statement_, "complaints"));
    AddMedia();
    AddSigns();
    AddReviews();
    return std::move(rows_);
  }

 private:
  CivilDay DayOf(const RegisteredStep& step) const {
    return model::CivilDayAt(step.at, policy_.utc_offset_seconds);
  }

  bool IsFollowed(const RegisteredStep& from, std::string_view step) const {
    return std::ranges::any_of(steps_, [&](const RegisteredStep& one) {
      return one.kind == from.kind && one.case_number == from.case_number && one.step == step;
    });
  }

  DueRow RowOfStep(const RegisteredStep& step, std::string clause, std::string_view wanted) const {
    DueRow row;
    row.kind = step.kind;
    row.state = DueState::kOpen;
    row.clause = std::move(clause);
    row.what = std::string(FindRegisterStep(step.kind, wanted)->labels.In(language_));
    row.subject = step.subject;
    row.number = step.number;
    row.last = DayOf(step);
    row.officer = step.officer;
    return row;
  }

  void AddOpen(RegisterKind kind, std::string_view begun, std::string_view ended,
               const std::string& clause) {
    if (clause.empty()) return;
    for (const RegisteredStep& step : steps_) {
      if (step.kind != kind || step.step != begun || IsFollowed(step, ended)) continue;
      DueRow row = RowOfStep(step, clause, ended);
      if (kind == RegisterKind::kComplaints) {
        row.responsible = std::string(OwnerOf(steps_, step));
        if (IsInConflict(policy_, steps_, step)) row.state = DueState::kConflict;
      }
      rows_.push_back(std::move(row));
    }
  }

  // What is listed has a place; what is lost is an incident.
  void AddMedia() {
    const Entry* measure = FirstMeasureOf(policy_, RegisterKind::kMedia);
    if (measure == nullptr) return;
    for (const auto& [name, medium] : MediaIn(steps_)) {
      if (!medium.place.empty()) continue;
      DueRow row;
      row.kind = RegisterKind::kMedia;
      row.clause = ClauseOf(*measure);
      row.what = ValueText(statement_, *measure->Find("name"), language_);
      row.part = std::string(FieldLabel(RegisterKind::kMedia, "place").In(language_));
      row.subject = name;
      row.number = medium.number;
      rows_.push_back(std::move(row));
    }
    for (const RegisteredStep& lost : steps_) {
      if (lost.kind != RegisterKind::kMedia || lost.step != "lost" || HasIncident(lost)) continue;
      DueRow row = RowOfStep(lost, ClauseOf(*measure), "lost");
      row.kind = RegisterKind::kIncidents;
      row.state = DueState::kMissing;
      row.what = std::string(FindRegisterStep(row.kind, "found")->labels.In(language_));
      rows_.push_back(std::move(row));
    }
  }
  bool HasIncident(const RegisteredStep& lost) const {
    return std::ranges::any_of(steps_, [&](const RegisteredStep& one) {
      return one.kind == RegisterKind::kIncidents && one.step == "found" &&
             one.subject == lost.subject && one.at >= lost.at;
    });
  }

  // A sign is open until it is found to be an incident, whose clocks then run, or closed.
  void AddSigns() {
    const Entry* measure = FirstMeasureOf(policy_, RegisterKind::kIncidents);
    const std::string clause = measure == nullptr ? "" : ClauseOf(*measure);
    for (const RegisteredStep& sign : steps_) {
      if (sign.kind != RegisterKind::kIncidents || sign.step != "suspected") continue;
      if (IsFollowed(sign, "found") || IsFollowed(sign, "closed")) continue;
      rows_.push_back(RowOfStep(sign, clause, "suspected"));
    }
  }

  static Labels FieldLabel(RegisterKind kind, std::string_view name) {
    const auto rows = AllRegisterFields();
    return std::ranges::find_if(
               rows,
               [&](const RegisterFieldRow& row) { return row.kind == kind && row.name == name; })
        ->labels;
  }

  // Additional use that goes on is weighed again by the day that was set for it.
  void AddReviews() {
    const std::string clause = FirstClause(statement_, "additional_use");
    for (const RegisteredStep& assessed : steps_) {
      if (assessed.kind != RegisterKind::kAdditionalUse || assessed.step != "assessed") continue;
      const auto day = model::ParseCivilDay(assessed.Field("review"));
      if (!day.ok() || !IsFollowed(assessed, "approved")) continue;
      DueRow row = RowOfStep(assessed, clause, "assessed");
      row.last_day = *day;
      row.state = today_ > *day ? DueState::kOverdue : DueState::kInTime;
      rows_.push_back(std::move(row));
    }
  }

  const Policy& policy_;
  const Statement& statement_;
  std::span<const RegisteredStep> steps_;
  CivilDay today_;
  Language language_;
  std::vector<DueRow> rows_;
};

}  // namespace

std::vector<DueRow> OpenInRegisters(const Policy& policy, std::span<const RegisteredStep> steps,
                                    CivilDay today, Language language) {
  return OpenList(policy, steps, today, language).Make();
}

std::map<std::string, Medium> MediaIn(std::span<const RegisteredStep> steps) {
  std::map<std::string, Medium> media;
  for (const RegisteredStep& step : steps) {
    if (step.kind != RegisterKind::kMedia || step.subject.empty()) continue;
    if (step.step == "lost" || step.step == "ended") media.erase(step.subject);
    const bool lists = step.step == "listed" || step.step == "taken_in";
    const auto known = media.find(step.subject);
    if (!lists && known == media.end()) continue;
    Medium& medium = lists ? media[step.subject] : known->second;
    if (lists) medium.number = step.number;
    if (!step.Field("kind").empty()) medium.kind = step.Field("kind");
    if (!step.Field("place").empty()) medium.place = step.Field("place");
  }
  return media;
}

std::string_view OwnerOf(std::span<const RegisteredStep> steps, const RegisteredStep& lodged) {
  std::string_view owner = lodged.Field("owner");
  for (const RegisteredStep& one : steps) {
    const bool assigns =
        one.kind == lodged.kind && one.case_number == lodged.case_number && one.step == "assigned";
    if (assigns) owner = one.Field("owner");
  }
  return owner;
}

bool IsInConflict(const Policy& policy, std::span<const RegisteredStep> steps,
                  const RegisteredStep& lodged) {
  const std::string_view about = lodged.Field("about");
  if (about.empty()) return false;
  return PersonOf(*policy.statement, about) == PersonOf(*policy.statement, OwnerOf(steps, lodged));
}

}  // namespace noren::policy
