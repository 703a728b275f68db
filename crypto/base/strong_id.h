// Ids that cannot be mixed up: 16 random bytes with a type and a printed prefix ("person-<32 hex
// digits>").
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/encoding.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"

namespace noren {

// `Tag` has `static constexpr std::string_view kPrefix`.
template <typename Tag>
class StrongId {
 public:
  static constexpr std::size_t kSizeBytes = 16;

  StrongId() = default;  // all zero: "none"
  static StrongId Generate(Random& random) {
    StrongId id;
    random.Fill(id.bytes_);
    return id;
  }
  static StatusOr<StrongId> FromBytes(ByteSpan bytes) {
    if (bytes.size() != kSizeBytes) return InvalidArgument("id: 16 bytes expected");
    StrongId id;
    std::copy(bytes.begin(), bytes.end(), id.bytes_.begin());
    return id;
  }
  // Accepts "<prefix>-<32 lower-case hex digits>" only.
  static StatusOr<StrongId> Parse(std::string_view text) {
    if (text.size() != Tag::kPrefix.size() + 1 + 2 * kSizeBytes ||
        !text.starts_with(Tag::kPrefix) || text[Tag::kPrefix.size()] != '-') {
      return InvalidArgument("id: malformed");
    }
    NOREN_ASSIGN_OR_RETURN(Bytes bytes, HexDecode(text.substr(Tag::kPrefix.size() + 1)));
    return FromBytes(bytes);
  }

  std::string ToString() const { return std::string(Tag::kPrefix) + "-" + HexEncode(bytes_); }
  ByteSpan bytes() const { return bytes_; }
  bool is_none() const { return bytes_ == std::array<std::uint8_t, kSizeBytes>{}; }
  auto operator<=>(const StrongId&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const StrongId& id) {
    return H::combine(std::move(h), id.bytes_);
  }

 private:
  std::array<std::uint8_t, kSizeBytes> bytes_{};
};

}  // namespace noren
