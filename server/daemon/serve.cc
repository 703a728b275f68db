// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "engine/operations/settle_enrolments.h"
#include "server/daemon/commands.h"
#include "server/daemon/exit_codes.h"
#include "server/daemon/main_loop.h"
#include "server/daemon/market_tender.h"
#include "server/daemon/runtime.h"
#include "server/services/processor.h"
#include "server/telemetry/http_endpoint.h"

namespace noren::server {
namespace {

constexpr std::chrono::milliseconds kWatchInterval{250};
constexpr std::string_view kVersion = "0.1.0";

// kDataLoss and misconfiguration: someone has to look. A disk that fails is told apart.
int ExitCodeOf(const Status& status) {
  if (status.code() == StatusCode::kUnavailable ||
      status.code() == StatusCode::kResourceExhausted) {
    return kExitStorage;
  }
  return kExitMisconfigured;
}

int Refuse(const Status& status) {
  const std::string message(MessageOf(status));
  std::fprintf(stderr, "noren: not started: %s\n", message.c_str());
  return ExitCodeOf(status);
}

// Ends the process when a disk failed: what could not be made durable is not acknowledged, and
// nothing more is taken.
class Watch {
 public:
  Watch(const Runtime& runtime, HealthState& health, MainLoop& loop)
      : thread_([this, &runtime, &health, &loop] { Run(runtime, health, loop); }) {}
  ~Watch() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

 private:
  void Run(const Runtime& runtime, HealthState& health, MainLoop& loop) {
    std::unique_lock lock(mutex_);
    bool told_damage = false;
    while (!stop_) {
      if (runtime.failed()) {
        health.Set(HealthPhase::kSealed, "disk");
        loop.RequestExit(kExitStorage);
        return;
      }
      // Other people's consents are served; somebody has to look.
      if (runtime.damaged() && !std::exchange(told_damage, true)) {
        health.Set(HealthPhase::kDegraded, "consents");
      }
      wake_.wait_for(lock, kWatchInterval);
    }
  }
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stop_ = false;
  std::thread thread_;
};

struct Telemetry {
  std::unique_ptr<EventLog> log;
  MetricsRegistry metrics;
  HealthState health;
};

void TellReady(const Config& config, const Server& server, const HttpEndpoint& http,
               const Runtime& runtime) {
  std::fprintf(
      stderr, "noren: ready on %s:%u, health on http://%s:%u/readyz, erasure: %s\n",
      config.server.address.c_str(), static_cast<unsigned>(server.port()),
      config.http_address.c_str(), static_cast<unsigned>(http.port()),
      std::string(storage::NameOf(const_cast<Runtime&>(runtime).context().erasure_claim)).c_str());
}

// Before "ready": from what the ranking side was filled, and why not from its snapshot.
void TellMarket(const Runtime& runtime) {
  const operations::MarketLoad& load = runtime.market_load();
  std::string from = "read from the store";
  if (load.from_snapshot) {
    const auto now = const_cast<Runtime&>(runtime).context().time.Now();
    from = "from a snapshot " + std::to_string(now.value - load.taken_at.value) + " s old";
  } else if (!load.refusal.empty()) {
    from += " (" + load.refusal + ")";
  }
  std::fprintf(stderr, "noren: market of %zu people, %s\n", load.people, from.c_str());
}

// A snapshot that could not be written costs a longer start, nothing else.
void SaveMarket(Runtime& runtime, EventLog& log) {
  const Status saved = runtime.SaveMarketSnapshot();
  LogEvent event("market.snapshot", saved.ok() ? LogLevel::kInfo : LogLevel::kWarning);
  log.Write(event.Label("result", saved.ok() ? Literal("ok") : Literal("failed")));
}

int Serve(const Config& config, MainLoop& loop, Runtime& runtime, Telemetry& telemetry) {
  SystemRandom random;
  const ServiceParts parts{runtime.context(),
                           runtime.signer(),
                           runtime.backup_places(),
                           *telemetry.log,
                           telemetry.metrics,
                           std::string(kVersion),
                           ""};
  auto server = Server::Start(
      config.server,
      [&parts](const RequestContext& request) { return MakeProcessor(parts, request); },
      {*telemetry.log, telemetry.metrics, random});
  if (!server.ok()) return Refuse(server.status());
  auto http = HttpEndpoint::Start(config.http_address, config.http_port, telemetry.health,
                                  telemetry.metrics);
  if (!http.ok()) return Refuse(http.status());
  telemetry.health.Set(HealthPhase::kReady);
  TellMarket(runtime);
  TellReady(config, **server, **http, runtime);
  const Watch watch(runtime, telemetry.health, loop);
  auto tender = std::make_unique<MarketTender>(
      runtime.context().market,
      MarketTender::Plan{
          .save_every = std::chrono::minutes(config.snapshot_minutes),
          .save = [&] { SaveMarket(runtime, *telemetry.log); },
          // A settlement that fails is tried again by the next one.
          .tend = [&] { return operations::SettleEnrolments(runtime.context()).value_or(false); }});
  const int exit_code = loop.Run([&] {
    const bool ok = (*server)->ReloadCertificates().ok();
    telemetry.log->Write(
        LogEvent("daemon.reload").Label("result", ok ? Literal("ok") : Literal("refused")));
  });
  telemetry.health.Set(HealthPhase::kDraining);
  (*server)->Stop();
  tender.reset();
  if (exit_code == kExitOk) SaveMarket(runtime, *telemetry.log);
  return exit_code;
}

}  // namespace

int RunServe(const ServeOptions& options) {
  ::umask(077);
  auto loop = MainLoop::Create();  // before any thread: the signal mask is inherited
  if (!loop.ok()) return Refuse(loop.status());
  const auto config = LoadConfig(options.config_path, ProcessEnvironment());
  if (!config.ok()) return Refuse(config.status());
  Telemetry telemetry;
  auto log = EventLog::Open(config->log);
  if (!log.ok()) return Refuse(log.status());
  telemetry.log = std::move(*log);
  auto runtime = Runtime::Open(*config, Runtime::Use::kServe);
  if (!runtime.ok()) return Refuse(runtime.status());
  return Serve(*config, **loop, **runtime, telemetry);
}

}  // namespace noren::server
