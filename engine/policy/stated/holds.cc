// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/holds.h"

#include <array>
#include <cstddef>
#include <string>

#include "engine/policy/stated/basis.h"

namespace noren::policy {
namespace {

struct Mark {
  std::string_view before, after;  // of the number; empty: nothing has to follow
};
// "\xEC\xA0\x9C" is Korean je, "\xEC\xA1\xB0" jo; "\xE7\xAC\xAC" Japanese dai, "\xE6\x9D\xA1" jo.
constexpr std::array<Mark, 6> kMarks = {{{"\xEC\xA0\x9C", "\xEC\xA1\xB0"},
                                         {"\xE7\xAC\xAC", "\xE6\x9D\xA1"},
                                         {"article", ""},
                                         {"art.", ""},
                                         {"section", ""},
                                         {"\xC2\xA7", ""}}};
// The numerals of Japanese statutes, one to ten, hundred and thousand; then the full-width digits.
constexpr std::array<std::string_view, 22> kNumerals = {
    "\xE4\xB8\x80", "\xE4\xBA\x8C", "\xE4\xB8\x89", "\xE5\x9B\x9B", "\xE4\xBA\x94", "\xE5\x85\xAD",
    "\xE4\xB8\x83", "\xE5\x85\xAB", "\xE4\xB9\x9D", "\xE5\x8D\x81", "\xE7\x99\xBE", "\xE5\x8D\x83",
    "\xEF\xBC\x90", "\xEF\xBC\x91", "\xEF\xBC\x92", "\xEF\xBC\x93", "\xEF\xBC\x94", "\xEF\xBC\x95",
    "\xEF\xBC\x96", "\xEF\xBC\x97", "\xEF\xBC\x98", "\xEF\xBC\x99"};
constexpr std::size_t kLeastWordBytes = 3;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string Lowered(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

// How many bytes at the beginning of `text` are a number; spaces before it are passed over.
std::size_t NumberBytes(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] == ' ') ++at;
  const std::size_t first = at;
  while (at < text.size()) {
    std::size_t bytes = IsDigit(text[at]) ? 1 : 0;
    for (const std::string_view numeral : kNumerals) {
      if (text.substr(at).starts_with(numeral)) bytes = numeral.size();
    }
    if (bytes == 0) break;
    at += bytes;
  }
  return at == first ? 0 : at;
}

// Where the article that `mark` stands at begins and ends; nothing: no number, or not its end.
std::size_t ArticleBytes(std::string_view text, const Mark& mark) {
  const std::size_t number = NumberBytes(text.substr(mark.before.size()));
  if (number == 0) return 0;
  std::string_view rest = text.substr(mark.before.size() + number);
  const std::size_t spaces = mark.after.empty() ? 0 : rest.find_first_not_of(' ');
  if (spaces == std::string_view::npos || !rest.substr(spaces).starts_with(mark.after)) return 0;
  return mark.before.size() + number + spaces + mark.after.size();
}

std::size_t WordBytes(std::string_view text) {
  std::size_t bytes = 0;
  for (const char c : text) bytes += c == ' ' || c == ',' || c == '.' || c == ':' ? 0 : 1;
  return bytes;
}

bool Asks(const Entry& destruction, std::string_view key) {
  return destruction.Holds(key, "statute") || destruction.Holds(key, "article");
}

const Entry* DestructionOf(const Policy& policy) {
  return policy.statement == nullptr ? nullptr : policy.statement->One("destruction");
}

}  // namespace

bool CitesAnArticle(std::string_view text) {
  const std::string lowered = Lowered(text);
  const std::string_view all = lowered;
  for (const Mark& mark : kMarks) {
    for (std::size_t at = all.find(mark.before); at != std::string_view::npos;
         at = all.find(mark.before, at + 1)) {
      const std::size_t bytes = ArticleBytes(all.substr(at), mark);
      if (bytes == 0) continue;
      if (WordBytes(all.substr(0, at)) + WordBytes(all.substr(at + bytes)) >= kLeastWordBytes)
        return true;
    }
  }
  return false;
}

Decision MayHold(const Policy& policy, std::string_view authority) {
  Basis basis(policy, Rule::kRetention);
  const Entry* destruction = DestructionOf(policy);
  if (destruction == nullptr) return basis.Allow();
  for (const char* key : {"held_by", "held_in", "hold_evidence", "deferral", "deferral_needs"})
    basis.Rest(*destruction, key);
  const bool asks = Asks(*destruction, "hold_evidence") || Asks(*destruction, "deferral_needs");
  if (asks && !CitesAnArticle(authority)) return basis.Refuse(model::ErrorCode::kGroundEvidence);
  return basis.Allow();
}

Decision MayOpenHeld(const Policy& policy, std::string_view reason) {
  Basis basis(policy, Rule::kRetention);
  const Entry* destruction = DestructionOf(policy);
  if (destruction == nullptr) return basis.Allow();
  basis.Rest(*destruction, "held_use");
  const bool by_law = destruction->Word("held_use") == "law_only";
  if (by_law && !CitesAnArticle(reason)) return basis.Refuse(model::ErrorCode::kPurposeUndeclared);
  return basis.Allow();
}

}  // namespace noren::policy
