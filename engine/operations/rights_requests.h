// Requests about one's own data: handing in, knowing who asks, deciding, objecting, answering; and
// that nothing is used or provided while a correction is open.
// Source:   docs/design/0020-rights-requests.md, docs/formats/rights_request.md
// Threads:  free functions concurrently
// Why safe: every step is conditional on the head as it was read, and commits the freeze it begins
//           or ends with it
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/model/civil_day.h"
#include "engine/operations/act_gate.h"
#include "engine/operations/destruction_select.h"
#include "engine/operations/freezes.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/rights_record.h"
#include "engine/policy/due_day.h"

namespace noren::operations {

// By an officer, of what came on paper, by phone or otherwise.
struct ReceiveRightRequest {
  std::string idempotency_key;
  policy::HandedIn handed_in;
  UnixSeconds received_at;           // not after now; 0: now
  std::optional<NamedPerson> about;  // nothing: not yet known
  std::string text;                  // only when it is known who it is about
  std::string agent;                 // the agent's name, likewise
  std::vector<model::ItemId> items;  // that it names
  bool ends_contract = false;
  model::RequestId objects_to;
  std::optional<model::CivilDay> dated;  // the date on the form
  model::RequestId on_form_of;           // another request that came on the same form
};
struct ReceivedRight {
  model::RequestId request;
  RightState state = RightState::kWaiting;
  std::string missing;  // the refusal's detail, while waiting
  EntryPosition position;
};
// A request of an agent where the policy takes none is refused and kept, without a word of it, for
// people to look at again (RightFilter::kReview).
//   errors   kPolicyForbids: right, channel or agent; kNotFound: no such person, item, request of
//            the same form or answered request; kStateConflict: what is objected to is not
//            answered, or the form is another one's; kOutOfRange: received_at, or a form that is
//            dated after it came
StatusOr<ReceivedRight> ReceiveRight(ServiceContext& context, const Call& call,
                                     const ReceiveRightRequest& request);

// act "right": the person's own, through their portal. The answer's first part is the request.
StatusOr<ActResult> AskForRight(ServiceContext& context, const Call& call,
                                const std::string& idempotency_key, const PersonAct& act);

// What was looked at to know who asks, and what completes the request.
struct IdentifyRightRequest {
  std::string idempotency_key;
  model::RequestId request;
  std::optional<NamedPerson> about;  // where it was not yet known
  std::vector<std::string> facts;
  std::vector<policy::SeenPaper> papers;
  std::optional<model::CivilDay> born;
  std::string form;
  std::vector<std::string> parts;
  std::int64_t fee_paid = 0;
  std::string text, agent;
};
//   errors   those of policy::IdentitySuffices and IsComplete: nothing is kept but the entry of the
//            refusal; kStateConflict: decided already; kNotFound
StatusOr<ReceivedRight> IdentifyRequester(ServiceContext& context, const Call& call,
                                          const IdentifyRightRequest& request);

struct DecideRightRequest {
  std::string idempotency_key;
  model::RequestId request;
  RightOutcome outcome = RightOutcome::kAccepted;
  std::string ground;  // of what is refused
  std::map<std::string, std::string> evidence;
  bool ongoing = false;
  std::string reason;  // a sentence for the person; of a refusal always
  // Of an answer in part: what is not given. Of access, parts of the export as the person has it
  // ("derived.scores", "received.decisions.statement"); else items that the request names.
  std::vector<std::string> withheld;
};
struct DecidedRight {
  RightOutcome outcome = RightOutcome::kOpen;
  std::vector<std::string> clauses;
  model::RequestId erasure;  // what an officer destroys next; none
  EntryPosition position;
};
//   errors   kPolicyForbids: E_IDENTITY before the requester is known, E_REFUSAL_GROUND,
//            E_GROUND_EVIDENCE, E_FORM_INCOMPLETE without the proof that the form asks for;
//            kBadRequest: there is no such part; kReasonRequired; kApprovalRequired: an objection
//            is decided by another officer; kStateConflict: decided already
StatusOr<DecidedRight> DecideRight(ServiceContext& context, const Call& call,
                                   const DecideRightRequest& request);

// What was done: carried out, told, both. The request is closed when both are. Or the form was
// sent.
struct SettleRightRequest {
  std::string idempotency_key;
  model::RequestId request;
  bool acted = false;
  bool told = false;
  std::string way;         // how the person was told, or the form was sent
  std::string way_reason;  // why not in the way that the form asks for
  bool resumed = false;    // of a suspension: the person ends it
  bool withdrawn = false;  // the person does not want it any more
  bool form_sent = false;  // the person has asked for the form, and it went out
};
//   errors   kStateConflict: not decided, or decided and withdrawn; acted, and nothing has changed;
//            resumed, and nothing is suspended; form sent, and it is complete. kPolicyForbids,
//            kReasonRequired: told in another way than the form asks for
StatusOr<EntryPosition> SettleRight(ServiceContext& context, const Call& call,
                                    const SettleRightRequest& request);

// Papers and form are destroyed; kind and date stay.
StatusOr<EntryPosition> DestroyRightPapers(ServiceContext& context, const Call& call,
                                           const std::string& idempotency_key,
                                           const model::RequestId& request,
                                           const std::string& method);

struct ListedRight {
  RightHead head;
  std::optional<RightText> text;         // while it opens
  std::string missing;                   // while waiting
  std::optional<policy::DueDay> due;     // of the answer, while it is not answered
  std::optional<policy::DueDay> papers;  // while there are papers
  bool frozen = false;
  // What an officer is to know: policy::RemarksOn, "legal_review", "under_review item-...".
  std::vector<std::string> remarks;
  std::string desk;     // where it is dealt with, in the operator's language; "": not stated
  std::string redress;  // once it is overdue or refused: bodies and appeal, for the person to read
};
// kDue: reminded of or overdue; kReview: refused by the policy alone, and not yet answered.
enum class RightFilter : std::uint8_t { kAll = 0, kOpen, kDue, kReview };
// Oldest first. Officers see all.
StatusOr<std::vector<ListedRight>> ListRights(ServiceContext& context, const Call& call,
                                              RightFilter filter);
StatusOr<ListedRight> ShowRight(ServiceContext& context, const Call& call,
                                const model::RequestId& request);
// The letter that goes out: of an open request what was received and by when it is answered, of a
// decided one the decision. No language: the person's, where they are known.
struct RightLetterRequest {
  model::RequestId request;
  std::optional<model::Language> language;
  bool html = false;
};
//   errors   kNotFound; kBadRequest: a language that the operator does not write
StatusOr<std::string> WriteRightLetter(ServiceContext& context, const Call& call,
                                       const RightLetterRequest& request);
// act "read": the person's own.
StatusOr<std::vector<ListedRight>> ReadOwnRights(ServiceContext& context, const Call& call,
                                                 const PersonAct& act);

// For restores: begins or ends the freeze again; false when the store has it.
StatusOr<bool> ReapplyFreeze(ServiceContext& context, const storage::NarrowingAct& act,
                             personal_data::Staged& staged);

}  // namespace noren::operations
