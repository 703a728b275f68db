// Whether the kernel says that the clock is synchronised (adjtimex).
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace noren::server {

bool IsClockSynchronised();

}  // namespace noren::server
