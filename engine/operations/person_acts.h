// What a person does: be discoverable or not, answer an invitation, withdraw, ask for erasure, read
// who saw what.
// Each is an act (act_gate.h) carried by the person's portal.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/act_gate.h"
#include "engine/personal_data/disclosure.h"

namespace noren::operations {

struct ActResult {
  std::string result;  // an id that came of it, or ""
  personal_data::ProofLevel proof = personal_data::ProofLevel::kPortalAsserted;
  EntryPosition position;
};

StatusOr<ActResult> SetDiscoverable(ServiceContext& context, const Call& call,
                                    const std::string& idempotency_key, const PersonAct& act);
// Grants or refuses. A grant makes the candidate reference, and nothing before it does.
//   errors   kConsentExpired: answered too late; kStateConflict: answered before; kBadRequest:
//            terms differ
StatusOr<ActResult> AnswerInvitation(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key, const PersonAct& act);
// One consent, or discoverability. Needs no key. Once acknowledged, nothing more is released under
// it.
StatusOr<ActResult> Withdraw(ServiceContext& context, const Call& call,
                             const std::string& idempotency_key, const PersonAct& act);
StatusOr<ActResult> RequestErasure(ServiceContext& context, const Call& call,
                                   const std::string& idempotency_key, const PersonAct& act);

struct InvitationView {
  personal_data::Invitation invitation;
  personal_data::ConsentState state = personal_data::ConsentState::kRequested;
  std::string posting_title;
};
// An item as its owner sees it.
struct OwnItem {
  personal_data::ItemRecord record;
  bool reencrypt = false;  // person custody: a new version is wanted after a withdrawal
};
// Person custody: a live consent that waits for headers to the company's keys of now.
struct RewrapNeeded {
  model::ConsentId consent;
  model::InvitationId invitation;
  model::PostingId posting;
  std::string company;
  Hash256 company_key{};
  std::vector<std::string> recipients;
  std::vector<personal_data::ConsentItem> items;
};
struct PersonRecordView {
  std::vector<personal_data::Disclosure> disclosures;  // oldest first
  std::vector<InvitationView> invitations;
  bool discoverable = false;
  std::uint32_t class_size_at_least = 0;  // 0: on no card
  std::size_t blocked_employers = 0;      // how many; which ones the service cannot tell
  model::Custody custody = model::Custody::kOperator;
  std::string age_recipient;
  std::vector<OwnItem> items;
  std::vector<RewrapNeeded> rewraps;
};
StatusOr<PersonRecordView> ReadOwnRecord(ServiceContext& context, const Call& call,
                                         const PersonAct& act);

// Items of ended consents are encrypted anew, so that a file key a company once had opens nothing
// that is stored. Returns how
// many were. Run after a withdrawal and at start.
StatusOr<std::size_t> ReencryptMarked(ServiceContext& context);

}  // namespace noren::operations
