// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/stated_gate.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/notice_changes.h"
#include "engine/operations/policy_versions.h"
#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/consent_facts.h"
#include "engine/policy/stated/provision.h"

namespace noren::operations {

static_assert(policy::kMaxDecisionClauses == audit::kMaxClauses);

Status RequireStated(ServiceContext& context, const Call& call, const AskedOf& asked,
                     const policy::Decision& decision) {
  if (decision.allowed) return OkStatus();
  const auto recorded = Record(context, [&]() -> StatusOr<Attempt> {
    Attempt attempt;
    attempt.change.entry.operation = asked.operation;
    attempt.change.entry.principal = call.principal;
    attempt.change.entry.object = asked.object;
    attempt.change.entry.decision = audit::Decision::kRefused;
    attempt.change.entry.outcome = decision.error;
    attempt.change.entry.clause_ids = decision.clauses;
    if (asked.person != nullptr) {
      attempt.change.entry.subject = asked.person->person.ToString();
      attempt.subject = asked.person->person;
      attempt.subject_keys = asked.person->keys;
    }
    return attempt;
  });
  NOREN_RETURN_IF_ERROR(recorded.status());
  return policy::ToStatus(decision);
}

std::vector<std::string> JoinClauses(std::vector<std::string> first,
                                     const std::vector<std::string>& second) {
  for (const std::string& clause : second) {
    if (first.size() == audit::kMaxClauses) break;
    if (std::find(first.begin(), first.end(), clause) == first.end()) first.push_back(clause);
  }
  return first;
}

namespace {

policy::ReleaseTerms TermsOf(ServiceContext& context, const LoadedPerson& person,
                             const personal_data::Invitation& invitation) {
  return {invitation.purpose, invitation.item_kinds, KindNameToday(context, person),
          invitation.retention_days};
}

// Nothing changed in the file, or nothing that concerns this invitation.
policy::Decision JudgeVersion(ServiceContext& context, const LoadedPerson& person,
                              const personal_data::Invitation& invitation,
                              policy::Decision otherwise) {
  if (!otherwise.allowed || invitation.policy_version == context.policy.VersionText()) {
    return otherwise;
  }
  policy::Decision covers = policy::StillCovers(
      context.policy, TermsOf(context, person, invitation), invitation.stated_facts);
  return covers.allowed ? std::move(otherwise) : std::move(covers);
}

}  // namespace

policy::Decision JudgeInvitation(ServiceContext& context, const LoadedPerson& person,
                                 const personal_data::Invitation& invitation) {
  return JudgeVersion(context, person, invitation,
                      policy::MayAskFor(context.policy, TermsOf(context, person, invitation)));
}

StatusOr<policy::Decision> JudgeRelease(ServiceContext& context, const LoadedCandidate& loaded) {
  NOREN_ASSIGN_OR_RETURN(const auto invitation,
                         LoadInvitation(context, loaded.person, loaded.record.invitation));
  const personal_data::ReleaseConsent& consent = loaded.consent.consent;
  policy::ConsentEvidence evidence;
  evidence.recorded = consent.terms.has_value();
  evidence.text_shown = consent.terms && consent.terms->notice_sha256 == invitation.notice_sha256;
  evidence.before_release = consent.answered_at <= context.time.Now();
  evidence.same_company =
      consent.company == loaded.record.company && consent.posting == loaded.record.posting;
  policy::Decision provided = JudgeVersion(
      context, loaded.person, invitation,
      policy::MayProvide(context.policy, TermsOf(context, loaded.person, invitation), evidence));
  if (!provided.allowed) return provided;
  NOREN_ASSIGN_OR_RETURN(policy::Decision confirmed, JudgeConfirmed(context, loaded.person));
  return confirmed.allowed ? std::move(provided) : std::move(confirmed);
}

}  // namespace noren::operations
