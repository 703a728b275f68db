// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string>

#include "engine/policy/statement_loader.h"
#include "engine/policy/statement_values.h"

namespace noren::policy {
namespace {

class Checker {
 public:
  Checker(const Statement& statement, const TomlNode& stated, std::vector<PolicyProblem>& problems)
      : statement_(statement), stated_(stated), notes_(problems) {}

  void Clauses() {
    std::set<std::string> declared, named;
    for (const Article& article : statement_.articles) {
      for (const StatedClause& clause : article.clauses) {
        if (declared.insert(clause.id).second) continue;
        Note("stated.article", clause.id + " is declared twice", stated_.line);
      }
    }
    for (const Entry& entry : statement_.entries) {
      for (const Fact& fact : entry.facts) {
        for (const std::string& id : fact.clauses) {
          named.insert(id);
          if (!declared.contains(id)) Note(PathOf(entry, fact), "no article has " + id, fact.line);
        }
      }
    }
    for (const std::string& id : declared) {
      if (named.contains(id)) continue;
      Note("stated.article", "no value rests on " + id, stated_.line);
    }
  }

  void Words() {
    std::set<std::string_view> used;
    for (const Entry& entry : statement_.entries) {
      for (const Fact& fact : entry.facts) {
        if (fact.row->kind != ValueKind::kName) continue;
        for (const Value& value : fact.values) used.insert(value.text);
      }
    }
    for (const auto& [word, english] : statement_.words) {
      if (!used.contains(word)) Note("stated.words." + word, "no value uses it", stated_.line);
    }
  }

  void References() {
    std::set<std::pair<std::string_view, std::string_view>> ids;
    for (const Entry& entry : statement_.entries) {
      if (entry.id.empty() || ids.insert({entry.section->name, entry.id}).second) continue;
      Note("stated." + std::string(entry.section->name), entry.id + " is the id of two entries",
           entry.line);
    }
    for (const Entry& entry : statement_.entries) {
      for (const Fact& fact : entry.facts) {
        if (fact.row->kind != ValueKind::kRef) continue;
        for (const Value& value : fact.values) {
          if (ids.contains({fact.row->of, value.text})) continue;
          Note(PathOf(entry, fact),
               "no " + std::string(fact.row->of) + " has the id '" + value.text + "'", fact.line);
        }
      }
    }
  }

  void Titles() {
    std::set<std::pair<std::string_view, std::string>> seen;
    for (const Entry& entry : statement_.entries) {
      if (!entry.section->is_list) continue;
      // The same kind of person may get further items from several recipients, and a suspension be
      // refused for the same reason as an access: those are told apart by their second key.
      std::string title(entry.Title());
      if (entry.section->name == "recipient_items" && entry.Text("recipient")) {
        title += " " + std::string(*entry.Text("recipient"));
      }
      if (seen.insert({entry.section->name, title}).second) continue;
      Note("stated." + std::string(entry.section->name), "'" + title + "' occurs twice",
           entry.line);
    }
  }

  void Grounds() {
    for (const Entry* ground : statement_.All("ground")) {
      const bool is_deleted = ground->Word("status") == "deleted";
      if (is_deleted != ground->Day("deleted_on").has_value()) {
        Note("stated.ground", "deleted_on stands exactly with the status 'deleted'", ground->line);
      }
    }
  }

  // What is declared never to be collected is among no items.
  void Banned() {
    std::set<std::string_view> banned;
    for (const Entry* group : statement_.All("banned")) {
      for (const std::string_view item : group->Many("items")) banned.insert(item);
    }
    for (const Entry& entry : statement_.entries) {
      const std::string_view section = entry.section->name;
      if (section != "file" && section != "recipient" && section != "recipient_items") continue;
      for (const Fact& fact : entry.facts) {
        if (fact.row->kind != ValueKind::kName) continue;
        for (const Value& value : fact.values) {
          if (!banned.contains(value.text)) continue;
          Note(PathOf(entry, fact), "'" + value.text + "' is not to be collected", fact.line);
        }
      }
    }
  }

  void Recipients() {
    const Entry* rule = statement_.One("third_party");
    const std::vector<const Entry*> recipients = statement_.All("recipient");
    if (rule != nullptr && rule->AbsenceOf("recipients") == Absence::kNone && !recipients.empty()) {
      Note("stated.recipient", "the statement says that nothing is provided to anybody",
           recipients[0]->line);
    }
    std::set<std::string_view> usable;
    for (const Entry* ground : statement_.All("ground")) {
      if (ground->Word("status") == "active") usable.insert(ground->Word("code").value_or(""));
    }
    for (const Entry* recipient : recipients) {
      if (usable.contains(recipient->Word("ground").value_or(""))) continue;
      Note("stated.recipient", "rests on a ground that the statement does not have in force",
           recipient->line);
    }
    const Entry* processors = statement_.One("processor_rule");
    const bool allowed = processors == nullptr || processors->Word("allowed") == "yes";
    for (const Entry* processor : statement_.All("processor")) {
      if (!allowed) Note("stated.processor", "processors are not allowed", processor->line);
    }
  }

  // Newest first; each ends on the day before the next newer one begins.
  void History() {
    const Entry* publication = statement_.One("publication");
    if (publication == nullptr) return Note("stated.publication", "is missing", stated_.line);
    if (statement_.One("controller") == nullptr) {
      Note("stated.controller", "is missing", stated_.line);
    }
    std::optional<model::CivilDay> newer = publication->Day("effective_from");
    for (const Entry* version : statement_.All("past_version")) {
      const std::optional<model::CivilDay> to = version->Day("to");
      if (newer && to && to->days_since_1970 + 1 != newer->days_since_1970) {
        Note("stated.past_version", "does not end on the day before the next version begins",
             version->line);
      }
      newer = version->Day("since");
    }
  }

  // What somebody may be asked although it is banned is needed for something.
  void Exceptions() {
    for (const Entry* group : statement_.All("banned")) {
      if (group->Many("exceptions").empty() || group->Text("necessity")) continue;
      Note("stated.banned", "exceptions need necessity: why each is needed", group->line);
    }
  }

  // A period that the law alone sets says which law.
  void Periods() {
    for (const Entry* retention : statement_.All("retention")) {
      const std::vector<std::string_view> sources = retention->Many("sources");
      const bool by_law = sources.size() == 1 && sources[0] == "law";
      if (!by_law || !retention->Many("citation").empty()) continue;
      Note("stated.retention", "a period set by law needs citation: act and article",
           retention->line);
    }
  }

  // Where nothing is collected by cookies, no item is filled in from them.
  void Cookies() {
    const Entry* cookies = statement_.One("cookies");
    if (cookies == nullptr || !cookies->Many("items").empty()) return;
    for (const Entry* file : statement_.All("file")) {
      if (file->Many("from_cookies").empty()) continue;
      Note("stated.file", "nothing is collected by cookies, so from_cookies has no place",
           file->line);
    }
  }

  // A way that people used when their data were collected is closed for a stated reason alone.
  void Rights() {
    const Entry* rights = statement_.One("rights");
    const Fact* closed = rights == nullptr ? nullptr : rights->Find("closed");
    const bool needs_reason = closed != nullptr && rights->Bool("same_channel") == true;
    if (!needs_reason || rights->Text("closed_because")) return;
    Note("stated.rights.closed", "needs closed_because: the reason that the source asks for",
         closed->line);
  }

  // A purpose of some is of people who are named as a part of its kind.
  void SubKinds() {
    for (const Entry* purpose : statement_.All("purpose")) {
      for (const std::string_view name : purpose->Many("sub_kinds")) {
        const std::vector<std::string_view> kinds = purpose->Many("subject");
        const bool is_named = std::ranges::any_of(kinds, [&](std::string_view id) {
          const Entry* kind = statement_.ById("subject", id);
          return kind != nullptr && kind->Holds("sub_kinds", name);
        });
        if (is_named) continue;
        Note("stated.purpose.sub_kinds", "'" + std::string(name) + "' is no part of its subject",
             purpose->line);
      }
    }
  }

  // An open list of items is closed by a named list of fields.
  void Files() {
    for (const Entry* file : statement_.All("file")) {
      if (file->Many("open_items").empty() || !file->Many("closed_by").empty()) continue;
      Note("stated.file", "open_items need closed_by: the field list that bounds them", file->line);
    }
  }

 private:
  static std::string PathOf(const Entry& entry, const Fact& fact) {
    return "stated." + std::string(entry.section->name) + "." + std::string(fact.row->name);
  }
  void Note(std::string path, std::string sentence, std::uint32_t line) {
    notes_.AddAt(ProblemKind::kInconsistent, {line, 1}, std::move(path), std::move(sentence));
  }

  const Statement& statement_;
  const TomlNode& stated_;
  Notes notes_;
};

}  // namespace

void CheckStatement(const Statement& statement, const TomlNode& stated,
                    std::vector<PolicyProblem>& problems) {
  Checker checker(statement, stated, problems);
  checker.Clauses();
  checker.Words();
  checker.References();
  checker.Titles();
  checker.Grounds();
  checker.Banned();
  checker.Recipients();
  checker.History();
  checker.Files();
  checker.SubKinds();
  checker.Exceptions();
  checker.Periods();
  checker.Cookies();
  checker.Rights();
}

std::vector<PolicyProblem> PublicationDefects(const Statement& statement) {
  std::vector<PolicyProblem> defects;
  for (const Entry& entry : statement.entries) {
    for (const Fact& fact : entry.facts) {
      if (!fact.row->Has('p')) continue;
      const bool is_refused = fact.row->kind == ValueKind::kBool && fact.values.size() == 1 &&
                              fact.values[0].text == "no";
      const bool is_blank =
          fact.absence == Absence::kBlankInSource || fact.absence == Absence::kAtDeployment;
      if (!is_refused && !is_blank) continue;
      defects.push_back(
          {ProblemKind::kMissingKey, fact.line, 1,
           "stated." + std::string(entry.section->name) + "." + std::string(fact.row->name),
           (is_refused ? "must be yes before '" : "is not known of '") +
               std::string(entry.Title()) +
               (is_refused ? "' can be used" : "'; a public notice has to say it")});
    }
  }
  return defects;
}

}  // namespace noren::policy
