// No image of this process is written when it crashes: profiles and names that are being worked on
// are ordinary memory.
// Source:   docs/THREAT_MODEL.md
// Threads:  before any other
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/status.h"

namespace noren::server {

// For this process and those it starts; cannot be taken back by who has no privileges.
//   errors   kUnavailable: the system refuses it
Status ForbidCoreDumps();

}  // namespace noren::server
