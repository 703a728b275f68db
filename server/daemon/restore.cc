// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "engine/model/canonical_json.h"
#include "engine/storage/durable_file.h"
#include "server/custody/key_file.h"
#include "server/custody/process_lock.h"
#include "server/daemon/commands.h"
#include "server/daemon/exit_codes.h"
#include "server/daemon/runtime.h"

namespace noren::server {
namespace {

namespace fs = std::filesystem;

Status AsUnavailable(const std::error_code& error) {
  return error ? Unavailable("restore: a file could not be copied") : OkStatus();
}

// The present database is kept beside it until the operator removes it.
Status PutAside(const fs::path& directory) {
  std::error_code error;
  if (!fs::exists(directory, error)) return AsUnavailable(error);
  fs::path aside;
  for (int n = 1; aside.empty() || fs::exists(aside, error); ++n) {
    aside = directory.string() + ".before-restore-" + std::to_string(n);
  }
  fs::rename(directory, aside, error);
  return AsUnavailable(error);
}

Status CopyFolder(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to, error);
  NOREN_RETURN_IF_ERROR(AsUnavailable(error));
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::skip_existing, error);
  NOREN_RETURN_IF_ERROR(AsUnavailable(error));
  return operations::SyncFolder(to.string());
}

// Puts the backup's files in place. The key tree is the present one; only when it is gone, the copy
// beside the backups.
Status PutFilesInPlace(const Config& config, const fs::path& backup) {
  const DataPlaces places(config);
  std::error_code error;
  if (!fs::exists(backup / "manifest.json", error) || !fs::exists(backup / "store", error)) {
    return NotFound("restore: this folder is not a backup (no manifest.json)");
  }
  NOREN_RETURN_IF_ERROR(PutAside(places.store));
  NOREN_RETURN_IF_ERROR(CopyFolder(backup / "store", places.store));
  if (fs::exists(backup / "blobs", error))
    NOREN_RETURN_IF_ERROR(CopyFolder(backup / "blobs", places.blobs));
  if (fs::exists(places.key_tree, error)) return OkStatus();
  // A crash while the copy was replaced leaves the new one alone, whole.
  const fs::path copy = backup.parent_path() / "keytree";
  const fs::path fresh = backup.parent_path() / "keytree.new";
  const fs::path partial = places.key_tree + ".partial";  // of an interrupted restore: made anew
  fs::remove_all(partial, error);
  NOREN_RETURN_IF_ERROR(AsUnavailable(error));
  NOREN_RETURN_IF_ERROR(CopyFolder(fs::exists(copy, error) ? copy : fresh, partial));
  fs::rename(partial, places.key_tree, error);
  NOREN_RETURN_IF_ERROR(AsUnavailable(error));
  return storage::SyncDirectory(config.data_directory);
}

// The lock is taken by Runtime::Open again; between the two nothing of the daemon may run.
Status CheckNotRunning(const Config& config) {
  return ProcessLock::Acquire(config.data_directory).status();
}

StatusOr<SecretBytes> RootKeyOf(const Config& config, const std::vector<std::string>& share_files) {
  NOREN_ASSIGN_OR_RETURN(const RootKeyPlace place, RootKeyPlaceOf(config));
  NOREN_ASSIGN_OR_RETURN(const auto source, MakeRootKeySource(place));
  if (place.kind != CustodyKind::kShares) {
    NOREN_ASSIGN_OR_RETURN(std::optional<SecretBytes> key,
                           source->Open(SecretBytes(), RootKeySource::Asking::kOnTerminal));
    return std::move(*key);
  }
  for (const std::string& path : share_files) {
    NOREN_ASSIGN_OR_RETURN(const SecretBytes share,
                           ReadPassphrase({.file = path, .environment_name = {}, .prompt = false}));
    NOREN_ASSIGN_OR_RETURN(std::optional<SecretBytes> key,
                           source->Open(share, RootKeySource::Asking::kNever));
    if (key) return std::move(*key);
  }
  return FailedPrecondition("restore: more key shares are needed: --share FILE");
}

StatusOr<operations::RestoreSummary> Restore(const RestoreOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const Config config,
                         LoadConfig(options.config_path, ProcessEnvironment()));
  Surroundings surroundings;
  surroundings.root_key = [&] { return RootKeyOf(config, options.share_files); };
  return RestoreBackup(config, options.backup, surroundings);
}

void Print(const operations::RestoreSummary& summary, bool json) {
  if (json) {
    model::JsonValue value;
    value.Set("backup_sequence", static_cast<std::int64_t>(summary.backup_sequence));
    value.Set("lost_first", static_cast<std::int64_t>(summary.lost_first));
    value.Set("lost_last", static_cast<std::int64_t>(summary.lost_last));
    value.Set("withdrawals_applied_again", static_cast<std::int64_t>(summary.withdrawals));
    value.Set("erasures_applied_again", static_cast<std::int64_t>(summary.erasures));
    value.Set("holds_applied_again", static_cast<std::int64_t>(summary.holds));
    value.Set("erasure_requests_applied_again",
              static_cast<std::int64_t>(summary.erasure_requests));
    value.Set("employer_blocks_applied_again", static_cast<std::int64_t>(summary.employer_blocks));
    value.Set("freezes_applied_again", static_cast<std::int64_t>(summary.freezes));
    std::printf("%s\n", model::DumpCanonical(value).c_str());
    return;
  }
  std::printf(
      "restored to entry %llu; applied again: %zu withdrawals, %zu erasures, %zu erasure "
      "requests, %zu employer blocks, %zu freezes\n",
      static_cast<unsigned long long>(summary.backup_sequence), summary.withdrawals,
      summary.erasures, summary.erasure_requests, summary.employer_blocks, summary.freezes);
  if (summary.lost_last == 0) return;
  std::printf("lost: entries %llu to %llu (the log says so and goes on after them)\n",
              static_cast<unsigned long long>(summary.lost_first),
              static_cast<unsigned long long>(summary.lost_last));
}

}  // namespace

StatusOr<operations::RestoreSummary> RestoreBackup(const Config& config, const std::string& backup,
                                                   const Surroundings& surroundings) {
  NOREN_RETURN_IF_ERROR(CheckNotRunning(config));
  NOREN_RETURN_IF_ERROR(PutFilesInPlace(config, backup));
  NOREN_ASSIGN_OR_RETURN(auto runtime, Runtime::Open(config, Runtime::Use::kRestore, surroundings));
  return runtime->FinishRestore();
}

int RunRestore(const RestoreOptions& options) {
  ::umask(077);
  const auto summary = Restore(options);
  if (!summary.ok()) {
    const std::string message(MessageOf(summary.status()));
    std::fprintf(stderr, "noren: not restored: %s\n", message.c_str());
    switch (summary.status().code()) {
      case StatusCode::kNotFound:
        return kExitNotFound;
      case StatusCode::kUnavailable:
        return kExitStorage;
      default:
        return kExitMisconfigured;
    }
  }
  Print(*summary, options.json);
  return kExitOk;
}

}  // namespace noren::server
