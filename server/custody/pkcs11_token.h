// A PKCS#11 token (an HSM, a smart card, SoftHSM) that holds the key which seals the root key.
// Source:   OASIS PKCS #11 2.40; libp11-kit
// Secrets:  the PIN while logging in
// Threads:  externally synchronised; one object per module at a time
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/keys/token_key_file.h"

namespace noren::server {

struct Pkcs11Place {
  std::string module_path;  // the token's library, e.g. /usr/lib/softhsm/libsofthsm2.so
  std::string token_label;
};

class Pkcs11Token final : public keys::TokenCipher {
 public:
  // Loads the library, finds the token, logs in as its user. Logged out and unloaded when the
  // object goes.
  //   errors   kTokenMissing: no such library or token; kTokenPinWrong, kTokenPinLocked;
  //            kTokenMechanism: no AES-GCM with 256 bits; kTokenFailed, with the return value
  static StatusOr<std::unique_ptr<Pkcs11Token>> Open(const Pkcs11Place& place,
                                                     const SecretBytes& pin);
  ~Pkcs11Token() override;

  // A new AES key of 256 bits under this id, which the token never gives out: sensitive, not
  // extractable, for encryption and decryption only.
  Status MakeKey(const keys::TokenKeyId& id);

  //   errors   kTokenKeyMissing; kTokenFailed
  StatusOr<Bytes> Encrypt(const keys::TokenKeyId& key, const keys::TokenNonce& nonce,
                          ByteSpan associated_data, ByteSpan plaintext) override;
  //   errors   also kDataCorrupt: what was given does not open under this key
  Status Decrypt(const keys::TokenKeyId& key, const keys::TokenNonce& nonce,
                 ByteSpan associated_data, ByteSpan sealed, MutableByteSpan plaintext) override;

 private:
  struct Session;
  explicit Pkcs11Token(std::unique_ptr<Session> session);
  std::unique_ptr<Session> session_;
};

}  // namespace noren::server
