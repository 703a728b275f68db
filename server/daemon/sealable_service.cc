// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/sealable_service.h"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <thread>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/settle_enrolments.h"
#include "engine/operations/settle_exposures.h"
#include "server/daemon/exit_codes.h"
#include "server/daemon/market_tender.h"

namespace noren::server {
namespace {

constexpr std::chrono::milliseconds kWatchInterval{250};

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
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

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

// A snapshot that could not be written costs a longer start, nothing else.
void SaveSnapshot(Runtime& runtime, EventLog& log) {
  const Status saved = runtime.SaveMarketSnapshot();
  LogEvent event("market.snapshot", saved.ok() ? LogLevel::kInfo : LogLevel::kWarning);
  log.Write(event.Label("result", saved.ok() ? Literal("ok") : Literal("failed")));
}

// What fails is tried again by the next round. True: more is left.
bool Tend(Runtime& runtime, operations::ExposureSettler& settler, EventLog& log) {
  const bool more_enrolments = operations::SettleEnrolments(runtime.context()).value_or(false);
  const auto more_exposures = settler.Step(runtime.context());
  if (!more_exposures.ok()) {
    LogEvent event("exposures.settle", LogLevel::kWarning);
    log.Write(event.Label("result", Literal("failed")));
  }
  return more_enrolments || more_exposures.value_or(false);
}

std::string ClaimOf(const Config& config) {
  const DataPlaces places(config);
  const auto claim = ErasureClaimOf({places.anchors, config.data_directory});
  return std::string(storage::NameOf(claim.value_or(storage::ErasureClaim::kBackupsOnly)));
}

}  // namespace

// Members go in the reverse order.
struct SealableService::Opened {
  Opened(const Environment& environment, std::unique_ptr<Runtime> made)
      : runtime(std::move(made)),
        parts{runtime->context(),  runtime->signer(),   runtime->backup_places(),
              environment.log,     environment.metrics, environment.version,
              /*restored_from=*/""},
        watch(*runtime, environment.health, environment.loop),
        tender(runtime->context().market,
               MarketTender::Plan{
                   .save_every = std::chrono::minutes(environment.config.snapshot_minutes),
                   .save = [this, &environment] { SaveSnapshot(*runtime, environment.log); },
                   .tend = [this,
                            &environment] { return Tend(*runtime, settler, environment.log); }}) {}

  std::unique_ptr<Runtime> runtime;
  ServiceParts parts;
  Watch watch;
  operations::ExposureSettler settler;
  MarketTender tender;
};

SealableService::SealableService(const Environment& environment,
                                 std::unique_ptr<RootKeySource> source)
    : environment_(environment),
      kind_(FindCustodyKind(environment.config.custody_kind).value_or(CustodyKind::kPassphrase)),
      source_(std::move(source)) {
  state_.custody = std::string(NameOf(kind_));
  state_.erasure_claim = ClaimOf(environment.config);
  state_.shares_needed = source_->shares_needed();
}

SealableService::~SealableService() { TakeDown(); }

StatusOr<std::unique_ptr<SealableService>> SealableService::Create(const Environment& environment) {
  NOREN_ASSIGN_OR_RETURN(const RootKeyPlace place, RootKeyPlaceOf(environment.config));
  NOREN_ASSIGN_OR_RETURN(std::unique_ptr<RootKeySource> source, MakeRootKeySource(place));
  return std::unique_ptr<SealableService>(new SealableService(environment, std::move(source)));
}

Status SealableService::OpenAtStart() {
  const std::lock_guard lock(change_);
  if (source_->shares_needed() > 0) {
    environment_.health.Set(HealthPhase::kSealed, "shares");
    return OkStatus();
  }
  return Open(SecretBytes(), RootKeySource::Asking::kOnTerminal);
}

CustodyState SealableService::State() {
  const std::lock_guard lock(state_mutex_);
  return state_;
}

Status SealableService::Open(const SecretBytes& secret, RootKeySource::Asking asking) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<SecretBytes> root_key, source_->Open(secret, asking));
  if (!root_key) return OkStatus();
  Surroundings surroundings;
  surroundings.root_key = [&root_key] { return StatusOr<SecretBytes>(root_key->Clone()); };
  NOREN_ASSIGN_OR_RETURN(auto runtime,
                         Runtime::Open(environment_.config, Runtime::Use::kServe, surroundings));
  environment_.health.Set(HealthPhase::kReady);  // before the watch, which may say worse
  opened_ = std::make_unique<Opened>(environment_, std::move(runtime));
  {
    const std::lock_guard lock(state_mutex_);
    state_.sealed = false;
  }
  gate_.Open(opened_->parts);
  return OkStatus();
}

Status SealableService::Unseal(const SecretBytes& secret) {
  const std::lock_guard lock(change_);
  if (opened_) return OkStatus();
  const Status opened = Open(secret, RootKeySource::Asking::kNever);
  {
    const std::lock_guard state_lock(state_mutex_);
    state_.shares_given = source_->shares_given();
  }
  if (opened.ok() || model::CodeOf(opened) != model::ErrorCode::kInternal) return opened;
  // What the data or the machine lack is for the operator's eyes.
  const std::string message(MessageOf(opened));
  std::fprintf(stderr, "noren: not unsealed: %s\n", message.c_str());
  return model::MakeError(model::ErrorCode::kSealed);
}

void SealableService::TakeDown() {
  if (!opened_) return;
  gate_.Close();
  opened_.reset();
}

Status SealableService::Seal() {
  const std::lock_guard lock(change_);
  environment_.health.Set(HealthPhase::kSealed, "officer");
  TakeDown();
  const std::lock_guard state_lock(state_mutex_);
  state_.sealed = true;
  return OkStatus();
}

std::shared_ptr<apache::thrift::TProcessor> SealableService::MakeProcessor(
    const RequestContext& request) {
  return MakeGatedProcessor({gate_, *this, environment_.log, environment_.metrics}, request);
}

void SealableService::SaveMarket() {
  const std::lock_guard lock(change_);
  if (opened_) SaveSnapshot(*opened_->runtime, environment_.log);
}

Runtime* SealableService::runtime() {
  const std::lock_guard lock(change_);
  return opened_ ? opened_->runtime.get() : nullptr;
}

}  // namespace noren::server
