// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/correct_item.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/events.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/narrowing.h"
#include "engine/operations/rights_work.h"
#include "engine/operations/scan.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using personal_data::ConsentItem;

bool IsStillToBeDone(const RightHead& head, const model::ItemId& item) {
  const RightOutcome outcome = head.decision.outcome;
  const bool is_accepted = outcome == RightOutcome::kAccepted || outcome == RightOutcome::kPartly;
  const bool names = head.items.empty() || std::ranges::find(head.items, item) != head.items.end();
  return head.right == model::Right::kCorrect && head.state == RightState::kDecided &&
         head.acted_at == UnixSeconds{} && is_accepted && names;
}

bool IsGrantOf(const personal_data::LoadedConsent& loaded, const model::ItemId& item) {
  if (loaded.version.state != personal_data::ConsentState::kGranted || !loaded.consent.terms)
    return false;
  const std::vector<ConsentItem>& named = loaded.consent.terms->items;
  return std::ranges::find(named, item, &ConsentItem::item) != named.end();
}

std::vector<AddressedEvent> EventsOf(ServiceContext& context, const LoadedPerson& person,
                                     const personal_data::ReleaseConsent& consent,
                                     model::ItemKind kind) {
  Event event;
  event.kind = EventKind::kCorrection;
  event.at = context.time.Now();
  event.posting = consent.posting;
  event.detail = std::string(model::ItemKindName(kind));
  Event of_person = event;
  event.subject =
      context.pseudonyms.CandidateRefFor(consent.company, consent.posting, person.person)
          .ToString();
  of_person.subject = person.record.address.handle.ToString();
  of_person.object = consent.consent.ToString();
  return {{CompanyNamed(consent.company), std::move(event)},
          {PortalOf(person), std::move(of_person)}};
}

// The journal has it as a withdrawal: after a restore the grant does not come back, and neither
// does the version of the item that would need another one.
StatusOr<Attempt> StageEndOfGrant(ServiceContext& context, const Call& call,
                                  const LoadedPerson& person, const model::ConsentId& consent,
                                  const personal_data::ItemRecord& item) {
  NOREN_ASSIGN_OR_RETURN(const auto loaded, LoadConsentOf(context, person, consent));
  if (!IsGrantOf(loaded, item.item)) return model::MakeError(ErrorCode::kRetryLater, "consent");
  NOREN_ASSIGN_OR_RETURN(personal_data::StagedConsent ended,
                         personal_data::StageSupersession(ConsentScopeOf(context, person), loaded));
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kSupersedeConsent;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = person.person.ToString();
  attempt.change.entry.object = consent.ToString();
  attempt.change.narrowing = MakeNarrowingAct(storage::NarrowingKind::kWithdrawal,
                                              {person.person, consent, context.time.Now()});
  AddEvents(context, attempt.change, EventsOf(context, person, ended.consent, item.kind));
  attempt.change.staged = std::move(ended.staged);
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  return attempt;
}

}  // namespace

Status RequireAcceptedCorrection(ServiceContext& context, const LoadedPerson& person,
                                 const model::ItemId& item) {
  NOREN_ASSIGN_OR_RETURN(const auto requests, RequestsOf(context, person));
  for (const model::RequestId& id : requests) {
    NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, id));
    if (loaded.head.person == person.person && IsStillToBeDone(loaded.head, item))
      return OkStatus();
  }
  return model::MakeFieldError(ErrorCode::kStateConflict, "replaces",
                               "no correction of it is accepted");
}

Status SupersedeGrants(ServiceContext& context, const Call& call, const LoadedPerson& person,
                       const personal_data::ItemRecord& item) {
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (const personal_data::Invitation& invitation : invitations) {
    NOREN_ASSIGN_OR_RETURN(const auto loaded, LoadConsentOf(context, person, invitation.consent));
    if (!IsGrantOf(loaded, item.item)) continue;
    NOREN_RETURN_IF_ERROR(Record(context, [&] {
                            return StageEndOfGrant(context, call, person, invitation.consent, item);
                          }).status());
  }
  return OkStatus();
}

}  // namespace noren::operations
