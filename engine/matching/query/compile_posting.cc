// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/compile_posting.h"

#include "engine/matching/scoring/score.h"

namespace noren::matching {

void Compile(const PostingRow&, const SeekerIndex::View&, std::optional<model::Currency>,
             CompiledQuery& compiled) {
  compiled.Clear();
  compiled.by_rows = true;
  compiled.most = kMaxScore;
}

}  // namespace noren::matching
