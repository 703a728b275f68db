// What the registers say of whoever opens items: which access a handler has now, which task a
// processor, and which terminal a key belongs to. Silence gives nothing: a scope that names no kind
// of person, purpose or item opens none.
// Source:   docs/formats/register_entry.md, section "Scopes"; docs/design/0032-use-of-items.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/register_due.h"

namespace noren::policy {

// What may be opened: each list names what is within.
struct DataScope {
  std::vector<std::string> people;    // kinds of person, by id
  std::vector<std::string> purposes;  // by id or printed name
  std::vector<std::string> items;     // kinds, or printed names
};

struct HandlerScope {
  std::string role;
  std::string processor;  // empty: of the operator
  DataScope scope;
  std::vector<std::string> terminals;  // empty: every listed one
  UnixSeconds granted_at;
};
// Designated, with access given, and neither ended since. Steps are in the order of their times.
std::optional<HandlerScope> ScopeOfHandler(std::span<const RegisteredStep> steps,
                                           std::string_view handler);
// Everybody who has access now, sorted.
std::vector<std::string> HandlersWithAccess(std::span<const RegisteredStep> steps);

struct ProcessorScope {
  std::string task;
  DataScope scope;
};
// Contracted and enabled, and not ended since.
std::optional<ProcessorScope> ScopeOfProcessor(std::span<const RegisteredStep> steps,
                                               std::string_view processor);
// When it was last inspected; nothing: never.
std::optional<UnixSeconds> LastInspection(std::span<const RegisteredStep> steps,
                                          std::string_view processor);

// A medium listed with the kind "terminal". It is known by the key of its certificate; taken out
// of its area, lost or out of use it stands for nothing.
struct Terminal {
  std::string name, area, tls_key;
};
inline constexpr std::string_view kTerminal = "terminal";
struct Terminals {
  bool any_listed = false;  // ever: from then on only terminals open items
  std::vector<Terminal> bound;
};
Terminals TerminalsOf(std::span<const RegisteredStep> steps);

// What a designation, a contract or a terminal names is what the policy declares: kinds of person,
// purposes, items that a file lists, a processor that the register knows.
//   errors   kBadRequest, with the field
Status CheckScope(const Policy& policy, std::span<const RegisteredStep> before,
                  const RegisteredStep& next);

}  // namespace noren::policy
