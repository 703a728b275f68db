// Blind enrolment: the portal's calls and the officer's.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/authorize.h"
#include "server/services/enrolment_codec.h"
#include "server/services/officer_service.h"
#include "server/services/portal_service.h"
#include "server/services/wire_codec.h"

namespace noren::server {

using operations::Call;

void PortalService::enrolment_keys(std::vector<wire::EnrolmentKey>& answer) {
  calls_.Run("portal.enrolment_keys", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto keys,
                           operations::ListEnrolmentKeys(calls_.operations(), call));
    for (const auto& key : keys) answer.push_back(ToWire(key));
    return OkStatus();
  });
}

void PortalService::evaluate(wire::EvaluateAnswer& answer, const wire::EvaluateRequest& request) {
  calls_.Run("portal.evaluate", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(
        const auto evaluated,
        operations::EvaluateElements(calls_.operations(), call,
                                     {request.idempotency.key, ToBytes(request.elements)}));
    for (const auto& evaluation : evaluated.evaluations) {
      answer.evaluations.push_back(ToWire(evaluation));
    }
    answer.audit = ToWire(evaluated.position);
    return OkStatus();
  });
}

void OfficerService::enrolment_key_versions(std::vector<wire::EnrolmentKey>& answer) {
  calls_.Run("officer.enrolment_key_versions", [&](const Call& call) -> noren::Status {
    NOREN_RETURN_IF_ERROR(
        operations::RequireRole(calls_.operations(), call, {model::Role::kOfficer}));
    NOREN_ASSIGN_OR_RETURN(const auto keys,
                           operations::ListEnrolmentKeys(calls_.operations(), call));
    for (const auto& key : keys) answer.push_back(ToWire(key));
    return OkStatus();
  });
}

void OfficerService::rotate_enrolment_key(wire::RotateAnswer& answer,
                                          const wire::Idempotency& idempotency) {
  calls_.Run("officer.rotate_enrolment_key", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto rotated, operations::RotateEnrolmentKey(
                                                   calls_.operations(), call, idempotency.key));
    answer.version = static_cast<std::int32_t>(rotated.version);
    answer.audit = ToWire(rotated.position);
    return OkStatus();
  });
}

void OfficerService::retire_enrolment_key(wire::AuditPosition& answer,
                                          const wire::Idempotency& idempotency,
                                          const std::int32_t version) {
  calls_.Run("officer.retire_enrolment_key", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t number, CountFromWire(version, "version"));
    NOREN_ASSIGN_OR_RETURN(const auto position, operations::RetireEnrolmentKey(
                                                    calls_.operations(), call, idempotency.key,
                                                    static_cast<std::uint32_t>(number)));
    answer = ToWire(position);
    return OkStatus();
  });
}

void OfficerService::list_reviews(wire::ReviewPage& answer, const wire::PageRequest& page,
                                  const bool open_only) {
  calls_.Run("officer.list_reviews", [&](const Call& call) -> noren::Status {
    const Listing listing = calls_.ListingOf("officer.list_reviews", open_only ? "open" : "all");
    operations::ReviewQuery query;
    query.open_only = open_only;
    NOREN_ASSIGN_OR_RETURN(query.limit, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    if (!position.mark.empty()) {
      NOREN_ASSIGN_OR_RETURN(query.after, ParseId<model::ReviewId>(position.mark, "page.cursor"));
    }
    NOREN_ASSIGN_OR_RETURN(const auto found,
                           operations::ListReviews(calls_.operations(), call, query));
    for (const auto& view : found.reviews) answer.reviews.push_back(ToWire(view));
    if (found.next)
      answer.next_cursor = calls_.cursors().Seal(listing, {0, found.next->ToString()});
    return OkStatus();
  });
}

void OfficerService::decide_review(wire::AuditPosition& answer,
                                   const wire::Idempotency& idempotency, const std::string& review,
                                   const std::string& decision) {
  calls_.Run("officer.decide_review", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::ReviewId>(review, "review"));
    NOREN_ASSIGN_OR_RETURN(const auto what, DecisionFromWire(decision));
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::DecideReview(calls_.operations(), call, idempotency.key, id, what));
    answer = ToWire(position);
    return OkStatus();
  });
}

}  // namespace noren::server
