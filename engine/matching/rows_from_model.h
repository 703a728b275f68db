// From coded profiles and postings to rows of keyed tokens. The keyed hash is somebody else's
// (TokenSource): this side has no key, and cannot go back from a token to a code.
// Source:   docs/formats/ranking.md, ARCHITECTURE section 5
// Threads:  pure functions over a thread-safe TokenSource.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/status.h"
#include "engine/matching/rows.h"
#include "engine/model/codes.h"
#include "engine/model/posting.h"
#include "engine/model/profile.h"

namespace noren::matching {

// Implemented in operations over personal_data::Pseudonyms::MatchToken (siblings do not import each
// other); codes of different kinds never share a token, and no code has the token 0.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  virtual Token OfOccupation(const model::OccupationCode& code) const = 0;
  virtual Token OfSkill(const model::SkillCode& code) const = 0;
  virtual Token OfRegion(const model::RegionCode& code) const = 0;
  virtual Token OfLicence(const model::LicenceCode& code) const = 0;
  virtual Token OfLanguage(const model::LanguageCode& code) const = 0;
};

//   errors   kInvalidArgument: not a valid profile (posting)
//            kInternal: the token source gave "none"
StatusOr<SeekerRow> RowOf(SeekerRowId id, const model::Profile& profile, const TokenSource& tokens);
StatusOr<PostingRow> RowOf(PostingRowId id, const model::Posting& posting,
                           const TokenSource& tokens);

// A code's token with those of its ancestors.
OccupationPath PathOf(const model::OccupationCode& code, const TokenSource& tokens);
RegionPath PathOf(const model::RegionCode& code, const TokenSource& tokens);

}  // namespace noren::matching
