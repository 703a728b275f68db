// NOREN_CHECK: stops the process on a programmer's error. On in every build; never reachable by
// input or by data on disk, which are answered with a Status.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace noren {

// Prints place and reason on stderr and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* reason);

}  // namespace noren

// `reason` is a literal: nothing variable, so nothing secret, can be printed.
#define NOREN_CHECK(condition, reason)                                        \
  do {                                                                        \
    if (!(condition)) ::noren::CheckFailed(__FILE__, __LINE__, "" reason ""); \
  } while (false)
