// Licences: those a posting prefers; the required ones are conditions, met by everybody who is
// ranked.
// Source:   docs/formats/ranking.md, section Score
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/scoring/feature_rule.h"

namespace noren::matching {

// Weight of the preferred licences held, of the weight of all preferred.
BothFits LicencesFits(const PreparedPosting& posting, const SeekerRow& seeker);
bool PostingAsksLicences(const PostingRow& posting);
std::int32_t LicencesBoundForPosting(const PostingRow& posting);

}  // namespace noren::matching
