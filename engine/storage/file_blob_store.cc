// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/file_blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/storage/durable_file.h"

namespace noren::storage {
namespace {

constexpr std::size_t kVerifyChunkBytes = std::size_t{1} << 20;
constexpr std::string_view kTemporaryDirectory = "/tmp";

Status NoSuchBlob() { return NotFound("blob: not there"); }

std::string ShardName(std::uint8_t first_byte) {
  return HexEncode(std::array<std::uint8_t, 1>{first_byte});
}

bool IsShardName(const std::string& name) { return name.size() == 2 && HexDecode(name).ok(); }

// The digest a file in a shard is called after; an error for any other name.
StatusOr<BlobDigest> DigestOf(const std::string& name) {
  NOREN_ASSIGN_OR_RETURN(const Bytes bytes, HexDecode(name));
  BlobDigest digest{};
  if (bytes.size() != digest.size()) return InvalidArgument("blob: not a digest");
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

StatusOr<FileDescriptor> OpenBlob(const std::string& path) {
  StatusOr<FileDescriptor> file = OpenFile(path, O_RDONLY);
  if (absl::IsNotFound(file.status())) return NoSuchBlob();
  return file;
}

// The age of a blob is counted by the injected clock, not by the file system's.
Status SetModifiedAt(const FileDescriptor& file, UnixSeconds now) {
  const std::array<timespec, 2> times = {timespec{now.value, 0}, timespec{now.value, 0}};
  if (::futimens(file.get(), times.data()) != 0) return ErrnoStatus("futimens", errno);
  return OkStatus();
}

Status RemoveFile(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return ErrnoStatus("unlink", errno);
  return OkStatus();
}

}  // namespace

class FileBlobStore::Writer final : public BlobWriter {
 public:
  Writer(FileBlobStore& store, std::string path, FileDescriptor file)
      : store_(store), path_(std::move(path)), file_(std::move(file)) {}
  // What cannot be removed now is removed by the next Open.
  ~Writer() override {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Status Append(ByteSpan bytes) override {
    NOREN_RETURN_IF_ERROR(state_);
    hasher_.Update(bytes);
    state_ = WriteAt(file_, size_bytes_, bytes);
    size_bytes_ += bytes.size();
    return state_;
  }

  StatusOr<BlobDigest> Commit() override {
    NOREN_RETURN_IF_ERROR(state_);
    state_ = FailedPrecondition("blob: the writer is finished");
    const BlobDigest digest = hasher_.Finish();
    NOREN_RETURN_IF_ERROR(SetModifiedAt(file_, store_.clock_.Now()));
    if (::fsync(file_.get()) != 0) return ErrnoStatus("fsync", errno);
    NOREN_RETURN_IF_ERROR(store_.Publish(path_, digest));
    path_.clear();
    return digest;
  }

 private:
  FileBlobStore& store_;
  std::string path_;  // of the temporary file; empty once it has its name
  FileDescriptor file_;
  primitives::Sha256Hasher hasher_;
  std::uint64_t size_bytes_ = 0;
  Status state_ = OkStatus();
};

FileBlobStore::FileBlobStore(std::string directory, const Clock& clock)
    : directory_(std::move(directory)), clock_(clock) {}

StatusOr<std::unique_ptr<FileBlobStore>> FileBlobStore::Open(const std::string& directory,
                                                             const Clock& clock) {
  std::unique_ptr<FileBlobStore> store(new FileBlobStore(directory, clock));
  NOREN_RETURN_IF_ERROR(store->Prepare());
  return store;
}

Status FileBlobStore::Prepare() {
  NOREN_RETURN_IF_ERROR(MakePrivateDirectory(directory_));
  const std::string temporary = directory_ + std::string(kTemporaryDirectory);
  NOREN_RETURN_IF_ERROR(MakePrivateDirectory(temporary));
  NOREN_ASSIGN_OR_RETURN(const std::vector<std::string> leftovers, ListDirectory(temporary));
  for (const std::string& name : leftovers) {
    NOREN_RETURN_IF_ERROR(RemoveFile(temporary + "/" + name));
  }
  return OkStatus();
}

std::string FileBlobStore::PathOf(const BlobDigest& digest) const {
  return directory_ + "/" + ShardName(digest[0]) + "/" + HexEncode(digest);
}

// Gives a finished temporary file its name. A directory whose sync failed once is not trusted again
// by this process.
Status FileBlobStore::Publish(const std::string& temporary, const BlobDigest& digest) {
  const std::string target = PathOf(digest);
  const std::string shard = ParentOf(target);
  std::lock_guard lock(mutex_);
  if (is_failed_) return Unavailable("blob: an earlier directory sync failed; start again");
  if (!is_shard_durable_[digest[0]]) {
    if (::mkdir(shard.c_str(), S_IRWXU) != 0 && errno != EEXIST) return ErrnoStatus("mkdir", errno);
    NOREN_RETURN_IF_ERROR(SyncOrFail(directory_));
    is_shard_durable_[digest[0]] = true;
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0) return ErrnoStatus("rename", errno);
  return SyncOrFail(shard);
}

Status FileBlobStore::SyncOrFail(const std::string& directory) {
  Status synced = SyncDirectory(directory);
  is_failed_ = !synced.ok();
  return synced;
}

StatusOr<std::unique_ptr<BlobWriter>> FileBlobStore::Begin() {
  std::string path = directory_ + std::string(kTemporaryDirectory) + "/";
  {
    std::lock_guard lock(mutex_);
    path += std::to_string(next_temporary_++);
  }
  NOREN_ASSIGN_OR_RETURN(FileDescriptor file, OpenFile(path, O_WRONLY | O_CREAT | O_EXCL));
  return std::unique_ptr<BlobWriter>(
      std::make_unique<Writer>(*this, std::move(path), std::move(file)));
}

StatusOr<std::uint64_t> FileBlobStore::Size(const BlobDigest& digest) {
  NOREN_ASSIGN_OR_RETURN(const FileDescriptor file, OpenBlob(PathOf(digest)));
  return FileSize(file);
}

StatusOr<Bytes> FileBlobStore::ReadAt(const BlobDigest& digest, std::uint64_t offset,
                                      std::size_t size_bytes) {
  NOREN_ASSIGN_OR_RETURN(const FileDescriptor file, OpenBlob(PathOf(digest)));
  return ReadAtMost(file, offset, size_bytes);
}

Status FileBlobStore::Verify(const BlobDigest& digest) {
  NOREN_ASSIGN_OR_RETURN(const FileDescriptor file, OpenBlob(PathOf(digest)));
  primitives::Sha256Hasher hasher;
  for (std::uint64_t offset = 0;;) {
    NOREN_ASSIGN_OR_RETURN(const Bytes chunk, ReadAtMost(file, offset, kVerifyChunkBytes));
    if (chunk.empty()) break;
    hasher.Update(chunk);
    offset += chunk.size();
  }
  if (hasher.Finish() != digest) return DataLoss("blob: the content is not what its name says");
  return OkStatus();
}

StatusOr<SweepReport> FileBlobStore::Sweep(const IsReferenced& is_referenced,
                                           std::int64_t grace_seconds) {
  SweepReport report;
  NOREN_ASSIGN_OR_RETURN(const std::vector<std::string> shards, ListDirectory(directory_));
  for (const std::string& shard : shards) {
    if (!IsShardName(shard)) continue;
    NOREN_RETURN_IF_ERROR(
        SweepShard(directory_ + "/" + shard, is_referenced, grace_seconds, report));
  }
  return report;
}

Status FileBlobStore::SweepShard(const std::string& shard, const IsReferenced& is_referenced,
                                 std::int64_t grace_seconds, SweepReport& report) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(shard));
  bool is_changed = false;
  for (const std::string& name : names) {
    StatusOr<BlobDigest> digest = DigestOf(name);
    if (!digest.ok()) continue;  // not ours to remove
    NOREN_ASSIGN_OR_RETURN(const bool is_kept, is_referenced(*digest));
    bool is_removed = false;
    if (!is_kept) {
      NOREN_ASSIGN_OR_RETURN(is_removed, RemoveIfOld(shard + "/" + name, grace_seconds, report));
    }
    is_changed = is_changed || is_removed;
    if (!is_removed) ++report.kept_count;
  }
  return is_changed ? SyncDirectory(shard) : OkStatus();
}

StatusOr<bool> FileBlobStore::RemoveIfOld(const std::string& path, std::int64_t grace_seconds,
                                          SweepReport& report) {
  std::lock_guard lock(mutex_);
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus("stat", errno);
  if (clock_.Now().value - static_cast<std::int64_t>(info.st_mtime) <= grace_seconds) return false;
  NOREN_RETURN_IF_ERROR(RemoveFile(path));
  ++report.removed_count;
  report.removed_bytes += static_cast<std::uint64_t>(info.st_size);
  return true;
}

}  // namespace noren::storage
