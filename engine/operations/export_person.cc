// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/export_person.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "engine/audit/export.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/exposures.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/person_export_document.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/rank.h"
#include "engine/operations/record_origin.h"
#include "engine/operations/registration_consent.h"
#include "engine/operations/retention_work.h"
#include "engine/operations/standard_answers.h"
#include "engine/policy/stated/subjects.h"
#include "engine/policy/stated_names.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;

StatusOr<std::vector<ExportedApplication>> LoadApplications(ServiceContext& context,
                                                            const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(auto invitations, LoadInvitations(context, person));
  std::vector<ExportedApplication> applications;
  for (personal_data::Invitation& invitation : invitations) {
    ExportedApplication application;
    const auto loaded = LoadConsentOf(context, person, invitation.consent);
    if (model::CodeOf(loaded.status()) != ErrorCode::kDataCorrupt) {
      NOREN_RETURN_IF_ERROR(loaded.status());
      application.consent = loaded->consent;
      application.state = personal_data::EffectiveState(loaded->version, context.time.Now());
      application.changed_at = loaded->version.changed_at;
    }
    application.candidate =
        context.pseudonyms.CandidateRefFor(invitation.company, invitation.posting, person.person);
    application.invitation = std::move(invitation);
    applications.push_back(std::move(application));
  }
  std::sort(applications.begin(), applications.end(), [](const auto& a, const auto& b) {
    return a.invitation.invited_at != b.invitation.invited_at
               ? a.invitation.invited_at < b.invitation.invited_at
               : a.invitation.invitation < b.invitation.invitation;
  });
  return applications;
}

// The entries about the person, as the person may open them.
StatusOr<std::vector<audit::EntryOpening>> LoadOpenings(ServiceContext& context,
                                                        const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, keyspaces::SubjectOpeningPrefix(person.person)));
  std::vector<audit::EntryOpening> openings;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const storage::OpenedValue opened,
                           storage::OpenValue(person.keys->records,
                                              {keyspaces::kSubjectOpening, item.key}, item.value));
    NOREN_ASSIGN_OR_RETURN(auto opening, audit::DecodeEntryOpening(opened.plaintext));
    openings.push_back(std::move(opening));
  }
  return openings;
}

// A bundle for each act that an entry of the log records.
StatusOr<std::vector<std::string>> ProveActs(
    ServiceContext& context, const LoadedPerson& person,
    const std::vector<personal_data::ActEvidence>& evidence, const audit::LogSigner& signer) {
  std::map<Hash256, const personal_data::ActEvidence*> by_digest;
  for (const personal_data::ActEvidence& act : evidence) {
    by_digest[personal_data::StatementDigest(act.statement)] = &act;
  }
  const audit::LogReader reader(context.store, kEmbeddedPartition);
  const audit::LogState state = context.pipeline.log_state();
  NOREN_ASSIGN_OR_RETURN(const auto openings, LoadOpenings(context, person));
  std::vector<std::string> proofs;
  for (const audit::EntryOpening& opening : openings) {
    const auto index = audit::IndexOfSequence(state, opening.sequence);
    if (!index.ok()) continue;  // of an entry that a restore lost
    NOREN_ASSIGN_OR_RETURN(const auto page, reader.ReadEntries(*index, *index + 1));
    NOREN_ASSIGN_OR_RETURN(const auto entry, audit::DecodeAuditEntry(page.front().entry));
    if (!entry.statement_digest || !by_digest.contains(*entry.statement_digest)) continue;
    const personal_data::ActEvidence& act = *by_digest.at(*entry.statement_digest);
    const auto& key = person.record.person_key;
    NOREN_ASSIGN_OR_RETURN(
        std::string proof,
        audit::ExportProofBundle(
            reader, signer,
            {act.statement, key && !act.signature.empty() ? ToBytes(*key) : Bytes(), act.signature},
            opening));
    proofs.push_back(std::move(proof));
  }
  return proofs;
}

// The purposes of such people's data, by their printed names.
std::vector<std::string> PurposesOf(const policy::Policy& policy, std::string_view subject) {
  std::vector<std::string> names;
  const policy::Entry* kind =
      policy.statement == nullptr ? nullptr : policy::SubjectOf(*policy.statement, subject);
  if (kind == nullptr) return names;
  for (const policy::Entry* purpose : policy::All(policy, "purpose")) {
    if (policy::IsAbout(*purpose, *kind)) names.emplace_back(purpose->Title());
  }
  return names;
}

// By the version that was in force when they agreed, whatever is in force now.
Status TakeAgreement(ServiceContext& context, const LoadedPerson& person, ExportParts& parts) {
  const auto version = AgreedVersion(context, person);
  if (model::CodeOf(version.status()) == model::ErrorCode::kDataCorrupt) return OkStatus();
  NOREN_RETURN_IF_ERROR(version.status());
  parts.agreed_version = (*version)->VersionText();
  parts.agreed_purposes = PurposesOf(**version, person.record.stated.subject);
  NOREN_ASSIGN_OR_RETURN(parts.registration_consent, FindRegistrationConsent(context, person));
  return OkStatus();
}

// Of what the person applied to and has not withdrawn.
std::vector<ExportedScore> ScoresOf(ServiceContext& context, const LoadedPerson& person,
                                    const std::vector<ExportedApplication>& applications) {
  std::vector<ExportedScore> scores;
  for (const ExportedApplication& application : applications) {
    if (application.state != personal_data::ConsentState::kGranted) continue;
    const model::PostingId& posting = application.invitation.posting;
    const auto explained = ExplainNow(context, posting, person.person);
    if (explained) scores.push_back({posting, explained->qualifies, explained->score.score});
  }
  return scores;
}

StatusOr<ExportParts> LoadParts(ServiceContext& context, const LoadedPerson& person) {
  ExportParts parts;
  parts.at = context.time.Now();
  parts.record = person.record;
  NOREN_ASSIGN_OR_RETURN(parts.items, LoadItems(context, person));
  NOREN_ASSIGN_OR_RETURN(parts.applications, LoadApplications(context, person));
  NOREN_ASSIGN_OR_RETURN(parts.exposures, LoadExposures(context, person));
  NOREN_ASSIGN_OR_RETURN(parts.provisions,
                         LoadProvisions(context, person, model::Language::kEnglish));
  NOREN_ASSIGN_OR_RETURN(parts.hand_overs, LoadHandOvers(context, person));
  NOREN_ASSIGN_OR_RETURN(const auto origin, FindOrigin(context, person));
  if (origin) parts.acquired_by = origin->member;
  NOREN_ASSIGN_OR_RETURN(parts.decisions, LoadDecisions(context, person));
  NOREN_ASSIGN_OR_RETURN(parts.contacts, ContactsOf(context, person));
  NOREN_ASSIGN_OR_RETURN(const LoadedNotes notes, LoadNotes(context, person));
  parts.keeping = notes.notes;
  NOREN_RETURN_IF_ERROR(TakeAgreement(context, person, parts));
  parts.scores = ScoresOf(context, person, parts.applications);
  return parts;
}

}  // namespace

StatusOr<model::JsonValue> WholeExport(ServiceContext& context, const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const ExportParts parts, LoadParts(context, person));
  return ExportToJson(parts);
}

StatusOr<PersonExport> ExportOwnRecord(ServiceContext& context, const Call& call,
                                       const PersonAct& act, const audit::LogSigner& signer) {
  std::optional<AdmittedAct> reader;
  const auto recorded = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(reader, AdmitAct(context, call, act, personal_data::ActKind::kRead));
    NOREN_RETURN_IF_ERROR(RequireNotReferred(context, reader->person));
    return StartActAttempt(call, *reader, audit::Operation::kExportOwnRecord);
  });
  NOREN_RETURN_IF_ERROR(recorded.status());
  const LoadedPerson& person = reader->person;
  NOREN_ASSIGN_OR_RETURN(ExportParts parts, LoadParts(context, person));
  NOREN_ASSIGN_OR_RETURN(parts.withheld, LoadWithheld(context, person));
  PersonExport exported;
  exported.language = person.record.language;
  NOREN_ASSIGN_OR_RETURN(exported.document, WriteExportDocument(parts));
  NOREN_ASSIGN_OR_RETURN(exported.note, signer.SignExport(kExportFormat, exported.document));
  NOREN_ASSIGN_OR_RETURN(exported.proofs,
                         ProveActs(context, person, EvidenceOf(parts.applications), signer));
  return exported;
}

}  // namespace noren::operations
