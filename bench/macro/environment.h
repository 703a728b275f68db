// Where a run ran.
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "bench/report/run_report.h"

namespace noren::bench {

// `commit` is given by who starts the program; `kernels` by who knows which were chosen.
Environment DescribeEnvironment(const std::string& commit, const std::string& kernels);

}  // namespace noren::bench
