// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/purpose_key.h"

#include <algorithm>
#include <string>

#include "crypto/base/check.h"
#include "crypto/primitives/hkdf.h"

namespace noren::keys {

SecretBytes DerivePurposeKey(const SecretBytes& root, std::string_view purpose) {
  NOREN_CHECK(root.size() >= 16, "a key to derive from has at least 16 bytes");
  const bool plain = !purpose.empty() && std::all_of(purpose.begin(), purpose.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
  NOREN_CHECK(plain, "a purpose is of lower-case letters, digits and hyphens");
  const std::string info = "noren/v1/" + std::string(purpose);
  return primitives::HkdfSha256Key(root, {.salt = {}, .info = AsBytes(info)});
}

}  // namespace noren::keys
