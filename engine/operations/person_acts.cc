// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/person_acts.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/application_events.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/deadlines.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/form_ties.h"
#include "engine/operations/freezes.h"
#include "engine/operations/held_items.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/market.h"
#include "engine/operations/narrowing.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/register_company.h"
#include "engine/operations/stated_gate.h"
#include "engine/operations/stored_items.h"
#include "engine/operations/withdrawals.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/stated/purposes.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using personal_data::ActKind;

// Replaces the person's record by one with this discoverability. The gate has put the condition on
// the record already.
Status StageDiscoverability(ServiceContext& context, const LoadedPerson& person,
                            const personal_data::Discoverability& discoverability,
                            Attempt& attempt) {
  personal_data::PersonRecord record = person.record;
  record.address.version += 1;
  record.discoverability = discoverability;
  NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::EncodePersonRecord(
                                           record, *person.keys, context.keys, context.random));
  attempt.change.staged.Put(person_keyspaces::PersonKey(person.person), std::move(stored));
  attempt.change.feed.push_back(PersonChanged(person.person));
  return OkStatus();
}

StatusOr<std::vector<personal_data::ConsentItem>> CurrentItems(ServiceContext& context,
                                                               const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, person));
  std::vector<personal_data::ConsentItem> current;
  for (const personal_data::ItemRecord& item : items)
    current.push_back({item.item, item.payload_sha256});
  return current;
}

// The candidate reference comes into being with the grant, and with it the row in the company's
// list.
Status StageCandidate(ServiceContext& context, const LoadedPerson& person,
                      const personal_data::Invitation& invitation, personal_data::Staged& staged) {
  const model::CandidateRef candidate =
      context.pseudonyms.CandidateRefFor(invitation.company, invitation.posting, person.person);
  NOREN_ASSIGN_OR_RETURN(
      Bytes record,
      personal_data::EncodeCandidate(candidate,
                                     {person.person, invitation.consent, invitation.invitation,
                                      invitation.posting, invitation.company},
                                     context.keys, context.random));
  staged.Put(person_keyspaces::CandidateKey(invitation.company, candidate), std::move(record));
  staged.Put(keyspaces::ApplicantKey(invitation.posting, candidate), ToBytes(candidate.bytes()));
  return OkStatus();
}

StatusOr<Attempt> StageAnswer(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  const bool grants = admitted.act.decision == personal_data::Decision::kGrant;
  NOREN_ASSIGN_OR_RETURN(const personal_data::Invitation invitation,
                         LoadInvitation(context, admitted.person, admitted.act.invitation));
  NOREN_ASSIGN_OR_RETURN(const personal_data::LoadedConsent loaded,
                         LoadConsentOf(context, admitted.person, invitation.consent));
  Attempt attempt = StartActAttempt(
      call, admitted, grants ? audit::Operation::kGrantConsent : audit::Operation::kRefuseConsent);
  attempt.change.entry.object = invitation.consent.ToString();
  attempt.answer = {invitation.consent.ToString()};
  const personal_data::ConsentScope scope = ConsentScopeOf(context, admitted.person);
  if (!grants) {
    NOREN_ASSIGN_OR_RETURN(personal_data::StagedConsent refused,
                           personal_data::StageRefusal(scope, loaded, admitted.evidence));
    attempt.change.staged.Append(std::move(refused.staged));
    AddAnswerEvents(context, admitted.person, invitation, {"refused", {}}, attempt.change);
    return attempt;
  }
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  NOREN_RETURN_IF_ERROR(RequireKept(context, admitted.person));
  NOREN_RETURN_IF_ERROR(RequireCompanyStays(context, invitation.company, invitation.invited_at,
                                            attempt.change.staged));
  const policy::Decision stated = JudgeInvitation(context, admitted.person, invitation);
  NOREN_RETURN_IF_ERROR(RequireStated(
      context, call,
      {audit::Operation::kGrantConsent, invitation.consent.ToString(), &admitted.person}, stated));
  attempt.change.entry.clause_ids = JoinClauses(admitted.clauses, stated.clauses);
  NOREN_RETURN_IF_ERROR(RequireOfPosting(context, call, admitted.person, invitation.posting,
                                         admitted.act.terms->items));
  NOREN_ASSIGN_OR_RETURN(const auto current, CurrentItems(context, admitted.person));
  NOREN_RETURN_IF_ERROR(
      personal_data::CheckTerms(invitation, *admitted.act.terms, current, scope.time));
  NOREN_ASSIGN_OR_RETURN(
      auto headers, AdmitHeaders(context, admitted,
                                 {admitted.act.terms->items, admitted.act.terms->headers_sha256,
                                  invitation.company_recipients.size()}));
  NOREN_ASSIGN_OR_RETURN(personal_data::StagedConsent granted,
                         personal_data::StageGrant(scope, loaded, *admitted.act.terms,
                                                   admitted.evidence, std::move(headers)));
  attempt.change.staged.Append(std::move(granted.staged));
  NOREN_RETURN_IF_ERROR(
      StageCandidate(context, admitted.person, invitation, attempt.change.staged));
  StageDeadline(context,
                {DeadlineKind::kConsent, admitted.act.terms->expires_at, admitted.person.person,
                 invitation.consent.bytes()},
                attempt.change.staged);
  AddAnswerEvents(context, admitted.person, invitation,
                  {"granted", context.pseudonyms.CandidateRefFor(
                                  invitation.company, invitation.posting, admitted.person.person)},
                  attempt.change);
  return attempt;
}

StatusOr<bool> WasReleased(ServiceContext& context, const model::ConsentId& consent) {
  auto page =
      context.store.Scan(kEmbeddedPartition, person_keyspaces::ReleasePrefix(consent), "", 1);
  if (!page.ok()) return MakeError(ErrorCode::kStorage);
  return !page->items.empty();
}

// The company is told, and what it had a file key to is marked to be encrypted anew.
Status StageWithdrawalEffects(ServiceContext& context, const LoadedPerson& person,
                              const personal_data::StagedConsent& withdrawn, Change& change) {
  personal_data::Staged& staged = change.staged;
  const personal_data::ReleaseConsent& consent = withdrawn.consent;
  const model::CandidateRef candidate =
      context.pseudonyms.CandidateRefFor(consent.company, consent.posting, person.person);
  NOREN_ASSIGN_OR_RETURN(const bool released, WasReleased(context, consent.consent));
  const std::string key = person_keyspaces::WithdrawalKey(consent.company, candidate);
  NOREN_ASSIGN_OR_RETURN(
      Bytes record,
      EncodeWithdrawal(key, {candidate, consent.posting, consent.withdrawn_at, released, {}},
                       context.keys, context.random));
  staged.Put(key, std::move(record));
  NOREN_RETURN_IF_ERROR(StageEndOfApplication(context, person, consent, released, change));
  if (!released || !consent.terms) return OkStatus();
  for (const personal_data::ConsentItem& item : consent.terms->items) {
    staged.Put(keyspaces::ReencryptKey(person.person, item.item), ToBytes(item.item.bytes()));
  }
  return OkStatus();
}

// An act that a later one has overtaken: the portal may have held it back.
bool IsOvertaken(const personal_data::Discoverability& now, UnixSeconds stated_at) {
  return now.live ? stated_at < now.given_at : stated_at <= now.given_at;
}

StatusOr<Attempt> StageWithdraw(ServiceContext& context, const Call& call, AdmittedAct& admitted) {
  const LoadedPerson& person = admitted.person;
  const UnixSeconds now = context.time.Now();
  if (admitted.act.consent.is_none()) {
    Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kWithdrawDiscoverability);
    personal_data::Discoverability withdrawn = person.record.discoverability;
    withdrawn.live = false;
    withdrawn.consent_version += 1;
    // The bar: clocks differ, so what the person stated may lie ahead of the service's time.
    withdrawn.given_at = std::max({now, admitted.act.at, withdrawn.given_at});
    NOREN_RETURN_IF_ERROR(StageDiscoverability(context, person, withdrawn, attempt));
    attempt.change.narrowing = MakeNarrowingAct(storage::NarrowingKind::kWithdrawal,
                                                {person.person, {}, withdrawn.given_at});
    return attempt;
  }
  NOREN_ASSIGN_OR_RETURN(const personal_data::LoadedConsent loaded,
                         LoadConsentOf(context, person, admitted.act.consent));
  if (loaded.version.state ==
      personal_data::ConsentState::kWithdrawn) {  // said again: nothing left to do
    return StartActAttempt(call, admitted, audit::Operation::kWithdrawConsent);
  }
  NOREN_ASSIGN_OR_RETURN(
      personal_data::StagedConsent withdrawn,
      personal_data::StageWithdrawal(ConsentScopeOf(context, person), loaded, admitted.evidence));
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kWithdrawConsent);
  attempt.change.entry.object = admitted.act.consent.ToString();
  NOREN_RETURN_IF_ERROR(StageWithdrawalEffects(context, person, withdrawn, attempt.change));
  attempt.change.staged.Append(std::move(withdrawn.staged));
  attempt.change.narrowing = MakeNarrowingAct(storage::NarrowingKind::kWithdrawal,
                                              {person.person, admitted.act.consent, now});
  return attempt;
}

}  // namespace

StatusOr<ActResult> SetDiscoverable(ServiceContext& context, const Call& call,
                                    const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(
      context, call, idempotency_key, act, {"set_discoverable", ActKind::kDiscoverable},
      [&](AdmittedAct& admitted) -> StatusOr<Attempt> {
        const policy::Decision decision =
            policy::MayBeDiscoverableTo(context.policy, admitted.act.companies_class);
        NOREN_RETURN_IF_ERROR(policy::ToStatus(decision));
        NOREN_RETURN_IF_ERROR(RequireKept(context, admitted.person));
        NOREN_ASSIGN_OR_RETURN(const policy::Decision declared,
                               JudgeRanking(context, admitted.person, policy::Search::kEither));
        NOREN_RETURN_IF_ERROR(RequireStated(
            context, call, {audit::Operation::kGrantDiscoverability, "", &admitted.person},
            declared));
        Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kGrantDiscoverability);
        attempt.change.entry.clause_ids = JoinClauses(admitted.clauses, declared.clauses);
        const personal_data::Discoverability& before = admitted.person.record.discoverability;
        if (IsOvertaken(before, admitted.act.at)) {
          return model::MakeFieldError(ErrorCode::kActStale, "statement.at", "overtaken");
        }
        NOREN_RETURN_IF_ERROR(StageDiscoverability(
            context, admitted.person,
            {admitted.act.companies_class, admitted.act.at, before.consent_version + 1, true},
            attempt));
        attempt.answer = {admitted.act.companies_class};
        return attempt;
      });
}

StatusOr<ActResult> AnswerInvitation(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(context, call, idempotency_key, act, {"answer_invitation", ActKind::kAnswer},
                [&](AdmittedAct& admitted) { return StageAnswer(context, call, admitted); });
}

StatusOr<ActResult> Withdraw(ServiceContext& context, const Call& call,
                             const std::string& idempotency_key, const PersonAct& act) {
  NOREN_ASSIGN_OR_RETURN(
      ActResult result,
      RunAct(context, call, idempotency_key, act, {"withdraw", ActKind::kWithdraw},
             [&](AdmittedAct& admitted) { return StageWithdraw(context, call, admitted); }));
  // The withdrawal is durable; encrypting anew is hygiene that a later start makes up for when it
  // fails here.
  (void)ReencryptMarked(context).status();
  return result;
}

StatusOr<Attempt> StageErasureRequest(ServiceContext& context, const Call& call,
                                      const AdmittedAct& admitted) {
  ErasureRequest request;
  request.request = model::RequestId::Generate(context.random);
  request.person = admitted.person.person;
  request.asked_at = context.time.Now();
  request.asked_by = "portal:" + call.principal.name + " (" +
                     std::string(personal_data::ProofLevelName(admitted.evidence.level)) + ")";
  Attempt attempt = StartActAttempt(call, admitted, audit::Operation::kRequestDestruction);
  NOREN_ASSIGN_OR_RETURN(Bytes stored, EncodeErasureRequest(request, context.keys, context.random));
  attempt.change.staged.Replace(person_keyspaces::ErasureRequestKey(request.request), std::nullopt,
                                std::move(stored));
  NOREN_RETURN_IF_ERROR(
      StageErasureFreeze(context, request.person, request.request, attempt.change.staged).status());
  attempt.change.feed.push_back(PersonChanged(request.person));
  attempt.change.entry.object = request.request.ToString();
  // A restore must not forget that the person asked.
  attempt.change.narrowing = MakeNarrowingAct(storage::NarrowingKind::kErasureRequest,
                                              {request.person,
                                               {},
                                               request.asked_at,
                                               {},
                                               NarrowedRequest{request.request, request.asked_by}});
  attempt.answer = {request.request.ToString()};
  return attempt;
}

StatusOr<ActResult> RequestErasure(ServiceContext& context, const Call& call,
                                   const std::string& idempotency_key, const PersonAct& act) {
  return RunAct(
      context, call, idempotency_key, act, {"request_erasure", ActKind::kErase},
      [&](AdmittedAct& admitted) { return StageErasureRequest(context, call, admitted); });
}

namespace {

StatusOr<std::vector<personal_data::Disclosure>> LoadDisclosures(ServiceContext& context,
                                                                 const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, person_keyspaces::DisclosurePrefix(person.person)));
  std::vector<personal_data::Disclosure> disclosures;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(personal_data::Disclosure disclosure,
                           personal_data::DecodeDisclosure(person.context(), item.key, item.value));
    disclosures.push_back(std::move(disclosure));
  }
  // Keys are in the order of seconds only.
  std::sort(disclosures.begin(), disclosures.end(), [](const auto& a, const auto& b) {
    return std::tie(a.at, a.audit_sequence) < std::tie(b.at, b.audit_sequence);
  });
  return disclosures;
}

StatusOr<std::vector<InvitationView>> ViewInvitations(ServiceContext& context,
                                                      const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(auto invitations, LoadInvitations(context, person));
  std::vector<InvitationView> views;
  for (personal_data::Invitation& invitation : invitations) {
    const auto consent = LoadConsentOf(context, person, invitation.consent);
    const bool damaged = model::CodeOf(consent.status()) == ErrorCode::kDataCorrupt;
    if (!damaged) NOREN_RETURN_IF_ERROR(consent.status());
    std::optional<personal_data::ConsentState> state;
    if (!damaged) state = personal_data::EffectiveState(consent->version, context.time.Now());
    const auto posting = context.market.FindPosting(invitation.posting);
    views.push_back({std::move(invitation), state, posting ? posting->title : ""});
  }
  return views;
}

StatusOr<std::uint32_t> LooksLikeAtLeast(ServiceContext& context, const Call& call,
                                         const LoadedPerson& person) {
  if (!person.record.discoverability.live) return 0U;
  const Audience audience =
      SmallestAudienceOf(context.policy, person.record.discoverability.companies_class);
  NOREN_ASSIGN_OR_RETURN(const auto epoch, context.card_epochs.Current(context, call, audience,
                                                                       *context.market.Now()));
  const matching::SeekerRowId row = RowIdOf(person.person);
  for (const matching::SeekerClass& group : epoch->table.classes) {
    if (std::binary_search(group.members.begin(), group.members.end(), row)) return epoch->table.k;
  }
  return 0U;
}

}  // namespace

StatusOr<PersonRecordView> ReadOwnRecord(ServiceContext& context, const Call& call,
                                         const PersonAct& act) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson reader, AdmitOwnReading(context, call, act));
  PersonRecordView view;
  NOREN_ASSIGN_OR_RETURN(view.disclosures, LoadDisclosures(context, reader));
  NOREN_ASSIGN_OR_RETURN(view.invitations, ViewInvitations(context, reader));
  view.discoverable = reader.record.discoverability.live;
  NOREN_ASSIGN_OR_RETURN(view.class_size_at_least, LooksLikeAtLeast(context, call, reader));
  view.blocked_employers = reader.record.blocked_employers.size();
  view.custody = reader.record.custody;
  view.age_recipient = reader.record.age_recipient;
  NOREN_ASSIGN_OR_RETURN(view.items, OwnItemsOf(context, reader));
  NOREN_ASSIGN_OR_RETURN(view.rewraps, RewrapsOf(context, reader));
  view.language = reader.record.language;
  return view;
}

namespace {

// Encrypts one marked item anew; true when it was done (or there is nothing left to do).
StatusOr<bool> ReencryptOne(ServiceContext& context, const storage::KeyValue& mark) {
  NOREN_ASSIGN_OR_RETURN(const auto person_id,
                         person_keyspaces::IdOfKey<model::PersonId>(mark.key, 0));
  NOREN_ASSIGN_OR_RETURN(const auto item_id, person_keyspaces::IdOfKey<model::ItemId>(mark.key, 1));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, person_id));
  // Only the person can: the mark stays until a new version comes.
  if (person.record.custody == model::Custody::kPerson) return false;
  NOREN_ASSIGN_OR_RETURN(const bool needed, IsStillConsentedTo(context, person, item_id));
  if (needed) return false;
  const std::string item_key = person_keyspaces::ItemKey(person_id, item_id);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, item_key));
  Attempt attempt;
  attempt.change.staged.Delete(mark.key);
  if (stored) {
    NOREN_ASSIGN_OR_RETURN(auto anew, StageReencryption(context, person, item_id, *stored));
    attempt.change.staged.Append(std::move(anew));
  }
  attempt.change.entry.operation = audit::Operation::kPutItem;
  attempt.change.entry.principal = kServiceItself;
  attempt.change.entry.subject = person_id.ToString();
  attempt.change.entry.object = item_id.ToString();
  NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(attempt.change)).status());
  return true;
}

}  // namespace

StatusOr<std::size_t> ReencryptMarked(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const auto marks, ScanAll(context, std::string(keyspaces::kReencrypt)));
  std::size_t done = 0;
  for (const storage::KeyValue& mark : marks) {
    const StatusOr<bool> finished = ReencryptOne(context, mark);
    // A consent that cannot be shown: the mark stays, and the others' items have their turn.
    if (model::CodeOf(finished.status()) == ErrorCode::kDataCorrupt) continue;
    NOREN_RETURN_IF_ERROR(finished.status());
    if (*finished) ++done;
  }
  return done;
}

}  // namespace noren::operations
