// What the statement says of a request about one's own data: whether it may be handed in this way,
// whether who asks is known, what is owed, by when, and on which grounds it may be refused. Without
// a statement every right is granted, by any way, and none is refused.
// Errors:   a refusal is kPolicyForbids; its detail is the code of refusals.inc and the clauses,
//           its field what is missing ("papers.<name>")
// Source:   docs/formats/policy.md (stated), docs/design/0020-rights-requests.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/model/civil_day.h"
#include "engine/model/purposes.h"
#include "engine/model/rights.h"
#include "engine/policy/calendar/date_rule.h"
#include "engine/policy/policy.h"

namespace noren::policy {

// "E_IDENTITY G-72", of this policy.
Status RefuseBy(const Policy& policy, std::string_view code, std::string_view field = {});

enum class RightEffect : std::uint8_t {
  kAnswered = 1,       // nothing changes; the person is told
  kItemLevel,          // what the request names
  kEraseRegistration,  // the registration is cancelled and everything destroyed
  kEraseAll            // everything is destroyed
};
struct RightRule {
  RightEffect effect = RightEffect::kAnswered;
  std::vector<std::string> clauses;
};
//   errors   kPolicyForbids: the policy does not know the right
StatusOr<RightRule> RuleOfRight(const Policy& policy, model::Right right);

// kOther: somebody who shows no mandate at all, a friend; nobody takes a request from them.
enum class Requester : std::uint8_t { kPerson = 1, kAgent = 2, kRepresentative = 3, kOther = 4 };
std::string_view RequesterName(Requester requester);  // "person", "agent", ..., "other"
std::optional<Requester> FindRequester(std::string_view name);

// How a request came in.
struct HandedIn {
  model::Right right = model::Right::kAccess;
  Requester requester = Requester::kPerson;
  std::string channel;  // as the policy calls it, in its language or in English
  std::string form;     // "" without one
  // Of the form, what is filled in: "part" for one that has no choices, "part=choice" for each
  // choice that is ticked, "part=choice=described" for one that is described, "part=field",
  // "part=proof" for the proof it asks for. What was written there is not told.
  std::vector<std::string> parts;
  std::int64_t fee_paid = 0;     // in the unit of the policy
  std::int64_t fee_on_form = 0;  // paid for another request on the same form
};
//   errors   kPolicyForbids: the right; E_AGENT_NOT_ACCEPTED; the channel is not among those stated
//            and the list is closed, or the operator closed it. kMissingField: no channel.
//            kPolicyIncomplete: the procedure is not there
Status MayBeHandedIn(const Policy& policy, const HandedIn& request);
// The policy takes nothing from an agent at all: people look at what it refuses.
bool RefusesAgents(const Policy& policy);
// The channels the policy names; empty: it names none.
std::vector<std::string> ChannelsOf(const Policy& policy);
// Ok, or what is missing before the time to answer begins.
//   errors   kPolicyForbids: E_FORM_INCOMPLETE, E_FEE_MISSING; kBadRequest: a part has no such
//            choice or field
Status IsComplete(const Policy& policy, const HandedIn& request);
// 0: none is asked for.
std::int64_t FeeOf(const Policy& policy, model::Right right);
// A correction rests on the proof that its part of the form asks for.
//   errors   kPolicyForbids: E_FORM_INCOMPLETE
Status ProofIsThere(const Policy& policy, const HandedIn& request);
// The way of the answer that the form names; another one needs a reason, and is the stated one.
//   errors   kPolicyForbids; kReasonRequired
Status MayAnswerBy(const Policy& policy, const HandedIn& request, std::string_view way,
                   std::string_view reason);
// Where the form chooses the way: an answer by e-mail only to whoever ticks that, and no letter to
// them.
//   errors   kPolicyForbids, at "way"
Status MayAnswerByMail(const Policy& policy, const HandedIn& request);
Status MayAnswerByLetter(const Policy& policy, const HandedIn& request);
std::vector<std::string> ClausesOfAnswerWay(const Policy& policy);
// Where requests for this right are taken; null: the policy does not say.
const Entry* DeskOf(const Policy& policy, model::Right right);

// A paper as whoever checked it saw it. Neither number nor image is kept.
struct SeenPaper {
  std::string name;  // as the policy calls it
  std::string of;    // whose: "" the requester's
  bool photo = false;
  bool both_sides = false;
  bool masked = false;             // what has to be covered is covered
  std::vector<std::string> shows;  // in either language of the policy
  bool special_care = false;       // having it says something that needs special care
};
bool IsSpecialCarePaper(const Policy& policy, std::string_view name);
// What an officer is to know of a request beside what is missing: "not_traceable",
// "FEE_AMOUNT_UNSPECIFIED", "special_care".
std::vector<std::string> RemarksOn(const Policy& policy, const HandedIn& request,
                                   const std::vector<SeenPaper>& papers);
struct IdentityCheck {
  Requester requester = Requester::kPerson;
  bool proved = false;             // an act of the person's own, with the proof that reading needs
  std::vector<std::string> facts;  // that agree with the record
  std::vector<SeenPaper> papers;
  std::optional<model::CivilDay> born;  // where the age matters
  model::CivilDay on;                   // the day of the request
};
//   errors   kPolicyForbids: E_IDENTITY, E_ID_INSUFFICIENT, E_ID_UNMASKED, E_MY_NUMBER, E_POA,
//            E_AGENT_NOT_ACCEPTED, E_MINOR; kForbiddenField: what a special-care paper shows
Status IdentitySuffices(const Policy& policy, model::Right right, const IdentityCheck& check);

// Whether data are left alone while a request of this kind is open.
enum class PendingBlock : std::uint8_t { kNone = 0, kProvision, kUse };
PendingBlock BlockWhileOpen(const Policy& policy, model::Right right);

// What is said of a refusal.
struct RefusalCase {
  std::string code;                             // RL_... of the policy, or one of kOtherGrounds
  std::map<std::string, std::string> evidence;  // by the words of group "evidence"
  bool ongoing = false;
  bool ends_contract = false;  // the person said that they leave
  std::string decided_by;
  std::string reason;
};
// Beside the listed ones: who asks is not known, a statute keeps the data, the stated condition of
// the right is not met, data held for a client.
inline constexpr std::string_view kOtherGrounds[] = {
    "E_ID_INSUFFICIENT", "E_HOLD", "CONDITION_NOT_MET", "E_ENTRUSTED_NO_AUTHORITY"};
//   returns  the clauses the refusal rests on
//   errors   kReasonRequired; kPolicyForbids: E_REFUSAL_GROUND, E_GROUND_EVIDENCE
StatusOr<std::vector<std::string>> MayRefuse(const Policy& policy, model::Right right,
                                             const RefusalCase& refusal);
// Kinds of items of which an answer to this request says nothing before people have looked.
std::vector<model::ItemKind> ReviewedFirst(const Policy& policy, model::Right right);
// False only where the policy says so.
bool MayRefuseInPart(const Policy& policy);
// Whether the policy offers an objection, or at least takes complaints.
bool TakesObjections(const Policy& policy);

// The rules that fix when a request is answered; none where the policy fixes no date.
StatusOr<std::vector<calendar::DateRule>> AnswerRules(const Policy& policy);
// The rule by which enclosed papers are destroyed; nothing where the policy has none.
StatusOr<std::optional<calendar::DateRule>> PapersRule(const Policy& policy);
// True where the time to answer begins once form, papers and fee are there.
bool CountsFromCompleteness(const Policy& policy);

}  // namespace noren::policy
