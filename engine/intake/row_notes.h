// The problems of the row being read, and the checks that every format shares.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/intake/documents.h"
#include "engine/model/canonical_json.h"

namespace noren::intake {

// "profile" + "skills" -> "profile.skills"; an empty prefix gives the name alone.
std::string JoinPath(std::string_view path, std::string_view name);
std::string ItemPath(std::string_view path, std::size_t index);
// A member's name fit for a report: itself when it is a plain word, "?" otherwise (it could be a
// person's text).
std::string SafeMemberName(std::string_view name);

class RowNotes {
 public:
  explicit RowNotes(std::size_t line) : line_(line) {}

  void Error(std::string_view field, model::ErrorCode cause, std::string_view fix);
  void Warn(std::string_view field, model::ErrorCode cause, std::string_view fix);
  // Takes over the problems that validation found, except where one has been noted already.
  void AddValidation(const std::vector<Status>& problems);
  bool has_errors() const { return has_errors_; }
  std::vector<RowProblem> Take() { return std::move(problems_); }

 private:
  bool HasProblemAt(std::string_view field) const;
  std::size_t line_;
  std::vector<RowProblem> problems_;
  bool has_errors_ = false;
};

// Notes every member that the rules forbid, at any depth, and every resident number in a text or a
// number. `own_members` are names that the format itself uses with another meaning ("weight").
void NoteForbidden(const model::JsonValue& row, Subjects subjects, const ForbiddenFields& forbidden,
                   std::span<const std::string_view> own_members, RowNotes* notes);

// Notes each member of `object` that is not in `allowed`.
void NoteUnknownMembers(const model::JsonValue& object, std::string_view path,
                        std::span<const std::string_view> allowed, RowNotes* notes);

// Typed members. Null and absent are nullopt/null without a note; the wrong type is noted.
std::optional<std::string> ReadText(const model::JsonValue& object, std::string_view path,
                                    std::string_view name, RowNotes* notes);
std::optional<std::int64_t> ReadInteger(const model::JsonValue& object, std::string_view path,
                                        std::string_view name, RowNotes* notes);
const model::JsonValue::Array* ReadArray(const model::JsonValue& object, std::string_view path,
                                         std::string_view name, RowNotes* notes);
const model::JsonValue* ReadObject(const model::JsonValue& object, std::string_view path,
                                   std::string_view name, RowNotes* notes);
std::optional<model::CivilDay> ReadDay(const model::JsonValue& object, std::string_view path,
                                       std::string_view name, RowNotes* notes);
// A text that must be there, of 1 to `max_size_bytes` bytes and without control characters.
std::string RequireText(const model::JsonValue& object, std::string_view path,
                        std::string_view name, std::size_t max_size_bytes, RowNotes* notes);

// The amount per month of what is paid per `unit` (month, year, week, day, hour); nullopt for
// another unit.
std::optional<std::int64_t> PerMonth(double amount, std::string_view unit);

}  // namespace noren::intake
