// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/held_items.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/authorize.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/exposures.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/disclosure.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using personal_data::ActKind;

// Of every header that is stored for this person: of the items, and of all consents.
StatusOr<personal_data::HeaderShares> SharesInUse(ServiceContext& context,
                                                  const LoadedPerson& person) {
  personal_data::HeaderShares shares;
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, person));
  for (const personal_data::ItemRecord& item : items) {
    NOREN_RETURN_IF_ERROR(personal_data::AddShares(item.header, shares));
  }
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (const personal_data::Invitation& invitation : invitations) {
    NOREN_ASSIGN_OR_RETURN(const auto loaded, LoadConsentOf(context, person, invitation.consent));
    for (const personal_data::ItemHeader& header : loaded.consent.headers) {
      NOREN_RETURN_IF_ERROR(personal_data::AddShares(header.header, shares));
    }
  }
  return shares;
}

const std::vector<std::string>& WrappedTo(const personal_data::Invitation& invitation,
                                          const personal_data::ReleaseConsent& consent) {
  return consent.rewrap ? consent.rewrap->recipients : invitation.company_recipients;
}

Status CheckRewrap(const personal_data::RewrapTerms& terms,
                   const personal_data::ReleaseConsent& consent,
                   const std::vector<std::string>& recipients) {
  if (recipients.empty()) return MakeError(ErrorCode::kNoRecipientKey);
  if (terms.company != consent.company) {
    return MakeFieldError(ErrorCode::kBadRequest, "statement.company");
  }
  if (terms.company_key != personal_data::FingerprintOf(recipients)) {
    return MakeFieldError(ErrorCode::kBadRequest, "statement.company_key",
                          "not the company's keys of now");
  }
  if (!consent.terms || terms.items != consent.terms->items) {
    return MakeFieldError(ErrorCode::kBadRequest, "statement.items", "the consent's, all of them");
  }
  return OkStatus();
}

StatusOr<Attempt> StageRewrap(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  const LoadedPerson& person = admitted.person;
  NOREN_ASSIGN_OR_RETURN(const personal_data::LoadedConsent loaded,
                         LoadConsentOf(context, person, admitted.act.consent));
  const personal_data::ConsentScope scope = ConsentScopeOf(context, person);
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  NOREN_RETURN_IF_ERROR(personal_data::CheckReleasable(loaded.version, scope.time));
  NOREN_ASSIGN_OR_RETURN(auto recipients, RecipientsOf(context, loaded.consent.company));
  const personal_data::RewrapTerms& terms = *admitted.act.rewrap;
  NOREN_RETURN_IF_ERROR(CheckRewrap(terms, loaded.consent, recipients));
  NOREN_ASSIGN_OR_RETURN(
      auto headers,
      AdmitHeaders(context, admitted, {terms.items, terms.headers_sha256, recipients.size()}));
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kRewrapConsent);
  attempt.change.entry.object = admitted.act.consent.ToString();
  attempt.answer = {admitted.act.consent.ToString()};
  NOREN_ASSIGN_OR_RETURN(personal_data::StagedConsent rewrapped,
                         personal_data::StageRewrap(
                             scope, loaded, {std::move(recipients), scope.time, admitted.evidence},
                             std::move(headers)));
  attempt.change.staged.Append(std::move(rewrapped.staged));
  return attempt;
}

// The portal carries its person's own ciphertext: the person reads of it like of any other.
StatusOr<Attempt> StageOwnRead(ServiceContext& context, const Call& call,
                               const LoadedPerson& person, const model::ItemId& item) {
  personal_data::Disclosure disclosure;
  disclosure.at = context.time.Now();
  disclosure.what = "read_own_item";
  disclosure.who = ViewerOf(call.principal);
  disclosure.form = std::string(kFormDocuments);
  disclosure.items = {item};
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kReadOwnItem;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = person.person.ToString();
  attempt.change.entry.object = item.ToString();
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  attempt.change.staged.Require(person_keyspaces::PersonKey(person.person), person.stored);
  attempt.change.positioned =
      [&context, keys = person.keys, id = person.person, disclosure = std::move(disclosure)](
          std::uint64_t sequence,
          const audit::EntryOpening&) mutable -> StatusOr<personal_data::Staged> {
    disclosure.audit_sequence = sequence;
    return personal_data::StageDisclosure({id, *keys}, disclosure, context.random);
  };
  return attempt;
}

}  // namespace

// True while another living consent names this version of the item: it would not open any more.
StatusOr<bool> IsStillConsentedTo(ServiceContext& context, const LoadedPerson& person,
                                  const model::ItemId& item) {
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (const personal_data::Invitation& invitation : invitations) {
    NOREN_ASSIGN_OR_RETURN(const auto loaded, LoadConsentOf(context, person, invitation.consent));
    const auto state = personal_data::EffectiveState(loaded.version, context.time.Now());
    const bool live = state == personal_data::ConsentState::kGranted ||
                      state == personal_data::ConsentState::kRequested;
    const auto& named = loaded.consent.terms ? loaded.consent.terms->items : invitation.items;
    const bool names =
        std::any_of(named.begin(), named.end(),
                    [&item](const personal_data::ConsentItem& one) { return one.item == item; });
    if (live && names) return true;
  }
  return false;
}

StatusOr<std::vector<personal_data::ItemHeader>> AdmitHeaders(ServiceContext& context,
                                                              const AdmittedAct& admitted,
                                                              const SignedHeaders& signed_headers) {
  if (admitted.person.record.custody == model::Custody::kOperator) {
    if (signed_headers.headers_sha256.empty()) return std::vector<personal_data::ItemHeader>();
    return MakeFieldError(ErrorCode::kBadRequest, "statement.items", "operator custody");
  }
  NOREN_ASSIGN_OR_RETURN(
      auto headers, personal_data::MatchHeaders(signed_headers.items, signed_headers.headers_sha256,
                                                admitted.headers));
  NOREN_ASSIGN_OR_RETURN(auto used, SharesInUse(context, admitted.person));
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const std::string field = "act.headers[" + std::to_string(i) + "]";
    NOREN_RETURN_IF_ERROR(personal_data::CheckHeader(
        headers[i].header, {field, signed_headers.recipients_count}, used));
  }
  return headers;
}

StatusOr<std::vector<RewrapNeeded>> RewrapsOf(ServiceContext& context, const LoadedPerson& person) {
  std::vector<RewrapNeeded> needed;
  if (person.record.custody == model::Custody::kOperator) return needed;
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (const personal_data::Invitation& invitation : invitations) {
    const auto loaded = LoadConsentOf(context, person, invitation.consent);
    // Of a damaged consent nothing is asked.
    if (model::CodeOf(loaded.status()) == ErrorCode::kDataCorrupt) continue;
    NOREN_RETURN_IF_ERROR(loaded.status());
    const bool live = personal_data::CheckReleasable(loaded->version, context.time.Now()).ok() &&
                      loaded->consent.terms && !loaded->consent.headers.empty();
    if (!live) continue;
    NOREN_ASSIGN_OR_RETURN(auto recipients, RecipientsOf(context, invitation.company));
    const Hash256 company_key = personal_data::FingerprintOf(recipients);
    const auto& wrapped_to = WrappedTo(invitation, loaded->consent);
    if (recipients.empty() || company_key == personal_data::FingerprintOf(wrapped_to)) continue;
    needed.push_back({invitation.consent, invitation.invitation, invitation.posting,
                      invitation.company, company_key, std::move(recipients),
                      loaded->consent.terms->items});
  }
  return needed;
}

StatusOr<std::vector<OwnItem>> OwnItemsOf(ServiceContext& context, const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(auto items, LoadItems(context, person));
  std::vector<OwnItem> own;
  for (personal_data::ItemRecord& item : items) {
    bool reencrypt = false;
    if (item.custody == model::Custody::kPerson) {
      NOREN_ASSIGN_OR_RETURN(const auto mark,
                             ReadOne(context, keyspaces::ReencryptKey(person.person, item.item)));
      if (mark) {
        const StatusOr<bool> waits = IsStillConsentedTo(context, person, item.item);
        // With a damaged consent it cannot be told: the mark waits.
        const bool damaged = model::CodeOf(waits.status()) == ErrorCode::kDataCorrupt;
        if (!damaged) NOREN_RETURN_IF_ERROR(waits.status());
        reencrypt = !damaged && !*waits;
      }
    }
    own.push_back({std::move(item), reencrypt});
  }
  return own;
}

StatusOr<ActResult> RewrapConsent(ServiceContext& context, const Call& call,
                                  const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(context, call, idempotency_key, act, {"rewrap", ActKind::kRewrap},
                [&](AdmittedAct& admitted) { return StageRewrap(context, call, admitted); });
}

StatusOr<Bytes> ReadOwnItem(ServiceContext& context, const Call& call,
                            const model::SeekerHandle& handle, const model::ItemId& item,
                            std::uint64_t offset) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, handle));
  NOREN_ASSIGN_OR_RETURN(const LoadedItem loaded, LoadItem(context, person, item));
  const personal_data::ItemRecord& record = loaded.record;
  if (record.custody == model::Custody::kOperator) {
    return MakeError(ErrorCode::kStateConflict, "operator custody");
  }
  if (offset == 0) {
    NOREN_RETURN_IF_ERROR(
        Record(context, [&] { return StageOwnRead(context, call, person, item); }).status());
  }
  if (offset >= record.payload_size_bytes) return Bytes();
  return context.blobs.ReadAt(record.payload_sha256, offset, kMaxOwnItemChunkBytes);
}

}  // namespace noren::operations
