// Which statistics a notice lets an operator make of whom, how few people a figure may be of, and
// to whom it may be shown.
// Source:   docs/design/0038-statistics.md; docs/formats/policy.md, section "Enforcement"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/policy/decisions.h"

namespace noren::policy {

struct StatisticsTerms {
  std::string_view subject;  // kind of person, by its id; empty: the usual one
  std::string_view target;   // audience: "operator", "public"; empty: nobody yet, it is counted
  std::string_view use;      // "statistics" or "research"
};
struct JudgedStatistics {
  Decision decision;
  std::string subject;  // id
  std::string purpose;  // id; empty: the notice has a ground for it, and no purpose
  std::uint64_t least = 0;
};
//   errors   kPolicyIncomplete; kPurposeUndeclared: the notice makes no statistics of such people;
//            kRecipientUndeclared: it shows them to others; kNoFile: no such kind of person;
//            kGroundEvidence: neither statistics nor research, where a ground asks for it
JudgedStatistics JudgeStatistics(const Policy& policy, const StatisticsTerms& terms);

}  // namespace noren::policy
