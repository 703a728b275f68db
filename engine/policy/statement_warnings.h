// What people should look at in a policy file that is in order: nothing here keeps it from being
// loaded or published.
// Source:   docs/formats/policy.md, section "Warnings"
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/policy/policy.h"

namespace noren::policy {

struct PolicyWarning {
  std::string path;      // "stated.remedy[ACCREDITED].caveat"
  std::string sentence;  // says what is wanting, or what two files say otherwise
  bool operator==(const PolicyWarning&) const = default;
};
// "stated.my_number.rules: ..."
std::string ToText(const PolicyWarning& warning);

// No internal rules on Individual Numbers are named; the desk of an accredited body does not say
// what it is not for.
std::vector<PolicyWarning> PolicyWarnings(const Policy& policy);

// The same redress body under another name or at other addresses in two files: one of them is out
// of date, or people are sent to the wrong place. Spaces in a name do not matter.
std::vector<PolicyWarning> WarningsAcross(const Policy& policy, const Policy& other);

}  // namespace noren::policy
