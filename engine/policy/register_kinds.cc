// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/register_kinds.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/model/civil_day.h"
#include "engine/model/errors.h"
#include "engine/model/utf8.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

constexpr auto kText = RegisterValue::kText;
constexpr auto kTruth = RegisterValue::kTruth;
constexpr auto kDay = RegisterValue::kDay;
constexpr auto kNumber = RegisterValue::kNumber;
constexpr auto kList = RegisterValue::kList;

#define NOREN_REGISTER(symbol, number, name, en, ko, ja)
#define NOREN_REGISTER_STEP(kind, step, en, ko, ja)
#define NOREN_REGISTER_FIELD(kind, field, value, steps, en, ko, ja)

constexpr RegisterRow kRows[] = {
#undef NOREN_REGISTER
#define NOREN_REGISTER(symbol, number, name, en, ko, ja) {RegisterKind::symbol, name, {en, ko, ja}},
#include "engine/policy/register_kinds.inc"
#undef NOREN_REGISTER
#define NOREN_REGISTER(symbol, number, name, en, ko, ja)
};

constexpr RegisterStepRow kSteps[] = {
#undef NOREN_REGISTER_STEP
#define NOREN_REGISTER_STEP(kind, step, en, ko, ja) {RegisterKind::kind, step, {en, ko, ja}},
#include "engine/policy/register_kinds.inc"
#undef NOREN_REGISTER_STEP
#define NOREN_REGISTER_STEP(kind, step, en, ko, ja)
};

constexpr RegisterFieldRow kFields[] = {
#undef NOREN_REGISTER_FIELD
#define NOREN_REGISTER_FIELD(kind, field, value, steps, en, ko, ja) \
  {RegisterKind::kind, field, value, steps, {en, ko, ja}},
#include "engine/policy/register_kinds.inc"
#undef NOREN_REGISTER_FIELD
#undef NOREN_REGISTER_STEP
#undef NOREN_REGISTER
};

bool Needs(const RegisterFieldRow& row, std::string_view step) {
  if (row.steps == "*") return true;
  for (std::string_view rest = row.steps; !rest.empty();) {
    const std::size_t space = rest.find(' ');
    if (rest.substr(0, space) == step) return true;
    rest = space == std::string_view::npos ? "" : rest.substr(space + 1);
  }
  return false;
}

bool IsNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool Fits(RegisterValue value, std::string_view text) {
  if (!IsRegisterLine(text)) return false;
  switch (value) {
    case RegisterValue::kDay:
      return model::ParseCivilDay(text).ok();
    case RegisterValue::kNumber:
      return IsNumber(text);
    case RegisterValue::kTruth:
      return text == "yes" || text == "no";
    case RegisterValue::kText:
    case RegisterValue::kList:
      break;
  }
  return true;
}

}  // namespace

std::span<const RegisterRow> AllRegisters() { return kRows; }

const RegisterRow& RowOf(RegisterKind kind) {
  return *std::ranges::find(kRows, kind, &RegisterRow::kind);
}

std::optional<RegisterKind> FindRegister(std::string_view name) {
  const auto* const found = std::ranges::find(kRows, name, &RegisterRow::name);
  if (found == std::end(kRows)) return std::nullopt;
  return found->kind;
}

bool IsRegisterNumber(std::uint8_t number) {
  return std::ranges::any_of(
      kRows, [&](const RegisterRow& row) { return static_cast<std::uint8_t>(row.kind) == number; });
}

const RegisterStepRow* FindRegisterStep(RegisterKind kind, std::string_view name) {
  const auto* const found = std::ranges::find_if(
      kSteps, [&](const RegisterStepRow& row) { return row.kind == kind && row.name == name; });
  return found == std::end(kSteps) ? nullptr : found;
}

std::span<const RegisterFieldRow> AllRegisterFields() { return kFields; }

std::vector<std::string> RegisterList(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t comma = text.find(", ");
    words.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? "" : text.substr(comma + 2);
  }
  return words;
}

bool IsRegisterLine(std::string_view text) {
  const bool prints = std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return !text.empty() && text.size() <= kMaxRegisterTextBytes && prints &&
         model::FindInvalidUtf8(text) == std::string_view::npos;
}

Status CheckRegisterFields(RegisterKind kind, std::string_view step,
                           const std::map<std::string, std::string>& fields) {
  std::size_t known = 0;
  for (const RegisterFieldRow& row : kFields) {
    if (row.kind != kind) continue;
    const std::string name(row.name);
    const auto given = fields.find(name);
    if (given == fields.end()) {
      if (Needs(row, step)) return MakeFieldError(ErrorCode::kMissingField, "fields." + name);
      continue;
    }
    if (!Fits(row.value, given->second))
      return MakeFieldError(ErrorCode::kBadRequest, "fields." + name);
    ++known;
  }
  if (known == fields.size()) return OkStatus();
  return MakeFieldError(ErrorCode::kUnknownField, "fields");
}

}  // namespace noren::policy
