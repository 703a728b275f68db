// The last hash of the protocol, the same for portal and server.
// Source:   RFC 9497 section 3.3.1 (Finalize)
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

// `input` has at most 65,535 bytes; `unblinded` is the key's scalar times the input's element.
Output HashOutput(ByteSpan input, const Element& unblinded);

}  // namespace noren::oprf
