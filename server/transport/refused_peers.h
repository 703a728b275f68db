// Peers whose certificate was refused before any call: counted by the certificate's fingerprint,
// and in the log once a window each, so that neither memory nor the log grows with their number.
// Source:   docs/formats/wire.md (events of the transport), docs/design/0035-refused-callers.md
// Threads:  thread-safe
// Memory:   at most kMaxPeers fingerprints
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include "crypto/base/bytes.h"

namespace noren::server {

class RefusedPeers {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMaxPeers = 256;
  static constexpr std::chrono::seconds kWindow{600};

  // What the log says of a refusal, if anything.
  struct Report {
    bool is_written = false;
    bool is_all_others = false;  // who came when the table was full, together
    std::uint64_t before = 0;    // refusals of this one since the last line
  };
  // `fingerprint`: SHA-256 of the certificate; zeros: none was shown.
  Report Count(const Hash256& fingerprint, TimePoint now);

 private:
  struct Peer {
    TimePoint written_at;
    std::uint64_t silent = 0;
  };
  static Report CountOne(Peer& peer, bool is_new, TimePoint now);

  std::mutex mutex_;  // guards what follows
  std::map<Hash256, Peer> peers_;
  Peer others_;
  bool has_others_ = false;
};

}  // namespace noren::server
