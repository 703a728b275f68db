// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/consent.h"

#include <string>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"
#include "engine/personal_data/vault.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::int64_t kSecondsPerDay = 86400;

Status WrongField(std::string_view field) { return MakeFieldError(ErrorCode::kBadRequest, field); }

// The record's next version, and its two stored forms, in place of what was loaded.
StatusOr<StagedConsent> StageNext(const ConsentScope& scope, const LoadedConsent* loaded,
                                  ReleaseConsent consent, ConsentVersion version) {
  const model::ConsentId id = consent.consent;
  NOREN_ASSIGN_OR_RETURN(Bytes content,
                         EncodeConsent(scope.person, consent, version.version, scope.random));
  version.changed_at = scope.time;
  version.content_sha256 = primitives::Sha256(content);
  NOREN_ASSIGN_OR_RETURN(
      Bytes version_bytes,
      EncodeConsentVersion({scope.person.person, id}, version, scope.purpose_keys, scope.random));
  std::optional<Bytes> previous_content, previous_version;
  if (loaded != nullptr) {
    previous_content = loaded->content_bytes;
    previous_version = loaded->version_bytes;
  }
  StagedConsent next{std::move(consent), version, {}};
  next.staged.Replace(keyspaces::ConsentVersionKey(scope.person.person, id),
                      std::move(previous_version), std::move(version_bytes));
  next.staged.Replace(keyspaces::ConsentKey(scope.person.person, id), std::move(previous_content),
                      std::move(content));
  return next;
}

// The version after `event`. Only a grant looks at the deadline: what narrows is judged by the
// stored state, so that a clock that runs ahead cannot turn a withdrawal away and then be set back.
StatusOr<ConsentVersion> NextVersion(const ConsentScope& scope, const LoadedConsent& loaded,
                                     ConsentEvent event) {
  ConsentVersion version = loaded.version;
  const ConsentState state = event == ConsentEvent::kGrant
                                 ? EffectiveState(loaded.version, scope.time)
                                 : loaded.version.state;
  NOREN_ASSIGN_OR_RETURN(version.state, NextState(state, event));
  ++version.version;
  version.deadline = {0};
  return version;
}

bool HasTwice(const std::vector<ConsentItem>& items, const ConsentItem& wanted) {
  return std::count_if(items.begin(), items.end(),
                       [&](const ConsentItem& item) { return item.item == wanted.item; }) > 1;
}

bool Holds(const std::vector<ConsentItem>& items, const ConsentItem& wanted) {
  return std::find(items.begin(), items.end(), wanted) != items.end();
}

Status CheckItems(const Invitation& invitation, const GrantTerms& terms,
                  const std::vector<ConsentItem>& current_items) {
  if (terms.items.empty()) return WrongField("statement.items");
  for (std::size_t i = 0; i < terms.items.size(); ++i) {
    const ConsentItem& item = terms.items[i];
    const bool invited =
        std::any_of(invitation.items.begin(), invitation.items.end(),
                    [&](const ConsentItem& asked) { return asked.item == item.item; });
    if (!invited || !Holds(current_items, item) || HasTwice(terms.items, item)) {
      return WrongField("statement.items[" + std::to_string(i) + "]");
    }
  }
  return OkStatus();
}

}  // namespace

StatusOr<ConsentState> NextState(ConsentState state, ConsentEvent event) {
  if (state == ConsentState::kRequested) {
    if (event == ConsentEvent::kGrant) return ConsentState::kGranted;
    if (event == ConsentEvent::kRefuse) return ConsentState::kRefused;
    if (event == ConsentEvent::kExpire) return ConsentState::kExpired;
  }
  if (state == ConsentState::kGranted) {
    if (event == ConsentEvent::kWithdraw) return ConsentState::kWithdrawn;
    if (event == ConsentEvent::kExpire) return ConsentState::kExpired;
    if (event == ConsentEvent::kSupersede) return ConsentState::kSuperseded;
  }
  if (state == ConsentState::kWithdrawn) return MakeError(ErrorCode::kConsentWithdrawn);
  if (state == ConsentState::kExpired) return MakeError(ErrorCode::kConsentExpired);
  return MakeError(ErrorCode::kStateConflict, "consent");
}

ConsentState EffectiveState(const ConsentVersion& version, UnixSeconds time) {
  const bool has_deadline =
      version.state == ConsentState::kRequested || version.state == ConsentState::kGranted;
  return has_deadline && time >= version.deadline ? ConsentState::kExpired : version.state;
}

Status CheckReleasable(const ConsentVersion& version, UnixSeconds time) {
  switch (EffectiveState(version, time)) {
    case ConsentState::kGranted:
      return OkStatus();
    case ConsentState::kWithdrawn:
      return MakeError(ErrorCode::kConsentWithdrawn);
    case ConsentState::kExpired:
      return MakeError(ErrorCode::kConsentExpired);
    case ConsentState::kRequested:
    case ConsentState::kRefused:
    case ConsentState::kSuperseded:
      break;
  }
  return MakeError(ErrorCode::kConsentMissing);
}

StatusOr<LoadedConsent> LoadConsent(PersonContext person, const model::ConsentId& consent,
                                    Bytes content_bytes, Bytes version_bytes,
                                    const PurposeKeys& purpose_keys) {
  LoadedConsent loaded;
  NOREN_ASSIGN_OR_RETURN(
      loaded.version, DecodeConsentVersion({person.person, consent}, version_bytes, purpose_keys));
  if (primitives::Sha256(content_bytes) != loaded.version.content_sha256) return DamagedRecord();
  NOREN_ASSIGN_OR_RETURN(loaded.consent, DecodeConsent(person, consent, content_bytes));
  loaded.content_bytes = std::move(content_bytes);
  loaded.version_bytes = std::move(version_bytes);
  return loaded;
}

StatusOr<StagedConsent> StageInvitation(const ConsentScope& scope, const Invitation& invitation) {
  if (invitation.answer_by <= scope.time) return WrongField("invitation.answer_by");
  if (invitation.item_kinds.empty()) return WrongField("invitation.item_kinds");
  if (invitation.items.empty()) return WrongField("invitation.items");
  if (invitation.company_recipients.empty() ||
      invitation.company_key != FingerprintOf(invitation.company_recipients)) {
    return WrongField("invitation.company_key");
  }
  if (invitation.notice_sha256 != primitives::Sha256(AsBytes(invitation.notice))) {
    return WrongField("invitation.notice_sha256");
  }
  ReleaseConsent consent;
  consent.consent = invitation.consent;
  consent.invitation = invitation.invitation;
  consent.posting = invitation.posting;
  consent.company = invitation.company;
  ConsentVersion version;
  version.version = 1;
  version.state = ConsentState::kRequested;
  version.deadline = invitation.answer_by;
  NOREN_ASSIGN_OR_RETURN(StagedConsent staged,
                         StageNext(scope, nullptr, std::move(consent), version));
  NOREN_ASSIGN_OR_RETURN(Bytes bytes, EncodeInvitation(scope.person, invitation, scope.random));
  staged.staged.Replace(keyspaces::InvitationKey(scope.person.person, invitation.invitation),
                        std::nullopt, std::move(bytes));
  return staged;
}

Status CheckTerms(const Invitation& invitation, const GrantTerms& terms,
                  const std::vector<ConsentItem>& current_items, UnixSeconds time) {
  if (terms.posting != invitation.posting) return WrongField("statement.posting");
  if (terms.company != invitation.company) return WrongField("statement.company");
  if (terms.company_key != invitation.company_key) return WrongField("statement.company_key");
  if (terms.purpose != invitation.purpose) return WrongField("statement.purpose");
  if (terms.retention_days != invitation.retention_days) {
    return WrongField("statement.retention_days");
  }
  if (terms.notice_sha256 != invitation.notice_sha256) return WrongField("statement.notice_sha256");
  if (terms.policy_version != invitation.policy_version) {
    return WrongField("statement.policy_version");
  }
  const std::int64_t latest = time.value + std::int64_t{invitation.consent_days} * kSecondsPerDay;
  if (terms.expires_at <= time || terms.expires_at.value > latest) {
    return WrongField("statement.expires");
  }
  return CheckItems(invitation, terms, current_items);
}

StatusOr<StagedConsent> StageGrant(const ConsentScope& scope, const LoadedConsent& loaded,
                                   const GrantTerms& terms, ActEvidence evidence,
                                   std::vector<ItemHeader> headers) {
  NOREN_ASSIGN_OR_RETURN(ConsentVersion version, NextVersion(scope, loaded, ConsentEvent::kGrant));
  version.deadline = terms.expires_at;
  ReleaseConsent consent = loaded.consent;
  consent.terms = terms;
  consent.answered_at = scope.time;
  consent.answer = std::move(evidence);
  consent.headers = std::move(headers);
  return StageNext(scope, &loaded, std::move(consent), version);
}

StatusOr<StagedConsent> StageRewrap(const ConsentScope& scope, const LoadedConsent& loaded,
                                    RewrappedTo rewrap, std::vector<ItemHeader> headers) {
  NOREN_RETURN_IF_ERROR(CheckReleasable(loaded.version, scope.time));
  if (loaded.consent.headers.empty()) return MakeError(ErrorCode::kStateConflict, "consent");
  ConsentVersion version = loaded.version;
  ++version.version;
  ReleaseConsent consent = loaded.consent;
  consent.headers = std::move(headers);
  consent.rewrap = std::move(rewrap);
  return StageNext(scope, &loaded, std::move(consent), version);
}

StatusOr<StagedConsent> StageRefusal(const ConsentScope& scope, const LoadedConsent& loaded,
                                     ActEvidence evidence) {
  NOREN_ASSIGN_OR_RETURN(const ConsentVersion version,
                         NextVersion(scope, loaded, ConsentEvent::kRefuse));
  ReleaseConsent consent = loaded.consent;
  consent.answered_at = scope.time;
  consent.answer = std::move(evidence);
  return StageNext(scope, &loaded, std::move(consent), version);
}

StatusOr<StagedConsent> StageWithdrawal(const ConsentScope& scope, const LoadedConsent& loaded,
                                        ActEvidence evidence) {
  NOREN_ASSIGN_OR_RETURN(const ConsentVersion version,
                         NextVersion(scope, loaded, ConsentEvent::kWithdraw));
  ReleaseConsent consent = loaded.consent;
  consent.withdrawn_at = scope.time;
  consent.withdrawal = std::move(evidence);
  return StageNext(scope, &loaded, std::move(consent), version);
}

StatusOr<StagedConsent> StageSupersession(const ConsentScope& scope, const LoadedConsent& loaded) {
  NOREN_ASSIGN_OR_RETURN(const ConsentVersion version,
                         NextVersion(scope, loaded, ConsentEvent::kSupersede));
  return StageNext(scope, &loaded, loaded.consent, version);
}

StatusOr<StagedConsent> StageExpiry(const ConsentScope& scope, const LoadedConsent& loaded) {
  const bool is_due = loaded.version.state != ConsentState::kExpired &&
                      EffectiveState(loaded.version, scope.time) == ConsentState::kExpired;
  if (!is_due) return MakeError(ErrorCode::kStateConflict, "the deadline has not passed");
  ConsentVersion version = loaded.version;
  NOREN_ASSIGN_OR_RETURN(version.state, NextState(loaded.version.state, ConsentEvent::kExpire));
  ++version.version;
  version.deadline = {0};
  return StageNext(scope, &loaded, loaded.consent, version);
}

StatusOr<StagedConsent> StageEndOfCompany(const ConsentScope& scope, const LoadedConsent& loaded) {
  NOREN_ASSIGN_OR_RETURN(const ConsentVersion version,
                         NextVersion(scope, loaded, ConsentEvent::kExpire));
  return StageNext(scope, &loaded, loaded.consent, version);
}

StatusOr<Staged> StageJournaledWithdrawal(const ConsentAddress& address, ByteSpan version_bytes,
                                          UnixSeconds withdrawn_at, const PurposeKeys& purpose_keys,
                                          Random& random) {
  NOREN_ASSIGN_OR_RETURN(ConsentVersion version,
                         DecodeConsentVersion(address, version_bytes, purpose_keys));
  Staged staged;
  if (version.state == ConsentState::kWithdrawn) return staged;
  version.state = ConsentState::kWithdrawn;
  version.deadline = {0};
  version.changed_at = withdrawn_at;
  ++version.version;
  NOREN_ASSIGN_OR_RETURN(Bytes bytes, EncodeConsentVersion(address, version, purpose_keys, random));
  staged.Replace(keyspaces::ConsentVersionKey(address.person, address.consent),
                 ToBytes(version_bytes), std::move(bytes));
  return staged;
}

}  // namespace noren::personal_data
