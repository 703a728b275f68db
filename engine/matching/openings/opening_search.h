// One query over one version: blocks in the order of their bounds, postings in the order of theirs,
// until what is left scores strictly less than the k-th best. Equal scores are always verified, for
// the tie rule decides among them.
// Source:   docs/design/0005-openings.md
// Threads:  pure function; `ties` as in ranking.h
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/openings/opening_index.h"
#include "engine/matching/openings/opening_tree.h"

namespace noren::matching {

OpeningAnswer SearchOpenings(const OpeningVersion& version, const SeekerRow& seeker,
                             const OpeningQuery& query, const TieRule& ties);

}  // namespace noren::matching
