// SPDX-License-Identifier: Apache-2.0
#include "server/transport/refused_peers.h"

#include <utility>

namespace noren::server {

RefusedPeers::Report RefusedPeers::CountOne(Peer& peer, bool is_new, TimePoint now) {
  Report report;
  report.is_written = is_new || now - peer.written_at >= kWindow;
  if (!report.is_written) {
    ++peer.silent;
    return report;
  }
  report.before = std::exchange(peer.silent, 0);
  peer.written_at = now;
  return report;
}

RefusedPeers::Report RefusedPeers::Count(const Hash256& fingerprint, TimePoint now) {
  const std::lock_guard lock(mutex_);
  auto found = peers_.find(fingerprint);
  if (found == peers_.end() && peers_.size() >= kMaxPeers) {
    std::erase_if(peers_, [&](const auto& one) { return now - one.second.written_at >= kWindow; });
  }
  if (found == peers_.end() && peers_.size() >= kMaxPeers) {
    Report report = CountOne(others_, !std::exchange(has_others_, true), now);
    report.is_all_others = true;
    return report;
  }
  const bool is_new = found == peers_.end();
  return CountOne(is_new ? peers_[fingerprint] : found->second, is_new, now);
}

}  // namespace noren::server
