// Where the root key comes from when the service is unsealed: one class per custody.
// Source:   docs/design/0011-key-custody.md
// Secrets:  root key, passphrase, PIN, shares; in SecretBytes only
// Threads:  externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "server/custody/pkcs11_token.h"

namespace noren::server {

enum class CustodyKind { kPassphrase, kPkcs11, kShares };
std::string_view NameOf(CustodyKind kind);  // "passphrase", "pkcs11", "shares"
std::optional<CustodyKind> FindCustodyKind(std::string_view name);

struct RootKeyPlace {
  CustodyKind kind = CustodyKind::kPassphrase;
  std::string root_key_path;    // the sealed key; of shares: what is known of their set
  std::string passphrase_path;  // empty: given by an officer, or asked for on a terminal
  Pkcs11Place token;
  std::string pin_path;  // of the token; empty: as the passphrase
};

class RootKeySource {
 public:
  virtual ~RootKeySource() = default;
  enum class Asking { kNever, kOnTerminal };

  // The root key, or nothing when more shares are needed.
  //   secret   passphrase, PIN or one share's text; empty: the configured file, else `asking`
  //   errors   kPassphraseWrong, kShareMistyped, kShareOtherSet, kShareRepeated, kShareWrong (all
  //            shares given so far are forgotten), kToken...; kMissingField: there is nothing to
  //            open with; without a code: the key file is missing, damaged or open to others
  virtual StatusOr<std::optional<SecretBytes>> Open(const SecretBytes& secret, Asking asking) = 0;
  virtual unsigned shares_needed() const { return 0; }
  virtual unsigned shares_given() const { return 0; }
};

//   errors   of the file that describes a set of shares
StatusOr<std::unique_ptr<RootKeySource>> MakeRootKeySource(const RootKeyPlace& place);

}  // namespace noren::server
