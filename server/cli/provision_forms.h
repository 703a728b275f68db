// The record of provisions as the law of two countries has it: the Japanese record of provision to
// third parties and the Korean register of provision to third parties, as a table, as CSV, and as a
// page to print.
// Source:   docs/formats/provision_forms.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gen-cpp/after_release_types.h"

namespace noren::cli {

enum class ProvisionForm { kJapan, kKorea };
std::optional<ProvisionForm> FindProvisionForm(std::string_view name);  // "jp", "kr"
std::string_view LanguageOf(ProvisionForm form);                        // "ja", "ko"

// The form's columns and rows, in the form's language; texts as they were stated.
struct FormTable {
  std::string title;
  std::vector<std::string> heading;
  std::vector<std::vector<std::string>> rows;
  std::string operator_line;  // who provided, and of when to when
};
struct FormPeriod {
  std::int64_t from = 0;  // inclusive
  std::int64_t to = 0;    // exclusive
};
FormTable MakeForm(ProvisionForm form, const std::vector<wire::Provision>& provisions,
                   std::string_view operator_name, FormPeriod period);

// RFC 4180; a cell that a spreadsheet would compute begins with an apostrophe.
std::string ToCsv(const FormTable& table);
// One page without scripts and without anything from elsewhere; every text is escaped.
std::string ToHtml(const FormTable& table, std::string_view language);
std::string ToHtml(const FormTable& table, ProvisionForm form);

// The civil day in the form's country: "2026-11-22".
std::string DayText(ProvisionForm form, std::int64_t unix_seconds);
// The first second of a day "2026-11-22" there.
//   errors   usage
std::optional<std::int64_t> DayBegin(ProvisionForm form, std::string_view day);

}  // namespace noren::cli
