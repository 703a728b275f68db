// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/range_runner.h"

namespace noren::oprf {

void FirstIndex::Note(std::size_t index) {
  std::size_t known = first_.load();
  while (index < known && !first_.compare_exchange_weak(known, index)) {
  }
}

RangeRunner OnThisThread() {
  return [](std::size_t count, const RangeWork& work) {
    if (count > 0) work(0, count);
  };
}

}  // namespace noren::oprf
