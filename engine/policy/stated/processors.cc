// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/processors.h"

#include <algorithm>

#include "engine/policy/stated/basis.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

// The company of a declared task; several companies may share a task's name nowhere.
ProcessorDefect TaskDefect(const Statement& statement, const ProcessorTerms& terms) {
  const Entry* declared = statement.Called("processor", terms.task);
  // A text that forbids outsourcing without consent, and lists none for this task.
  if (declared == nullptr) {
    const bool by_criteria = statement.All("processor").empty() &&
                             statement.One("processor_rule")->Text("criteria").has_value();
    return by_criteria || terms.person_consents ? ProcessorDefect::kNone : ProcessorDefect::kTask;
  }
  return declared->Text("name") == terms.name ? ProcessorDefect::kNone : ProcessorDefect::kName;
}

ProcessorDefect DefectOf(const Statement& statement, const Entry& rule,
                         const ProcessorTerms& terms) {
  if (terms.name.empty()) return ProcessorDefect::kName;
  const ProcessorDefect task = TaskDefect(statement, terms);
  if (task != ProcessorDefect::kNone) return task;
  const bool has_all = std::ranges::all_of(rule.Many("topics"), [&](std::string_view topic) {
    return std::ranges::find(terms.topics, topic) != terms.topics.end();
  });
  if (!has_all) return ProcessorDefect::kTopic;
  if (rule.Bool("document") == true && !terms.contract_on_paper) return ProcessorDefect::kPaper;
  return terms.made_known ? ProcessorDefect::kNone : ProcessorDefect::kUnpublished;
}

}  // namespace

Decision MayEntrust(const Policy& policy, const ProcessorTerms& terms, ProcessorDefect* defect) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kRelease);
  const Entry* rule = policy.statement->One("processor_rule");
  Basis basis(policy, Rule::kRelease);
  if (rule != nullptr) basis.Rest(*rule, "allowed");
  if (rule == nullptr || rule->Word("allowed") != "yes") {
    return basis.Refuse(ErrorCode::kEntrustmentForbidden);
  }
  for (const char* key : {"consent", "topics", "document", "criteria", "on_change"}) {
    basis.Rest(*rule, key);
  }
  if (const Entry* declared = policy.statement->Called("processor", terms.task)) {
    basis.Rest(*declared);
    basis.Rest(*declared, "name");
  }
  const ProcessorDefect found = DefectOf(*policy.statement, *rule, terms);
  if (defect != nullptr) *defect = found;
  return found == ProcessorDefect::kNone ? basis.Allow()
                                         : basis.Refuse(ErrorCode::kProcessorUnregistered);
}

}  // namespace noren::policy
