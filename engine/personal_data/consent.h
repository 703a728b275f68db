// The life of a release consent: requested -> granted | refused | expired;
// granted -> withdrawn | expired | superseded. Every transition is staged conditional on the bytes
// of the version record it starts from.
// Source:   docs/formats/consent.md
// Threads:  free functions concurrently
// Why safe: two transitions from one version condition on the same bytes, so at most one of them
//           commits; a release does so too: it commits before a withdrawal or not at all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/base/status.h"
#include "engine/personal_data/consent_record.h"
#include "engine/personal_data/staged.h"

namespace noren::personal_data {

enum class ConsentEvent : std::uint8_t {
  kGrant = 1,
  kRefuse = 2,
  kWithdraw = 3,
  kExpire = 4,
  kSupersede = 5
};

// The transition table; total over states x events.
//   errors   kConsentWithdrawn: from withdrawn; kConsentExpired: from expired; kStateConflict: any
//            other that is not listed
StatusOr<ConsentState> NextState(ConsentState state, ConsentEvent event);

// The time consents are judged by: never before the anchor's floor.
inline UnixSeconds JudgedTime(UnixSeconds time_floor, UnixSeconds now) {
  return std::max(time_floor, now);
}
// The state at that time: a deadline that is reached (time >= deadline) expires what was requested
// or granted.
ConsentState EffectiveState(const ConsentVersion& version, UnixSeconds time);
// Ok only when a release may happen now.
//   errors   kConsentMissing: requested, refused or superseded; kConsentWithdrawn; kConsentExpired
Status CheckReleasable(const ConsentVersion& version, UnixSeconds time);

// A consent as read from the store, with the bytes it was read from.
struct LoadedConsent {
  ReleaseConsent consent;
  ConsentVersion version;
  Bytes content_bytes;
  Bytes version_bytes;
};
//   errors   kDataCorrupt: either does not open, or the content is not the one the version record
//            names
StatusOr<LoadedConsent> LoadConsent(PersonContext person, const model::ConsentId& consent,
                                    Bytes content_bytes, Bytes version_bytes,
                                    const PurposeKeys& purpose_keys);

// What every transition needs. `time` is the judged time.
struct ConsentScope {
  PersonContext person;
  const PurposeKeys& purpose_keys;
  UnixSeconds time;
  Random& random;
};
// The consent after a transition, and what to write.
struct StagedConsent {
  ReleaseConsent consent;
  ConsentVersion version;
  Staged staged;
};

// Stores the invitation and its consent, in the state requested; neither may exist.
//   errors   kBadRequest with the field: answer_by not after `time`, no items or kinds, company_key
//            not that of company_recipients, notice_sha256 not that of the notice
StatusOr<StagedConsent> StageInvitation(const ConsentScope& scope, const Invitation& invitation);

// Ok when the act's terms are the invitation's: posting, company, company key, purpose, retention,
// notice and policy are equal, the items are some of the invitation's with digests equal to
// `current_items`, and it expires after `time` and within consent_days.
//   errors   kBadRequest with the field that differs
Status CheckTerms(const Invitation& invitation, const GrantTerms& terms,
                  const std::vector<ConsentItem>& current_items, UnixSeconds time);

// `terms` have passed CheckTerms. A grant is judged by the effective state; refusal, withdrawal and
// supersession narrow, and are judged by the stored one, whatever the clock says.
//   errors   those of NextState
// `headers`: under person custody those that MatchHeaders gave, else none.
StatusOr<StagedConsent> StageGrant(const ConsentScope& scope, const LoadedConsent& loaded,
                                   const GrantTerms& terms, ActEvidence evidence,
                                   std::vector<ItemHeader> headers = {});
// Other headers for a consent that is granted and alive; nothing else of it changes.
//   errors   those of CheckReleasable; kStateConflict: the consent has no headers of its own
StatusOr<StagedConsent> StageRewrap(const ConsentScope& scope, const LoadedConsent& loaded,
                                    RewrappedTo rewrap, std::vector<ItemHeader> headers);
StatusOr<StagedConsent> StageRefusal(const ConsentScope& scope, const LoadedConsent& loaded,
                                     ActEvidence evidence);
StatusOr<StagedConsent> StageWithdrawal(const ConsentScope& scope, const LoadedConsent& loaded,
                                        ActEvidence evidence);
// What it was given for has changed: an item that it names is corrected. The person is asked anew.
StatusOr<StagedConsent> StageSupersession(const ConsentScope& scope, const LoadedConsent& loaded);
// Writes down that the deadline has passed. kStateConflict before it.
StatusOr<StagedConsent> StageExpiry(const ConsentScope& scope, const LoadedConsent& loaded);
// The company that it is to has left: what was requested or granted is over before its deadline.
//   errors   those of NextState
StatusOr<StagedConsent> StageEndOfCompany(const ConsentScope& scope, const LoadedConsent& loaded);

// Re-applies a withdrawal that the journal holds, after a restore, needing no key of the person:
// the version record alone changes. Nothing is staged when the consent is withdrawn already.
// Overrides every other state.
StatusOr<Staged> StageJournaledWithdrawal(const ConsentAddress& address, ByteSpan version_bytes,
                                          UnixSeconds withdrawn_at, const PurposeKeys& purpose_keys,
                                          Random& random);

}  // namespace noren::personal_data
