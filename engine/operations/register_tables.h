// Every register as a table in one language: those that officers fill in, and those that the
// service keeps or the policy states: files, purposes, processors, joint use, measures, countries,
// provisions, destructions, what is due. What a page to print and a CSV are made of.
// Source:   docs/formats/register_entry.md, section "Tables"
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/registers.h"

namespace noren::operations {

struct RegisterTable {
  std::string name;   // "training", "purposes"
  std::string title;  // in the language
  std::vector<std::string> heading;
  std::vector<std::vector<std::string>> rows;  // each as long as the heading
};

struct RegisterQuery {
  std::string name;
  UnixSeconds from;  // inclusive; of what has a time
  UnixSeconds to;    // exclusive
  model::Language language = model::Language::kEnglish;
};
// Leaves an entry in the log.
//   errors   kNotAllowed; kBadRequest: no such register, from not before to
StatusOr<RegisterTable> ReadRegister(ServiceContext& context, const Call& call,
                                     const RegisterQuery& query);

// Name and title of every register, in the order in which they are shown.
struct RegisterTitle {
  std::string_view name;
  std::string title;
};
std::vector<RegisterTitle> RegisterTitles(model::Language language);

}  // namespace noren::operations
