// The sum of multiples of public elements, in variable time: what a proof over a batch needs
// besides secrets. Never for a secret scalar or element.
// Source:   Bernstein, Doumen, Lange, Oosterwijk 2012 section 4 (bucket method of Pippenger)
// Threads:  Set concurrently for different indices; otherwise externally synchronised
// Cost:     one square root per element; 28 additions per element of 10,000, 60 per element of 100
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "crypto/oprf/public_point.h"
#include "crypto/oprf/range_runner.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

// scalar[0] * element[0] + scalar[1] * element[1] + ...
class PublicSum {
 public:
  // `count` > 0. An index that is never set adds nothing.
  explicit PublicSum(std::size_t count);

  // False, and nothing set, unless `element` is canonical. `scalar` is below the group's order (a
  // programmer's error otherwise).
  [[nodiscard]] bool Set(std::size_t index, const Element& element, const Scalar& scalar);

  // The encoded sum; 32 zeros when it is the identity.
  Element Total(const RangeRunner& run) const;

 private:
  void SetDigits(std::size_t index, const Scalar& scalar);
  PublicPoint WindowTotal(std::size_t window, std::vector<PublicPoint>& buckets) const;

  std::size_t count_;
  std::size_t window_bits_;
  std::size_t windows_count_;
  std::vector<PublicAddend> addends_;
  std::vector<std::int16_t> digits_;  // windows x elements, row-major
};

}  // namespace noren::oprf
