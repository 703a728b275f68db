// The registers: what officers attest, incidents and their clocks, complaints, processors.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/public_notice.h"
#include "engine/policy/calendar/civil.h"
#include "engine/policy/stated_names.h"
#include "engine/policy/stated_rules.h"
#include "engine/policy/statement_notice.h"
#include "tests/support/status_matchers.h"
#include "tests/year/year.h"

namespace noren::year {
namespace {

using policy::DueRow;
using policy::DueState;
using policy::Entry;
using policy::RegisterKind;
using policy::calendar::AddDays;
using Fields = std::map<std::string, std::string>;

constexpr const char* kHandler = "handler kim (invented)";
constexpr std::int32_t kAheadDays = 8;
// Days of the year on which an incident is found, whether it is handled in time.
constexpr std::pair<std::int32_t, bool> kFound[] = {{40, true}, {130, false}};

std::string FirstOf(const policy::Policy& policy, const char* section, const char* key,
                    const std::string& otherwise) {
  const auto values = policy::ValuesOf(policy::One(policy, section), key);
  return values.empty() ? otherwise : values.front().text;
}

bool MayEntrust(const policy::Policy& policy) {
  const Entry* const rule = policy::One(policy, "processor_rule");
  return rule != nullptr && rule->Word("allowed") == "yes";
}

// Whom the statement names, and by which task.
std::pair<std::string, std::string> ProcessorOf(const policy::Policy& policy) {
  for (const Entry* stated : policy::All(policy, "processor")) {
    const std::string task(stated->Text("task").value_or("hosting"));
    return {std::string(stated->Text("name").value_or(task)), task};
  }
  return {"cloud vendor (invented)", "hosting"};
}

// What the register asks of this step and nobody said: something that fits.
void FillIn(RegisterKind kind, const std::string& step, model::CivilDay today, Fields& fields) {
  for (const policy::RegisterFieldRow& row : policy::AllRegisterFields()) {
    const std::string steps = " " + std::string(row.steps) + " ";
    const bool is_wanted = steps == " * " || steps.find(" " + step + " ") != std::string::npos;
    if (row.kind != kind || !is_wanted) continue;
    std::string& said = fields[std::string(row.name)];
    if (!said.empty()) continue;
    switch (row.value) {
      case policy::RegisterValue::kDay:
        said = model::ToIso(today);
        break;
      case policy::RegisterValue::kNumber:
        said = "1";
        break;
      case policy::RegisterValue::kTruth:
        said = "yes";
        break;
      default:
        said = "invented " + std::string(row.name);
    }
  }
}

}  // namespace

std::uint64_t Year::Record(const std::string& book, const std::string& step,
                           const std::string& subject, Fields fields,
                           std::vector<std::string> clauses, std::uint64_t follows,
                           std::vector<std::string> parts) {
  operations::AddRegisterEntryRequest request;
  request.idempotency_key = service_->NextKey();
  request.kind = policy::FindRegister(book).value();
  request.step = step;
  request.at = context().time.Now();
  request.subject = subject;
  // Who answers a complaint, and of whom it is, the notice says.
  if (step != "lodged") FillIn(request.kind, step, today_, fields);
  request.fields = std::move(fields);
  request.clauses = std::move(clauses);
  request.parts = std::move(parts);
  request.follows = follows;
  const auto added = operations::AddRegisterEntry(context(), officer(), request);
  return Ok(added.status(), "record " + book + " " + step) ? added->number : 0;
}

// One entry that attests the measure of the row.
void Year::Attest(const DueRow& row) {
  const std::vector<std::string> clauses = {row.clause};
  std::vector<std::string> parts;
  if (!row.part.empty()) parts.push_back(row.part);
  const std::string book(policy::RowOf(row.kind).name);
  const Entry* const measure = policy::MeasureOf(rules(), row.kind, row.clause);
  ASSERT_NE(measure, nullptr) << row.clause;
  const auto record = [&](const char* step, const std::string& subject, Fields fields) {
    Record(book, step, subject, std::move(fields), clauses, 0, parts);
  };
  switch (row.kind) {
    case RegisterKind::kCommitments:
      return record("confirmed", "", {{"evidence", "looked at by the officer"}});
    case RegisterKind::kTraining:
      return record("held", row.subject, {{"topic", "handling of resumes"}});
    case RegisterKind::kInspection:
      return record("done", "", {{"by", "inspector lee (invented)"}, {"result", "in order"}});
    case RegisterKind::kHandlers:
      if (measure->Bool("before_designation") == true) return record("secrecy", kHandler, {});
      return record("reviewed", "", {{"result", "as few as possible"}});
    case RegisterKind::kAccessLog:
      return record("reviewed", "",
                    {{"first_day", model::ToIso(AddDays(today_, -30))},
                     {"last_day", model::ToIso(AddDays(today_, -1))},
                     {"result", "nothing unusual"}});
    case RegisterKind::kIncidents:
      return record("drilled", "", {{"result", "everybody was reached"}});
    case RegisterKind::kMedia:
      return record("checked", row.subject.empty() ? "all devices" : row.subject,
                    {{"result", "in order"}});
    case RegisterKind::kFiles:
      return record("checked", "", {{"result", "up to date"}});
    case RegisterKind::kPolicies:
      return record("reviewed", "", {{"result", "no change"}});
    case RegisterKind::kCountries:
      return record("studied", row.subject.empty() ? "KR" : row.subject,
                    {{"outline", "an adequate system"}});
    case RegisterKind::kProcessors:
      return record("evaluated", ProcessorOf(rules()).first, {{"result", "meets the criteria"}});
    case RegisterKind::kJointUse:
      return record("listed", "the members", {{"digest", "of the page of this day"}});
    case RegisterKind::kDestruction:
      return record("destroyed", "worn-out drives",
                    {{"medium", "electronic"},
                     {"method", FirstOf(rules(), "destruction", "electronic", "shredding")}});
    default:
      ADD_FAILURE() << "nobody attests " << row.clause << " in " << book;
  }
}

void Year::BeginBooks() {
  Record("policies", "published", rules().id,
         {{"digest", HexEncode(operations::PublicNoticeOf(rules()))}});
  for (const Entry* measure : policy::All(rules(), "measure")) {
    if (measure->Bool("before_designation") != true) continue;
    DueRow row;
    row.kind = policy::FindRegister(*measure->Word("register")).value();
    row.clause = policy::ClauseOf(*measure);
    row.subject = kHandler;
    Attest(row);
  }
  Record("handlers", "designated", kHandler,
         {{"role", "recruiting desk"}, {"scope", "resumes and applications"}});
  Processors();
}

// A contract with everything that the notice asks, then access.
void Year::Processors() {
  if (!MayEntrust(rules())) return;
  const auto [name, task] = ProcessorOf(rules());
  const Entry* const rule = policy::One(rules(), "processor_rule");
  std::string topics;
  for (const std::string_view topic : rule->Many("topics"))
    topics += (topics.empty() ? "" : ", ") + std::string(topic);
  std::vector<std::string> asked;
  for (const Entry* measure : policy::All(rules(), "measure")) {
    if (measure->Word("register") == "processors") asked.push_back(policy::ClauseOf(*measure));
  }
  Record("processors", "evaluated", name, {{"result", "meets the criteria"}}, asked);
  Record("processors", "contracted", name,
         {{"task", task},
          {"document", "contract of " + model::ToIso(today_)},
          {"topics", topics},
          {"consent", "of the notice"}});
  Record("processors", "enabled", name, {});
}

// Each measure is attested when its time comes near; each fifth is let go over it.
void Year::AttestWhatIsDue() {
  const auto rows = operations::ListDue(context(), officer(), rules().statement->language);
  ASSERT_OK(rows);
  for (const DueRow& row : *rows) {
    // Of a processor by name: the inspection that the contract's rule asks for.
    if (row.kind == RegisterKind::kProcessors && !row.subject.empty()) {
      if (row.last_day && !(AddDays(today_, kAheadDays) < *row.last_day))
        Record("processors", "inspected", row.subject, {{"result", "in order"}});
      continue;
    }
    const Entry* const measure = policy::MeasureOf(rules(), row.kind, row.clause);
    const bool is_measure = measure != nullptr && row.number == 0 && row.state != DueState::kOpen;
    if (!is_measure) continue;
    const bool is_near = row.last_day && !(AddDays(today_, kAheadDays) < *row.last_day);
    const bool is_left = row.clause.back() % 5 == 0 && InYear();
    const bool is_over = row.state == DueState::kOverdue;
    if (is_over) ++counts_["a measure over its time"];
    if (row.state == DueState::kMissing) ++counts_["a measure nobody attested"];
    const bool wants = row.state == DueState::kMissing || is_over || (is_near && !is_left);
    if (!wants) continue;
    for (const std::string_view limit : measure->Many("limit")) {
      if (row.last_day) ++bites_[rules().id + "." + std::string(limit)];
    }
    Attest(row);
  }
  WatchIncidentClocks(*rows);
  WatchPublications(*rows);
}

// What the notice wants published after a change, and whether it was.
void Year::WatchPublications(const std::vector<DueRow>& rows) {
  const Entry* const rule = policy::One(rules(), "processor_rule");
  const policy::Fact* const limit = rule == nullptr ? nullptr : rule->Find("change_limit");
  if (limit == nullptr || limit->values.empty()) return;
  for (const DueRow& row : rows) {
    if (row.kind != RegisterKind::kPolicies || row.clause != limit->clauses[0]) continue;
    EXPECT_NE(row.state, DueState::kOverdue) << "a change of processors was not published in time";
    ++counts_["a change of processors: " + std::string(policy::DueStateName(row.state))];
    ++bites_[rules().id + "." + limit->values[0].text];
  }
}

void Year::WatchIncidentClocks(const std::vector<DueRow>& rows) {
  for (const DueRow& row : rows) {
    if (row.kind != RegisterKind::kIncidents || row.number == 0) continue;
    for (const Entry* rule : policy::All(rules(), "date_rule")) {
      const bool is_it = rule->Holds("anchor", "incident_found") &&
                         policy::ValueText(*rules().statement, *rule->Find("name"),
                                           rules().statement->language) == row.what;
      if (!is_it) continue;
      ++bites_[rules().id + "." + rule->id];
      ++counts_["clock of an incident: " + std::string(policy::DueStateName(row.state))];
    }
  }
}

// What is open of an incident goes on from its first entry: one in time, one late.
void Year::Incidents() {
  const std::int32_t day = today_.days_since_1970 - first_day_.days_since_1970;
  for (const auto& [found, in_time] : kFound) {
    const std::size_t index = in_time ? 0 : 1;
    if (day < found || incidents_.size() > index) continue;
    incidents_.push_back({Record("incidents", "found", "laptop " + std::to_string(index + 1),
                                 {{"kind", "a laptop was lost"}, {"people", "12"}}),
                          today_,
                          !in_time,
                          {}});
  }
  for (Incident& incident : incidents_) {
    const std::int32_t age = today_.days_since_1970 - incident.found.days_since_1970;
    const auto once = [&](const char* step, std::int32_t after, Fields fields) {
      if (age < after + (incident.late ? 33 : 0) || !incident.done.insert(step).second) return;
      Record("incidents", step, "", std::move(fields), {}, incident.number);
    };
    once("reported", 1, {{"addressee", "the authority"}});
    once("told", 1, {});
    once("report_ended", 12, {});
    once("closed", 20, {{"measures", "disks are encrypted"}});
  }
}

void Year::Complaints() {
  const std::int32_t day = today_.days_since_1970 - first_day_.days_since_1970;
  if (complaint_ == 0 && day >= 60) {
    Fields fields = {{"matter", "an answer came late"}};
    const Entry* const rule = policy::One(rules(), "complaints");
    const bool is_named = policy::Has(rule, "officer") || policy::Has(rule, "desk");
    if (!is_named) fields["owner"] = "officer park (invented)";
    complaint_ = Record("complaints", "lodged", "a complaint", std::move(fields));
    Record("complaints", "assigned", "", {{"owner", "officer choi (invented)"}}, {}, complaint_);
  }
  if (complaint_ != 0 && !complaint_over_ && day >= 70) {
    complaint_over_ = true;
    Record("complaints", "answered", "", {}, {}, complaint_);
    Record("complaints", "closed", "", {{"outcome", "the desk has two people now"}}, {},
           complaint_);
  }
  if (paper_ == 0 && day >= 90) {
    paper_ = Record(
        "destruction", "destroyed", "binder 4",
        {{"medium", "paper"}, {"method", FirstOf(rules(), "destruction", "paper", "shredding")}});
  }
  if (paper_ != 0 && !paper_over_ && day >= 97) {
    paper_over_ = true;
    Record("destruction", "confirmed", "", {{"by", "the data officer"}}, {}, paper_);
  }
}

// A processor changes: its contract is another, and the notice is published with it in time.
void Year::ChangeProcessor() {
  const std::int32_t day = today_.days_since_1970 - first_day_.days_since_1970;
  if (!MayEntrust(rules())) return;
  if (!changed_on_ && day >= 100) {
    Processors();
    changed_on_ = today_;
    return;
  }
  if (!changed_on_ || *changed_on_ == today_ || published_) return;
  published_ = true;
  Record("policies", "published", rules().id,
         {{"digest", HexEncode(operations::PublicNoticeOf(rules()))}});
}

void Year::KeepBooks() {
  const std::int32_t day = today_.days_since_1970 - first_day_.days_since_1970;
  const bool is_running = std::ranges::any_of(
      incidents_, [](const Incident& incident) { return !incident.done.contains("closed"); });
  const bool looks = policy::calendar::WeekdayOf(today_) == policy::calendar::Weekday::kThursday;
  if (!InYear() || looks || (is_running && day % 3 == 0)) AttestWhatIsDue();
  if (!InYear()) return;
  Incidents();
  Complaints();
  ChangeProcessor();
}

}  // namespace noren::year
