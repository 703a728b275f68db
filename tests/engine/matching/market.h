// A small random labour market of valid models, a readable token source and a keyed tie rule for
// the tests.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/matching/ranking.h"
#include "engine/matching/rows.h"
#include "engine/matching/rows_from_model.h"
#include "engine/model/posting.h"
#include "engine/model/profile.h"
#include "tests/engine/matching/naive.h"
#include "tests/support/seeded_random.h"

namespace noren::matching {

// FNV-1a of kind and code: not keyed, which is enough where nobody attacks the tokens.
class PlainTokens final : public TokenSource {
 public:
  explicit PlainTokens(std::uint64_t salt = 0) : salt_(salt) {}
  Token OfOccupation(const model::OccupationCode& code) const override;
  Token OfSkill(const model::SkillCode& code) const override;
  Token OfRegion(const model::RegionCode& code) const override;
  Token OfLicence(const model::LicenceCode& code) const override;
  Token OfLanguage(const model::LanguageCode& code) const override;

 private:
  Token Of(std::string_view kind, std::string_view code) const;
  std::uint64_t salt_;
};

// A mixed function of the pair and a key; `kCoarse` leaves two values only, so that ids have to
// decide.
class MixedTies final : public TieRule {
 public:
  enum class Spread : std::uint8_t { kFull, kCoarse };
  explicit MixedTies(std::uint64_t key = 1, Spread spread = Spread::kFull)
      : key_(key), spread_(spread) {}
  std::uint64_t Of(PostingRowId posting, SeekerRowId seeker) const override;

 private:
  std::uint64_t key_;
  Spread spread_;
};

model::OccupationCode Isco(std::string_view text);
model::SkillCode Skill(std::string_view text);
model::RegionCode Region(std::string_view text);
model::LicenceCode Licence(std::string_view text);
model::LanguageCode Lang(std::string_view text);
model::EmploymentTypes Types(std::initializer_list<model::EmploymentType> types);

// The least that is valid: one occupation (ISCO-2512) and one region (KR-11440), everything else
// not stated.
model::Profile BareProfile();
model::Posting BarePosting();

// Valid, over few codes, so that matches, ties and missing values are all common.
model::Profile RandomProfile(SeededRandom& random);
model::Posting RandomPosting(SeededRandom& random);

// Valid by construction: a failed conversion ends the test program.
SeekerRow Row(std::uint64_t id, const model::Profile& profile);
PostingRow Row(std::uint64_t id, const model::Posting& posting);

// Some skills near others, centres of all but one of the regions, and a day.
naive::Surroundings RandomSurroundings(SeededRandom& random);
// The row with what the surroundings add to it.
PostingRow RowIn(const naive::Surroundings& around, std::uint64_t id,
                 const model::Posting& posting);

struct Market {
  naive::Surroundings around;
  std::vector<model::Profile> profiles;
  std::vector<model::Posting> postings;
  std::vector<SeekerRow> seekers;  // ids are not in order
  std::vector<PostingRow> openings;
};
Market RandomMarket(std::uint64_t seed, std::size_t people, std::size_t postings);

}  // namespace noren::matching
