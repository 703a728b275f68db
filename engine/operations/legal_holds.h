// Legal holds: the officer keeps a minimum of one person, elsewhere, until an end date. The
// person's own records stay as they are; destroying the person leaves this copy.
// Source:   docs/design/0013-destruction.md (Legal holds), docs/formats/legal_hold.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/personal_data/legal_hold.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

struct PlaceHoldRequest {
  std::string idempotency_key;
  std::string portal;  // who the person is to whom
  model::SeekerHandle handle;
  std::vector<model::ItemKind> kinds;  // of the policy's hold.items
  UnixSeconds until;
  std::string authority;  // law and article, 3..200 bytes
  std::string reason;     // 3..1200 bytes
};
struct PlacedHold {
  model::HoldId hold;
  EntryPosition position;
};
//   errors   kNotFound: no such person; kPolicyForbids: a kind; kOutOfRange: until; kRetryLater: a
//            destruction is running; kReasonRequired; kGroundEvidence: no article is cited where
//            the policy asks for one
StatusOr<PlacedHold> PlaceHold(ServiceContext& context, const Call& call,
                               const PlaceHoldRequest& request);

struct HoldSummary {
  model::HoldId hold;
  personal_data::HoldAddress address;
  bool due = false;            // its copy may be destroyed
  model::CivilDay destroy_by;  // and has to be, after its end, by the policy's time limit
  Hash256 handle_commitment{};
  std::vector<personal_data::HeldItem> items;  // without headers
  std::vector<personal_data::HoldAccess> accesses;
};
// Sorted by id.
StatusOr<std::vector<HoldSummary>> ListHolds(ServiceContext& context, const Call& call);

// Ends a hold before its date: the copy is due from then on.
//   errors   kNotFound; kStateConflict: released already; kReasonRequired
StatusOr<EntryPosition> ReleaseHold(ServiceContext& context, const Call& call,
                                    const std::string& idempotency_key, const model::HoldId& hold,
                                    const std::string& reason);

struct OpenHeldRequest {
  model::HoldId hold;
  model::ItemId item;
  std::string recipient;  // "age1...": whose key opens the answer
  std::string reason;     // 3..1200 bytes; with law and article where the policy asks for it
};
struct OpenedHeld {
  Bytes header;  // age header for the recipient; the payload follows it. In person custody it is
                 // for the person's own key, and for no other
  model::Custody custody = model::Custody::kOperator;
  std::uint64_t payload_size_bytes = 0;
  EntryPosition position;  // the access record
};
//   errors   kNotFound; kReasonRequired; kBadRequest: recipient; kPurposeUndeclared: what is held
//            is used as a law says alone, and the reason cites none
StatusOr<OpenedHeld> OpenHeldItem(ServiceContext& context, const Call& call,
                                  const OpenHeldRequest& request);
// Ciphertext from `offset`, at most 256 KiB; empty at the end.
//   errors   kReasonRequired: this officer has not opened the item within the last hour
StatusOr<Bytes> ReadHeldPayload(ServiceContext& context, const Call& call,
                                const model::HoldId& hold, const model::ItemId& item,
                                std::uint64_t offset);

// For destruction, maintenance and restores.
StatusOr<std::vector<model::HoldId>> HoldsOf(ServiceContext& context,
                                             const model::PersonId& person);
bool IsDue(ServiceContext& context, const personal_data::HoldAddress& address);
// Counts changes of holds: what a destruction is conditional on when it begins.
std::string HoldEpochKey();
Status VisitLeavesOfHolds(ServiceContext& context,
                          const std::function<void(personal_data::LeafIndex)>& use);
Status VisitHeldPayloads(ServiceContext& context, const std::function<void(const Hash256&)>& use);
// Places or releases again what the journal says, and journals it anew; false when the store has
// it.
StatusOr<bool> ReapplyHold(ServiceContext& context, const storage::NarrowingAct& act,
                           Change& change);

}  // namespace noren::operations
