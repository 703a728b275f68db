// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/register_gates.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "engine/model/errors.h"
#include "engine/policy/handler_scope.h"
#include "engine/policy/register_cases.h"
#include "engine/policy/register_files.h"
#include "engine/policy/register_provisions.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

// Steps that go on from an entry that is there: of a case that has one of `from`.
struct Continuing {
  RegisterKind kind;
  std::string_view step, from;
};
constexpr std::array<Continuing, 14> kContinuing = {
    {{RegisterKind::kIncidents, "reported", "found"},
     {RegisterKind::kIncidents, "told", "found"},
     {RegisterKind::kIncidents, "report_ended", "found"},
     {RegisterKind::kIncidents, "closed", "found"},
     {RegisterKind::kIncidents, "closed", "suspected"},
     {RegisterKind::kDestruction, "confirmed", "destroyed"},
     {RegisterKind::kFiles, "destroyed", "ended"},
     {RegisterKind::kComplaints, "assigned", "lodged"},
     {RegisterKind::kComplaints, "answered", "lodged"},
     {RegisterKind::kComplaints, "closed", "lodged"},
     {RegisterKind::kCases, "closed", "opened"},
     {RegisterKind::kAdditionalUse, "approved", "assessed"},
     {RegisterKind::kHandOvers, "approved", "asked"},
     {RegisterKind::kHandOvers, "provided", "asked"}}};

Status Forbid(const std::vector<std::string>& clauses, std::string_view why) {
  std::string detail(why);
  for (const std::string& clause : clauses) detail += " " + clause;
  return MakeError(ErrorCode::kPolicyForbids, detail);
}

std::string FieldOf(const RegisteredStep& step, const std::string& field) {
  const auto found = step.fields.find(field);
  return found == step.fields.end() ? "" : found->second;
}

class Gate {
 public:
  Gate(const Policy& policy, std::span<const RegisteredStep> before, const RegisteredStep& next)
      : policy_(policy), before_(before), next_(next) {}

  Status Check() const {
    if (FindRegisterStep(next_.kind, next_.step) == nullptr)
      return MakeFieldError(ErrorCode::kBadRequest, "step");
    NOREN_RETURN_IF_ERROR(CheckRegisterFields(next_.kind, next_.step, next_.fields));
    NOREN_RETURN_IF_ERROR(CheckMeasures());
    NOREN_RETURN_IF_ERROR(CheckContinuation());
    NOREN_RETURN_IF_ERROR(CheckScope(policy_, before_, next_));
    if (IsOfProvision(next_.kind)) return CheckProvision();
    if (policy_.statement == nullptr) return OkStatus();
    if (next_.kind == RegisterKind::kDestruction) return CheckMethod();
    if (next_.kind == RegisterKind::kProcessors) return CheckProcessor();
    if (next_.kind == RegisterKind::kHandlers) return CheckHandler();
    if (next_.kind == RegisterKind::kComplaints) return MayRecordComplaint(policy_, before_, next_);
    if (next_.kind == RegisterKind::kPolicies) return MayRecordPolicy(policy_, before_, next_);
    if (next_.kind == RegisterKind::kFiles) return MayRecordFile(policy_, next_);
    if (next_.kind == RegisterKind::kMedia) return MayRecordMedium(policy_, before_, next_);
    return next_.kind == RegisterKind::kAdditionalUse
               ? MayRecordAdditionalUse(policy_, before_, next_)
               : OkStatus();
  }

 private:
  const Entry* One(std::string_view section) const { return policy_.statement->One(section); }

  Status CheckMeasures() const {
    for (const std::string& clause : next_.clauses) {
      const Entry* measure = MeasureOf(policy_, next_.kind, clause);
      if (measure == nullptr) {
        return MakeFieldError(ErrorCode::kBadRequest, "clauses",
                              "no measure of this register rests on it");
      }
      for (const std::string& part : next_.parts) {
        if (!measure->Holds("parts", part))
          return MakeFieldError(ErrorCode::kBadRequest, "parts", "no part of the measure");
      }
    }
    if (next_.clauses.empty() && !next_.parts.empty())
      return MakeFieldError(ErrorCode::kBadRequest, "parts", "of no measure");
    return OkStatus();
  }

  bool IsInCase(std::string_view step) const {
    return next_.case_number != 0 && std::ranges::any_of(before_, [&](const RegisteredStep& one) {
             return one.kind == next_.kind && one.case_number == next_.case_number &&
                    one.step == step;
           });
  }
  Status CheckContinuation() const {
    bool continues = false;
    for (const Continuing& one : kContinuing) {
      if (one.kind != next_.kind || one.step != next_.step) continue;
      if (IsInCase(one.from)) return OkStatus();
      continues = true;
    }
    if (!continues) return OkStatus();
    return MakeFieldError(ErrorCode::kBadRequest, "follows", "has to go on from an entry");
  }

  // The method is one that the notice names for this medium.
  Status CheckMethod() const {
    const Entry* destruction = One("destruction");
    if (next_.step == "confirmed") return CheckConfirmation();
    if (next_.step != "destroyed" || destruction == nullptr) return OkStatus();
    const std::string medium = FieldOf(next_, "medium");
    if (medium != "paper" && medium != "electronic")
      return MakeFieldError(ErrorCode::kBadRequest, "fields.medium", "paper or electronic");
    const Fact* methods = destruction->Find(medium);
    if (methods == nullptr || methods->values.empty()) return OkStatus();
    if (destruction->Holds(medium, FieldOf(next_, "method"))) return OkStatus();
    return Forbid(methods->clauses, "method of destruction");
  }

  // Whoever was designated for the role on that day; empty: the register does not know of anybody.
  struct Holders {
    bool known = false;
    std::set<std::string> now;
  };
  Holders HoldersOf(const Entry& officer) const {
    Holders holders;
    for (const RegisteredStep& one : before_) {
      if (one.kind != RegisterKind::kHandlers || next_.at < one.at) continue;
      if (one.step == "ended") holders.now.erase(one.subject);
      const std::string role = FieldOf(one, "role");
      const bool is_role = role == officer.Text("role") || role == officer.Text("same_as");
      if (one.step != "designated" || !is_role) continue;
      holders.known = true;
      holders.now.insert(one.subject);
    }
    return holders;
  }

  // A destruction is confirmed by whoever held the office on that day.
  Status CheckConfirmation() const {
    const Entry* destruction = One("destruction");
    if (destruction == nullptr) return OkStatus();
    const std::vector<std::string_view> by = destruction->Many("confirmed_by");
    const Entry* officer = by.empty() ? nullptr : policy_.statement->ById("officer", by[0]);
    if (officer == nullptr) return OkStatus();
    const Holders holders = HoldersOf(*officer);
    if (!holders.known || holders.now.contains(FieldOf(next_, "by"))) return OkStatus();
    return Forbid(officer->Find("role")->clauses, "E_ROLE: not in office on that day");
  }

  const RegisteredStep* LastOf(std::string_view step) const {
    const RegisteredStep* last = nullptr;
    for (const RegisteredStep& one : before_) {
      if (one.kind == next_.kind && one.subject == next_.subject && one.step == step) last = &one;
    }
    return last;
  }

  Status CheckProcessor() const {
    const Entry* rule = One("processor_rule");
    if (rule == nullptr || next_.step == "ended") return OkStatus();
    if (rule->Word("allowed") != "yes")
      return Forbid(rule->Find("allowed")->clauses, "processing is not entrusted");
    if (next_.subject.empty()) return MakeFieldError(ErrorCode::kMissingField, "subject");
    if (next_.step != "enabled") return OkStatus();
    const RegisteredStep* contract = LastOf("contracted");
    const std::vector<std::string> said = contract == nullptr
                                              ? std::vector<std::string>()
                                              : RegisterList(FieldOf(*contract, "topics"));
    const Fact* topics = rule->Find("topics");
    for (const std::string_view topic : rule->Many("topics")) {
      if (std::ranges::find(said, topic) == said.end())
        return Forbid(topics->clauses, "the contract lacks " + std::string(topic));
    }
    if (contract == nullptr) return Forbid(rule->Find("allowed")->clauses, "there is no contract");
    NOREN_RETURN_IF_ERROR(CheckTask(*rule, *contract));
    return CheckEvaluation(*rule);
  }

  // The notice names the task, or people have consented to it; a notice that says how processors
  // are chosen need not name any.
  Status CheckTask(const Entry& rule, const RegisteredStep& contract) const {
    const bool by_criteria =
        policy_.statement->All("processor").empty() && rule.Find("criteria") != nullptr;
    const Entry* named = policy_.statement->Called("processor", FieldOf(contract, "task"));
    const auto name = named == nullptr ? std::nullopt : named->Text("name");
    // Whoever takes over a task waits for the version that says so.
    if (name && *name != next_.subject)
      return Forbid(named->Find("name")->clauses, "E_PROCESSOR: the notice names another");
    if (named != nullptr || by_criteria || !FieldOf(contract, "consent").empty()) return OkStatus();
    std::vector<std::string> clauses = rule.Find("allowed")->clauses;
    if (const Fact* consent = rule.Find("consent")) clauses = consent->clauses;
    return Forbid(clauses, "the task is neither named nor consented to");
  }

  // Where the policy says how processors are chosen, the evaluation is there and not over its time.
  Status CheckEvaluation(const Entry& rule) const {
    const Fact* criteria = rule.Find("criteria");
    if (criteria == nullptr || criteria->values.empty()) return OkStatus();
    if (LastOf("evaluated") == nullptr) return Forbid(criteria->clauses, "it was not evaluated");
    NOREN_ASSIGN_OR_RETURN(const std::vector<DueRow> rows,
                           DueInRegisters(policy_, before_, next_.at, policy_.statement->language));
    for (const DueRow& row : rows) {
      const bool is_selection = row.kind == RegisterKind::kProcessors && row.number == 0 &&
                                MeasureOf(policy_, row.kind, row.clause) != nullptr;
      if (is_selection && row.state == DueState::kOverdue)
        return Forbid({row.clause}, "the evaluation is over its time");
    }
    return OkStatus();
  }

  // What the operator wants to see before somebody handles personal data.
  Status CheckHandler() const {
    if (next_.subject.empty() && next_.step != "reviewed")
      return MakeFieldError(ErrorCode::kMissingField, "subject");
    if (next_.step == "granted") return CheckGrant();
    if (next_.step != "designated") return OkStatus();
    for (const Entry* measure : policy_.statement->All("measure")) {
      if (measure->Bool("before_designation") != true) continue;
      if (!IsAttestedFor(*measure)) return Forbid({ClauseOf(*measure)}, "comes before designation");
    }
    return OkStatus();
  }
  // Access is given to whoever is designated, and to nobody else.
  Status CheckGrant() const {
    const RegisteredStep* designated = LastOf("designated");
    const RegisteredStep* ended = LastOf("ended");
    if (designated != nullptr && (ended == nullptr || ended->at < designated->at))
      return OkStatus();
    const Entry* measure = FirstMeasureOf(policy_, RegisterKind::kHandlers);
    if (measure == nullptr) return Forbid({}, "nobody designated this handler");
    return Forbid({ClauseOf(*measure)}, "nobody designated this handler");
  }
  bool IsAttestedFor(const Entry& measure) const {
    const std::string clause = ClauseOf(measure);
    return std::ranges::any_of(before_, [&](const RegisteredStep& one) {
      const bool is_theirs = one.subject.empty() || one.subject == next_.subject;
      return is_theirs && RowOf(one.kind).name == measure.Word("register") &&
             std::ranges::find(one.clauses, clause) != one.clauses.end() && IsCurrent(measure, one);
    });
  }
  // Within the measure's interval, were the handler designated now.
  bool IsCurrent(const Entry& measure, const RegisteredStep& attested) const {
    std::vector<RegisteredStep> alone = {attested};
    RegisteredStep designated = next_;
    designated.subject = attested.subject.empty() ? next_.subject : attested.subject;
    alone.push_back(designated);
    const auto rows = DueInRegisters(policy_, alone, next_.at, policy_.statement->language);
    return rows.ok() && std::ranges::none_of(*rows, [&](const DueRow& row) {
             return row.clause == ClauseOf(measure) && row.state == DueState::kOverdue;
           });
  }

  // The ground, recipient, member and items are those of the policy.
  Status CheckProvision() const {
    if (next_.subject.empty()) return MakeFieldError(ErrorCode::kMissingField, "subject");
    return ToStatus(MayRecordProvision(policy_, before_, next_));
  }

  const Policy& policy_;
  std::span<const RegisteredStep> before_;
  const RegisteredStep& next_;
};

}  // namespace

Status MayRecord(const Policy& policy, std::span<const RegisteredStep> before,
                 const RegisteredStep& next) {
  return Gate(policy, before, next).Check();
}

}  // namespace noren::policy
