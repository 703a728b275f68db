// Licences: those a posting prefers; the required ones are conditions, met by everybody who is
// ranked.
// Source:   docs/formats/ranking.md, table 2
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/rows.h"
#include "engine/matching/scoring/fit.h"

namespace noren::matching {

// Weight of the preferred licences held, of the weight of all preferred.
Fit LicencesFitForPosting(const PostingRow& posting, const SeekerRow& seeker);

}  // namespace noren::matching
