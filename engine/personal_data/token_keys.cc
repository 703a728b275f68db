// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/token_keys.h"

#include <string>
#include <utility>

#include "crypto/base/check.h"
#include "crypto/primitives/hkdf.h"

namespace noren::personal_data {
namespace {

KeyPurpose FirstKeyOf(TokenPurpose purpose) {
  switch (purpose) {
    case TokenPurpose::kMatch:
      return KeyPurpose::kMatchToken;
    case TokenPurpose::kEmployer:
      return KeyPurpose::kEmployerBlock;
    case TokenPurpose::kStatistics:
      break;
  }
  return KeyPurpose::kStatistics;
}

}  // namespace

std::string_view NameOf(TokenPurpose purpose) { return KeyPurposeName(FirstKeyOf(purpose)); }

SecretBytes TokenKeyOf(const PersonKeys& leaf, TokenPurpose purpose) {
  const std::string info = "noren/v1/token/" + std::string(NameOf(purpose));
  return primitives::HkdfSha256Key(leaf.records, {.salt = {}, .info = AsBytes(info)});
}

TokenKeys::TokenKeys(const PurposeKeys& keys) : keys_(keys) {
  for (std::size_t i = 0; i < of_.size(); ++i) {
    of_[i] =
        std::make_unique<storage::SealingKeys>(keys_.Of(FirstKeyOf(kTokenPurposes[i])).Clone());
  }
}

storage::SealingKeys& TokenKeys::Of(TokenPurpose purpose) const {
  const auto index = static_cast<std::size_t>(purpose) - 1;
  NOREN_CHECK(index < of_.size(), "a purpose of tokens");
  return *of_[index];
}

void TokenKeys::Add(TokenPurpose purpose, std::uint32_t version, SecretBytes key) {
  Of(purpose).Add(version, std::move(key));
}

void TokenKeys::AddFirst(TokenPurpose purpose) {
  Of(purpose).Add(1, keys_.Of(FirstKeyOf(purpose)).Clone());
}

void TokenKeys::KeepOnly(TokenPurpose purpose, storage::LiveVersions live) {
  Of(purpose).KeepOnly(live);
}

}  // namespace noren::personal_data
