// Learns a RelatednessModel from baskets of tokens: co-occurrence counts, positive pointwise mutual
// information, randomised SVD, rounding. The same set of baskets gives the same bytes, in whatever
// order they come.
// Source:   Levy, Goldberg, Dagan 2015 (PPMI with smoothed contexts); Halko, Martinsson, Tropp 2011
//           (algorithms 4.4 and 5.3); docs/design/0003-relatedness.md
// Threads:  pure functions, one thread
// Why safe: a token or a pair of tokens that fewer than `min_people` people have leaves no trace in
//           the model.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>

#include "crypto/base/status.h"
#include "engine/matching/relatedness/baskets.h"
#include "engine/matching/relatedness/relatedness_model.h"

namespace noren::matching {

struct RelatednessOptions {
  std::size_t dimension = 64;              // 1..kMaxDimension
  std::uint32_t min_people = 20;           // at least 2
  std::size_t max_tokens_per_person = 64;  // of more, a fixed sample of this many counts
  std::size_t max_tokens = 100'000;        // with enough people; above: kResourceExhausted
  double context_smoothing = 0.75;  // exponent of the context distribution, above 0, at most 1
  std::size_t oversampling = 16;
  std::size_t power_iterations = 2;
  std::size_t near_count = 8;         // how many nearest tokens ShareAmongNear is learned from
  std::uint64_t seed = 0x6E6F72656E;  // of the test matrix and the samples
};

struct TrainingControl {
  std::stop_token stop;                                    // looked at several times a second
  std::function<void(std::int32_t thousandths)> progress;  // may be empty
};

// A set of baskets in which nothing is common enough gives an empty model.
//   errors   kInvalidArgument: options; kResourceExhausted: more than max_tokens tokens;
//            kCancelled: stopped
//   cost     sum of squared basket sizes to count; then (4 + 2 power_iterations) x pairs x
//            (dimension + oversampling) multiplications and about 8 x tokens x (dimension +
//            oversampling)^2. Memory: 16 bytes per token of a basket, 24 per pair kept, 32 per
//            token and dimension.
StatusOr<RelatednessModel> TrainRelatedness(const TokenBaskets& baskets,
                                            const RelatednessOptions& options,
                                            const TrainingControl& control = {});

}  // namespace noren::matching
