// Adds to a posting the skills that stand near the ones it asks for.
// Source:   docs/formats/ranking.md, docs/design/0003-relatedness.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/matching/relatedness/relatedness_model.h"
#include "engine/matching/rows.h"

namespace noren::matching {

// What a related skill counts instead of the asked one: closeness x ShareAmongNear(asked), in
// thousandths. The closeness alone would count a near skill as if nearly everybody who has it had
// the asked one too, and ranks worse than no related skills at all (docs/design/0003).
struct ExpansionOptions {
  std::size_t max_per_skill = 5;     // related skills per asked skill
  std::int32_t min_closeness = 400;  // 1..kFullCloseness
  std::int32_t min_credit = 20;      // 1..kFullCloseness
};

// Replaces posting.related_skills: for each asked skill, required ones first, the nearest tokens
// that reach both thresholds, with the credit as RelatedSkill::closeness. A token that the posting
// asks for itself is left out and does not count towards the number. By asked skill, nearer first.
//   cost     one pass over the int8 vectors (tokens x dimension bytes) per asked skill
void ExpandPosting(PostingRow& posting, const RelatednessModel& model,
                   const ExpansionOptions& options = {});

}  // namespace noren::matching
