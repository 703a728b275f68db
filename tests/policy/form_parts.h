// The form of a request about one's own data, filled in by somebody who has everything.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/policy/stated_names.h"

namespace noren::policy {

// The choices that have to be ticked (the first, or all), the fields that go with them, the proof.
inline void FillIn(const Entry& part, std::vector<std::string>& parts) {
  const std::string title(part.Title());
  parts.push_back(title);
  for (const Value& option : ValuesOf(&part, "options")) {
    parts.push_back(title + "=" + option.text);
    if (part.Bool("all_choices") != true) break;
  }
  if (Has(&part, "fields_for")) {
    for (const Value& field : ValuesOf(&part, "fields")) parts.push_back(title + "=" + field.text);
  }
  for (const Value& proof : ValuesOf(&part, "proof")) parts.push_back(title + "=" + proof.text);
}

// Every part of the operator's form.
inline std::vector<std::string> FilledInForm(const Policy& policy) {
  std::vector<std::string> parts;
  for (const Entry* part : All(policy, "form_part")) FillIn(*part, parts);
  return parts;
}

}  // namespace noren::policy
