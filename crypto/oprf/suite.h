// The suite of the blind enrolment: ristretto255 with SHA-512 in the modes OPRF and VOPRF; its
// types, sizes and limits.
// Source:   RFC 9497 sections 3, 4.1; docs/formats/oprf.md
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::oprf {

// The values are those of the RFC and part of every hash.
enum class Mode : std::uint8_t {
  kBase = 0x00,        // OPRF: the portal takes the answer on trust
  kVerifiable = 0x01,  // VOPRF: a proof shows that the published key was used
};

inline constexpr std::size_t kElementSizeBytes = 32;
inline constexpr std::size_t kScalarSizeBytes = 32;
inline constexpr std::size_t kProofSizeBytes = 64;  // c | s
inline constexpr std::size_t kSeedSizeBytes = 32;
inline constexpr std::size_t kMaxInputSizeBytes = 65'535;
inline constexpr std::size_t kMaxBatchElementsCount = 10'000;

// An encoded group element. Any 32 bytes fit; whoever computes with one checks that they are the
// canonical encoding of an element other than the identity.
using Element = std::array<std::uint8_t, kElementSizeBytes>;
// Little-endian and below the group's order; for scalars that are not secret.
using Scalar = std::array<std::uint8_t, kScalarSizeBytes>;
using Proof = std::array<std::uint8_t, kProofSizeBytes>;
// What an input becomes. Not a key, and yet whoever has it recognises the person.
using Output = std::array<std::uint8_t, 64>;

// The key that proofs are checked against.
struct PublicKey {
  Element element{};
  // kInvalidArgument unless 32 bytes that encode an element other than the identity.
  static StatusOr<PublicKey> FromBytes(ByteSpan bytes);
  auto operator<=>(const PublicKey&) const = default;
};

// Cuts a run of encoded elements into elements; what they encode is checked where they are used.
//   errors   kInvalidArgument: no multiple of 32 bytes, or not 1..kMaxBatchElementsCount elements
StatusOr<std::vector<Element>> SplitElements(ByteSpan encoded);
//   errors   kInvalidArgument: not 64 bytes
StatusOr<Proof> ProofFromBytes(ByteSpan bytes);

// "OPRFV1-" | mode | "-ristretto255-SHA512": what keeps the hashes of two modes apart.
std::string ContextString(Mode mode);

//   errors   kInvalidArgument unless 1..kMaxBatchElementsCount
Status CheckBatchSize(std::size_t count);

// The one sentence for an element that does not decode, with its place in the batch.
Status RefusedElement(std::size_t index);
// That place, when this is such a refusal.
std::optional<std::size_t> RefusedIndexOf(const Status& refusal);

}  // namespace noren::oprf
