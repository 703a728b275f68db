// From rounds to what is kept of them.
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "bench/baseline/limits.h"
#include "bench/macro/contender.h"
#include "bench/macro/truth.h"
#include "bench/report/run_report.h"

namespace noren::bench {

Result ResultOf(const Measurement& measurement, const Truth& truth, std::size_t seekers_count);
// This project's engine against each other one in the same experiment, and against itself: several
// threads, updates, plain tokens.
std::vector<NamedNumber> RatiosOf(const std::vector<Result>& results);
std::vector<NamedNumber> NamesOf(const Limits& limits);

}  // namespace noren::bench
