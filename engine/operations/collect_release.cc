// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/collect_release.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/exposures.h"
#include "engine/operations/freezes.h"
#include "engine/operations/item_use.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/refusal_signs.h"
#include "engine/operations/register_company.h"
#include "engine/operations/release_access.h"
#include "engine/operations/release_address.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/disclosure.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/policy.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

personal_data::Disclosure DisclosureOf(const Call& call, const LoadedCandidate& loaded,
                                       audit::Operation operation, std::string_view form,
                                       UnixSeconds at) {
  personal_data::Disclosure disclosure;
  disclosure.at = at;
  disclosure.what = std::string(audit::NameOf(operation));
  disclosure.who = ViewerOf(call.principal);
  disclosure.form = std::string(form);
  disclosure.posting = loaded.record.posting;
  return disclosure;
}

// An entry about one candidate, with the disclosure that the person will read beside it.
Attempt StartAttempt(ServiceContext& context, const Call& call, const LoadedCandidate& loaded,
                     audit::Operation operation, personal_data::Disclosure disclosure) {
  Attempt attempt;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = loaded.record.person.ToString();
  attempt.change.entry.object = loaded.record.consent.ToString();
  attempt.subject = loaded.record.person;
  attempt.subject_keys = loaded.person.keys;
  // The consent must be what it was judged to be until the entry is durable.
  attempt.change.staged.Require(
      person_keyspaces::ConsentVersionKey(loaded.record.person, loaded.record.consent),
      loaded.consent.version_bytes);
  attempt.change.deadline = loaded.consent.version.deadline;
  // And nothing of the person is frozen until then.
  attempt.change.staged.Require(FreezeKey(loaded.record.person), std::nullopt);
  attempt.change.positioned =
      [&context, keys = loaded.person.keys, person = loaded.record.person,
       disclosure = std::move(disclosure)](
          std::uint64_t sequence,
          const audit::EntryOpening&) mutable -> StatusOr<personal_data::Staged> {
    disclosure.audit_sequence = sequence;
    return personal_data::StageDisclosure({person, *keys}, disclosure, context.random);
  };
  return attempt;
}

// A batch of the time at which the access ends, or later, is refused.
void EndBefore(const std::optional<ReleaseAccess>& access, Change& change) {
  if (access && (!change.deadline || access->ends_at < *change.deadline))
    change.deadline = access->ends_at;
}

Status CheckNow(ServiceContext& context, const LoadedCandidate& loaded) {
  const UnixSeconds now = context.time.Now();
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  NOREN_RETURN_IF_ERROR(personal_data::CheckReleasable(loaded.consent.version, now));
  personal_data::Staged stays;
  return RequireMayProvide(context, loaded.person, stays);
}

Status CheckAccessNow(ServiceContext& context, const model::ReleaseId& release) {
  NOREN_ASSIGN_OR_RETURN(const auto access, FindAccess(context, release));
  return CheckAccess(access, context.time.Now());
}

// The company has not left since the person said yes, and does not until `staged` commits.
Status RequireStays(ServiceContext& context, const LoadedCandidate& loaded,
                    personal_data::Staged& staged) {
  return RequireCompanyStays(context, loaded.record.company, loaded.consent.consent.answered_at,
                             staged);
}

Status RefuseCollecting(ServiceContext& context, const Call& call,
                        const model::CandidateRef& candidate, const Status& refusal) {
  audit::EntryDraft entry;
  entry.operation = audit::Operation::kCollectRelease;
  entry.principal = call.principal;
  entry.object = candidate.ToString();
  if (refusal == policy::RefuseCompanyThatLeft(context.policy))
    entry.clause_ids = policy::ClausesOfCompanies(context.policy);
  return RefuseRelease(context, std::move(entry), refusal);
}

}  // namespace

StatusOr<std::vector<Applicant>> ListApplicants(ServiceContext& context, const Call& call,
                                                const model::PostingId& posting) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  const auto found = context.market.FindPostingOfCompany(call.principal.name, posting);
  if (!found) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const auto rows, ScanAll(context, keyspaces::ApplicantPrefix(posting)));
  std::vector<Applicant> applicants;
  for (const storage::KeyValue& row : rows) {
    NOREN_ASSIGN_OR_RETURN(const auto candidate,
                           person_keyspaces::IdOfKey<model::CandidateRef>(row.key, 1));
    const auto loaded = LoadCandidate(context, call.principal.name, candidate);
    const ErrorCode gone = model::CodeOf(loaded.status());
    if (gone == ErrorCode::kNotFound || gone == ErrorCode::kConsentWithdrawn) continue;
    // Of somebody whose consent cannot be shown nothing is shown; the others are.
    if (gone == ErrorCode::kDataCorrupt) continue;
    NOREN_RETURN_IF_ERROR(loaded.status());
    Applicant applicant;
    applicant.candidate = candidate;
    applicant.granted_at = loaded->consent.consent.answered_at;
    applicant.state = personal_data::EffectiveState(loaded->consent.version, context.time.Now());
    if (loaded->consent.consent.terms)
      applicant.expires_at = loaded->consent.consent.terms->expires_at;
    personal_data::Staged looked_at;
    const Status may = RequireMayProvide(context, loaded->person, looked_at);
    // Who must not be provided is not shown at all, in the market or not.
    if (model::CodeOf(may) == ErrorCode::kPolicyForbids) continue;
    NOREN_RETURN_IF_ERROR(may);
    const auto person = context.market.FindPerson(loaded->record.person);
    if (applicant.state == personal_data::ConsentState::kGranted && person) {
      NOREN_ASSIGN_OR_RETURN(const policy::Decision stated, JudgeRelease(context, *loaded));
      // What the notice does not provide for any more is not shown either.
      if (!stated.allowed) continue;
      NOREN_ASSIGN_OR_RETURN(const auto invitation,
                             LoadInvitation(context, loaded->person, loaded->record.invitation));
      applicant.item_kinds = invitation.item_kinds;
      applicant.score = matching::ScorePair(found->row, person->row);
      const auto shown = Record(context, [&]() -> StatusOr<Attempt> {
        personal_data::Staged stays;
        NOREN_RETURN_IF_ERROR(RequireMayProvide(context, loaded->person, stays));
        NOREN_RETURN_IF_ERROR(RequireStays(context, *loaded, stays));
        Attempt attempt =
            StartAttempt(context, call, *loaded, audit::Operation::kListCandidates,
                         DisclosureOf(call, *loaded, audit::Operation::kListCandidates,
                                      kFormApplicant, context.time.Now()));
        attempt.change.staged.Append(std::move(stays));
        attempt.change.entry.clause_ids = stated.clauses;
        return attempt;
      });
      // Withdrawn between reading and recording: then the person is not shown.
      const ErrorCode refused = model::CodeOf(shown.status());
      if (refused == ErrorCode::kRetryLater || refused == ErrorCode::kPolicyForbids) continue;
      NOREN_RETURN_IF_ERROR(shown.status());
    }
    applicants.push_back(std::move(applicant));
  }
  std::stable_sort(applicants.begin(), applicants.end(),
                   [](const Applicant& a, const Applicant& b) {
                     return a.score.score != b.score.score ? a.score.score > b.score.score
                                                           : a.candidate < b.candidate;
                   });
  return applicants;
}

namespace {

StatusOr<std::optional<personal_data::ReleaseRecord>> FindRelease(ServiceContext& context,
                                                                  const LoadedCandidate& loaded,
                                                                  const std::string& key) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::optional<personal_data::ReleaseRecord>();
  NOREN_ASSIGN_OR_RETURN(personal_data::ReleaseRecord record,
                         personal_data::DecodeRelease(loaded.person.context(), key, *stored));
  return std::optional(std::move(record));
}

// As the operator has verified it; empty when it has not.
StatusOr<personal_data::RecipientDetails> DetailsOf(ServiceContext& context,
                                                    std::string_view company) {
  NOREN_ASSIGN_OR_RETURN(auto record, FindCompany(context, company));
  if (!record) return personal_data::RecipientDetails();
  return personal_data::RecipientDetails{std::move(record->legal_name), std::move(record->address),
                                         std::move(record->representative)};
}

// A candidate, and what allows the company to have what was consented to.
struct Judged {
  LoadedCandidate loaded;
  std::vector<std::string> clauses;
};

StatusOr<personal_data::StagedRelease> BuildFor(ServiceContext& context,
                                                const CollectRequest& request,
                                                const Judged& judged) {
  const LoadedCandidate& loaded = judged.loaded;
  NOREN_ASSIGN_OR_RETURN(const auto invitation,
                         LoadInvitation(context, loaded.person, loaded.record.invitation));
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, loaded.person));
  // Of these, the ones that the consent names.
  NOREN_ASSIGN_OR_RETURN(const auto recipients, RecipientsOf(context, loaded.record.company));
  const personal_data::ConsentScope scope{loaded.person.context(), context.keys, context.time.Now(),
                                          context.random};
  NOREN_ASSIGN_OR_RETURN(const auto details, DetailsOf(context, loaded.record.company));
  return personal_data::BuildRelease(
      scope, {loaded.consent, invitation, items, recipients, request.candidate, request.order_key,
              request.reason, judged.clauses, request.reason_code, details,
              AccessEndOf(context, scope.time)});
}

StatusOr<Attempt> StageCollection(ServiceContext& context, const Call& call,
                                  const CollectRequest& request, const Judged& judged,
                                  personal_data::ReleaseRecord& record) {
  const LoadedCandidate& loaded = judged.loaded;
  const Hash256 token = context.pseudonyms.OrderToken(loaded.record.consent, request.order_key);
  const std::string key = person_keyspaces::ReleaseKey(loaded.record.consent, token);
  NOREN_ASSIGN_OR_RETURN(auto before, FindRelease(context, loaded, key));
  personal_data::Staged staged, stays;
  NOREN_RETURN_IF_ERROR(RequireStays(context, loaded, stays));
  std::optional<ReleaseAccess> access;
  if (before) {
    record = std::move(*before);
    NOREN_ASSIGN_OR_RETURN(access, FindAccess(context, record.release));
    NOREN_RETURN_IF_ERROR(CheckAccess(access, context.time.Now()));
    NOREN_RETURN_IF_ERROR(personal_data::CheckReason(request.reason_code, request.reason));
  } else {
    NOREN_ASSIGN_OR_RETURN(personal_data::StagedRelease built, BuildFor(context, request, judged));
    record = std::move(built.record);
    staged = std::move(built.staged);
    const std::string address_key = keyspaces::ReleaseOfKey(call.principal.name, record.release);
    NOREN_ASSIGN_OR_RETURN(Bytes address,
                           EncodeAddress(context, address_key, {request.candidate, token}));
    staged.Put(address_key, std::move(address));
    StageAccess(context, loaded, record.release, record.released_at, staged);
  }
  auto disclosure = DisclosureOf(call, loaded, audit::Operation::kCollectRelease, kFormDocuments,
                                 context.time.Now());
  disclosure.reason = personal_data::ReasonText(request.reason_code, request.reason);
  for (const personal_data::ReleasedItem& item : record.items)
    disclosure.items.push_back(item.item);
  Attempt attempt =
      StartAttempt(context, call, loaded, audit::Operation::kCollectRelease, std::move(disclosure));
  attempt.change.staged.Append(std::move(staged));
  attempt.change.staged.Append(std::move(stays));
  EndBefore(access, attempt.change);
  attempt.change.entry.clause_ids = judged.clauses;
  attempt.answer = {key};
  return attempt;
}

}  // namespace

StatusOr<CollectedRelease> CollectRelease(ServiceContext& context, const Call& call,
                                          const CollectRequest& request) {
  if (call.principal.role == model::Role::kHandler) return RefuseHandlersRelease(context, call);
  NOREN_RETURN_IF_ERROR(RequireRoleAlsoAfterLeaving(context, call, {model::Role::kCompany}));
  RecordWriter encoded;
  encoded.Raw(request.candidate.bytes()).Field(request.order_key).Field(request.reason);
  encoded.U8(static_cast<std::uint8_t>(request.reason_code));
  const auto identity =
      IdentifyRequest(request.idempotency_key, "collect_release", encoded.bytes());
  // Judged at every call, a repeated one included: an old answer is no way around a withdrawal.
  const auto judge = [&]() -> StatusOr<Judged> {
    Judged judged;
    personal_data::Staged looked_at;
    NOREN_RETURN_IF_ERROR(
        RequireCompanyStays(context, call.principal.name, std::nullopt, looked_at));
    NOREN_ASSIGN_OR_RETURN(judged.loaded,
                           LoadCandidate(context, call.principal.name, request.candidate));
    NOREN_RETURN_IF_ERROR(RequireStays(context, judged.loaded, looked_at));
    NOREN_RETURN_IF_ERROR(CheckNow(context, judged.loaded));
    NOREN_ASSIGN_OR_RETURN(policy::Decision stated, JudgeRelease(context, judged.loaded));
    NOREN_RETURN_IF_ERROR(policy::ToStatus(stated));
    judged.clauses = std::move(stated.clauses);
    return judged;
  };
  const StatusOr<Judged> first = judge();
  if (!first.ok()) return RefuseCollecting(context, call, request.candidate, first.status());
  personal_data::ReleaseRecord record;
  StatusOr<RunResult> run = RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const Judged judged, judge());
    StatusOr<Attempt> attempt = StageCollection(context, call, request, judged, record);
    // A withdrawal in between has the items encrypted anew: then that is the reason.
    if (!attempt.ok()) NOREN_RETURN_IF_ERROR(judge().status());
    return attempt;
  });
  if (!run.ok()) return RefuseCollecting(context, call, request.candidate, run.status());
  if (run->repeated) {
    NOREN_ASSIGN_OR_RETURN(auto stored, FindRelease(context, first->loaded, run->answer.at(0)));
    if (!stored) return MakeError(ErrorCode::kConsentWithdrawn);
    record = std::move(*stored);
    const Status readable = CheckAccessNow(context, record.release);
    if (!readable.ok()) return RefuseCollecting(context, call, request.candidate, readable);
  }
  return CollectedRelease{std::move(record), std::move(run->position)};
}

namespace {

// The first chunk of an item leaves an entry, and a disclosure with the reason it was collected
// for.
Status RecordReading(ServiceContext& context, const Call& call, const LoadedCandidate& loaded,
                     const personal_data::ReleaseRecord& record, const model::ItemId& item) {
  auto disclosure = DisclosureOf(call, loaded, audit::Operation::kReadReleasedItem, kFormDocuments,
                                 context.time.Now());
  disclosure.items.push_back(item);
  NOREN_ASSIGN_OR_RETURN(disclosure.reason, personal_data::ReasonOf(record));
  NOREN_ASSIGN_OR_RETURN(const auto access, FindAccess(context, record.release));
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  personal_data::Staged stays;
                  NOREN_RETURN_IF_ERROR(RequireMayProvide(context, loaded.person, stays));
                  NOREN_RETURN_IF_ERROR(RequireStays(context, loaded, stays));
                  Attempt attempt = StartAttempt(context, call, loaded,
                                                 audit::Operation::kReadReleasedItem, disclosure);
                  attempt.change.staged.Append(std::move(stays));
                  EndBefore(access, attempt.change);
                  return attempt;
                })
      .status();
}

// Consent and access as they are now.
StatusOr<LoadedCandidate> JudgeDelivery(ServiceContext& context, const Call& call,
                                        const model::ReleaseId& release,
                                        const ReleaseAddress& address) {
  NOREN_ASSIGN_OR_RETURN(LoadedCandidate loaded,
                         LoadCandidate(context, call.principal.name, address.candidate));
  personal_data::Staged looked_at;
  NOREN_RETURN_IF_ERROR(RequireStays(context, loaded, looked_at));
  NOREN_RETURN_IF_ERROR(CheckNow(context, loaded));
  NOREN_ASSIGN_OR_RETURN(const policy::Decision stated, JudgeRelease(context, loaded));
  NOREN_RETURN_IF_ERROR(policy::ToStatus(stated));
  NOREN_RETURN_IF_ERROR(CheckAccessNow(context, release));
  return loaded;
}

}  // namespace

StatusOr<Bytes> ReadPayload(ServiceContext& context, const Call& call,
                            const model::ReleaseId& release, const model::ItemId& item,
                            std::uint64_t offset) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  NOREN_ASSIGN_OR_RETURN(const ReleaseAddress address,
                         ReadAddress(context, call.principal.name, release));
  NOREN_ASSIGN_OR_RETURN(const LoadedCandidate loaded,
                         JudgeDelivery(context, call, release, address));
  NOREN_ASSIGN_OR_RETURN(
      const auto record,
      FindRelease(context, loaded,
                  person_keyspaces::ReleaseKey(loaded.record.consent, address.order_token)));
  if (!record) return MakeError(ErrorCode::kNotFound);
  const auto found =
      std::find_if(record->items.begin(), record->items.end(),
                   [&item](const personal_data::ReleasedItem& one) { return one.item == item; });
  if (found == record->items.end()) return MakeError(ErrorCode::kNotFound);
  if (offset == 0) NOREN_RETURN_IF_ERROR(RecordReading(context, call, loaded, *record, item));
  StatusOr<Bytes> chunk =
      context.blobs.ReadAt(found->payload_sha256, offset, kMaxPayloadChunkBytes);
  // Once more, now that the bytes are here: nothing leaves of what was withdrawn while they came.
  NOREN_RETURN_IF_ERROR(JudgeDelivery(context, call, release, address).status());
  return chunk;
}

}  // namespace noren::operations
