// Blind enrolment between the wire and the operations. Lengths are checked here; what the bytes
// encode is checked where they are used.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "engine/operations/enrol_contact.h"
#include "engine/operations/enrolment_keys.h"
#include "engine/operations/enrolment_reviews.h"
#include "engine/operations/evaluate_elements.h"
#include "gen-cpp/officer_types.h"
#include "gen-cpp/portal_types.h"

namespace noren::server {

//   errors   kBadRequest: an id of another length than 64 bytes, a version below 1
StatusOr<std::vector<operations::SubjectIdentifier>> IdentifiersFromWire(
    const std::vector<wire::SubjectIdentifier>& identifiers);
//   errors   kBadRequest: none of "merge", "keep_apart", "unmerge"
StatusOr<operations::ReviewDecision> DecisionFromWire(std::string_view decision);

wire::EnrolmentKey ToWire(const operations::PublicEnrolmentKey& key);
wire::Evaluation ToWire(const operations::Evaluation& evaluation);
wire::EnrolmentReview ToWire(const operations::ReviewView& view);

}  // namespace noren::server
