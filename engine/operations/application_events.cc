// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/application_events.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "engine/operations/duties.h"
#include "engine/operations/events.h"

namespace noren::operations {

void AddAnswerEvents(ServiceContext& context, const LoadedPerson& person,
                     const personal_data::Invitation& invitation, const Told& told,
                     Change& change) {
  Event event;
  event.kind = EventKind::kAnswer;
  event.at = context.time.Now();
  event.subject = person.record.address.handle.ToString();
  event.posting = invitation.posting;
  event.object = invitation.consent.ToString();
  event.detail = std::string(told.detail);
  std::vector<AddressedEvent> events = {{PortalOf(person), event}};
  if (!told.candidate.is_none()) {
    event.subject = told.candidate.ToString();
    event.object.clear();  // consents are between the person and the portal
    events.push_back({CompanyNamed(invitation.company), event});
  }
  AddEvents(context, change, std::move(events));
}

Status StageEndOfApplication(ServiceContext& context, const LoadedPerson& person,
                             const personal_data::ReleaseConsent& consent, bool released,
                             Change& change) {
  Event event;
  event.kind = EventKind::kWithdrawal;
  event.at = consent.withdrawn_at;
  event.subject = person.record.address.handle.ToString();
  event.posting = consent.posting;
  event.object = consent.consent.ToString();
  std::vector<AddressedEvent> told = {{PortalOf(person), std::move(event)}};
  if (consent.terms) {
    const model::CandidateRef candidate =
        context.pseudonyms.CandidateRefFor(consent.company, consent.posting, person.person);
    NOREN_ASSIGN_OR_RETURN(
        StagedDuty duty,
        StageDutyOfEnd(context, {consent.company, candidate, consent.posting, consent.consent,
                                 DutyCause::kWithdrawal, released}));
    change.staged.Append(std::move(duty.staged));
    std::move(duty.told.begin(), duty.told.end(), std::back_inserter(told));
  }
  AddEvents(context, change, std::move(told));
  return OkStatus();
}

}  // namespace noren::operations
