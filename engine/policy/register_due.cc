// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/register_due.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "engine/policy/calendar/evaluate.h"
#include "engine/policy/calendar/zone.h"
#include "engine/policy/register_files.h"
#include "engine/policy/register_open.h"
#include "engine/policy/stated_rules.h"
#include "engine/policy/statement_notice.h"

namespace noren::policy {
namespace {

using calendar::CivilDay;
using calendar::DateRule;
using model::Language;

constexpr std::int64_t kHourSeconds = 3600;
constexpr std::string_view kIncidentFound = "incident_found";

struct StateRow {
  DueState state;
  std::string_view name;
  Labels labels;
};
constexpr StateRow kStates[] = {
    {DueState::kMissing, "missing", {"missing", "없음", "記録なし"}},
    {DueState::kOverdue, "overdue", {"overdue", "기한 경과", "期限超過"}},
    {DueState::kOpen, "open", {"open", "진행 중", "対応中"}},
    {DueState::kInTime, "in_time", {"in time", "기한 내", "期限内"}},
    {DueState::kNoInterval, "no_interval", {"no interval stated", "주기 없음", "間隔の定めなし"}},
    {DueState::kDone, "done", {"done", "완료", "完了"}},
    {DueState::kConflict, "conflict", {"conflict of interest", "이해 상충", "利益相反"}}};
const StateRow& RowOfState(DueState state) {
  return *std::ranges::find(kStates, state, &StateRow::state);
}

// What a clock of an incident asks for, and the step that answers it.
struct Answered {
  std::string_view duty, step;
};
constexpr std::array<Answered, 3> kAnsweredBy = {
    {{"report", "reported"}, {"tell", "told"}, {"report_in_full", "report_ended"}}};

bool Contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

class DueList {
 public:
  DueList(const Policy& policy, std::span<const RegisteredStep> steps, Language language,
          CivilDay today)
      : policy_(policy),
        statement_(*policy.statement),
        steps_(steps),
        language_(language),
        today_(today) {}

  Status Fill(UnixSeconds now) {
    for (const Entry* measure : statement_.All("measure"))
      NOREN_RETURN_IF_ERROR(AddMeasure(*measure));
    NOREN_RETURN_IF_ERROR(AddIncidents(now));
    NOREN_RETURN_IF_ERROR(AddPublications());
    NOREN_RETURN_IF_ERROR(AddInspections());
    for (DueRow& row : OpenInRegisters(policy_, steps_, today_, language_))
      rows_.push_back(std::move(row));
    NOREN_ASSIGN_OR_RETURN(auto ended, EndedFiles(policy_, steps_, today_, language_));
    for (DueRow& row : ended) rows_.push_back(std::move(row));
    return OkStatus();
  }
  std::vector<DueRow> Take() { return std::move(rows_); }

 private:
  CivilDay DayOf(const RegisteredStep& step) const { return TodayOf(policy_, step.at); }

  // Whoever was designated and has not ended.
  std::set<std::string> Handlers() const {
    std::set<std::string> handlers;
    for (const RegisteredStep& step : steps_) {
      if (step.kind != RegisterKind::kHandlers || step.subject.empty()) continue;
      if (step.step == "designated") handlers.insert(step.subject);
      if (step.step == "ended") handlers.erase(step.subject);
    }
    return handlers;
  }

  // The rule of how often, and the event it counts from; nothing: the policy says no interval.
  struct Interval {
    DateRule rule;
    std::string event;
    bool of_managers = false;  // a course of the placement manager, not of every handler
  };
  StatusOr<std::optional<Interval>> IntervalOf(const Entry& measure) const {
    for (const std::string_view id : measure.Many("limit")) {
      const Entry* stated = statement_.ById("date_rule", id);
      if (stated == nullptr || stated->Word("direction") == "least") continue;
      NOREN_ASSIGN_OR_RETURN(DateRule rule, StatedDateRule(policy_, id));
      const std::string event(stated->Many("anchor")[0]);
      if (stated->Word("basis") == "fiscal_year") CountFiscalYears(event, rule);
      return std::optional<Interval>({std::move(rule), event, event == "last_course"});
    }
    const auto period = measure.Text("interval");
    if (!period) return std::optional<Interval>();
    Interval interval;
    interval.event = "attested";
    interval.rule.id = policy_.id + ".measure." + ClauseOf(measure);
    interval.rule.counts_from = calendar::Event(interval.event);
    NOREN_ASSIGN_OR_RETURN(interval.rule.period, calendar::ParsePeriod(*period));
    interval.rule.counting.first_day = calendar::FirstDay::kNotCounted;
    return std::optional<Interval>(std::move(interval));
  }
  // Once in each fiscal year: by the end of the one after that of the last time.
  static void CountFiscalYears(const std::string& event, DateRule& rule) {
    const calendar::Cycle year{{calendar::kAprilFirst}};
    calendar::Counting next;
    next.first_day = calendar::FirstDay::kNotCounted;
    rule.counts_from = calendar::EndOfCycle(
        calendar::After(calendar::EndOfCycle(calendar::Event(event), year), {0, 1}, next), year);
    rule.period = {};
  }

  struct Wanted {
    std::string clause, part, subject;
    RegisterKind kind = RegisterKind::kCommitments;
  };
  const RegisteredStep* LastOf(const Wanted& wanted) const {
    const RegisteredStep* last = nullptr;
    for (const RegisteredStep& step : steps_) {
      const bool fits =
          step.kind == wanted.kind && Contains(step.clauses, wanted.clause) &&
          (step.parts.empty() || Contains(step.parts, wanted.part)) &&
          (step.subject.empty() || wanted.subject.empty() || step.subject == wanted.subject);
      if (fits && DayOf(step) <= today_ && (last == nullptr || last->at < step.at)) last = &step;
    }
    return last;
  }

  // Training is asked for of every handler, a technical measure of every device that is listed, a
  // study of every country that is stated; all else of the operator.
  std::vector<std::string> SubjectsOf(const Entry& measure, RegisterKind kind,
                                      bool of_managers) const {
    std::set<std::string> subjects;
    if (kind == RegisterKind::kTraining && !of_managers) subjects = Handlers();
    if (kind == RegisterKind::kMedia && measure.Word("group") == "technical") {
      for (const auto& [name, medium] : MediaIn(steps_))
        if (medium.kind == kDevice) subjects.insert(name);
    }
    const Entry* storage = statement_.One("storage");
    if (kind == RegisterKind::kCountries && storage != nullptr) {
      for (const std::string_view country : storage->Many("countries")) subjects.emplace(country);
    }
    if (subjects.empty()) subjects.emplace();
    return {subjects.begin(), subjects.end()};
  }

  // Who answers for a measure of which nobody has said so.
  std::string FirstOfficer() const {
    const std::vector<const Entry*> officers = statement_.All("officer");
    if (officers.empty()) return "";
    return ValueText(statement_, *officers[0]->Find("role"), language_);
  }

  static std::string EvidenceOf(const RegisteredStep& step) {
    for (const char* field : {"evidence", "result", "topic", "outline", "digest", "scope"}) {
      if (!step.Field(field).empty()) return std::string(step.Field(field));
    }
    return "";
  }

  Status AddMeasure(const Entry& measure) {
    const auto kind = FindRegister(measure.Word("register").value_or(""));
    if (!kind) return OkStatus();
    NOREN_ASSIGN_OR_RETURN(const std::optional<Interval> interval, IntervalOf(measure));
    std::vector<std::string> parts;
    for (const std::string_view part : measure.Many("parts")) parts.emplace_back(part);
    if (parts.empty()) parts.emplace_back();
    const bool of_managers = interval && interval->of_managers;
    for (const std::string& subject : SubjectsOf(measure, *kind, of_managers)) {
      for (const std::string& part : parts) {
        NOREN_RETURN_IF_ERROR(
            AddWanted({ClauseOf(measure), part, subject, *kind}, measure, interval));
      }
    }
    return OkStatus();
  }

  Status AddWanted(const Wanted& wanted, const Entry& measure,
                   const std::optional<Interval>& interval) {
    DueRow row;
    row.kind = wanted.kind;
    row.clause = wanted.clause;
    row.what = ValueText(statement_, *measure.Find("name"), language_);
    row.part = wanted.part;
    row.subject = wanted.subject;
    row.of_measure = true;
    row.responsible = FirstOfficer();
    if (const RegisteredStep* last = LastOf(wanted)) {
      row.last = DayOf(*last);
      row.officer = last->officer;
      row.evidence = EvidenceOf(*last);
      if (!last->Field("responsible").empty()) row.responsible = last->Field("responsible");
      row.state = DueState::kNoInterval;
      if (interval) {
        NOREN_RETURN_IF_ERROR(Count(interval->rule, {{interval->event, *row.last}}, row));
        row.state = row.last_day && today_ > *row.last_day ? DueState::kOverdue : DueState::kInTime;
      }
    }
    rows_.push_back(std::move(row));
    return OkStatus();
  }

  Status Count(const DateRule& rule, const std::vector<calendar::EventDay>& events, DueRow& row) {
    NOREN_ASSIGN_OR_RETURN(const calendar::Evaluation evaluation,
                           calendar::Evaluate(rule, events, nullptr));
    if (evaluation.deadline) row.last_day = evaluation.deadline->last_day;
    return OkStatus();
  }

  // The first step of this name that goes on from the entry.
  const RegisteredStep* FollowUp(const RegisteredStep& from, std::string_view step) const {
    const auto found = std::ranges::find_if(steps_, [&](const RegisteredStep& one) {
      return one.kind == from.kind && one.case_number == from.case_number && one.step == step;
    });
    return found == steps_.end() ? nullptr : &*found;
  }

  Status AddIncidents(UnixSeconds now) {
    if (statement_.Choice("incident_clocks") == "off") return OkStatus();
    for (const RegisteredStep& found : steps_) {
      if (found.kind != RegisterKind::kIncidents || found.step != "found") continue;
      for (const Entry* rule : statement_.All("date_rule")) {
        if (rule->Holds("anchor", kIncidentFound)) {
          NOREN_RETURN_IF_ERROR(AddClock(found, *rule, now));
        }
      }
    }
    return OkStatus();
  }

  Status AddClock(const RegisteredStep& found, const Entry& stated, UnixSeconds now) {
    const auto answered = std::ranges::find_if(
        kAnsweredBy, [&](const Answered& one) { return stated.Holds("must", one.duty); });
    if (answered == kAnsweredBy.end()) return OkStatus();
    DueRow row;
    row.kind = RegisterKind::kIncidents;
    row.clause = ClauseOf(stated);
    row.what = ValueText(statement_, *stated.Find("name"), language_);
    row.subject = found.subject;
    row.number = found.number;
    NOREN_ASSIGN_OR_RETURN(const DateRule rule, StatedDateRule(policy_, stated.id));
    NOREN_RETURN_IF_ERROR(Count(rule, {{std::string(kIncidentFound), DayOf(found)}}, row));
    if (const auto hours = stated.Number("hours"))
      row.until = UnixSeconds{found.at.value + *hours * kHourSeconds};
    const bool is_late =
        row.until ? row.until->value < now.value : row.last_day && today_ > *row.last_day;
    row.state = is_late ? DueState::kOverdue : DueState::kOpen;
    if (const RegisteredStep* done = FollowUp(found, answered->step)) {
      row.state = DueState::kDone;
      row.last = DayOf(*done);
    }
    rows_.push_back(std::move(row));
    return OkStatus();
  }

  // A processor that is new, has another contract or has ended is made public in the time that the
  // notice states for it.
  Status AddPublications() {
    const Entry* rule = statement_.One("processor_rule");
    const Fact* limit = rule == nullptr ? nullptr : rule->Find("change_limit");
    if (limit == nullptr || limit->values.empty()) return OkStatus();
    NOREN_ASSIGN_OR_RETURN(const DateRule by, StatedDateRule(policy_, limit->values[0].text));
    for (const RegisteredStep& change : steps_) {
      const bool changes = change.step == "contracted" || change.step == "ended";
      if (change.kind != RegisterKind::kProcessors || !changes) continue;
      // It is in the version that came after it.
      if (!(policy_.effective_from < DayOf(change))) continue;
      DueRow row;
      row.kind = RegisterKind::kPolicies;
      row.clause = limit->clauses[0];
      row.what = std::string(FindRegisterStep(row.kind, "published")->labels.In(language_));
      row.subject = change.subject;
      NOREN_RETURN_IF_ERROR(Count(by, {{"processor_changed", DayOf(change)}}, row));
      row.state = row.last_day && today_ > *row.last_day ? DueState::kOverdue : DueState::kOpen;
      if (const RegisteredStep* done = PublishedSince(change.at)) {
        row.state = DueState::kDone;
        row.last = DayOf(*done);
      }
      rows_.push_back(std::move(row));
    }
    return OkStatus();
  }
  const RegisteredStep* PublishedSince(UnixSeconds at) const {
    const auto found = std::ranges::find_if(steps_, [at](const RegisteredStep& one) {
      return one.kind == RegisterKind::kPolicies && one.step == "published" && one.at >= at;
    });
    return found == steps_.end() ? nullptr : &*found;
  }

  // Processors that have access are looked at as often as the policy says.
  Status AddInspections() {
    const Entry* rule = statement_.One("processor_rule");
    const Fact* interval = rule == nullptr ? nullptr : rule->Find("interval");
    if (interval == nullptr || interval->values.empty()) return OkStatus();
    std::map<std::string, CivilDay> inspected;
    for (const RegisteredStep& step : steps_) {
      if (step.kind != RegisterKind::kProcessors) continue;
      if (step.step == "enabled" || step.step == "inspected") inspected[step.subject] = DayOf(step);
      if (step.step == "ended") inspected.erase(step.subject);
    }
    DateRule every;
    every.id = policy_.id + ".processors";
    every.counts_from = calendar::Event("inspected");
    NOREN_ASSIGN_OR_RETURN(every.period, calendar::ParsePeriod(interval->values[0].text));
    every.counting.first_day = calendar::FirstDay::kNotCounted;
    for (const auto& [processor, day] : inspected) {
      DueRow row;
      row.kind = RegisterKind::kProcessors;
      row.clause = interval->clauses[0];
      row.what = std::string(
          FindRegisterStep(RegisterKind::kProcessors, "inspected")->labels.In(language_));
      row.subject = processor;
      row.last = day;
      NOREN_RETURN_IF_ERROR(Count(every, {{"inspected", day}}, row));
      row.state = row.last_day && today_ > *row.last_day ? DueState::kOverdue : DueState::kInTime;
      rows_.push_back(std::move(row));
    }
    return OkStatus();
  }

  static CivilDay TodayOf(const Policy& policy, UnixSeconds at) {
    return model::CivilDayAt(at, policy.utc_offset_seconds);
  }

  const Policy& policy_;
  const Statement& statement_;
  std::span<const RegisteredStep> steps_;
  Language language_;
  CivilDay today_;
  std::vector<DueRow> rows_;
};

}  // namespace

std::string_view RegisteredStep::Field(std::string_view name) const {
  const auto found = fields.find(std::string(name));
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view DueStateName(DueState state) { return RowOfState(state).name; }
Labels DueStateLabels(DueState state) { return RowOfState(state).labels; }

std::string ClauseOf(const Entry& entry) {
  const Fact* name = entry.Find("name");
  return name == nullptr || name->clauses.empty() ? "" : name->clauses[0];
}

const Entry* MeasureOf(const Policy& policy, RegisterKind kind, std::string_view clause) {
  if (policy.statement == nullptr) return nullptr;
  for (const Entry* measure : policy.statement->All("measure")) {
    if (measure->Word("register") == RowOf(kind).name && ClauseOf(*measure) == clause)
      return measure;
  }
  return nullptr;
}

const Entry* FirstMeasureOf(const Policy& policy, RegisterKind kind) {
  if (policy.statement == nullptr) return nullptr;
  for (const Entry* measure : policy.statement->All("measure")) {
    if (measure->Word("register") == RowOf(kind).name) return measure;
  }
  return nullptr;
}

StatusOr<std::vector<DueRow>> DueInRegisters(const Policy& policy,
                                             std::span<const RegisteredStep> steps, UnixSeconds now,
                                             Language language) {
  if (policy.statement == nullptr) return std::vector<DueRow>();
  DueList list(policy, steps, language, model::CivilDayAt(now, policy.utc_offset_seconds));
  NOREN_RETURN_IF_ERROR(list.Fill(now));
  return list.Take();
}

}  // namespace noren::policy
