// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/items.h"

#include <algorithm>
#include <array>

#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/coded.h"
#include "engine/policy/stated/subjects.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

// Lists of what a person hands in. `open_items` is one only together with the list that closes it.
constexpr std::array<std::string_view, 4> kHandedIn = {"items", "required", "optional",
                                                       "closed_by"};

// Some purpose of the file needs it: one that does not limit its items, or lists this one.
bool IsNeeded(const Statement& statement, const Entry& file,
              const std::vector<std::string_view>& names) {
  return std::ranges::any_of(file.Many("purposes"), [&](std::string_view id) {
    const Entry* purpose = statement.ById("purpose", id);
    return purpose != nullptr &&
           (purpose->Many("items").empty() || HoldsOneOf(*purpose, "items", names));
  });
}

}  // namespace

std::string_view ListedUnder(const Entry& file, const std::vector<std::string_view>& names) {
  for (const std::string_view key : kHandedIn) {
    if (HoldsOneOf(file, key, names)) return key;
  }
  const bool closed = !file.Many("closed_by").empty();
  return closed && HoldsOneOf(file, "open_items", names) ? "open_items" : "";
}

const Entry* BannedGroup(const Statement& statement, const std::vector<std::string_view>& names) {
  for (const Entry* group : statement.All("banned")) {
    if (HoldsOneOf(*group, "items", names)) return group;
  }
  return nullptr;
}

Decision MayTake(const Policy& policy, model::ItemKind kind, std::string_view subject) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  const Statement& statement = *policy.statement;
  const Decision registered = MayRegister(policy, subject);
  if (!registered.allowed) return registered;
  const Entry& person = *SubjectOf(statement, subject);
  const std::vector<std::string_view> names = PrintedNames(statement, kind);
  Basis basis(policy, Rule::kCollectItem);
  if (const Entry* group = BannedGroup(statement, names)) {
    basis.Rest(*group);
    return basis.Refuse(ErrorCode::kBannedCategory);
  }
  const Entry* unneeded = nullptr;  // the first file that lists it to no purpose
  for (const Entry* file : statement.All("file")) {
    const std::string_view key = IsAbout(*file, person) ? ListedUnder(*file, names) : "";
    if (key.empty()) continue;
    if (!IsNeeded(statement, *file, names)) {
      if (unneeded == nullptr) unneeded = file;
      continue;
    }
    basis.Rest(*file, "name");
    basis.Rest(*file, key);
    return basis.Allow();
  }
  if (unneeded != nullptr) {
    basis.Rest(*unneeded, "name");
    basis.Rest(*unneeded, ListedUnder(*unneeded, names));
    basis.Rest(*unneeded, "purposes");
    if (const Entry* rule = statement.One("purpose_rule")) basis.Rest(*rule, "specific");
    return basis.Refuse(ErrorCode::kPurposeUndeclared);
  }
  for (const Entry* file : statement.All("file")) {
    basis.Rest(*file, "name");
    if (!IsAbout(*file, person)) continue;
    for (const std::string_view key : kHandedIn) basis.Rest(*file, key);
  }
  return basis.Refuse(model::IsIdentityItem(kind) ? ErrorCode::kItemUndeclared
                                                  : ErrorCode::kNoFile);
}

Decision IsComplete(const Policy& policy, std::span<const model::ItemKind> kinds,
                    std::string_view subject) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  const Statement& statement = *policy.statement;
  const Decision registered = MayRegister(policy, subject);
  if (!registered.allowed) return registered;
  const Entry& person = *SubjectOf(statement, subject);
  Basis basis(policy, Rule::kCollectItem);
  basis.Rest(registered);
  for (const Entry* file : statement.All("file")) {
    if (!IsAbout(*file, person)) continue;
    for (const model::ItemKind kind : model::AllItemKinds()) {
      if (!HoldsOneOf(*file, "required", PrintedNames(statement, kind))) continue;
      basis.Rest(*file, "required");
      const bool there = std::ranges::find(kinds, kind) != kinds.end();
      if (!there) return basis.Refuse(ErrorCode::kSourceMissing);
    }
  }
  return basis.Allow();
}

}  // namespace noren::policy
