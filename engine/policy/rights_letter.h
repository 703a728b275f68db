// Letters to whoever asked about their own data: what was asked, what was decided and on which
// grounds, what is given and what is withheld, by when an answer is due, the objection, the bodies
// that give redress and the appeal, as the policy states them. Markdown as the notice has it, and
// the same as HTML for printing.
// Source:   docs/formats/rights_request.md, section "Letters"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/status.h"
#include "engine/model/civil_day.h"
#include "engine/model/rights.h"
#include "engine/policy/policy.h"

namespace noren::policy {

enum class LetterOutcome : std::uint8_t { kOpen = 0, kAccepted, kPartly, kRefused };

// What the operator's record holds of the request. No name: who reads the letter knows whom it is
// for, and whoever sends it writes the address on the envelope.
struct RightLetter {
  std::string request;  // "request-..."
  model::Right right = model::Right::kAccess;
  bool is_objection = false;
  std::string subject;  // kind of person, by its id; "": the usual one
  model::CivilDay received;
  std::optional<model::CivilDay> due;  // while it is not answered
  bool is_target = false, is_overdue = false;
  LetterOutcome outcome = LetterOutcome::kOpen;
  std::optional<model::CivilDay> decided;
  std::vector<std::string> given, withheld;     // parts of a partial answer
  std::string ground;                           // of what is refused
  std::map<std::string, std::string> evidence;  // by the words of group "evidence"
  std::vector<std::string> clauses;
  std::string reason;     // the officer's sentence
  std::string passed_to;  // the member of the joint use that answers; "": the operator itself
};

//   errors   kBadRequest: a language that the operator does not write in
StatusOr<std::string> RenderRightLetter(const Policy& policy, const RightLetter& letter,
                                        model::Language language);
StatusOr<std::string> RenderRightLetterHtml(const Policy& policy, const RightLetter& letter,
                                            model::Language language);

// Redress and appeal alone, for a request that is overdue or was refused: inaction is a reason for
// an appeal as much as a decision is. Empty: the policy states neither.
std::string RedressText(const Policy& policy, model::Right right, bool is_overdue,
                        model::Language language);

// What the parts of an answer to a request for access are called: "given.profile" and so on.
std::string AccessPartName(std::string_view part, model::Language language);

}  // namespace noren::policy
