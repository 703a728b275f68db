// SPDX-License-Identifier: Apache-2.0
#include "server/cli/rights_view.h"

#include <algorithm>

#include "server/cli/answers.h"
#include "server/cli/console.h"
#include "server/cli/failure.h"

namespace noren::cli {
namespace {

model::JsonValue DueJson(const wire::DueDay& due) {
  model::JsonValue json;
  json.Set("rule", due.rule).Set("last_day", due.last_day).Set("standing", due.standing);
  json.Set("reminders", TextArray(due.reminders)).Set("clauses", TextArray(due.clauses));
  json.Set("target", bool{due.target}).Set("minimum", bool{due.minimum});
  return json.Set("blocked_by", TextArray(due.blocked_by));
}

model::JsonValue PaperJson(const wire::SeenPaper& paper) {
  model::JsonValue json;
  json.Set("name", paper.name).Set("of", paper.whose).Set("photo", bool{paper.photo});
  json.Set("both_sides", bool{paper.both_sides}).Set("masked", bool{paper.masked});
  return json.Set("shows", TextArray(paper.shows));
}

model::JsonValue DecisionJson(const wire::Right& right) {
  model::JsonValue decision, evidence;
  for (const auto& [word, said] : right.evidence) evidence.Set(word, said);
  decision.Set("outcome", right.outcome).Set("at", right.decided_at).Set("by", right.decided_by);
  decision.Set("ground", right.ground).Set("clauses", TextArray(right.clauses));
  if (!right.evidence.empty()) decision.Set("evidence", std::move(evidence));
  if (!right.withheld.empty()) decision.Set("withheld", TextArray(right.withheld));
  return decision;
}

void AddLine(std::string& text, std::string_view name, const std::string& value) {
  if (!value.empty()) text.append(name).append(": ").append(SafeForTerminal(value)).append("\n");
}
void AddTime(std::string& text, std::string_view name, std::int64_t at) {
  if (at != 0) AddLine(text, name, TimeText(at));
}

}  // namespace

StatusOr<wire::SeenPaper> ParsePaper(const std::string& text) {
  wire::SeenPaper paper;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (begin == 0) {
      paper.name = word;
    } else if (word == "photo") {
      paper.photo = true;
    } else if (word == "both-sides") {
      paper.both_sides = true;
    } else if (word == "masked") {
      paper.masked = true;
    } else if (word.starts_with("of=")) {
      paper.whose = word.substr(3);
    } else if (word.starts_with("shows=")) {
      paper.shows.push_back(word.substr(6));
    } else {
      return UsageError("--paper: NAME, then of=, photo, both-sides, masked, shows=");
    }
    begin = end + 1;
  }
  if (paper.name.empty()) return UsageError("--paper: name it first");
  return paper;
}

model::JsonValue TextArray(const std::vector<std::string>& texts) {
  auto array = model::JsonValue::MakeArray();
  for (const std::string& text : texts) array.Append(model::JsonValue::Text(text));
  return array;
}

model::JsonValue RightJson(const wire::Right& right) {
  auto papers = model::JsonValue::MakeArray();
  for (const wire::SeenPaper& paper : right.papers) papers.Append(PaperJson(paper));
  model::JsonValue json;
  json.Set("request", right.request).Set("right", right.right).Set("state", right.state);
  json.Set("requester", right.requester).Set("received_at", right.received_at);
  json.Set("complete_at", right.complete_at).Set("channel", right.channel);
  json.Set("form", right.form).Set("parts", TextArray(right.parts));
  json.Set("fee_paid", right.fee_paid).Set("ends_contract", bool{right.ends_contract});
  json.Set("carried_by", right.carried_by).Set("objects_to", right.objects_to);
  json.Set("items", TextArray(right.items)).Set("checked_at", right.checked_at);
  json.Set("checked_by", right.checked_by).Set("facts", TextArray(right.facts));
  json.Set("papers", std::move(papers)).Set("papers_destroyed_at", right.papers_destroyed_at);
  json.Set("papers_method", right.papers_method).Set("decision", DecisionJson(right));
  json.Set("acted_at", right.acted_at).Set("told_at", right.told_at).Set("way", right.way);
  json.Set("resumed_at", right.resumed_at).Set("policy_version", right.policy_version);
  json.Set("has_text", bool{right.has_text}).Set("text", right.text).Set("agent", right.agent);
  json.Set("reason", right.reason).Set("missing", right.missing);
  json.Set("frozen", bool{right.frozen}).Set("remarks", TextArray(right.remarks));
  json.Set("desk", right.desk).Set("redress", right.redress).Set("dated", right.dated);
  json.Set("on_form_of", right.on_form_of).Set("form_sent_at", right.form_sent_at);
  json.Set("form_sent_way", right.form_sent_way).Set("way_reason", right.way_reason);
  json.Set("owner", right.owner).Set("owner_asked_at", right.owner_asked_at);
  json.Set("owner_answered_at", right.owner_answered_at);
  json.Set("owner_allows", bool{right.owner_allows}).Set("owner_document", right.owner_document);
  if (right.__isset.due) json.Set("due", DueJson(right.due));
  if (right.__isset.papers_due) json.Set("papers_due", DueJson(right.papers_due));
  return json;
}

std::vector<std::string> RightRow(const wire::Right& right) {
  const bool has_due = right.__isset.due;
  const bool has_papers = right.__isset.papers_due;
  const wire::DueDay& due = has_due ? right.due : right.papers_due;
  const bool any = has_due || has_papers;
  const std::string standing = any ? due.standing + (has_due ? "" : " (papers)") : "";
  return {right.request,
          right.right,
          right.state + (right.outcome.empty() ? "" : ", " + right.outcome) +
              (right.frozen ? ", frozen" : ""),
          TimeText(right.received_at),
          any ? due.last_day : "-",
          standing,
          SafeForTerminal(right.missing)};
}

std::string RightText(const wire::Right& right) {
  std::string text = right.request + ": " + right.right + ", " + right.state + "\n";
  AddTime(text, "received", right.received_at);
  AddLine(text, "by", right.requester + ", " + right.channel + ", " + right.carried_by);
  AddLine(text, "asks", right.text);
  AddLine(text, "agent", right.agent);
  AddTime(text, "form sent", right.form_sent_at);
  AddLine(text, "desk", right.desk);
  for (const std::string& remark : right.remarks) AddLine(text, "remark", remark);
  AddTime(text, "identity checked", right.checked_at);
  AddLine(text, "missing", right.missing);
  AddLine(text, "client", right.owner);
  AddTime(text, "client asked", right.owner_asked_at);
  AddTime(text, "client answered", right.owner_answered_at);
  AddLine(text, "outcome", right.outcome);
  AddLine(text, "ground", right.ground);
  AddLine(text, "reason", right.reason);
  for (const std::string& part : right.withheld) AddLine(text, "withheld", part);
  AddTime(text, "carried out", right.acted_at);
  AddTime(text, "told", right.told_at);
  if (right.__isset.due)
    AddLine(text, "due", right.due.last_day + ", " + right.due.standing + ", " + right.due.rule);
  if (right.__isset.papers_due)
    AddLine(text, "papers due", right.papers_due.last_day + ", " + right.papers_due.standing);
  if (right.frozen) text += "nothing is used or provided because of it\n";
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace noren::cli
