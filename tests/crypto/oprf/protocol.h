// Both sides of a run, and ways to spread it, for the tests of the protocol.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "crypto/oprf/blind_evaluator.h"
#include "crypto/oprf/blinded_input.h"

namespace noren::oprf {

inline BlindEvaluator ServerOf(Mode mode, Random& random) {
  return BlindEvaluator(ServerKey::Generate(mode, random));
}

inline std::vector<BlindedInput> BlindMany(Mode mode, std::size_t count, Random& random) {
  std::vector<BlindedInput> inputs;
  for (std::size_t i = 0; i < count; ++i) {
    inputs.push_back(Blind(mode, AsBytes("input " + std::to_string(i)), random).value());
  }
  return inputs;
}

inline std::vector<Element> ElementsOf(const std::vector<BlindedInput>& inputs) {
  std::vector<Element> elements;
  for (const BlindedInput& input : inputs) elements.push_back(input.element());
  return elements;
}

// One range after another, from the last to the first, each of `size` indices.
inline RangeRunner BackwardsInRangesOf(std::size_t size) {
  return [size](std::size_t count, const RangeWork& work) {
    for (std::size_t end = count; end > 0;) {
      const std::size_t begin = end > size ? end - size : 0;
      work(begin, end);
      end = begin;
    }
  };
}

// Equal ranges, one per thread.
inline RangeRunner OnThreads(std::size_t threads_count) {
  return [threads_count](std::size_t count, const RangeWork& work) {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < threads_count; ++i) {
      const std::size_t begin = count * i / threads_count;
      const std::size_t end = count * (i + 1) / threads_count;
      if (begin < end) threads.emplace_back([&work, begin, end] { work(begin, end); });
    }
  };
}

}  // namespace noren::oprf
