// The header of an age file: the file key, wrapped to each recipient, under a MAC. The header is
// separate from the payload, so that a stored document gets new recipients without being read.
// Source:   docs/formats/age.md; C2SP age.md, version age-encryption.org/v1
// Threads:  concurrently
// Secrets:  the file key
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "crypto/agefile/recipient.h"
#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::agefile {

inline constexpr std::size_t kFileKeySizeBytes = 16;
// A header of ours with one recipient has 200 bytes; a longer one than this is refused unread.
inline constexpr std::size_t kHeaderMaxSizeBytes = 64 * 1024;

SecretBytes GenerateFileKey(Random& random);

// The complete header, from the version line to the line of the MAC.
//   errors   kInvalidArgument: no recipient, a file key that is not 16 bytes, a recipient of small
//            order
StatusOr<Bytes> EncryptHeader(const SecretBytes& file_key, std::span<const Recipient> recipients,
                              Random& random);

// How many bytes at the beginning of `file` are its header. Parses strictly, checks no key.
//   errors   kInvalidArgument: not a header of age v1 (armored files are not read)
StatusOr<std::size_t> MeasureHeader(ByteSpan file);

// What a header says without any key.
struct HeaderForm {
  std::size_t size_bytes = 0;
  std::size_t other_stanzas = 0;                     // of types other than X25519
  std::vector<std::array<std::uint8_t, 32>> shares;  // ephemeral share of each X25519 stanza
};
// As MeasureHeader, and every X25519 stanza is as it must be. Who can open it cannot be told.
StatusOr<HeaderForm> InspectHeader(ByteSpan file);

// The file key of a header (exactly the header, no payload behind it).
//   errors   kInvalidArgument: malformed; kNotFound: no stanza that this identity opens (other
//            recipients, or of a type that is not supported, like scrypt); kDataLoss: the MAC is
//            wrong
StatusOr<SecretBytes> OpenHeader(ByteSpan header, const Identity& identity);

// A new header for the same file key and thus the same payload.
//   errors   as OpenHeader and EncryptHeader
StatusOr<Bytes> Rewrap(ByteSpan header, const Identity& identity,
                       std::span<const Recipient> new_recipients, Random& random);

}  // namespace noren::agefile
