// What a company owes once its access has ended: to destroy its copies, and to say so with the
// signature of a named human. Officers see whose acknowledgements are overdue.
// Source:   docs/formats/duty.md, docs/design/0012-after-the-release.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/events.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/release_access.h"

namespace noren::operations {

// Values are stored: never renumbered.
enum class DutyCause : std::uint8_t { kWithdrawal = 1, kErasure = 2, kAccessExpired = 3 };
std::string_view DutyCauseName(DutyCause cause);  // "withdrawal", "erasure", "access_expired"

struct Duty {
  model::DutyId duty;
  std::string company;
  model::CandidateRef candidate;
  model::PostingId posting;
  DutyCause cause = DutyCause::kWithdrawal;
  model::ReleaseId release;  // none: every release to this candidate
  UnixSeconds since;
  bool destroy_copies = false;  // something was handed over
  UnixSeconds destroy_by;
  UnixSeconds acknowledge_by;
  // Once acknowledged:
  UnixSeconds acknowledged_at;
  std::string signed_by;  // the human's name and role, as registered
  Bytes signature;        // Ed25519 over kDutySignaturePrefix and StatementOf
};
// What is signed: canonical JSON, a function of the duty.
std::string StatementOf(const Duty& duty);
enum class DutyState { kOpen, kOverdue, kAcknowledged };
std::string_view DutyStateName(DutyState state);
DutyState StateOf(const Duty& duty, UnixSeconds now);

// A withdrawal or an erasure ends every access of the application; and the event of it. Nothing is
// staged when the duty exists.
struct EndedApplication {
  std::string company;
  model::CandidateRef candidate;
  model::PostingId posting;
  model::ConsentId consent;
  DutyCause cause = DutyCause::kWithdrawal;
  bool destroy_copies = false;
};
// What is to be written, and who is to be told (AddEvents).
struct StagedDuty {
  personal_data::Staged staged;
  std::vector<AddressedEvent> told;
};
StatusOr<StagedDuty> StageDutyOfEnd(ServiceContext& context, const EndedApplication& ended);
StatusOr<StagedDuty> StageDutyOfAccess(ServiceContext& context, const ReleaseAccess& access);

// The time duties are judged by: a clock that nobody vouches for makes none overdue.
UnixSeconds DutyTime(ServiceContext& context);

enum class DutyFilter { kAll, kOverdue };
// A company's own, an officer's all; oldest first.
StatusOr<std::vector<Duty>> ListDuties(ServiceContext& context, const Call& call,
                                       DutyFilter filter);

struct DutyAcknowledgement {
  std::string idempotency_key;
  model::DutyId duty;
  std::string statement;
  Bytes signature;
};
//   errors   kNotFound; kBadRequest: another statement; kProofRequired: no signature;
//            kHumanRequired: no human is registered; kProofInvalid; kStateConflict: acknowledged
//            before
StatusOr<EntryPosition> AcknowledgeDuty(ServiceContext& context, const Call& call,
                                        const DutyAcknowledgement& acknowledgement);

Bytes EncodeDuty(const Duty& duty);
StatusOr<Duty> DecodeDuty(ByteSpan plaintext);

}  // namespace noren::operations
