// The match tokens of codes, and the way back from a token to its code for what is shown (cards,
// explanations).
// Threads:  immutable once made; any number of readers
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "engine/matching/rows_from_model.h"
#include "engine/model/dictionary.h"
#include "engine/personal_data/pseudonyms.h"

namespace noren::operations {

class CodeTokens final : public matching::TokenSource {
 public:
  using Key = storage::SealingKeys::Newest;  // with its version

  CodeTokens(Key key, const model::Dictionary& dictionary);
  matching::Token OfOccupation(const model::OccupationCode& code) const override;
  matching::Token OfSkill(const model::SkillCode& code) const override;
  matching::Token OfRegion(const model::RegionCode& code) const override;
  matching::Token OfLicence(const model::LicenceCode& code) const override;
  matching::Token OfLanguage(const model::LanguageCode& code) const override;
  // "" for a token of no code in the lists.
  std::string CodeOf(matching::Token token) const;
  // What the token of a code is in `other`, which is over the same lists; none stays none, and so
  // becomes a token of no code in the lists.
  matching::Token Translated(matching::Token token, const CodeTokens& other) const;
  // The same for the same codes under the same key only.
  Hash256 Digest() const;
  std::uint32_t version() const { return key_.version; }

 private:
  struct Known {
    std::string code;
    std::size_t place = 0;  // in the lists
  };
  matching::Token Of(std::string_view kind, std::string_view code) const;

  Key key_;
  std::map<std::uint64_t, Known> codes_;
  std::vector<std::uint64_t> by_place_;
};

}  // namespace noren::operations
