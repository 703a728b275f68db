// Whom an operator may entrust with processing, and what the contract has to say.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "engine/policy/decisions.h"

namespace noren::policy {

// Why a processor gets no access.
enum class ProcessorDefect : std::uint8_t {
  kNone = 0,
  kTask,        // neither declared nor consented to
  kName,        // the declared company is blank, or another
  kTopic,       // the contract lacks a topic
  kPaper,       // the contract is not on paper
  kUnpublished  // the change has not been made known
};

struct ProcessorTerms {
  std::string_view name;                 // of the company
  std::string_view task;                 // printed name
  std::vector<std::string_view> topics;  // words of the group "topic" the contract has
  bool contract_on_paper = false;
  bool made_known = false;       // the notice in force names it
  bool person_consents = false;  // to a task that the policy does not declare
};

//   errors   kPolicyIncomplete; kEntrustmentForbidden: nobody is entrusted, or it is not said that
//            somebody may be; kProcessorUnregistered, with `defect` when it is not null
Decision MayEntrust(const Policy& policy, const ProcessorTerms& terms, ProcessorDefect* defect);

}  // namespace noren::policy
