// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <string>

#include "engine/model/errors.h"
#include "server/daemon/commands.h"
#include "server/daemon/exit_codes.h"
#include "server/daemon/main_loop.h"
#include "server/daemon/no_dumps.h"
#include "server/daemon/sealable_service.h"
#include "server/telemetry/http_endpoint.h"

namespace noren::server {
namespace {

constexpr std::string_view kVersion = "0.1.0";

// kDataLoss and misconfiguration: someone has to look. A disk that fails is told apart.
int ExitCodeOf(const Status& status) {
  const model::ErrorCode code = model::CodeOf(status);
  if (code != model::ErrorCode::kInternal && code != model::ErrorCode::kStorage) {
    return kExitMisconfigured;  // passphrase, token: nothing that trying again mends
  }
  if (status.code() == StatusCode::kUnavailable ||
      status.code() == StatusCode::kResourceExhausted) {
    return kExitStorage;
  }
  return kExitMisconfigured;
}

int Refuse(const Status& status) {
  const model::ErrorCode code = model::CodeOf(status);
  const bool has_code = code != model::ErrorCode::kInternal;
  const std::string message(has_code ? model::RowOf(code).sentence_en : MessageOf(status));
  std::fprintf(stderr, "noren: not started: %s\n", message.c_str());
  return ExitCodeOf(status);
}

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

void TellStart(const Config& config, const Server& server, const HttpEndpoint& http,
               SealableService& service) {
  if (Runtime* const runtime = service.runtime()) {
    TellMarket(*runtime);
    TellReady(config, server, http, *runtime);
    return;
  }
  std::fprintf(stderr, "noren: sealed, on %s:%u; %u key shares are needed: noren unseal\n",
               config.server.address.c_str(), static_cast<unsigned>(server.port()),
               service.State().shares_needed);
}

int Serve(const Config& config, MainLoop& loop, Telemetry& telemetry) {
  SystemRandom random;
  auto service = SealableService::Create(
      {config, *telemetry.log, telemetry.metrics, telemetry.health, loop, std::string(kVersion)});
  if (!service.ok()) return Refuse(service.status());
  const Status opened = (*service)->OpenAtStart();
  if (!opened.ok()) return Refuse(opened);
  auto server = Server::Start(
      config.server,
      [&service](const RequestContext& request) { return (*service)->MakeProcessor(request); },
      {*telemetry.log, telemetry.metrics, random});
  if (!server.ok()) return Refuse(server.status());
  auto http = HttpEndpoint::Start(config.http_address, config.http_port, telemetry.health,
                                  telemetry.metrics);
  if (!http.ok()) return Refuse(http.status());
  TellStart(config, **server, **http, **service);
  const int exit_code = loop.Run([&] {
    const bool ok = (*server)->ReloadCertificates().ok();
    telemetry.log->Write(
        LogEvent("daemon.reload").Label("result", ok ? Literal("ok") : Literal("refused")));
  });
  telemetry.health.Set(HealthPhase::kDraining);
  (*server)->Stop();
  if (exit_code == kExitOk) (*service)->SaveMarket();
  return exit_code;
}

}  // namespace

int RunServe(const ServeOptions& options) {
  ::umask(077);
  const Status no_dumps = ForbidCoreDumps();
  if (!no_dumps.ok()) return Refuse(no_dumps);
  auto loop = MainLoop::Create();  // before any thread: the signal mask is inherited
  if (!loop.ok()) return Refuse(loop.status());
  const auto config = LoadConfig(options.config_path, ProcessEnvironment());
  if (!config.ok()) return Refuse(config.status());
  Telemetry telemetry;
  auto log = EventLog::Open(config->log);
  if (!log.ok()) return Refuse(log.status());
  telemetry.log = std::move(*log);
  return Serve(*config, **loop, telemetry);
}

}  // namespace noren::server
