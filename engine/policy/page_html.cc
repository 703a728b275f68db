// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/page_html.h"

namespace noren::policy {
namespace {

using model::Language;

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

// One line of the Markdown page as HTML. Lists are flat paragraphs with classes: they print the
// same everywhere.
std::string HtmlLine(std::string_view line) {
  const auto element = [](std::string_view name, std::string_view text) {
    const std::string_view tag = name.substr(0, name.find(' '));
    return "<" + std::string(name) + ">" + Escaped(text) + "</" + std::string(tag) + ">\n";
  };
  if (line.empty()) return "";
  if (line.starts_with("### ")) return element("h3", line.substr(4));
  if (line.starts_with("## ")) return element("h2", line.substr(3));
  if (line.starts_with("# ")) return element("h1", line.substr(2));
  if (line.starts_with("- **")) {
    return element("p class=\"entry\"", line.substr(4, line.size() - 6));
  }
  if (line.starts_with("  - ")) return element("p class=\"fact\"", line.substr(4));
  if (line.starts_with("- ")) return element("p class=\"see\"", line.substr(2));
  if (line == "---") return "<hr>\n";
  return element("p", line);
}

std::string_view CodeOf(Language language) {
  switch (language) {
    case Language::kKorean:
      return "ko";
    case Language::kJapanese:
      return "ja";
    case Language::kEnglish:
      break;
  }
  return "en";
}

}  // namespace

std::string PageHtml(std::string_view page, std::string_view title, Language language) {
  std::string html = "<!DOCTYPE html>\n<html lang=\"" + std::string(CodeOf(language)) +
                     "\">\n<head><meta charset=\"utf-8\"><title>" + Escaped(title) +
                     "</title>\n<style>body{max-width:46rem;margin:auto;line-height:1.6}"
                     ".entry{font-weight:bold;margin:.6rem 0 0}.fact,.see{margin:0 0 0 1.5rem}"
                     "h3{break-after:avoid}@media print{body{max-width:none}}</style></head>\n"
                     "<body>\n";
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = page.find('\n', at);
    html += HtmlLine(page.substr(at, end - at));
    at = end == std::string_view::npos ? page.size() : end + 1;
  }
  return html + "</body>\n</html>\n";
}

}  // namespace noren::policy
