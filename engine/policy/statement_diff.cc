// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement_diff.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/policy/statement_notice.h"

namespace noren::policy {
namespace {

using model::JsonValue;
using model::Language;

// The operator's own numbers and lists that a consent was given under.
constexpr std::array<std::string_view, 6> kConsentTables = {
    "consent", "item", "notice", "purpose", "recipient_class", "custody"};

struct Stated {
  const Fact* fact = nullptr;
  std::string entry;
};

// Facts by place, so that two versions can be laid side by side.
std::map<std::string, Stated> FactsByPlace(const Statement& statement) {
  std::map<std::string, Stated> facts;
  for (const Entry& entry : statement.entries) {
    std::string name = entry.id.empty() ? std::string(entry.Title()) : entry.id;
    if (entry.section->name == "recipient_items") {
      name += " " + std::string(entry.Text("recipient").value_or(""));
    }
    for (const Fact& fact : entry.facts) {
      std::string path = std::string(entry.section->name) + "." + std::string(fact.row->name);
      facts[path + "\n" + name] = {&fact, std::string(entry.Title())};
    }
  }
  return facts;
}

PolicyChange ChangeOf(ChangeKind kind, const std::string& place, const Stated& stated) {
  PolicyChange change;
  change.kind = kind;
  change.path = "stated." + place.substr(0, place.find('\n'));
  change.entry = stated.entry;
  change.clauses = stated.fact->clauses;
  change.asks_anew = stated.fact->row->Has('c');
  return change;
}

// Also what a value of the same text is made of: who states it, and on which clauses.
bool IsSame(const Fact& a, const Fact& b) {
  return a.values == b.values && a.absence == b.absence && a.origin == b.origin &&
         a.clauses == b.clauses;
}

void DiffStatements(const Statement& before, const Statement& after,
                    std::vector<PolicyChange>& changes) {
  const auto old_facts = FactsByPlace(before);
  const auto new_facts = FactsByPlace(after);
  for (const auto& [place, stated] : old_facts) {
    const auto now = new_facts.find(place);
    PolicyChange change = ChangeOf(
        now == new_facts.end() ? ChangeKind::kRemoved : ChangeKind::kChanged, place, stated);
    change.before = ValueText(before, *stated.fact, Language::kEnglish);
    if (now == new_facts.end()) {
      changes.push_back(std::move(change));
    } else if (!IsSame(*stated.fact, *now->second.fact)) {
      change.after = ValueText(after, *now->second.fact, Language::kEnglish);
      change.clauses = now->second.fact->clauses;
      // The same words under another clause are no new promise.
      change.asks_anew = change.asks_anew && (stated.fact->values != now->second.fact->values ||
                                              stated.fact->absence != now->second.fact->absence);
      changes.push_back(std::move(change));
    }
  }
  for (const auto& [place, stated] : new_facts) {
    if (old_facts.contains(place)) continue;
    PolicyChange change = ChangeOf(ChangeKind::kAdded, place, stated);
    change.after = ValueText(after, *stated.fact, Language::kEnglish);
    changes.push_back(std::move(change));
  }
}

// The tables outside the statement, one change for each top-level key below a table.
void DiffTables(const JsonValue& before, const JsonValue& after, const std::string& path,
                bool asks_anew, std::vector<PolicyChange>& changes) {
  if (before == after) return;
  const bool is_deep = path.find('.') != std::string::npos || before.object() == nullptr ||
                       after.object() == nullptr;
  if (is_deep) {
    PolicyChange change;
    if (before.is_null()) change.kind = ChangeKind::kAdded;
    if (after.is_null()) change.kind = ChangeKind::kRemoved;
    change.path = path;
    if (!before.is_null()) change.before = model::DumpCanonical(before);
    if (!after.is_null()) change.after = model::DumpCanonical(after);
    change.asks_anew = asks_anew;
    changes.push_back(std::move(change));
    return;
  }
  std::map<std::string, std::pair<JsonValue, JsonValue>> members;
  for (const auto& [key, value] : *before.object()) members[key].first = value;
  for (const auto& [key, value] : *after.object()) members[key].second = value;
  for (const auto& [key, pair] : members) {
    DiffTables(pair.first, pair.second, path + "." + key, asks_anew, changes);
  }
}

bool IsConsentTable(std::string_view key) {
  return std::ranges::find(kConsentTables, key) != kConsentTables.end();
}

void DiffService(const Policy& before, const Policy& after, std::vector<PolicyChange>& changes) {
  const StatusOr<JsonValue> old_file = model::ParseJson(before.canonical_json);
  const StatusOr<JsonValue> new_file = model::ParseJson(after.canonical_json);
  if (!old_file.ok() || !new_file.ok()) return;
  std::map<std::string, std::pair<JsonValue, JsonValue>> members;
  for (const auto& [key, value] : *old_file->object()) members[key].first = value;
  for (const auto& [key, value] : *new_file->object()) members[key].second = value;
  members.erase("stated");
  for (const auto& [key, pair] : members) {
    DiffTables(pair.first, pair.second, key, IsConsentTable(key), changes);
  }
}

struct RefusalRow {
  std::string_view code, rests_on, meaning;
};
constexpr auto kRefusals = std::to_array<RefusalRow>({
#define NOREN_REFUSAL(code, rests_on, meaning) {#code, rests_on, meaning},
#include "engine/policy/refusals.inc"
#undef NOREN_REFUSAL
});

bool RestsOn(std::string_view rests_on, const Entry& entry, const Fact& fact) {
  const std::string section(entry.section->name);
  const std::string key = section + "." + std::string(fact.row->name);
  while (!rests_on.empty()) {
    const std::string_view part = rests_on.substr(0, rests_on.find(' '));
    if (part == section || part == key) return true;
    rests_on.remove_prefix(std::min(part.size() + 1, rests_on.size()));
  }
  return false;
}

void AddOnce(std::vector<std::string>& all, const std::string& one) {
  if (std::ranges::find(all, one) == all.end()) all.push_back(one);
}

std::vector<std::string> ClausesOf(const Statement& statement, std::string_view rests_on) {
  std::vector<std::string> named;
  for (const Entry& entry : statement.entries) {
    for (const Fact& fact : entry.facts) {
      if (!RestsOn(rests_on, entry, fact)) continue;
      for (const std::string& clause : fact.clauses) AddOnce(named, clause);
    }
  }
  std::vector<std::string> ordered;
  for (const Article& article : statement.articles) {
    for (const StatedClause& clause : article.clauses) {
      if (std::ranges::find(named, clause.id) != named.end()) ordered.push_back(clause.id);
    }
  }
  return ordered;
}

}  // namespace

std::string_view ChangeKindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded:
      return "added";
    case ChangeKind::kRemoved:
      return "removed";
    case ChangeKind::kChanged:
      break;
  }
  return "changed";
}

std::vector<PolicyChange> DiffPolicies(const Policy& before, const Policy& after) {
  static const Statement nothing;
  std::vector<PolicyChange> changes;
  DiffStatements(before.statement == nullptr ? nothing : *before.statement,
                 after.statement == nullptr ? nothing : *after.statement, changes);
  DiffService(before, after, changes);
  return changes;
}

std::optional<Explanation> Explain(const Policy& policy, std::string_view code) {
  const auto refusal = std::ranges::find(kRefusals, code, &RefusalRow::code);
  if (refusal != kRefusals.end()) {
    const std::optional<model::ErrorCode> row = model::FindErrorCode(code);
    Explanation explanation{
        std::string(code), row ? model::RowOf(*row).sentence_en : refusal->meaning, {}};
    if (policy.statement != nullptr) {
      explanation.clauses = ClausesOf(*policy.statement, refusal->rests_on);
    }
    return explanation;
  }
  const std::optional<model::ErrorCode> error = model::FindErrorCode(code);
  if (!error) return std::nullopt;
  Explanation explanation{std::string(code), model::RowOf(*error).sentence_en, {}};
  for (const auto& clauses : policy.clauses_of_rule) {
    for (const std::string& clause : clauses) AddOnce(explanation.clauses, clause);
  }
  return explanation;
}

std::vector<std::string> RefusalCodes() {
  std::vector<std::string> codes;
  for (const RefusalRow& row : kRefusals) codes.emplace_back(row.code);
  return codes;
}

}  // namespace noren::policy
