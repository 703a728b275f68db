// SPDX-License-Identifier: Apache-2.0
#include "server/services/enrolment_codec.h"

#include <algorithm>
#include <string>

#include "server/services/wire_codec.h"

namespace noren::server {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

StatusOr<operations::SubjectId> SubjectIdFromWire(const wire::SubjectId& id) {
  operations::SubjectId parsed;
  if (id.version < 1 || id.id.size() != parsed.id.size()) {
    return MakeFieldError(ErrorCode::kBadRequest, "identifiers", "a version and 64 bytes");
  }
  parsed.version = static_cast<std::uint32_t>(id.version);
  const ByteSpan bytes = AsBytes(id.id);
  std::copy(bytes.begin(), bytes.end(), parsed.id.begin());
  return parsed;
}

wire::ReviewSide SideToWire(const operations::ReviewSide& side) {
  wire::ReviewSide row;
  row.portal = side.portal;
  row.handle = side.handle.ToString();
  row.registered_at = side.registered_at.value;
  row.discoverable = side.discoverable;
  return row;
}

}  // namespace

StatusOr<std::vector<operations::SubjectIdentifier>> IdentifiersFromWire(
    const std::vector<wire::SubjectIdentifier>& identifiers) {
  std::vector<operations::SubjectIdentifier> parsed;
  for (const wire::SubjectIdentifier& identifier : identifiers) {
    operations::SubjectIdentifier& ids = parsed.emplace_back();
    for (const wire::SubjectId& id : identifier.ids) {
      NOREN_ASSIGN_OR_RETURN(const operations::SubjectId one, SubjectIdFromWire(id));
      ids.push_back(one);
    }
  }
  return parsed;
}

StatusOr<operations::ReviewDecision> DecisionFromWire(std::string_view decision) {
  if (decision == "merge") return operations::ReviewDecision::kMerge;
  if (decision == "keep_apart") return operations::ReviewDecision::kKeepApart;
  if (decision == "unmerge") return operations::ReviewDecision::kUnmerge;
  return MakeFieldError(ErrorCode::kBadRequest, "decision", "merge, keep_apart or unmerge");
}

wire::EnrolmentKey ToWire(const operations::PublicEnrolmentKey& key) {
  wire::EnrolmentKey row;
  row.version = static_cast<std::int32_t>(key.version);
  row.public_key = BytesToWire(key.public_key);
  row.state = key.state;
  row.made_at = key.made_at.value;
  row.retired_at = key.retired_at.value;
  return row;
}

wire::Evaluation ToWire(const operations::Evaluation& evaluation) {
  wire::Evaluation row;
  row.version = static_cast<std::int32_t>(evaluation.version);
  row.elements.reserve(evaluation.proven.elements.size() * oprf::kElementSizeBytes);
  for (const oprf::Element& element : evaluation.proven.elements) {
    row.elements.append(AsText(element));
  }
  row.proof = BytesToWire(evaluation.proven.proof);
  return row;
}

wire::EnrolmentReview ToWire(const operations::ReviewView& view) {
  wire::EnrolmentReview row;
  row.review = view.record.review.ToString();
  row.state = std::string(personal_data::ReviewStateName(view.record.state));
  row.found_at = view.record.found_at.value;
  row.decided_at = view.record.decided_at.value;
  row.earlier = SideToWire(view.earlier);
  row.later = SideToWire(view.later);
  return row;
}

}  // namespace noren::server
