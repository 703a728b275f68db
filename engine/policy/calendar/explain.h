// The steps of an evaluation as sentences that an officer can check with a calendar in hand.
// Threads:  pure function.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/model/dictionary.h"
#include "engine/policy/calendar/evaluate.h"

namespace noren::policy::calendar {

// What an event is called in the language asked for; one that is not there is called by its name.
using EventLabels = std::map<std::string, std::string, std::less<>>;

// One line for the rule with its clauses, then one for each step.
std::vector<std::string> Explain(const DateRule& rule, const Evaluation& evaluation,
                                 model::Language language, const EventLabels& labels);

}  // namespace noren::policy::calendar
