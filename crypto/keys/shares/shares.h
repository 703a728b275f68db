// A root key split among officers: any k of n shares give it back, k - 1 tell nothing about it.
// Source:   docs/formats/key_shares.md; A. Shamir, "How to share a secret", 1979
// Threads:  concurrently
// Secrets:  root key, share bodies
// Why safe: every byte of (root key, digest) is the value at 0 of a polynomial of degree k - 1
//           whose other coefficients are uniformly random, so k - 1 values fit every secret equally
//           often. The digest is inside what is shared: shares that do not belong together restore
//           bytes whose digest does not fit, except once in 2^128
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::keys {

inline constexpr std::size_t kSharedKeySizeBytes = 32;
inline constexpr std::size_t kShareDigestSizeBytes = 16;
inline constexpr std::size_t kShareBodySizeBytes = kSharedKeySizeBytes + kShareDigestSizeBytes;
inline constexpr std::size_t kShareSizeBytes = 64;  // of the encoded form
inline constexpr unsigned kMinSharesNeeded = 2;
inline constexpr unsigned kMaxShares = 16;

// What all shares of one splitting have in common. Public.
struct ShareSet {
  std::array<std::uint8_t, 8> id{};
  std::uint8_t needed = 0;  // k
  std::uint8_t count = 0;   // n
  bool operator==(const ShareSet&) const = default;
};

struct KeyShare {
  ShareSet set;
  std::uint8_t index = 0;  // 1 .. count
  SecretBytes body;        // kShareBodySizeBytes
};

// Shares 1 .. count. A fresh set id each time: shares of two splittings never mix.
//   errors   kInvalidArgument: not 2 <= needed <= count <= 16, or a key that is not 32 bytes
StatusOr<std::vector<KeyShare>> SplitKey(const SecretBytes& root_key, unsigned needed,
                                         unsigned count, Random& random);

// Whether `share` may be put beside those that are there; Combine asks the same.
//   errors   kFailedPrecondition: of another set; kAlreadyExists: one with this index is there
Status CheckShareFits(std::span<const KeyShare> present, const KeyShare& share);

// More than `needed` shares are all looked at: one that is not on the polynomial is refused.
//   errors   as CheckShareFits; kOutOfRange: fewer than needed; kUnauthenticated: what they give is
//            not a key that was split in this set (a wrong share, which one cannot be said)
StatusOr<SecretBytes> CombineShares(std::span<const KeyShare> shares);

// The 64 bytes that are printed.
SecretBytes EncodeShare(const KeyShare& share);
//   errors   kInvalidArgument: another length or version, numbers that do not go together, or a
//            checksum that does not fit
StatusOr<KeyShare> DecodeShare(const SecretBytes& bytes);

// "NOREN-SHARE-1...", Bech32 in capitals, without a line end.
SecretBytes ShareToText(const KeyShare& share);
// In capitals or small letters, not mixed; spaces, line ends and hyphens may be anywhere or not.
//   errors   kInvalidArgument: mistyped
StatusOr<KeyShare> ShareFromText(const SecretBytes& text);

}  // namespace noren::keys
