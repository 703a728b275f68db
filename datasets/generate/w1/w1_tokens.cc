// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_tokens.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/encoding.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/primitives/keyed_token.h"
#include "datasets/generate/w1/w1_model.h"

namespace noren::w1 {
namespace {

constexpr std::string_view kKey = "workload W1: a key for measuring";

struct KindOfCodes {
  std::string_view name;
  std::uint32_t count;
};
constexpr std::array<KindOfCodes, kTokenKindsCount> kKinds = {{{"major", 1},
                                                               {"sub_major", kSubMajorGroupsCount},
                                                               {"minor", kMinorGroupsCount},
                                                               {"occupation", kOccupationsCount},
                                                               {"country", 1},
                                                               {"region", kRegionsCount},
                                                               {"skill", kSkillsCount},
                                                               {"licence", kLicencesCount}}};

matching::Token KeyedToken(const SecretBytes& key, std::string_view kind, std::uint32_t code) {
  RecordWriter message;
  message.Field(kind).Field(std::to_string(code));
  const primitives::Token16 token = primitives::KeyedToken16(key, "match", message.bytes());
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < sizeof word; ++i) word = (word << 8U) | token[i];
  return {std::max<std::uint64_t>(word, 1)};
}

}  // namespace

matching::Token PlainTokens::Of(TokenKind kind, std::uint32_t code) const {
  return {((static_cast<std::uint64_t>(kind) + 1) << 32U) | code};
}

KeyedTokens::KeyedTokens() {
  const SecretBytes key = SecretBytes::CopyOf(AsBytes(kKey));
  for (std::size_t kind = 0; kind < kTokenKindsCount; ++kind) {
    tokens_[kind].reserve(kKinds[kind].count);
    for (std::uint32_t code = 0; code < kKinds[kind].count; ++code) {
      tokens_[kind].push_back(KeyedToken(key, kKinds[kind].name, code));
    }
  }
}

matching::Token KeyedTokens::Of(TokenKind kind, std::uint32_t code) const {
  return tokens_[static_cast<std::size_t>(kind)][code];
}

}  // namespace noren::w1
