// The one place where libsodium is initialised. Every crypto/*.cc that calls libsodium calls this
// first.
// Threads:  thread-safe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace noren {

// Initialises libsodium once per process; stops the process when it cannot (no entropy source).
void EnsureSodium();

}  // namespace noren
