// The root key sealed by a key that a security token holds and never gives out, as bytes of a file.
// Source:   docs/formats/hsm_key_file.md
// Threads:  concurrently, as far as the token's object is
// Secrets:  root key
// Why safe: AES-256-GCM inside the token; the sealing key is random for each root key and seals
//           this one file, so that a random nonce of 96 bits does not repeat under it
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::keys {

using TokenKeyId = std::array<std::uint8_t, 16>;
using TokenNonce = std::array<std::uint8_t, 12>;
inline constexpr std::size_t kTokenTagSizeBytes = 16;

// AES-256-GCM with a key of the token; the spans of secrets are wiped by nobody but their owner.
class TokenCipher {
 public:
  virtual ~TokenCipher() = default;
  // Ciphertext | tag.
  virtual StatusOr<Bytes> Encrypt(const TokenKeyId& key, const TokenNonce& nonce,
                                  ByteSpan associated_data, ByteSpan plaintext) = 0;
  //   plaintext   filled; as long as the ciphertext
  //   errors      kDataLoss: it does not open; otherwise the token's own
  virtual Status Decrypt(const TokenKeyId& key, const TokenNonce& nonce, ByteSpan associated_data,
                         ByteSpan sealed, MutableByteSpan plaintext) = 0;
};

//   key      of the token, made for this and used for nothing else
//   errors   kInvalidArgument: root key not 32 bytes; those of the token
StatusOr<Bytes> SealRootKeyByToken(const SecretBytes& root_key, const TokenKeyId& key,
                                   TokenCipher& token, Random& random);
//   errors   kInvalidArgument: not such a file; kDataLoss: changed; those of the token
StatusOr<SecretBytes> OpenRootKeyByToken(ByteSpan file, TokenCipher& token);

}  // namespace noren::keys
