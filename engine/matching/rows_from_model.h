// From coded profiles and postings to rows of keyed tokens. The keyed hash is somebody else's
// (TokenSource): this side has no key, and cannot go back from a token to a code.
// Source:   docs/formats/ranking.md, ARCHITECTURE section 5
// Threads:  pure functions over a thread-safe TokenSource.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "crypto/base/status.h"
#include "engine/matching/rows.h"
#include "engine/matching/scoring/region_distance.h"
#include "engine/model/codes.h"
#include "engine/model/dictionary.h"
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

// The operator's say about weights: what counts where a posting or a person says nothing, and the
// most that anybody may give a feature. The same for both sides.
struct WeightRules {
  Weights defaults = EngineDefaults();
  Weights caps = AllAt(kMaxWeight);

  // 5 for every feature, and 0 for recency: how old a profile is says little about a person.
  static Weights EngineDefaults();
  static Weights AllAt(std::uint8_t weight);
};

// Adds to a posting's row what only the ranking side knows: near regions, related skills.
using PostingExpander = std::function<void(PostingRow&)>;

//   errors   kInvalidArgument: not a valid profile (posting)
//            kInternal: the token source gave "none"
StatusOr<SeekerRow> RowOf(SeekerRowId id, const model::Profile& profile, const TokenSource& tokens,
                          const WeightRules& rules = {});
// `expand` is called last, if it is not empty.
StatusOr<PostingRow> RowOf(PostingRowId id, const model::Posting& posting,
                           const TokenSource& tokens, const WeightRules& rules = {},
                           const PostingExpander& expand = {});

// The centres of the provinces and municipalities that the dictionary places.
RegionCentres CentresOf(const model::Dictionary& dictionary, const TokenSource& tokens);

// A code's token with those of its ancestors.
OccupationPath PathOf(const model::OccupationCode& code, const TokenSource& tokens);
RegionPath PathOf(const model::RegionCode& code, const TokenSource& tokens);

}  // namespace noren::matching
