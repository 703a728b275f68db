// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/backup.h"

#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/canonical_json.h"
#include "engine/model/civil_day.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/storage/durable_file.h"

namespace noren::operations {
namespace {

namespace fs = std::filesystem;
using model::ErrorCode;
using model::MakeError;

// "2026-11-22T101530Z-42": sorts by time, and names what it holds.
std::string FolderName(UnixSeconds now, std::uint64_t sequence) {
  const std::int64_t second = ((now.value % 86400) + 86400) % 86400;
  const auto two = [](std::int64_t n) {
    return std::string(n < 10 ? "0" : "") + std::to_string(n);
  };
  return model::ToIso(model::CivilDayAt(now, 0)) + "T" + two(second / 3600) +
         two(second / 60 % 60) + two(second % 60) + "Z-" + std::to_string(sequence);
}

Status AsStorage(const std::error_code& error) {
  return error ? MakeError(ErrorCode::kStorage, "backup: file copy") : OkStatus();
}

Status AsStorage(const Status& synced) {
  return synced.ok() ? OkStatus() : MakeError(ErrorCode::kStorage, "backup: sync");
}

StatusOr<std::uint64_t> SizeOf(const fs::path& folder) {
  std::error_code error;
  std::uint64_t bytes = 0;
  for (auto entry = fs::recursive_directory_iterator(folder, error);
       !error && entry != fs::end(entry); entry.increment(error)) {
    if (entry->is_regular_file(error) && !error) bytes += entry->file_size(error);
  }
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  return bytes;
}

Status WriteManifest(const fs::path& folder, ServiceContext& context, std::uint64_t sequence) {
  model::JsonValue manifest;
  manifest.Set("noren", "backup/1").Set("sequence", static_cast<std::int64_t>(sequence));
  manifest.Set("at", context.time.Now().value).Set("policy", context.policy.VersionText());
  std::ofstream file(folder / "manifest.json", std::ios::binary);
  file << model::DumpCanonical(manifest) << '\n';
  file.close();
  return file ? OkStatus() : MakeError(ErrorCode::kStorage, "backup: manifest");
}

// The checkpoint's files are hard links into the live store where they can be; a backup is a copy
// of its own.
Status CopyTree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to, error);
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  if (!fs::exists(from, error)) return OkStatus();
  fs::copy(from, to, fs::copy_options::recursive, error);
  return AsStorage(error);
}

Status CopyCheckpoint(storage::BackupSource& source, const fs::path& to) {
  const fs::path links = to.string() + ".links";
  std::error_code error;
  fs::remove_all(links, error);
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  if (!source.Checkpoint(links.string()).ok())
    return MakeError(ErrorCode::kStorage, "backup: checkpoint");
  NOREN_RETURN_IF_ERROR(CopyTree(links, to));
  fs::remove_all(links, error);
  return AsStorage(error);
}

Status WriteBackup(ServiceContext& context, const BackupPlaces& places, const fs::path& folder,
                   std::uint64_t sequence) {
  const fs::path partial = folder.string() + ".partial";
  std::error_code error;
  fs::remove_all(partial, error);
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  fs::create_directories(partial, error);
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  NOREN_RETURN_IF_ERROR(CopyCheckpoint(places.data, partial / "store"));
  NOREN_RETURN_IF_ERROR(CopyTree(places.blob_directory, partial / "blobs"));
  NOREN_RETURN_IF_ERROR(WriteManifest(partial, context, sequence));
  NOREN_RETURN_IF_ERROR(AsStorage(SyncFolder(partial.string())));
  fs::rename(partial, folder, error);
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  return AsStorage(storage::SyncDirectory(places.backup_directory));
}

Status SyncFile(const fs::path& file) {
  NOREN_ASSIGN_OR_RETURN(const auto opened, storage::OpenFile(file.string(), O_RDONLY));
  return storage::SyncData(opened);
}

}  // namespace

Status SyncFolder(const std::string& folder) {
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error);
       !error && entry != fs::end(entry); entry.increment(error)) {
    if (entry->is_directory(error) && !error) {
      NOREN_RETURN_IF_ERROR(storage::SyncDirectory(entry->path().string()));
    } else if (entry->is_regular_file(error) && !error) {
      NOREN_RETURN_IF_ERROR(SyncFile(entry->path()));
    }
  }
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  NOREN_RETURN_IF_ERROR(storage::SyncDirectory(folder));
  return storage::SyncDirectory(fs::path(folder).parent_path().string());
}

Status RefreshKeyTreeCopy(const BackupPlaces& places) {
  if (places.backup_directory.empty()) return OkStatus();
  const fs::path copy = fs::path(places.backup_directory) / "keytree";
  const fs::path fresh = copy.string() + ".new";
  std::error_code error;
  fs::remove_all(fresh, error);
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  fs::create_directories(places.backup_directory, error);
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  NOREN_RETURN_IF_ERROR(CopyCheckpoint(places.key_tree, fresh));
  NOREN_RETURN_IF_ERROR(AsStorage(SyncFolder(fresh.string())));
  fs::remove_all(copy, error);
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  fs::rename(fresh, copy, error);
  NOREN_RETURN_IF_ERROR(AsStorage(error));
  return AsStorage(storage::SyncDirectory(places.backup_directory));
}

StatusOr<BackupSummary> CreateBackup(ServiceContext& context, const Call& call,
                                     const BackupPlaces& places,
                                     const std::string& idempotency_key) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (places.backup_directory.empty()) {
    return model::MakeFieldError(ErrorCode::kBadRequest, "service.backup_directory",
                                 "not configured");
  }
  const auto identity = IdentifyRequest(idempotency_key, "create_backup", {});
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        Attempt attempt;
        attempt.change.entry.operation = audit::Operation::kCreateBackup;
        attempt.change.entry.principal = call.principal;
        attempt.answer = {
            FolderName(context.time.Now(), context.pipeline.log_state().sequence + 1)};
        return attempt;
      }));
  const fs::path folder = fs::path(places.backup_directory) / run.answer.at(0);
  std::error_code error;
  if (!fs::exists(folder, error)) {
    NOREN_RETURN_IF_ERROR(WriteBackup(context, places, folder, run.position.sequence));
  }
  // Also when the folder was there: the call before may have got no further than that.
  NOREN_RETURN_IF_ERROR(RefreshKeyTreeCopy(places));
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t bytes, SizeOf(folder));
  return BackupSummary{folder.string(), run.position.sequence, bytes, std::move(run.position)};
}

Status HeldAnchor::Store(const storage::AnchorRecord& record) {
  held_ = record.Clone();
  return OkStatus();
}

Status HeldAnchor::Release() { return held_ ? real_.Store(*held_) : OkStatus(); }

}  // namespace noren::operations
