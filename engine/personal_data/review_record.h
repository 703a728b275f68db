// Records of the officer's review: two people who may be one, and one person id that points at
// another.
// Source:   docs/formats/enrolment.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/personal_data/keyring.h"
#include "engine/personal_data/purpose_keys.h"

namespace noren::personal_data {

struct MergeEntry {
  model::PersonId person;  // points at
  model::PersonId into;
  bool operator==(const MergeEntry&) const = default;
};

struct ReviewRecord {
  enum class State : std::uint8_t { kOpen = 1, kMerged = 2, kApart = 3 };
  model::ReviewId review;
  model::PersonId earlier;  // who stood under the token before
  model::PersonId later;
  State state = State::kOpen;
  UnixSeconds found_at;
  UnixSeconds decided_at;  // 0 while it is open
  MergeEntry merge;        // what the decision made; none unless merged, or nothing was to be made
};
std::string_view ReviewStateName(ReviewRecord::State state);  // "open", "merged", "apart"

// Ids rise with time, so that a listing is in the order of finding.
model::ReviewId MakeReviewId(UnixSeconds found_at, Random& random);

// The outer part names the earlier person, whose key opens the rest.
StatusOr<Bytes> EncodeReview(const ReviewRecord& review, const PersonKeys& earlier,
                             const PurposeKeys& keys, Random& random);
StatusOr<model::PersonId> EarlierOf(const model::ReviewId& review, ByteSpan stored,
                                    const PurposeKeys& keys);
StatusOr<ReviewRecord> DecodeReview(const model::ReviewId& review, ByteSpan stored,
                                    const PersonKeys& earlier, const PurposeKeys& keys);

// Under the person's own key: which review the person is in.
StatusOr<Bytes> EncodeReviewOf(std::string_view store_key, const model::ReviewId& review,
                               const PersonKeys& person, Random& random);
StatusOr<model::ReviewId> DecodeReviewOf(std::string_view store_key, ByteSpan stored,
                                         const PersonKeys& person);

// Under the key of the person that points.
StatusOr<Bytes> EncodeMerge(const MergeEntry& merge, const PersonKeys& person, Random& random);
StatusOr<MergeEntry> DecodeMerge(const model::PersonId& person, ByteSpan stored,
                                 const PersonKeys& person_keys);

}  // namespace noren::personal_data
