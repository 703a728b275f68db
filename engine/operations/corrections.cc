// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/corrections.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/operations/events.h"

namespace noren::operations {

Status AddCorrectionEvents(ServiceContext& context, const LoadedPerson& person,
                           std::optional<model::ItemKind> item, Change& change) {
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  std::vector<AddressedEvent> told;
  for (const personal_data::Invitation& invitation : invitations) {
    const auto& kinds = invitation.item_kinds;
    if (item && std::find(kinds.begin(), kinds.end(), *item) == kinds.end()) continue;
    NOREN_ASSIGN_OR_RETURN(const auto consent, LoadConsentOf(context, person, invitation.consent));
    const auto state = personal_data::EffectiveState(consent.version, context.time.Now());
    if (state != personal_data::ConsentState::kGranted) continue;
    Event event;
    event.kind = EventKind::kCorrection;
    event.at = context.time.Now();
    event.subject =
        context.pseudonyms.CandidateRefFor(invitation.company, invitation.posting, person.person)
            .ToString();
    event.posting = invitation.posting;
    event.detail = item ? std::string(model::ItemKindName(*item)) : "profile";
    told.push_back({CompanyNamed(invitation.company), std::move(event)});
  }
  AddEvents(context, change, std::move(told));
  return OkStatus();
}

}  // namespace noren::operations
