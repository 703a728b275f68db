// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/simulator.h"

#include <algorithm>

#include "crypto/agefile/recipient.h"
#include "engine/model/errors.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/officer_views.h"

namespace noren::simulation {
namespace {

constexpr std::uint64_t kMix = 0x9e3779b97f4a7c15U;
constexpr std::uint64_t kOpeningOperations = 36;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 86400;

}  // namespace

void Counts::Add(const Counts& more) {
  operations += more.operations;
  crashes += more.crashes;
  restarts += more.restarts;
  restores += more.restores;
  lost_disks += more.lost_disks;
  images_refused += more.images_refused;
  grants += more.grants;
  releases += more.releases;
  refused_releases += more.refused_releases;
  withdrawals += more.withdrawals;
  destructions += more.destructions;
  replays_refused += more.replays_refused;
  plans += more.plans;
  holds += more.holds;
  blocks += more.blocks;
}

Simulator::Simulator(std::uint64_t seed)
    : random_(seed),
      seed_(seed),
      service_(directory_.path(), seed,
               seed % 3 == 0 ? DiskService::Mirrors::kTwo : DiskService::Mirrors::kOne),
      disk_(directory_.path()) {}

void Simulator::Fail(const std::string& what) {
  if (failure_.empty()) failure_ = what;
}

std::string Simulator::Run(std::uint64_t operations) {
  const Status created = service_.Create();
  if (!created.ok()) return "cannot be made: " + created.ToString();
  if (!Start()) return failure_;
  if (disk_.operations_count() == 0) return "the disk is not simulated";
  const std::string recipient =
      agefile::Identity::Generate(service_.random()).recipient().ToString();
  const Status added = operations::AddCompanyKey(service_.context(), service_.company(),
                                                 service_.NextKey(), recipient)
                           .status();
  if (!added.ok()) return "no company key: " + added.ToString();
  if (const std::string refused = AddSigner(); !refused.empty()) return refused;
  if (const std::string refused = AddCompany(); !refused.empty()) return refused;
  for (std::uint64_t i = 0; i < operations && failure_.empty(); ++i) {
    // Each operation draws from a generator of its own: a prefix of a run is the run of a prefix.
    random_.seed(seed_ * kMix + i);
    Step(i);
    ++counts_.operations;
  }
  if (failure_.empty()) CutPower();
  service_.Stop();
  return failure_;
}

void Simulator::Step(std::uint64_t number) {
  Say(std::to_string(number) + ":");
  service_.clock().AdvanceSeconds(1 + static_cast<std::int64_t>(Below(30)));
  using Action = void (Simulator::*)();
  static constexpr std::pair<Action, int> kActions[] = {
      {&Simulator::Register, 12},     {&Simulator::PutItem, 8},
      {&Simulator::Show, 10},         {&Simulator::Hide, 4},
      {&Simulator::AddPosting, 3},    {&Simulator::Invite, 14},
      {&Simulator::Answer, 18},       {&Simulator::WithdrawConsent, 6},
      {&Simulator::Collect, 20},      {&Simulator::Replay, 6},
      {&Simulator::AskForErasure, 3}, {&Simulator::Destroy, 3},
      {&Simulator::MakeBackup, 4},    {&Simulator::Restore, 2},
      {&Simulator::TakeImage, 2},     {&Simulator::PutImageBack, 2},
      {&Simulator::MoveClock, 4},     {&Simulator::ConfirmClock, 4},
      {&Simulator::Restart, 2},       {&Simulator::CutPower, 3},
      {&Simulator::PassDeadlines, 4}, {&Simulator::DestroyByPlan, 4},
      {&Simulator::PlaceHold, 3},     {&Simulator::EndHold, 2},
      {&Simulator::ReadHeld, 2},      {&Simulator::Block, 4},
      {&Simulator::Unblock, 4},       {&Simulator::ReadFeed, 3}};
  // A run begins with people who are there and shown: before that there is little to lose.
  static constexpr Action kOpening[] = {&Simulator::Register, &Simulator::PutItem,
                                        &Simulator::Register, &Simulator::PutItem,
                                        &Simulator::Show,     &Simulator::AddPosting};
  if (number < kOpeningOperations) {
    (this->*kOpening[number % std::size(kOpening)])();
    if (failure_.empty()) Check();
    return;
  }
  std::uint64_t all = 0;
  for (const auto& [action, weight] : kActions) all += static_cast<std::uint64_t>(weight);
  std::uint64_t at = Below(all);
  for (const auto& [action, weight] : kActions) {
    if (at < static_cast<std::uint64_t>(weight)) {
      (this->*action)();
      break;
    }
    at -= static_cast<std::uint64_t>(weight);
  }
  if (failure_.empty()) Check();
}

Status Simulator::Perform(std::uint64_t crash_within, const Send& send,
                          const std::function<void()>& acknowledged) {
  if (OneIn(4)) disk_.CrashAt(Below(crash_within), random_());
  Status status = send();
  if (status.ok()) acknowledged();
  while (disk_.is_down() && failure_.empty()) {
    Say("  power failure");
    const bool answered = status.ok();
    if (!PowerOnAndStart()) break;
    if (answered) break;
    status = send();  // what was not answered is asked again, under the same key
    if (status.ok()) acknowledged();
  }
  disk_.Disarm();
  if (status.ok() && service_.is_running() && service_.context().time.trusted())
    known_time_s_ = std::max(known_time_s_, service_.clock().Now().value);
  Say("  " + (status.ok() ? "ok" : std::string(model::RowOf(model::CodeOf(status)).name)));
  return status;
}

bool Simulator::PowerOnAndStart() {
  while (true) {
    ++counts_.crashes;
    service_.Stop();
    disk_.PowerOn();
    if (OneIn(4)) disk_.CrashAt(Below(80), random_());
    const bool started = Start();
    if (started && !disk_.is_down()) {
      disk_.Disarm();
      return true;
    }
    if (!disk_.is_down()) return false;
  }
}

bool Simulator::Start() {
  service_.set_clock_checked(!OneIn(5));
  const Status started = service_.Start();
  if (started.ok()) return true;
  if (!disk_.is_down()) Fail("a start is refused: " + started.ToString());
  return false;
}

void Simulator::Restart() {
  Say("restart");
  ++counts_.restarts;
  if (OneIn(2)) (void)service_.runtime().SaveMarketSnapshot();
  service_.Stop();
  (void)Start();
}

void Simulator::CutPower() {
  Say("power failure");
  disk_.CrashNow(random_());
  if (PowerOnAndStart()) Check();
}

void Simulator::MoveClock() {
  constexpr std::int64_t kJumps[] = {kHour,     kHour,      kDay,   kDay,
                                     16 * kDay, 100 * kDay, -kHour, -20 * kDay};
  const std::int64_t jump = kJumps[Below(std::size(kJumps))];
  Say("clock " + std::to_string(jump));
  service_.clock().AdvanceSeconds(jump);
}

void Simulator::ConfirmClock() {
  Say("confirm clock");
  const std::string key = service_.NextKey();
  const operations::Call call = service_.officer();
  (void)Perform(
      20,
      [&] {
        return operations::ConfirmClock(service_.context(), call, key, service_.clock().Now())
            .status();
      },
      [] {});
}

}  // namespace noren::simulation
