// What is kept of a request about one's own data: a head for the register, which outlives the
// person, and the words, which do not.
// Source:   docs/formats/rights_request.md
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/civil_day.h"
#include "engine/model/ids.h"
#include "engine/model/rights.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/policy/rights_rules.h"

namespace noren::operations {

std::string RightKey(const model::RequestId& request);
std::string RightTextKey(const model::PersonId& person, const model::RequestId& request);
std::string RightTextPrefix(const model::PersonId& person);

// Values are stored: never renumbered.
enum class RightState : std::uint8_t {
  kWaiting = 1,      // for identity, form or fee
  kReady = 2,        // to be decided
  kDecided = 3,      // to be carried out and answered
  kClosed = 4,       // both are done
  kWithdrawn = 5,    // by whoever made it
  kWaitingOwner = 6  // for the client for whom the data are held
};
std::string_view RightStateName(RightState state);  // "waiting"
enum class RightOutcome : std::uint8_t { kOpen = 0, kAccepted = 1, kPartly = 2, kRefused = 3 };
std::string_view RightOutcomeName(RightOutcome outcome);  // "" while open, "accepted"

// How the requester was known. Of papers the kind is kept, never a number or an image.
struct RightIdentity {
  UnixSeconds checked_at;          // 0: not yet
  std::string checked_by;          // "officer kim", or the proof of the person's own act
  bool proved = false;             // an act of the person's own
  std::vector<std::string> facts;  // which facts agreed, by name
  std::vector<policy::SeenPaper> papers;
  UnixSeconds papers_destroyed_at;  // 0: they are still there, if there were any
  std::string papers_method;        // how: as the policy calls it
};
struct RightDecision {
  RightOutcome outcome = RightOutcome::kOpen;
  UnixSeconds at;
  std::string by;
  Hash256 by_key{};    // two names with one key are one officer
  std::string ground;  // of a refusal, in whole or in part
  std::map<std::string, std::string> evidence;
  std::vector<std::string> clauses;
  std::vector<std::string> withheld;  // of an answer in part: which parts are not given
};
// The client for whom the data are held: asked, and answered.
struct RightReferral {
  std::string owner;  // "": nobody is asked
  UnixSeconds asked_at;
  std::string asked_by;
  UnixSeconds answered_at;
  std::string answered_by;
  bool allows = false;   // that the request is answered
  std::string document;  // under which the answer is on file
};
struct RightHead {
  model::RequestId request;
  model::Right right = model::Right::kAccess;
  RightState state = RightState::kWaiting;
  policy::Requester requester = policy::Requester::kPerson;
  model::PersonId person;  // none until it is known who it is about
  UnixSeconds received_at;
  UnixSeconds complete_at;               // 0: something is missing
  std::optional<model::CivilDay> dated;  // the date on the form
  UnixSeconds form_sent_at;              // 0: the person has not asked for the form
  std::string form_sent_way;
  model::RequestId on_form_of;  // the first request of the form; none: it has one of its own
  std::string channel, form;
  std::vector<std::string> parts;
  std::int64_t fee_paid = 0;
  bool ends_contract = false;
  std::string carried_by;            // "officer kim", "portal first-portal"
  model::RequestId objects_to;       // an answered request; none
  std::vector<model::ItemId> items;  // that it names; empty: everything
  RightIdentity identity;
  RightDecision decision;
  RightReferral referral;
  UnixSeconds acted_at;        // 0: not carried out, or there is nothing to carry out
  UnixSeconds told_at;         // 0: not answered
  std::string told_by_way;     // how the answer went out
  std::string way_reason;      // why not in the way that was asked for
  UnixSeconds resumed_at;      // of a suspension: when the person ended it
  std::string policy_version;  // under which it came in
};
// Under the person's key.
struct RightText {
  std::string text;        // what is asked, in the person's words or the officer's
  std::string requester;   // an agent's name
  std::string reason;      // of the decision, as the person is told
  Hash256 state_before{};  // of what a correction changes
};

Bytes EncodeRightHead(const RightHead& head);
//   errors   kDataCorrupt
StatusOr<RightHead> DecodeRightHead(const model::RequestId& request, ByteSpan plaintext);
Bytes EncodeRightText(const RightText& text);
StatusOr<RightText> DecodeRightText(ByteSpan plaintext);

StatusOr<Bytes> SealRightHead(const RightHead& head, const personal_data::PurposeKeys& keys,
                              Random& random);
StatusOr<RightHead> OpenRightHead(const model::RequestId& request, ByteSpan stored,
                                  const personal_data::PurposeKeys& keys);

}  // namespace noren::operations
