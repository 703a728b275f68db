// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/handler_scope.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "engine/model/errors.h"
#include "engine/policy/stated/item_use.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

void TakeList(const RegisteredStep& step, std::string_view field, std::vector<std::string>& words) {
  const std::string_view text = step.Field(field);
  if (!text.empty()) words = RegisterList(text);
}

// What a later entry does not say stays as it was.
void TakeScope(const RegisteredStep& step, DataScope& scope) {
  TakeList(step, "people", scope.people);
  TakeList(step, "purposes", scope.purposes);
  TakeList(step, "items", scope.items);
}

void TakeText(const RegisteredStep& step, std::string_view field, std::string& text) {
  if (!step.Field(field).empty()) text = std::string(step.Field(field));
}

struct HandlerState {
  bool is_designated = false, has_access = false;
  HandlerScope scope;
};

void TakeHandlerStep(const RegisteredStep& step, HandlerState& state) {
  if (step.step == "ended") state = {};
  if (step.step == "withdrawn") state.has_access = false;
  if (step.step == "designated" && !state.is_designated) state = {true, false, {}};
  const bool says_scope = step.step == "designated" || step.step == "granted";
  if (!says_scope || !state.is_designated) return;
  TakeText(step, "role", state.scope.role);
  TakeText(step, "processor", state.scope.processor);
  TakeScope(step, state.scope.scope);
  TakeList(step, "terminals", state.scope.terminals);
  if (step.step == "designated") return;
  state.has_access = true;
  state.scope.granted_at = step.at;
}

bool IsDeclaredItem(const Policy& policy, const std::string& word) {
  const NamedItem item = NameItem(*policy.statement, word);
  if (!item.kinds.empty()) return true;
  constexpr std::array kLists = {"items",       "required",   "optional",    "automatic",
                                 "conditional", "open_items", "results_only"};
  return std::ranges::any_of(policy.statement->All("file"), [&](const Entry* file) {
    return std::ranges::any_of(kLists, [&](const char* list) { return file->Holds(list, word); });
  });
}

Status Unknown(std::string_view field, std::string_view why) {
  return model::MakeFieldError(ErrorCode::kBadRequest, "fields." + std::string(field),
                               std::string(why));
}

Status CheckLists(const Policy& policy, const RegisteredStep& next) {
  const Statement& statement = *policy.statement;
  for (const std::string& kind : RegisterList(next.Field("people"))) {
    if (statement.ById("subject", kind) == nullptr) return Unknown("people", "no kind of person");
  }
  for (const std::string& purpose : RegisterList(next.Field("purposes"))) {
    const bool is_declared = statement.ById("purpose", purpose) != nullptr ||
                             statement.Called("purpose", purpose) != nullptr;
    if (!is_declared) return Unknown("purposes", "no declared purpose");
  }
  for (const std::string& item : RegisterList(next.Field("items"))) {
    if (!IsDeclaredItem(policy, item)) return Unknown("items", "no declared item");
  }
  return OkStatus();
}

Status CheckTerminal(const RegisteredStep& next) {
  const std::string_view key = next.Field("tls_key");
  const bool is_hex = std::ranges::all_of(
      key, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!key.empty() && (key.size() != 64 || !is_hex))
    return Unknown("tls_key", "64 lower-case hexadecimal digits");
  const bool is_listed_terminal = next.step == "listed" && next.Field("kind") == kTerminal;
  if (is_listed_terminal && key.empty())
    return model::MakeFieldError(ErrorCode::kMissingField, "fields.tls_key");
  if (is_listed_terminal && next.subject.empty())
    return model::MakeFieldError(ErrorCode::kMissingField, "subject");
  return OkStatus();
}

}  // namespace

std::optional<HandlerScope> ScopeOfHandler(std::span<const RegisteredStep> steps,
                                           std::string_view handler) {
  HandlerState state;
  for (const RegisteredStep& step : steps) {
    if (step.kind == RegisterKind::kHandlers && step.subject == handler)
      TakeHandlerStep(step, state);
  }
  if (!state.is_designated || !state.has_access) return std::nullopt;
  return state.scope;
}

std::vector<std::string> HandlersWithAccess(std::span<const RegisteredStep> steps) {
  std::map<std::string, HandlerState> states;
  for (const RegisteredStep& step : steps) {
    if (step.kind == RegisterKind::kHandlers) TakeHandlerStep(step, states[step.subject]);
  }
  std::vector<std::string> names;
  for (const auto& [name, state] : states) {
    if (state.is_designated && state.has_access) names.push_back(name);
  }
  return names;
}

std::optional<ProcessorScope> ScopeOfProcessor(std::span<const RegisteredStep> steps,
                                               std::string_view processor) {
  std::optional<ProcessorScope> contract;
  bool is_enabled = false;
  for (const RegisteredStep& step : steps) {
    if (step.kind != RegisterKind::kProcessors || step.subject != processor) continue;
    // A new contract is used from when access is given under it.
    if (step.step == "contracted") {
      contract.emplace();
      is_enabled = false;
      TakeText(step, "task", contract->task);
      TakeScope(step, contract->scope);
    }
    if (step.step == "enabled") is_enabled = true;
    if (step.step == "ended") contract.reset();
  }
  return is_enabled ? contract : std::nullopt;
}

std::optional<UnixSeconds> LastInspection(std::span<const RegisteredStep> steps,
                                          std::string_view processor) {
  std::optional<UnixSeconds> last;
  for (const RegisteredStep& step : steps) {
    const bool is_inspection = step.kind == RegisterKind::kProcessors &&
                               step.subject == processor && step.step == "inspected";
    if (is_inspection) last = step.at;
  }
  return last;
}

Terminals TerminalsOf(std::span<const RegisteredStep> steps) {
  Terminals terminals;
  std::map<std::string, Terminal> listed;
  std::set<std::string> outside;
  for (const RegisteredStep& step : steps) {
    if (step.kind != RegisterKind::kMedia) continue;
    if (step.step == "listed") {
      listed.erase(step.subject);
      if (step.Field("kind") != kTerminal) continue;
      terminals.any_listed = true;
      listed[step.subject] = {step.subject, std::string(step.Field("area")),
                              std::string(step.Field("tls_key"))};
    }
    if (step.step == "taken_out") outside.insert(step.subject);
    if (step.step == "taken_in" || step.step == "listed") outside.erase(step.subject);
    if (step.step == "lost" || step.step == "ended") listed.erase(step.subject);
  }
  for (const auto& [name, terminal] : listed) {
    const bool is_bound = !terminal.area.empty() && !terminal.tls_key.empty();
    if (is_bound && !outside.contains(name)) terminals.bound.push_back(terminal);
  }
  return terminals;
}

Status CheckScope(const Policy& policy, std::span<const RegisteredStep> before,
                  const RegisteredStep& next) {
  if (next.kind == RegisterKind::kMedia) return CheckTerminal(next);
  if (next.kind != RegisterKind::kHandlers && next.kind != RegisterKind::kProcessors)
    return OkStatus();
  if (policy.statement == nullptr) return OkStatus();
  NOREN_RETURN_IF_ERROR(CheckLists(policy, next));
  const std::string_view processor = next.Field("processor");
  const bool is_known =
      processor.empty() || std::ranges::any_of(before, [&](const RegisteredStep& step) {
        return step.kind == RegisterKind::kProcessors && step.subject == processor &&
               step.step == "contracted";
      });
  return is_known ? OkStatus() : Unknown("processor", "no processor has a contract");
}

}  // namespace noren::policy
