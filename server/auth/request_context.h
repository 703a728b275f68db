// What a handler may know about the call it serves: who calls, the call's id, its deadline, whether
// it still matters. One object per connection; its fields are renewed before each call, and calls
// of one connection run one after another.
// Lifetime: lives as long as the connection and everything made for it; handlers keep a reference.
// Threads:  fields are written before the handler runs; `cancelled` is set from the network thread
//           at any time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>

#include "crypto/base/bytes.h"
#include "engine/model/ids.h"
#include "engine/model/principal.h"

namespace noren::server {

struct RequestContext {
  model::Principal principal;  // from the client's certificate; fixed for the connection
  Hash256 key{};  // SHA-256 of the certificate's public key; fixed for the connection
  model::RequestId request_id;
  std::chrono::steady_clock::time_point deadline{};
  std::atomic<bool> cancelled{false};  // the caller is gone, or the deadline has passed

  // To be asked before work is committed and inside long loops.
  bool ShouldStop() const {
    return cancelled.load(std::memory_order_relaxed) ||
           std::chrono::steady_clock::now() >= deadline;
  }
};

}  // namespace noren::server
