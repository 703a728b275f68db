// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/suite.h"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "absl/strings/cord.h"
#include "crypto/oprf/group.h"

namespace noren::oprf {
namespace {

constexpr absl::string_view kIndexPayload = "noren/oprf/index";

}  // namespace

static_assert(kElementSizeBytes == crypto_core_ristretto255_BYTES);
static_assert(kScalarSizeBytes == crypto_core_ristretto255_SCALARBYTES);
static_assert(kProofSizeBytes == 2 * kScalarSizeBytes);

StatusOr<PublicKey> PublicKey::FromBytes(ByteSpan bytes) {
  PublicKey key;
  if (bytes.size() != key.element.size()) return InvalidArgument("OPRF key: 32 bytes expected");
  std::copy(bytes.begin(), bytes.end(), key.element.begin());
  if (!IsElement(key.element)) {
    return InvalidArgument("OPRF key: no group element, or the identity");
  }
  return key;
}

StatusOr<std::vector<Element>> SplitElements(ByteSpan encoded) {
  if (encoded.size() % kElementSizeBytes != 0) {
    return InvalidArgument("elements: a multiple of 32 bytes expected");
  }
  const std::size_t count = encoded.size() / kElementSizeBytes;
  NOREN_RETURN_IF_ERROR(CheckBatchSize(count));
  std::vector<Element> elements(count);
  for (std::size_t i = 0; i < count; ++i) {
    const ByteSpan bytes = encoded.subspan(i * kElementSizeBytes, kElementSizeBytes);
    std::copy(bytes.begin(), bytes.end(), elements[i].begin());
  }
  return elements;
}

StatusOr<Proof> ProofFromBytes(ByteSpan bytes) {
  Proof proof;
  if (bytes.size() != proof.size()) return InvalidArgument("OPRF proof: 64 bytes expected");
  std::copy(bytes.begin(), bytes.end(), proof.begin());
  return proof;
}

std::string ContextString(Mode mode) {
  return std::string("OPRFV1-") + static_cast<char>(mode) + "-ristretto255-SHA512";
}

Status CheckBatchSize(std::size_t count) {
  if (count == 0) return InvalidArgument("elements: an empty batch");
  if (count > kMaxBatchElementsCount) return InvalidArgument("elements: at most 10,000 in a batch");
  return OkStatus();
}

Status RefusedElement(std::size_t index) {
  Status refusal = InvalidArgument("element " + std::to_string(index) +
                                   ": not a canonical group element, or the identity");
  refusal.SetPayload(kIndexPayload, absl::Cord(std::to_string(index)));
  return refusal;
}

std::optional<std::size_t> RefusedIndexOf(const Status& refusal) {
  const auto payload = refusal.GetPayload(kIndexPayload);
  if (!payload.has_value()) return std::nullopt;
  const std::string text(*payload);
  std::size_t index = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
  return read.ec == std::errc() ? std::optional(index) : std::nullopt;
}

}  // namespace noren::oprf
