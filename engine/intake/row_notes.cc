// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/row_notes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace noren::intake {
namespace {

using model::ErrorCode;
using model::JsonValue;

constexpr std::size_t kMaxSafeNameSize = 40;

bool IsPlainLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '@' ||
         c == '$';
}

// What is there but says nothing collects nothing.
bool IsEmptyValue(const JsonValue& value) {
  if (value.is_null()) return true;
  if (const std::string* text = value.text()) return text->empty();
  if (const JsonValue::Array* array = value.array()) return array->empty();
  const JsonValue::Object* object = value.object();
  return object != nullptr && object->empty();
}

class ForbiddenWalk {
 public:
  ForbiddenWalk(Subjects subjects, const ForbiddenFields& forbidden,
                std::span<const std::string_view> own_members, RowNotes* notes)
      : subjects_(subjects), forbidden_(forbidden), own_members_(own_members), notes_(notes) {}

  void Visit(const JsonValue& value, const std::string& path) {
    if (const JsonValue::Object* object = value.object()) {
      for (const auto& [name, member] : *object) VisitMember(name, member, path);
    } else if (const JsonValue::Array* array = value.array()) {
      for (std::size_t i = 0; i < array->size(); ++i) Visit((*array)[i], ItemPath(path, i));
    } else if (const std::string* text = value.text()) {
      CheckText(*text, path);
    } else if (const auto number = value.number();
               number.has_value() &&
               std::abs(*number) < static_cast<double>(model::kMaxJsonInteger)) {
      CheckText(std::to_string(static_cast<std::int64_t>(*number)), path);
    }
  }

 private:
  void VisitMember(const std::string& name, const JsonValue& member, const std::string& path) {
    const bool is_own = std::ranges::find(own_members_, name) != own_members_.end();
    const ForbiddenField* rule = is_own ? nullptr : forbidden_.Find(name);
    const bool applies = rule != nullptr && (subjects_ == Subjects::kPeopleOnly ||
                                             rule->subjects == Subjects::kPeopleAndPostings);
    if (applies) {
      // The name is one of the rule's, so it may be shown whatever its script.
      if (!IsEmptyValue(member)) {
        notes_->Error(JoinPath(path, name), ErrorCode::kForbiddenField,
                      "Rule " + rule->rule + ": " + rule->reason);
      }
      return;
    }
    CheckText(name, path);
    if (name != "base64") Visit(member, JoinPath(path, SafeMemberName(name)));
  }

  void CheckText(std::string_view text, const std::string& path) {
    if (!forbidden_.refuses_resident_numbers()) return;
    const auto found = FindResidentNumber(text);
    if (!found.has_value()) return;
    notes_->Error(
        path, ErrorCode::kForbiddenField,
        *found == ResidentNumber::kKorean
            ? "Rule resident_number: a resident registration number stands in this text; remove it."
            : "Rule resident_number: a My Number stands in this text; remove it.");
  }

  Subjects subjects_;
  const ForbiddenFields& forbidden_;
  std::span<const std::string_view> own_members_;
  RowNotes* notes_;
};

const JsonValue* MemberOf(const JsonValue& object, std::string_view name) {
  const JsonValue* member = object.Find(name);
  return member == nullptr || member->is_null() ? nullptr : member;
}

}  // namespace

std::string JoinPath(std::string_view path, std::string_view name) {
  std::string joined(path);
  if (!joined.empty()) joined.push_back('.');
  return joined.append(name);
}

std::string ItemPath(std::string_view path, std::size_t index) {
  return std::string(path).append("[").append(std::to_string(index)).append("]");
}

std::string SafeMemberName(std::string_view name) {
  const bool is_plain =
      !name.empty() && name.size() <= kMaxSafeNameSize && std::ranges::all_of(name, IsPlainLetter);
  return is_plain ? std::string(name) : "?";
}

void RowNotes::Error(std::string_view field, ErrorCode cause, std::string_view fix) {
  has_errors_ = true;
  problems_.push_back({line_, std::string(field), cause, Severity::kError, std::string(fix)});
}

void RowNotes::Warn(std::string_view field, ErrorCode cause, std::string_view fix) {
  problems_.push_back({line_, std::string(field), cause, Severity::kWarning, std::string(fix)});
}

bool RowNotes::HasProblemAt(std::string_view field) const {
  return std::ranges::any_of(problems_, [field](const RowProblem& problem) {
    if (problem.severity != Severity::kError || problem.field.empty()) return false;
    if (!field.starts_with(problem.field)) return false;
    // "skills[1]" says nothing about "skills[10]".
    const std::string_view rest = field.substr(problem.field.size());
    return rest.empty() || rest.front() == '.' || rest.front() == '[';
  });
}

void RowNotes::AddValidation(const std::vector<Status>& problems) {
  for (const Status& problem : problems) {
    const std::string field = model::FieldOf(problem);
    if (HasProblemAt(field)) continue;
    const ErrorCode code = model::CodeOf(problem);
    std::string fix(model::RowOf(code).sentence_en);
    const std::string detail = model::DetailOf(problem);
    if (!detail.empty()) fix.append(" (").append(detail).append(")");
    Error(field, code, fix);
  }
}

void NoteForbidden(const JsonValue& row, Subjects subjects, const ForbiddenFields& forbidden,
                   std::span<const std::string_view> own_members, RowNotes* notes) {
  ForbiddenWalk(subjects, forbidden, own_members, notes).Visit(row, "");
}

void NoteUnknownMembers(const JsonValue& object, std::string_view path,
                        std::span<const std::string_view> allowed, RowNotes* notes) {
  const JsonValue::Object* members = object.object();
  if (members == nullptr) return;
  for (const auto& [name, value] : *members) {
    if (std::ranges::find(allowed, name) != allowed.end()) continue;
    std::string fix = "Not a member of this format; correct its name or remove it. Known here:";
    for (const std::string_view known : allowed) fix.append(" ").append(known);
    notes->Error(JoinPath(path, SafeMemberName(name)), ErrorCode::kUnknownField, fix);
  }
}

std::optional<std::string> ReadText(const JsonValue& object, std::string_view path,
                                    std::string_view name, RowNotes* notes) {
  const JsonValue* member = MemberOf(object, name);
  if (member == nullptr) return std::nullopt;
  if (const std::string* text = member->text()) return *text;
  notes->Error(JoinPath(path, name), ErrorCode::kBadRequest, "Write a text in quotes.");
  return std::nullopt;
}

std::optional<std::int64_t> ReadInteger(const JsonValue& object, std::string_view path,
                                        std::string_view name, RowNotes* notes) {
  const JsonValue* member = MemberOf(object, name);
  if (member == nullptr) return std::nullopt;
  if (const auto integer = member->integer()) return integer;
  notes->Error(JoinPath(path, name), ErrorCode::kBadRequest,
               "Write a whole number without quotes.");
  return std::nullopt;
}

const JsonValue::Array* ReadArray(const JsonValue& object, std::string_view path,
                                  std::string_view name, RowNotes* notes) {
  const JsonValue* member = MemberOf(object, name);
  if (member == nullptr) return nullptr;
  if (member->array() == nullptr) {
    notes->Error(JoinPath(path, name), ErrorCode::kBadRequest, "Write a list in [ ].");
  }
  return member->array();
}

const JsonValue* ReadObject(const JsonValue& object, std::string_view path, std::string_view name,
                            RowNotes* notes) {
  const JsonValue* member = MemberOf(object, name);
  if (member == nullptr || member->object() != nullptr) return member;
  notes->Error(JoinPath(path, name), ErrorCode::kBadRequest, "Write an object in { }.");
  return nullptr;
}

std::optional<model::CivilDay> ReadDay(const JsonValue& object, std::string_view path,
                                       std::string_view name, RowNotes* notes) {
  const auto text = ReadText(object, path, name, notes);
  if (!text.has_value()) return std::nullopt;
  const auto day = model::ParseCivilDay(*text);
  if (day.ok()) return *day;
  notes->Error(JoinPath(path, name), ErrorCode::kBadRequest,
               "Write an existing day as YYYY-MM-DD, 1900 to 2199.");
  return std::nullopt;
}

std::string RequireText(const JsonValue& object, std::string_view path, std::string_view name,
                        std::size_t max_size_bytes, RowNotes* notes) {
  const std::string field = JoinPath(path, name);
  if (MemberOf(object, name) == nullptr) {
    notes->Error(field, ErrorCode::kMissingField, "Required; add it.");
    return {};
  }
  std::string text = ReadText(object, path, name, notes).value_or("");
  const bool has_control = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (has_control)
    notes->Error(field, ErrorCode::kBadRequest, "Remove line breaks and other control characters.");
  if (text.empty() && MemberOf(object, name)->text() != nullptr) {
    notes->Error(field, ErrorCode::kMissingField, "Required; it is empty.");
  }
  if (text.size() > max_size_bytes) {
    notes->Error(field, ErrorCode::kTooLarge,
                 "At most " + std::to_string(max_size_bytes) + " bytes of UTF-8.");
  }
  return text;
}

std::optional<std::int64_t> PerMonth(double amount, std::string_view unit) {
  struct Unit {
    std::string_view name;
    double per_year;
  };
  constexpr std::array<Unit, 5> kUnits = {
      {{"month", 12}, {"year", 1}, {"week", 52}, {"day", 260}, {"hour", 2080}}};
  const auto found = std::ranges::find(kUnits, unit, &Unit::name);
  if (found == kUnits.end()) return std::nullopt;
  const double per_month = std::floor(amount * found->per_year / 12 + 0.5);
  const auto limit = static_cast<double>(model::kMaxWagePerMonth);
  // What is out of range stays out of range, so that validation names it.
  return static_cast<std::int64_t>(std::clamp(per_month, -1.0, limit + 1));
}

}  // namespace noren::intake
