// noren doctor: looks at a configuration and its folders from outside and says what to mend.
// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "engine/storage/durable_file.h"
#include "server/cli/command_line.h"
#include "server/cli/failure.h"
#include "server/custody/anchor_file.h"
#include "server/daemon/config.h"
#include "server/daemon/exit_codes.h"
#include "server/daemon/snapshot_file.h"

namespace noren::cli {
namespace {

namespace fs = std::filesystem;

constexpr rlim_t kEnoughLockedBytes = rlim_t{64} << 20;
constexpr std::uint64_t kEnoughFreeBytes = std::uint64_t{1} << 30;
constexpr mode_t kOthersMask = 077;

enum class Verdict { kGood, kWarning, kBad };

struct Finding {
  std::string check;
  Verdict verdict = Verdict::kGood;
  std::string what;
  std::string fix;
};

std::string_view VerdictName(Verdict verdict) {
  if (verdict == Verdict::kGood) return "ok";
  return verdict == Verdict::kWarning ? "warning" : "bad";
}

class Doctor {
 public:
  const std::vector<Finding>& findings() const { return findings_; }

  void Look(const server::Config& config) {
    const std::string anchor = config.anchor_directory.empty() ? config.data_directory + "/anchor"
                                                               : config.anchor_directory;
    LookAtPath("data directory", config.data_directory);
    LookAtPath("anchor directory", anchor);
    LookAtPath("root key", config.root_key_path);
    if (!config.passphrase_path.empty()) LookAtPath("passphrase", config.passphrase_path);
    if (!config.pin_path.empty()) LookAtPath("token PIN", config.pin_path);
    if (!config.pkcs11_module_path.empty())
      LookAtReadable("token library", config.pkcs11_module_path);
    LookAtPath("TLS private key", config.server.tls.key_path);
    LookAtReadable("TLS certificate", config.server.tls.certificate_path);
    LookAtReadable("TLS authority", config.server.tls.ca_path);
    LookAtReadable("policy", config.policy_path);
    LookAtDevices(config, anchor);
    LookAtFreeSpace(config.data_directory);
    LookAtSnapshot(config);
    LookAtLockedMemory();
    LookAtClock();
  }

 private:
  void Add(std::string check, Verdict verdict, std::string what, std::string fix) {
    findings_.push_back({std::move(check), verdict, std::move(what), std::move(fix)});
  }

  void LookAtPath(const std::string& check, const std::string& path) {
    struct stat facts {};
    if (path.empty() || ::stat(path.c_str(), &facts) != 0) {
      Add(check, Verdict::kBad, path.empty() ? "not configured" : "missing: " + path,
          "run 'noren init', or correct the configuration");
      return;
    }
    if ((facts.st_mode & kOthersMask) != 0) {
      Add(check, Verdict::kBad, "others may use " + path, "chmod go= '" + path + "'");
      return;
    }
    Add(check, Verdict::kGood, path, "");
  }

  void LookAtReadable(const std::string& check, const std::string& path) {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) {
      Add(check, Verdict::kGood, path, "");
    } else {
      Add(check, Verdict::kBad, path.empty() ? "not configured" : "missing: " + path,
          "run 'noren init', or correct the configuration");
    }
  }

  // As the service itself judges it: one copy on the device of the data is enough to be imaged.
  void LookAtDevices(const server::Config& config, const std::string& anchor) {
    std::vector<std::string> places = {anchor};
    const std::string& mirror = config.anchor_mirror_directory;
    if (!mirror.empty()) {
      LookAtPath("anchor mirror", mirror);
      places.push_back(mirror);
    }
    const auto claim = server::ErasureClaimOf({places, config.data_directory});
    if (!claim.ok()) return;  // said above
    if (*claim == storage::ErasureClaim::kBackupsOnly) {
      Add("erasure claim", Verdict::kWarning,
          "backups-only: the anchor, or its mirror, is on the device of the data",
          "put service.anchor_directory on a device that is not imaged with the data");
    } else {
      Add("erasure claim", Verdict::kGood, "device: the anchor is on a device of its own", "");
    }
    LookAtMirror(anchor, mirror);
  }

  void LookAtMirror(const std::string& anchor, const std::string& mirror) {
    if (mirror.empty()) {
      Add("anchor copies", Verdict::kWarning, "one: nothing opens when its device is lost",
          "put service.anchor_mirror_directory on a third device");
      return;
    }
    const auto first = storage::DeviceOf(anchor);
    const auto second = storage::DeviceOf(mirror);
    if (!first.ok() || !second.ok()) return;  // said above
    if (*first == *second) {
      Add("anchor copies", Verdict::kWarning, "two on one device: they are lost together",
          "put service.anchor_mirror_directory on another device");
    } else {
      Add("anchor copies", Verdict::kGood, "two, on devices of their own", "");
    }
  }

  void LookAtFreeSpace(const std::string& path) {
    struct statvfs facts {};
    if (::statvfs(path.c_str(), &facts) != 0) return;  // said above
    const std::uint64_t free_bytes = std::uint64_t{facts.f_bavail} * facts.f_frsize;
    const std::string what = std::to_string(free_bytes >> 20) + " MiB free";
    if (free_bytes < kEnoughFreeBytes) {
      Add("free disk", Verdict::kWarning, what, "free at least 1 GiB before more is imported");
    } else {
      Add("free disk", Verdict::kGood, what, "");
    }
  }

  void LookAtSnapshot(const server::Config& config) {
    if (config.snapshot_minutes == 0) return;
    struct stat facts {};
    if (::stat(server::SnapshotPathIn(config.data_directory).c_str(), &facts) != 0) {
      Add("market snapshot", Verdict::kGood, "none yet: the next start reads every person", "");
      return;
    }
    const std::int64_t minutes = (::time(nullptr) - facts.st_mtime) / 60;
    Add("market snapshot", Verdict::kGood,
        std::to_string(minutes) + " min old, " + std::to_string(facts.st_size >> 20) + " MiB", "");
  }

  void LookAtLockedMemory() {
    struct rlimit limit {};
    ::getrlimit(RLIMIT_MEMLOCK, &limit);
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < kEnoughLockedBytes) {
      Add("locked memory", Verdict::kWarning,
          "at most " + std::to_string(limit.rlim_cur >> 10) + " KiB may be locked",
          "ulimit -l 65536, or LimitMEMLOCK=64M in the unit: keys could be swapped out");
    } else {
      Add("locked memory", Verdict::kGood, "at least 64 MiB may be locked", "");
    }
  }

  void LookAtClock() {
    struct timex facts {};
    const int state = ::adjtimex(&facts);
    if (state == TIME_ERROR || (facts.status & STA_UNSYNC) != 0) {
      Add("clock", Verdict::kWarning, "the system's clock is not synchronised",
          "start an NTP client, or confirm it: noren clock confirm --at now");
    } else {
      Add("clock", Verdict::kGood, "synchronised", "");
    }
  }

  std::vector<Finding> findings_;
};

Status RunDoctor(CommandContext& context, const std::string& config_path) {
  Doctor doctor;
  NOREN_ASSIGN_OR_RETURN(const server::Config config,
                         server::LoadConfig(config_path, server::ProcessEnvironment()));
  doctor.Look(config);
  Table table({"CHECK", "STATE", "WHAT", "FIX"});
  auto rows = model::JsonValue::MakeArray();
  for (const Finding& finding : doctor.findings()) {
    if (finding.verdict == Verdict::kBad) context.exit_code = server::kExitMisconfigured;
    const std::string state(VerdictName(finding.verdict));
    table.Add({finding.check, state, finding.what, finding.fix});
    model::JsonValue row;
    row.Set("check", finding.check).Set("state", state).Set("what", finding.what);
    rows.Append(row.Set("fix", finding.fix));
  }
  model::JsonValue object;
  context.console.Result(object.Set("checks", std::move(rows)), table.ToText());
  return OkStatus();
}

}  // namespace

void AddDoctorCommand(CLI::App& root, CommandContext& context) {
  auto config_path = std::make_shared<std::string>("noren.toml");
  CLI::App* doctor =
      root.add_subcommand("doctor", "checks a service's folders and machine (local)");
  doctor->add_option("--config", *config_path, "configuration file")->capture_default_str();
  doctor->callback([&context, config_path] {
    context.action = [config_path](CommandContext& c) { return RunDoctor(c, *config_path); };
  });
}

}  // namespace noren::cli
