// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/consistency.h"

#include <algorithm>
#include <set>
#include <string>

#include "engine/policy/stated/items.h"
#include "engine/policy/stated/provision.h"

namespace noren::policy {
namespace {

template <typename List, typename Member>
void CheckUnique(const List& list, Member member, std::string_view key, TableReader& root) {
  for (auto a = list.begin(); a != list.end(); ++a) {
    if (std::any_of(list.begin(), a, [&](const auto& b) { return b.*member == (*a).*member; })) {
      root.Note(ProblemKind::kInconsistent, key,
                "entry " + std::to_string(a - list.begin()) + " repeats an earlier one");
    }
  }
}

void CheckClauses(const Policy& policy, TableReader& root) {
  CheckUnique(policy.clauses, &Clause::id, "clause", root);
  const auto declared = [&](const std::string& id) {
    return std::ranges::find(policy.clauses, id, &Clause::id) != policy.clauses.end() ||
           (policy.statement != nullptr && policy.statement->FindClause(id) != nullptr);
  };
  for (std::size_t i = 0; i < kRuleCount; ++i) {
    if (std::ranges::all_of(policy.clauses_of_rule[i], declared)) continue;
    root.Note(ProblemKind::kInconsistent, "clauses_of",
              std::string(RuleName(static_cast<Rule>(i))) + " names a clause that is not declared");
  }
  if (!std::ranges::all_of(policy.enrolment.clauses, declared)) {
    root.Note(ProblemKind::kInconsistent, "enrolment", "names a clause that is not declared");
  }
  CheckUnique(policy.enrolment.portals, &PortalQuota::portal, "enrolment", root);
  for (const ForbiddenField& field : policy.forbidden) {
    if (declared(field.clause)) continue;
    root.Note(ProblemKind::kInconsistent, "forbidden",
              field.id + " names a clause that is not declared");
  }
}

void CheckForbidden(const Policy& policy, TableReader& root) {
  CheckUnique(policy.forbidden, &ForbiddenField::id, "forbidden", root);
  std::set<std::string> seen;
  for (const ForbiddenField& field : policy.forbidden) {
    for (const std::string& name : field.names) {
      if (seen.insert(name).second) continue;
      root.Note(ProblemKind::kInconsistent, "forbidden",
                field.id + " has a name that another rule has, too");
    }
  }
}

void CheckPurposes(const Policy& policy, TableReader& root) {
  CheckUnique(policy.items, &ItemRule::kind, "item", root);
  CheckUnique(policy.purposes, &PurposeRule::purpose, "purpose", root);
  CheckUnique(policy.recipient_classes, &RecipientClass::id, "recipient_class", root);
  CheckUnique(policy.processors, &Processor::name, "processor", root);
  for (const PurposeRule& rule : policy.purposes) {
    const std::string name(PurposeName(rule.purpose));
    for (const model::ItemKind kind : rule.items) {
      if (policy.FindItem(kind) != nullptr) continue;
      root.Note(ProblemKind::kInconsistent, "purpose",
                name + " covers an item that is not declared: " + std::string(ItemKindName(kind)));
    }
    if (rule.max_consent_days > policy.consent.max_days) {
      root.Note(ProblemKind::kInconsistent, "purpose",
                name + " has more max_consent_days than consent.max_days");
    }
  }
}

// Every kind of item belongs to one file at most: its key is one of the three that seal the item.
void CheckFiles(const Policy& policy, TableReader& root) {
  CheckUnique(policy.files, &FileRule::id, "file", root);
  std::set<model::ItemKind> in_a_file;
  for (const FileRule& file : policy.files) {
    for (const model::ItemKind kind : file.items) {
      const std::string name(ItemKindName(kind));
      if (policy.FindItem(kind) == nullptr)
        root.Note(ProblemKind::kInconsistent, "file",
                  file.id + " holds an undeclared item: " + name);
      if (!in_a_file.insert(kind).second)
        root.Note(ProblemKind::kInconsistent, "file", name + " is in two files");
    }
  }
  for (const model::ItemKind kind : policy.holds.items) {
    if (policy.FindItem(kind) != nullptr) continue;
    root.Note(ProblemKind::kInconsistent, "hold",
              "items names one that is not declared: " + std::string(ItemKindName(kind)));
  }
}

// Narrowing acts never need a key: a person who lost it, or never had one, can still say no.
void CheckProofs(const Policy& policy, TableReader& root) {
  for (const Act act :
       {Act::kWithdrawDiscoverability, Act::kRefuseConsent, Act::kWithdrawConsent}) {
    if (policy.least_proof[static_cast<std::size_t>(act)] == Proof::kPortalAsserted) continue;
    root.Note(ProblemKind::kInconsistent, "least_proof",
              std::string(ActName(act)) +
                  " must be portal_asserted: withdrawing and refusing never need a key");
  }
}

void CheckRanking(const Policy& policy, TableReader& root) {
  for (std::size_t i = 0; i < kRankedFeatures.size(); ++i) {
    const FeatureRule& rule = policy.ranking.features[i];
    if (rule.standard <= rule.most) continue;
    root.Note(ProblemKind::kInconsistent, "ranking",
              "weights." + std::string(kRankedFeatures[i]) + " has a standard above its most");
  }
}

// Whether people of some kind may hand this in.
bool IsDeclaredOfAnybody(const Policy& policy, model::ItemKind kind) {
  const std::vector<const Entry*> subjects = policy.statement->All("subject");
  return std::ranges::any_of(
      subjects, [&](const Entry* subject) { return MayTake(policy, kind, subject->id).allowed; });
}

// The service offers nothing that the notice does not declare: it would be refused at every call.
void CheckDeclared(const Policy& policy, TableReader& root) {
  for (const ItemRule& item : policy.items) {
    if (IsDeclaredOfAnybody(policy, item.kind)) continue;
    root.Note(ProblemKind::kInconsistent, "item",
              "no file of the statement declares " + std::string(ItemKindName(item.kind)));
  }
  for (const PurposeRule& rule : policy.purposes) {
    const Decision decision = MayAskFor(policy, {rule.purpose, rule.items, "", 0});
    if (decision.allowed) continue;
    root.Note(ProblemKind::kInconsistent, "purpose",
              "the statement does not provide for " + std::string(PurposeName(rule.purpose)) +
                  ": " + std::string(model::RowOf(decision.error).name));
  }
}

// The names under which what a banned group means may be asked for: those of the fields that are
// refused by the same clause.
std::set<std::string_view> NamesOfBanned(const Policy& policy) {
  std::set<std::string_view> clauses, names;
  for (const Entry* group : policy.statement->All("banned")) {
    for (const std::string& clause : group->Find("items")->clauses) clauses.insert(clause);
  }
  for (const ForbiddenField& field : policy.forbidden) {
    if (clauses.contains(field.clause)) names.insert(field.names.begin(), field.names.end());
  }
  return names;
}

// A form that asks for it is no form: what a file holds and what people fill in.
void CheckQuestionnaires(const Policy& policy, TableReader& root) {
  const std::set<std::string_view> names = NamesOfBanned(policy);
  for (const Entry& entry : policy.statement->entries) {
    if (entry.section->name != "file" && entry.section->name != "form_part") continue;
    for (const Fact& fact : entry.facts) {
      if (fact.row->kind != ValueKind::kName || fact.row->Has('t')) continue;
      for (const Value& value : fact.values) {
        if (!names.contains(value.text)) continue;
        root.Note(
            ProblemKind::kInconsistent, "stated",
            "'" + value.text + "' of " + std::string(entry.Title()) + " is not to be asked for");
      }
    }
  }
}

// A purpose is tied to openings of a class of companies that there is.
void CheckCompanies(const Policy& policy, TableReader& root) {
  for (const Entry* purpose : policy.statement->All("purpose")) {
    const std::optional<std::string_view> named = purpose->Text("companies");
    const bool is_class =
        !named || std::ranges::any_of(policy.recipient_classes,
                                      [&](const RecipientClass& one) { return one.id == *named; });
    if (is_class) continue;
    root.Note(ProblemKind::kInconsistent, "recipient_class",
              "stated.purpose.companies: no class of companies is called " + std::string(*named));
  }
}

// What is enforced and what is published are one policy.
void CheckAgainstStatement(const Policy& policy, TableReader& root) {
  if (policy.statement == nullptr) return;
  const Statement& statement = *policy.statement;
  const Entry* publication = statement.One("publication");
  if (publication != nullptr && publication->Day("effective_from") != policy.effective_from) {
    root.Note(ProblemKind::kInconsistent, "policy",
              "effective_from is not the one of stated.publication");
  }
  CheckQuestionnaires(policy, root);
  const Entry* third_party = statement.One("third_party");
  if (third_party != nullptr && third_party->AbsenceOf("recipients") == Absence::kNone &&
      !(policy.purposes.empty() && policy.recipient_classes.empty())) {
    root.Note(ProblemKind::kInconsistent, "purpose",
              "the statement says that nothing is provided to anybody");
    return;
  }
  CheckDeclared(policy, root);
  CheckCompanies(policy, root);
  const Entry* processors = statement.One("processor_rule");
  if (processors != nullptr && processors->Word("allowed") != "yes" && !policy.processors.empty()) {
    root.Note(ProblemKind::kInconsistent, "processor", "the statement does not allow processors");
  }
}

void CheckTemplate(const LocalizedText& text, const std::set<std::string_view>& wanted,
                   std::string_view name, TableReader& root) {
  for (const std::string* one : {&text.ko, &text.ja, &text.en}) {
    const std::vector<std::string_view> found = PlaceholdersOf(*one);
    if (std::set<std::string_view>(found.begin(), found.end()) == wanted) continue;
    std::string sentence = std::string(name) + " must have exactly these placeholders:";
    for (const std::string_view placeholder : wanted) {
      sentence += " {" + std::string(placeholder) + "}";
    }
    if (wanted.empty()) sentence += " none";
    root.Note(ProblemKind::kInconsistent, "notice", sentence);
  }
}

}  // namespace

std::vector<std::string_view> PlaceholdersOf(std::string_view text) {
  std::vector<std::string_view> found;
  for (std::size_t at = text.find_first_of("{}"); at != std::string_view::npos;) {
    const std::size_t close = text.find_first_of("{}", at + 1);
    if (text[at] == '}' || close == std::string_view::npos || text[close] == '{') {
      found.emplace_back();
      return found;
    }
    found.push_back(text.substr(at + 1, close - at - 1));
    at = text.find_first_of("{}", close + 1);
  }
  return found;
}

void CheckConsistency(const Policy& policy, TableReader& root) {
  CheckClauses(policy, root);
  CheckForbidden(policy, root);
  CheckPurposes(policy, root);
  CheckFiles(policy, root);
  CheckProofs(policy, root);
  CheckRanking(policy, root);
  CheckAgainstStatement(policy, root);
  CheckTemplate(policy.notices.discoverability, {"operator", "recipient", "k", "policy"},
                "discoverability", root);
  CheckTemplate(policy.notices.release,
                {"operator", "recipient", "purpose", "items", "days", "policy"}, "release", root);
  CheckTemplate(policy.notices.refusal, {}, "refusal", root);
}

}  // namespace noren::policy
