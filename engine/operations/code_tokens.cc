// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/code_tokens.h"

#include <utility>

#include "crypto/base/check.h"
#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"

namespace noren::operations {

CodeTokens::CodeTokens(Key key, const model::Dictionary& dictionary) : key_(std::move(key)) {
  NOREN_CHECK(key_.key != nullptr, "tokens are made under a live version of their key");
  using model::CodeKind;
  for (const CodeKind kind : {CodeKind::kOccupation, CodeKind::kSkill, CodeKind::kRegion,
                              CodeKind::kLicence, CodeKind::kLanguage}) {
    for (const model::DictionaryEntry& entry : dictionary.Entries(kind)) {
      by_place_.push_back(Of(model::CodeKindName(kind), entry.code).value);
      codes_[by_place_.back()] = {entry.code, by_place_.size() - 1};
    }
  }
}

matching::Token CodeTokens::Of(std::string_view kind, std::string_view code) const {
  const std::uint64_t token = personal_data::Pseudonyms::MatchToken(*key_.key, kind, code);
  return {token == 0 ? 1 : token};  // 0 means "none"
}
matching::Token CodeTokens::OfOccupation(const model::OccupationCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kOccupation), code.text());
}
matching::Token CodeTokens::OfSkill(const model::SkillCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kSkill), code.text());
}
matching::Token CodeTokens::OfRegion(const model::RegionCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kRegion), code.text());
}
matching::Token CodeTokens::OfLicence(const model::LicenceCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kLicence), code.text());
}
matching::Token CodeTokens::OfLanguage(const model::LanguageCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kLanguage), code.text());
}
std::string CodeTokens::CodeOf(matching::Token token) const {
  const auto found = codes_.find(token.value);
  return found == codes_.end() ? std::string() : found->second.code;
}
matching::Token CodeTokens::Translated(matching::Token token, const CodeTokens& other) const {
  const auto found = codes_.find(token.value);
  if (found == codes_.end() || found->second.place >= other.by_place_.size()) return {};
  return {other.by_place_[found->second.place]};
}

Hash256 CodeTokens::Digest() const {
  primitives::Sha256Hasher hasher;
  for (const auto& [token, known] : codes_) {
    hasher.Update(RecordWriter().U64(token).Field(known.code).bytes());
  }
  return hasher.Finish();
}

}  // namespace noren::operations
