// A posting's two-sided score as bounds. A feature that is not known here counts as its full share:
// a new one costs speed until it is bounded, never an answer.
// Source:   docs/formats/ranking.md
// Threads:  pure function.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "engine/matching/query/compiled_query.h"
#include "engine/matching/rows.h"

namespace noren::matching {

void Compile(const PostingRow& posting, const SeekerIndex::View& view,
             std::optional<model::Currency> currency, CompiledQuery& compiled);

}  // namespace noren::matching
