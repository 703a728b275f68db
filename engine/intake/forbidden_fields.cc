// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/forbidden_fields.h"

#include "engine/model/dictionary.h"

namespace noren::intake {
namespace {

std::string FoldMemberName(std::string_view name) {
  std::string folded;
  for (const char c : model::FoldName(name)) {
    if (c != '_' && c != '-' && c != '.') folded.push_back(c);
  }
  return folded;
}

std::vector<ForbiddenField> MakeDefaults() {
  std::vector<ForbiddenField> fields;
  const auto add = [&fields](std::string_view rule, Subjects subjects, std::string_view reason,
                             std::vector<std::string> names) {
    fields.push_back({std::string(rule), std::move(names), subjects, std::string(reason)});
  };
#define NOREN_FORBIDDEN_FIELD(rule, subjects, reason, ...) \
  add(rule, subjects, reason, {__VA_ARGS__});
#include "engine/intake/forbidden_fields.inc"
#undef NOREN_FORBIDDEN_FIELD
  return fields;
}

}  // namespace

ForbiddenFields::ForbiddenFields(std::vector<ForbiddenField> fields,
                                 ResidentNumbers resident_numbers)
    : fields_(std::move(fields)), resident_numbers_(resident_numbers) {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    for (const std::string& name : fields_[i].names)
      by_folded_name_.emplace(FoldMemberName(name), i);
  }
}

ForbiddenFields ForbiddenFields::None() { return ForbiddenFields({}, ResidentNumbers::kIgnore); }

const ForbiddenField* ForbiddenFields::Find(std::string_view member_name) const {
  const auto found = by_folded_name_.find(FoldMemberName(member_name));
  return found != by_folded_name_.end() ? &fields_[found->second] : nullptr;
}

const ForbiddenField* ForbiddenFields::FindRule(std::string_view rule) const {
  for (const ForbiddenField& field : fields_) {
    if (field.rule == rule) return &field;
  }
  return nullptr;
}

const std::vector<ForbiddenField>& DefaultForbiddenFields() {
  static const std::vector<ForbiddenField> defaults = MakeDefaults();
  return defaults;
}

}  // namespace noren::intake
