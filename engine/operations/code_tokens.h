// The match tokens of codes, and the way back from a token to its code for what is shown (cards,
// explanations).
// Threads:  immutable once made; any number of readers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "engine/matching/rows_from_model.h"
#include "engine/model/dictionary.h"
#include "engine/personal_data/pseudonyms.h"

namespace noren::operations {

class CodeTokens final : public matching::TokenSource {
 public:
  CodeTokens(const personal_data::Pseudonyms& pseudonyms, const model::Dictionary& dictionary);
  matching::Token OfOccupation(const model::OccupationCode& code) const override;
  matching::Token OfSkill(const model::SkillCode& code) const override;
  matching::Token OfRegion(const model::RegionCode& code) const override;
  matching::Token OfLicence(const model::LicenceCode& code) const override;
  matching::Token OfLanguage(const model::LanguageCode& code) const override;
  // "" for a token of no code in the lists.
  std::string CodeOf(matching::Token token) const;
  // The same for the same codes under the same key only.
  Hash256 Digest() const;

 private:
  matching::Token Of(std::string_view kind, std::string_view code) const;
  const personal_data::Pseudonyms& pseudonyms_;
  std::map<std::uint64_t, std::string> codes_;
};

}  // namespace noren::operations
