// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/item_use.h"

#include <algorithm>

#include "engine/policy/stated/agreed_purposes.h"
#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/coded.h"
#include "engine/policy/stated/items.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

const Entry* FindFile(const Statement& statement, std::string_view name) {
  for (const Entry* file : statement.All("file")) {
    if (file->id == name || file->Title() == name || file->Holds("aliases", name)) return file;
  }
  return nullptr;
}

const Entry* FindPurpose(const Statement& statement, std::string_view name) {
  const Entry* found = statement.ById("purpose", name);
  return found != nullptr ? found : statement.Called("purpose", name);
}

void RestOnPurposes(const Entry& file, const Statement& statement, Basis& basis) {
  basis.Rest(file, "name");
  basis.Rest(file, "purposes");
  if (const Entry* rule = statement.One("purpose_rule")) {
    basis.Rest(*rule, "strict");
    basis.Rest(*rule, "limit");
  }
}

// The file is for this purpose, which opens single people's items.
Decision JudgePurpose(const Policy& policy, const JudgedUse& use) {
  Basis basis(policy, Rule::kRanking);
  const bool is_of_file = use.purpose != nullptr && use.file->Holds("purposes", use.purpose->id);
  if (!is_of_file) {
    RestOnPurposes(*use.file, *policy.statement, basis);
    return basis.Refuse(ErrorCode::kPurposeUndeclared);
  }
  basis.Rest(*use.purpose);
  if (use.purpose->Bool("statistics") != true) return basis.Allow();
  basis.Rest(*use.purpose, "statistics");
  if (const Entry* rule = policy.statement->One("purpose_rule")) basis.Rest(*rule, "strict");
  return basis.Refuse(ErrorCode::kPurposeUndeclared);
}

Decision JudgeItem(const Policy& policy, const JudgedUse& use, const NamedItem& item) {
  Basis basis(policy, Rule::kCollectItem);
  basis.Rest(*use.purpose);
  if (const Entry* group = BannedGroup(*policy.statement, item.names)) {
    basis.Rest(*group);
    return basis.Refuse(ErrorCode::kBannedCategory);
  }
  const bool is_limited = !use.purpose->Many("items").empty();
  if (is_limited && !HoldsOneOf(*use.purpose, "items", item.names)) {
    basis.Rest(*use.purpose, "items");
    RestOnPurposes(*use.file, *policy.statement, basis);
    return basis.Refuse(ErrorCode::kPurposeUndeclared);
  }
  basis.Rest(*use.file, "name");
  const std::string_view list = ListedUnder(*use.file, item.names);
  if (!list.empty()) {
    basis.Rest(*use.file, list);
    return basis.Allow();
  }
  for (const std::string_view key : {"items", "required", "optional", "closed_by"})
    basis.Rest(*use.file, key);
  return basis.Refuse(ErrorCode::kItemUndeclared);
}

// The measures of these registers, and of this group.
void RestOnMeasures(const Policy& policy, const std::vector<std::string_view>& registers,
                    std::string_view group, Basis& basis) {
  if (policy.statement == nullptr) return;
  for (const Entry* measure : policy.statement->All("measure")) {
    const std::string_view shown = measure->Word("register").value_or("");
    const bool is_meant = std::ranges::find(registers, shown) != registers.end();
    if (is_meant || (!group.empty() && measure->Word("group") == group)) basis.Rest(*measure);
  }
}

}  // namespace

NamedItem NameItem(const Statement& statement, std::string_view asked) {
  NamedItem item{asked, {}, {asked}};
  for (const model::ItemKind kind : model::AllItemKinds()) {
    const std::vector<std::string_view> printed = PrintedNames(statement, kind);
    const bool is_kind = model::ItemKindName(kind) == asked;
    if (!is_kind && std::ranges::find(printed, asked) == printed.end()) continue;
    item.kinds.push_back(kind);
    if (is_kind) item.names.insert(item.names.end(), printed.begin(), printed.end());
  }
  return item;
}

bool IsNamedIn(const std::vector<std::string>& words, const NamedItem& item) {
  return std::ranges::any_of(item.names, [&](std::string_view name) {
    return std::ranges::find(words, name) != words.end();
  });
}

JudgedUse JudgeUse(const Policy& policy, const UseTerms& terms) {
  JudgedUse use;
  if (policy.statement == nullptr) {
    use.decision = NothingStated(policy, Rule::kCollectItem);
    return use;
  }
  const Statement& statement = *policy.statement;
  use.file = FindFile(statement, terms.file);
  use.purpose = FindPurpose(statement, terms.purpose);
  if (use.file == nullptr) {
    Basis basis(policy, Rule::kCollectItem);
    for (const Entry* file : statement.All("file")) basis.Rest(*file, "name");
    use.decision = basis.Refuse(ErrorCode::kNoFile);
    return use;
  }
  const std::vector<std::string_view> subjects = use.file->Many("subject");
  if (!subjects.empty()) use.subject = subjects.front();
  Basis basis(policy, Rule::kCollectItem);
  use.decision = JudgePurpose(policy, use);
  if (!use.decision.allowed) return use;
  basis.Rest(use.decision);
  use.case_needed = use.purpose->Bool("case_needed") == true;
  for (const std::string& asked : terms.items) {
    use.items.push_back(NameItem(statement, asked));
    use.decision = JudgeItem(policy, use, use.items.back());
    if (!use.decision.allowed) return use;
    basis.Rest(use.decision);
  }
  use.decision = basis.Allow();
  return use;
}

Decision MayUseUnder(const Policy& policy, const Policy* agreed, const Entry& purpose) {
  Basis basis(policy, Rule::kRanking);
  basis.Rest(purpose);
  if (!AsksAnew(*policy.statement) || IsAgreedTo(purpose, agreed)) return basis.Allow();
  basis.Rest(*policy.statement->One("purpose_rule"), "on_change");
  return basis.Refuse(ErrorCode::kConsentAnew);
}

Decision RefuseHandler(const Policy& policy) {
  Basis basis(policy, Rule::kCollectItem);
  RestOnMeasures(policy, {"handlers"}, "", basis);
  return basis.Refuse(ErrorCode::kNotAllowed);
}

Decision RefuseTerminal(const Policy& policy) {
  Basis basis(policy, Rule::kCollectItem);
  RestOnMeasures(policy, {"handlers", "media"}, "physical", basis);
  return basis.Refuse(ErrorCode::kNotAllowed);
}

Decision RefuseProcessor(const Policy& policy) {
  Basis basis(policy, Rule::kCollectItem);
  const Entry* rule =
      policy.statement == nullptr ? nullptr : policy.statement->One("processor_rule");
  if (rule != nullptr) {
    for (const std::string_view key : {"allowed", "within", "topics"}) basis.Rest(*rule, key);
  }
  return basis.Refuse(ErrorCode::kProcessorUnregistered);
}

}  // namespace noren::policy
