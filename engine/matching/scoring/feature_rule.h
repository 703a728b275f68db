// What a feature is: who asks for it, how well a pair fits, and the most that any pair can. One
// file per feature defines these; the table in features.h lists them.
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/matching/prepared.h"
#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// Both sides' fits of one feature: what they compare is the same, so it is looked up once. What a
// side does not ask for is not asked.
struct BothFits {
  Fit posting;  // how well the person answers the posting
  Fit person;   // how well the posting answers the person
};

struct FeatureRule {
  std::string_view name;
  bool (*posting_asks)(const PostingRow&) = nullptr;  // null: never
  bool (*person_asks)(const SeekerRow&) = nullptr;
  BothFits (*fits)(const PreparedPosting&, const SeekerRow&) = nullptr;
  // No answer to this row fits better. 0 when it does not ask; null: never asks.
  std::int32_t (*posting_bound)(const PostingRow&) = nullptr;
  std::int32_t (*person_bound)(const SeekerRow&) = nullptr;
};

// The bound of most features: some answer fits in full.
inline std::int32_t FullIf(bool asked) { return asked ? kFullFit : 0; }

}  // namespace noren::matching
