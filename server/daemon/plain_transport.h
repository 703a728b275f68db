// What a configuration may not ask for: something answered without encryption on an address that
// others than this machine reach.
// Source:   docs/formats/config.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/status.h"
#include "server/daemon/config.h"

namespace noren::server {

//   errors   kInvalidArgument: health and metrics on an address that is not loopback; a service
//            that others reach, without the files of its TLS
Status CheckTransport(const Config& config);

}  // namespace noren::server
