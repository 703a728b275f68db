// The registers that officers fill in, because software can only ask: training, inspections,
// incidents, contracts with processors and the like. Which steps an entry can have, and which
// fields each step needs.
// Source:   docs/formats/register_entry.md
// Threads:  immutable
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/policy/statement_rows.h"

namespace noren::policy {

enum class RegisterKind : std::uint8_t {
#define NOREN_REGISTER(symbol, number, name, en, ko, ja) symbol = number,
#define NOREN_REGISTER_STEP(kind, step, en, ko, ja)
#define NOREN_REGISTER_FIELD(kind, field, value, steps, en, ko, ja)
#include "engine/policy/register_kinds.inc"
#undef NOREN_REGISTER
#undef NOREN_REGISTER_STEP
#undef NOREN_REGISTER_FIELD
};

struct RegisterRow {
  RegisterKind kind;
  std::string_view name;  // "training"
  Labels labels;
};
std::span<const RegisterRow> AllRegisters();
const RegisterRow& RowOf(RegisterKind kind);
std::optional<RegisterKind> FindRegister(std::string_view name);
bool IsRegisterNumber(std::uint8_t number);

struct RegisterStepRow {
  RegisterKind kind;
  std::string_view name;  // "held"
  Labels labels;
};
// Null: the register has no such step.
const RegisterStepRow* FindRegisterStep(RegisterKind kind, std::string_view name);

enum class RegisterValue : std::uint8_t { kText, kDay, kNumber, kTruth, kList };
struct RegisterFieldRow {
  RegisterKind kind;
  std::string_view name;  // "topic"
  RegisterValue value;
  std::string_view steps;  // that need it, separated by spaces; "*": all
  Labels labels;
};
// In the order in which a register shows them.
std::span<const RegisterFieldRow> AllRegisterFields();

// The words of a field of kind kList, "a, b".
std::vector<std::string> RegisterList(std::string_view text);

inline constexpr std::size_t kMaxRegisterTextBytes = 600;
// One line that a form can print.
bool IsRegisterLine(std::string_view text);

// The fields fit the step: all it needs, none that the register does not have, each of its kind.
//   errors   kMissingField, kUnknownField, kBadRequest, with the field
Status CheckRegisterFields(RegisterKind kind, std::string_view step,
                           const std::map<std::string, std::string>& fields);

}  // namespace noren::policy
