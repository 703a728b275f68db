// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/public_sum.h"

#include <limits>

#include "crypto/base/check.h"

namespace noren::oprf {
namespace {

constexpr std::size_t kScalarBits = 253;  // the group's order is a little above 2^252
constexpr std::size_t kMaxWindowBits = 14;

constexpr std::size_t Windows(std::size_t window_bits) {
  return (kScalarBits + window_bits - 1) / window_bits;
}

// Every window adds each element once and each of its 2^(bits - 1) buckets twice.
std::size_t BestWindowBits(std::size_t count) {
  std::size_t best = 1;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (std::size_t bits = 1; bits <= kMaxWindowBits; ++bits) {
    const std::size_t additions = Windows(bits) * (count + (std::size_t{1} << bits));
    if (additions >= least) continue;
    least = additions;
    best = bits;
  }
  return best;
}

// `bits` bits of the scalar from bit `at` on; bits beyond its end are zero.
int BitsAt(const Scalar& scalar, std::size_t at, std::size_t bits) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t byte = at / 8 + i;
    if (byte < scalar.size()) word |= static_cast<std::uint32_t>(scalar[byte]) << (8 * i);
  }
  return static_cast<int>((word >> (at % 8)) & ((1u << bits) - 1));
}

}  // namespace

PublicSum::PublicSum(std::size_t count)
    : count_(count),
      window_bits_(BestWindowBits(count)),
      windows_count_(Windows(window_bits_)),
      addends_(count),
      digits_(windows_count_ * count) {
  NOREN_CHECK(count > 0, "a sum of nothing");
}

bool PublicSum::Set(std::size_t index, const Element& element, const Scalar& scalar) {
  if (!DecodeElement(element, addends_[index])) return false;
  SetDigits(index, scalar);
  return true;
}

// Digits from -(2^(bits-1) - 1) to 2^(bits-1), so that half the buckets do. Below the group's order
// the last one needs no carry.
void PublicSum::SetDigits(std::size_t index, const Scalar& scalar) {
  const int half = 1 << (window_bits_ - 1);
  int carry = 0;
  for (std::size_t window = 0; window < windows_count_; ++window) {
    int digit = BitsAt(scalar, window * window_bits_, window_bits_) + carry;
    carry = digit > half ? 1 : 0;
    digit -= carry * 2 * half;
    digits_[window * count_ + index] = static_cast<std::int16_t>(digit);
  }
  NOREN_CHECK(carry == 0 && scalar.back() <= 0x10, "a scalar beyond the group's order");
}

// `buckets` is room for 2^(bits-1) points. Bucket b holds the sum of the elements with digit b + 1;
// running sums from the top count each of them as often as its digit says.
PublicPoint PublicSum::WindowTotal(std::size_t window, std::vector<PublicPoint>& buckets) const {
  buckets.assign(std::size_t{1} << (window_bits_ - 1), PublicPoint());
  for (std::size_t i = 0; i < count_; ++i) {
    const int digit = digits_[window * count_ + i];
    if (digit == 0) continue;
    PublicPoint& bucket = buckets[static_cast<std::size_t>(digit > 0 ? digit : -digit) - 1];
    bucket = digit > 0 ? bucket + addends_[i] : bucket - addends_[i];
  }
  PublicPoint running;
  PublicPoint total;
  for (std::size_t b = buckets.size(); b-- > 0;) {
    running = running + buckets[b];
    total = total + running;
  }
  return total;
}

Element PublicSum::Total(const RangeRunner& run) const {
  std::vector<PublicPoint> totals(windows_count_);
  run(windows_count_, [&](std::size_t begin, std::size_t end) {
    std::vector<PublicPoint> buckets;
    for (std::size_t window = begin; window < end; ++window) {
      totals[window] = WindowTotal(window, buckets);
    }
  });
  PublicPoint sum;
  for (std::size_t window = windows_count_; window-- > 0;) {
    for (std::size_t bit = 0; bit < window_bits_; ++bit) sum = Twice(sum);
    sum = sum + totals[window];
  }
  return EncodeElement(sum);
}

}  // namespace noren::oprf
