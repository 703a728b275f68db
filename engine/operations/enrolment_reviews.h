// The officer's review of people who may be one: a hit is a suspicion, numbers are handed on and
// families share one. The officer sees where both came from and decides.
// Source:   docs/design/0007-blind-enrolment.md (Merge and un-merge)
// Threads:  free functions concurrently
// Why safe: a merge is an entry beside the people's records: acts, items and consents stay with the
//           id they were given under
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/personal_data/review_record.h"

namespace noren::operations {

// Where one of the two came from.
struct ReviewSide {
  std::string portal;
  model::SeekerHandle handle;
  UnixSeconds registered_at;
  bool discoverable = false;
};
struct ReviewView {
  personal_data::ReviewRecord record;
  ReviewSide earlier, later;
};
struct ReviewQuery {
  std::optional<model::ReviewId> after;  // nullopt: from the first
  std::size_t limit = 50;
  bool open_only = true;
};
struct ReviewPage {
  std::vector<ReviewView> reviews;      // in the order of finding
  std::optional<model::ReviewId> next;  // what `after` of the next page is; nullopt: no more
};
// Settles first what waits, as far as one call can.
StatusOr<ReviewPage> ListReviews(ServiceContext& context, const Call& call,
                                 const ReviewQuery& query);

enum class ReviewDecision : std::uint8_t { kMerge, kKeepApart, kUnmerge };
// Merge: from "open" or "apart"; keep apart: from "open"; un-merge: from "merged".
//   errors   kNotFound: no such review, or one of the two is destroyed; kStateConflict
StatusOr<EntryPosition> DecideReview(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key,
                                     const model::ReviewId& review, ReviewDecision decision);

}  // namespace noren::operations
