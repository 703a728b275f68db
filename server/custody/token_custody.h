// The root key from a file that a security token sealed.
// Source:   docs/formats/hsm_key_file.md
// Secrets:  PIN, root key
// Threads:  externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "crypto/base/random.h"
#include "server/custody/pkcs11_token.h"
#include "server/custody/root_key_source.h"

namespace noren::server {

// Makes a sealing key in the token and writes the root key sealed by it, with mode 0600, durably.
//   errors   as Pkcs11Token::Open; kAlreadyExists: a root key is never written over
Status WriteTokenKeyFile(const std::string& path, const SecretBytes& root_key,
                         const Pkcs11Place& place, const SecretBytes& pin, Random& random);

class TokenCustody final : public RootKeySource {
 public:
  explicit TokenCustody(const RootKeyPlace& place) : place_(place) {}
  StatusOr<std::optional<SecretBytes>> Open(const SecretBytes& secret, Asking asking) override;

 private:
  const RootKeyPlace place_;
};

}  // namespace noren::server
