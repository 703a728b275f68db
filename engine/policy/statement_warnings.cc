// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement_warnings.h"

#include <algorithm>
#include <utility>

#include "engine/policy/stated_names.h"

namespace noren::policy {
namespace {

constexpr std::string_view kAccredited = "ACCREDITED";

bool IsThere(const Entry& entry, std::string_view key) {
  return entry.AbsenceOf(key) == Absence::kPresent;
}

std::string PathOf(const Entry& remedy, std::string_view key) {
  return "stated.remedy[" + std::string(remedy.Word("key").value_or("")) + "]." + std::string(key);
}

std::string WithoutSpaces(std::string_view text) {
  std::string joined(text);
  std::erase(joined, ' ');
  return joined;
}

// "'name' (url, url)"
std::string Described(const Entry& remedy) {
  std::string text = "'" + std::string(remedy.Title()) + "'", urls;
  for (const std::string_view url : remedy.Many("urls"))
    urls += (urls.empty() ? "" : ", ") + std::string(url);
  return urls.empty() ? text : text + " (" + urls + ")";
}

// Whether whoever follows one entry may end where the other leads.
bool ShareAnAddress(const Entry& one, const Entry& other) {
  const std::vector<std::string_view> urls = one.Many("urls"), others = other.Many("urls");
  if (urls.empty() || others.empty()) return true;
  return std::ranges::any_of(
      urls, [&](std::string_view url) { return std::ranges::find(others, url) != others.end(); });
}

}  // namespace

std::string ToText(const PolicyWarning& warning) { return warning.path + ": " + warning.sentence; }

std::vector<PolicyWarning> PolicyWarnings(const Policy& policy) {
  std::vector<PolicyWarning> warnings;
  const Entry* const number = One(policy, "my_number");
  if (number != nullptr && !IsThere(*number, "rules")) {
    warnings.push_back(
        {"stated.my_number.rules", "no internal rules on Individual Numbers are named"});
  }
  for (const Entry* remedy : All(policy, "remedy")) {
    if (remedy->Word("key") != kAccredited || IsThere(*remedy, "caveat")) continue;
    warnings.push_back(
        {PathOf(*remedy, "caveat"), Described(*remedy) + " does not say what it is not for"});
  }
  return warnings;
}

std::vector<PolicyWarning> WarningsAcross(const Policy& policy, const Policy& other) {
  std::vector<PolicyWarning> warnings;
  for (const Entry* one : All(policy, "remedy")) {
    for (const Entry* same : All(other, "remedy")) {
      if (!one->Word("key") || one->Word("key") != same->Word("key")) continue;
      const bool is_called_so = WithoutSpaces(one->Title()) == WithoutSpaces(same->Title());
      if (is_called_so && ShareAnAddress(*one, *same)) continue;
      warnings.push_back({PathOf(*one, is_called_so ? "urls" : "name"),
                          Described(*one) + " here, " + Described(*same) + " in " +
                              other.VersionText()});
    }
  }
  return warnings;
}

}  // namespace noren::policy
