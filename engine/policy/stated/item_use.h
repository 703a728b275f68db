// Which items somebody who works for the operator may open, and for what: the file, the purpose and
// each item are declared, and belong together.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"; docs/design/0032-use-of-items.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/decisions.h"

namespace noren::policy {

// An item by the name that somebody asks for it with: a kind of the service ("resume"), or as the
// file prints it.
struct NamedItem {
  std::string_view asked;
  std::vector<model::ItemKind> kinds;   // none: the service holds no such item
  std::vector<std::string_view> names;  // what a list may call it
};
NamedItem NameItem(const Statement& statement, std::string_view asked);
// Whether one of the words is one of the item's names.
bool IsNamedIn(const std::vector<std::string>& words, const NamedItem& item);

// What is asked for; what is answered borrows the names.
struct UseTerms {
  std::string_view file;     // id, or printed name
  std::string_view purpose;  // id, or printed name
  std::span<const std::string> items;
};
struct JudgedUse {
  Decision decision;
  const Entry* file = nullptr;     // null: there is no such file
  const Entry* purpose = nullptr;  // null: there is no such purpose
  std::string_view subject;        // whose file it is
  bool case_needed = false;
  std::vector<NamedItem> items;  // of an allowed use, as they were asked for
};
// May these items of this file be opened for this purpose?
//   errors   kPolicyIncomplete: nothing is stated; kNoFile; kPurposeUndeclared: the file is not for
//            this purpose, the purpose makes statistics only, or does not need an item;
//            kItemUndeclared: the file does not list an item; kBannedCategory
JudgedUse JudgeUse(const Policy& policy, const UseTerms& terms);

// The same for somebody who agreed to the purposes of another version; null: not known which.
//   errors   kConsentAnew: a purpose that came later, or has changed since
Decision MayUseUnder(const Policy& policy, const Policy* agreed, const Entry& purpose);

// What a refusal to a handler, to a terminal or to a processor rests on: the measures that the
// notice states of them, or what it says of processors.
Decision RefuseHandler(const Policy& policy);
Decision RefuseTerminal(const Policy& policy);
Decision RefuseProcessor(const Policy& policy);

}  // namespace noren::policy
