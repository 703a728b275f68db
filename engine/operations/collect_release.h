// After consent: a company lists its applicants, collects what they consented to, and reads it
// piece by piece. The consent is
// judged at every step, and the release is committed on the condition that it did not change.
// Source:   docs/formats/release.md; ARCHITECTURE invariant 5
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/matching/scoring/score.h"
#include "engine/operations/idempotent_run.h"
#include "engine/personal_data/release.h"

namespace noren::operations {

inline constexpr std::size_t kMaxPayloadChunkBytes = std::size_t{64} << 10;

struct Applicant {
  model::CandidateRef candidate;
  matching::PairScore score;
  std::vector<model::ItemKind> item_kinds;
  UnixSeconds granted_at;
  UnixSeconds expires_at;
  personal_data::ConsentState state = personal_data::ConsentState::kGranted;
};
// Best first; those whose consent ended are at the end, without score. Leaves an entry and a
// disclosure with each person shown.
StatusOr<std::vector<Applicant>> ListApplicants(ServiceContext& context, const Call& call,
                                                const model::PostingId& posting);

struct CollectRequest {
  std::string idempotency_key;
  model::CandidateRef candidate;
  std::string order_key;
  std::string reason;  // with kOther 3..300 characters, else 0..300
  personal_data::DownloadReason reason_code = personal_data::DownloadReason::kOther;
};
struct CollectedRelease {
  personal_data::ReleaseRecord record;
  EntryPosition position;
};
//   errors   kConsentMissing, kConsentWithdrawn, kConsentExpired, kReasonRequired, kNoRecipientKey,
//            kClockUntrusted; kAccessExpired: this order's release may not be read any more
StatusOr<CollectedRelease> CollectRelease(ServiceContext& context, const Call& call,
                                          const CollectRequest& request);

// At most kMaxPayloadChunkBytes from `offset`; empty at the end. Consent and access are judged
// after the bytes are at hand: what is answered after a withdrawal was acknowledged is this chunk
// at most.
//   errors   as CollectRelease
StatusOr<Bytes> ReadPayload(ServiceContext& context, const Call& call,
                            const model::ReleaseId& release, const model::ItemId& item,
                            std::uint64_t offset);

// Whose release an address (release-of/) leads to.
//   errors   kDataCorrupt
StatusOr<model::CandidateRef> CandidateOfRelease(ServiceContext& context, const std::string& key,
                                                 ByteSpan stored);

}  // namespace noren::operations
