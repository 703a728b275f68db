// SPDX-License-Identifier: Apache-2.0
#include "server/custody/anchor_file.h"

#include <fcntl.h>

#include <array>
#include <optional>

#include "engine/storage/anchor_codec.h"
#include "server/custody/private_file.h"

namespace noren::server {
namespace {

using storage::AnchorRecord;
using storage::kAnchorSlotBytes;

constexpr std::size_t kSlotsCount = 2;
constexpr std::string_view kFileName = "/anchor";

StatusOr<storage::FileDescriptor> OpenOrCreate(const std::string& path) {
  auto file = OpenPrivateFile(path, O_RDWR, "anchor file");
  if (!absl::IsNotFound(file.status())) return file;
  // Whole or not at all: a file of another size is damage, never a crash while it was made.
  NOREN_RETURN_IF_ERROR(storage::ReplaceFile(path, Bytes(kSlotsCount * kAnchorSlotBytes)));
  return OpenPrivateFile(path, O_RDWR, "anchor file");
}

Status NotOpened() {
  return DataLoss(
      "The anchor cannot be opened: no slot of it is whole, or it was sealed with another root "
      "key. The service stays sealed. Check that the root key file belongs to this anchor, or "
      "put its mirror back; run `noren doctor` for the details.");
}

}  // namespace

StatusOr<storage::ErasureClaim> ErasureClaimOf(const AnchorFileOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const dev_t data_device, storage::DeviceOf(options.data_directory));
  for (const std::string& directory : options.directories) {
    NOREN_ASSIGN_OR_RETURN(const dev_t device, storage::DeviceOf(directory));
    if (device == data_device) return storage::ErasureClaim::kBackupsOnly;
  }
  return storage::ErasureClaim::kDevice;
}

// What reading all slots found.
struct AnchorFile::Scan {
  std::optional<AnchorRecord> best;
  bool is_damaged = false;
};

StatusOr<std::unique_ptr<AnchorFile>> AnchorFile::Open(const AnchorFileOptions& options,
                                                       SecretBytes seal_key, Random& random) {
  NOREN_RETURN_IF_ERROR(MakeMirrorDirectories(options.directories));
  std::unique_ptr<AnchorFile> anchor(new AnchorFile(std::move(seal_key), random));
  NOREN_ASSIGN_OR_RETURN(anchor->claim_, ErasureClaimOf(options));
  for (const std::string& directory : options.directories) {
    Mirror& mirror = anchor->mirrors_.emplace_back();
    NOREN_ASSIGN_OR_RETURN(mirror.file, OpenOrCreate(directory + std::string(kFileName)));
  }
  return anchor;
}

// Adds one mirror's slots to `scan` and chooses the slot to overwrite next: the one that is not the
// mirror's highest epoch.
Status AnchorFile::ReadMirror(Mirror& mirror, Scan& scan) {
  std::optional<std::uint64_t> highest;
  mirror.next_slot = 0;
  for (std::size_t slot = 0; slot < kSlotsCount; ++slot) {
    NOREN_ASSIGN_OR_RETURN(
        const Bytes bytes,
        storage::ReadAtMost(mirror.file, slot * kAnchorSlotBytes, kAnchorSlotBytes));
    StatusOr<AnchorRecord> record = storage::OpenAnchorSlot(seal_key_, bytes);
    if (!record.ok()) {
      scan.is_damaged = scan.is_damaged || !absl::IsNotFound(record.status());
      continue;
    }
    if (!highest || record->epoch > *highest) {
      highest = record->epoch;
      mirror.next_slot = 1 - slot;
    }
    if (!scan.best || record->epoch > scan.best->epoch) scan.best = std::move(record).value();
  }
  return OkStatus();
}

StatusOr<AnchorRecord> AnchorFile::Load() {
  std::lock_guard lock(mutex_);
  if (failed_) return Unavailable("anchor: an earlier write failed; start again");
  Scan scan;
  for (Mirror& mirror : mirrors_) NOREN_RETURN_IF_ERROR(ReadMirror(mirror, scan));
  if (!scan.best && scan.is_damaged) return NotOpened();
  loaded_ = true;
  if (!scan.best) return NotFound("anchor: none was ever stored");
  last_epoch_ = scan.best->epoch;
  return std::move(*scan.best);
}

Status AnchorFile::Store(const AnchorRecord& record) {
  NOREN_RETURN_IF_ERROR(PrepareToStore());
  return WriteSlots(record, SlotsToWrite::kNext);
}

Status AnchorFile::StoreAndOverwriteAll(const AnchorRecord& record) {
  NOREN_RETURN_IF_ERROR(PrepareToStore());
  return WriteSlots(record, SlotsToWrite::kBoth);
}

// What cannot be read is not written over: it may be all that is left of the last record.
Status AnchorFile::PrepareToStore() {
  {
    std::lock_guard lock(mutex_);
    if (loaded_) return OkStatus();
  }
  StatusOr<AnchorRecord> current = Load();
  if (current.ok() || absl::IsNotFound(current.status())) return OkStatus();
  return current.status();
}

Status AnchorFile::WriteSlots(const AnchorRecord& record, SlotsToWrite which) {
  std::lock_guard lock(mutex_);
  if (failed_) return Unavailable("anchor: an earlier write failed; start again");
  if (record.epoch <= last_epoch_) return FailedPrecondition("anchor: the epoch must rise");
  const std::size_t rounds = which == SlotsToWrite::kBoth ? kSlotsCount : 1;
  // One slot of every mirror is durable before the other is touched.
  for (std::size_t round = 0; round < rounds; ++round) {
    for (Mirror& mirror : mirrors_) {
      NOREN_ASSIGN_OR_RETURN(const Bytes slot, storage::SealAnchorSlot(seal_key_, record, random_));
      Status written = storage::WriteAt(mirror.file, mirror.next_slot * kAnchorSlotBytes, slot);
      if (written.ok()) written = storage::SyncData(mirror.file);
      failed_ = !written.ok();
      NOREN_RETURN_IF_ERROR(written);
      mirror.next_slot = 1 - mirror.next_slot;
    }
  }
  last_epoch_ = record.epoch;
  return OkStatus();
}

}  // namespace noren::server
