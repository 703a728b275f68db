// The service as the daemon runs it: opened with the root key, taken down when it is sealed so that
// no key is left in memory, and opened again, while the listening sockets stay.
// Source:   docs/design/0011-key-custody.md, Sealing
// Threads:  thread-safe; Seal and Unseal run one after another
// Why safe: every secret is in a SecretBytes that something below Runtime owns; Seal destroys
//           Runtime after the gate let the last call out, and the arena wipes what is released
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "server/custody/root_key_source.h"
#include "server/daemon/config.h"
#include "server/daemon/main_loop.h"
#include "server/daemon/runtime.h"
#include "server/services/gated_processor.h"
#include "server/telemetry/health.h"

namespace noren::server {

class SealableService final : public CustodyControl {
 public:
  // All must outlive this.
  struct Environment {
    const Config& config;
    EventLog& log;
    MetricsRegistry& metrics;
    HealthState& health;
    MainLoop& loop;
    std::string version;
  };
  // Sealed.
  //   errors   kFailedPrecondition: no such custody; those of the file that describes shares
  static StatusOr<std::unique_ptr<SealableService>> Create(const Environment& environment);
  // Without a snapshot; see SaveMarket.
  ~SealableService() override;

  // Opens from the configured source, or by asking on the terminal. Ok and still sealed when shares
  // are needed. Unlike Unseal it says in words what is wrong.
  Status OpenAtStart();
  CustodyState State() override;
  Status Seal() override;
  Status Unseal(const SecretBytes& secret) override;

  std::shared_ptr<apache::thrift::TProcessor> MakeProcessor(const RequestContext& request);
  // For the next start; does nothing while sealed.
  void SaveMarket();
  // Null while sealed. For what is said at the start.
  Runtime* runtime();

 private:
  struct Opened;
  SealableService(const Environment& environment, std::unique_ptr<RootKeySource> source);
  Status Open(const SecretBytes& secret, RootKeySource::Asking asking);
  void TakeDown();

  const Environment environment_;
  const CustodyKind kind_;
  SealGate gate_;
  std::mutex change_;  // one change at a time; guards source_ and opened_
  std::unique_ptr<RootKeySource> source_;
  std::unique_ptr<Opened> opened_;
  std::mutex state_mutex_;
  CustodyState state_;  // guarded by state_mutex_
};

}  // namespace noren::server
