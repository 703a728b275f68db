// Files whose durability somebody relies on: the few system calls, with every error named and no
// retry of a failed sync.
// Threads:  free functions, concurrently; one FileDescriptor is externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::storage {

// Owns an open file.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.Release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int Release();
  int fd_ = -1;
};

// "<action>: ENOSPC". kNotFound, kAlreadyExists, kPermissionDenied, kResourceExhausted (disk,
// quota, file size, memory, descriptors), otherwise kUnavailable. `action` is a literal of ours.
Status ErrnoStatus(std::string_view action, int error_number);

// Opens with O_CLOEXEC; `flags` as in open(2). New files get mode 0600.
StatusOr<FileDescriptor> OpenFile(const std::string& path, int flags);
StatusOr<std::uint64_t> FileSize(const FileDescriptor& file);
Status WriteAt(const FileDescriptor& file, std::uint64_t offset, ByteSpan bytes);
// Fewer bytes than asked at the end of the file.
StatusOr<Bytes> ReadAtMost(const FileDescriptor& file, std::uint64_t offset,
                           std::size_t size_bytes);
Status SyncData(const FileDescriptor& file);
Status SyncDirectory(const std::string& directory);

// Makes the directory (not its parents) with mode 0700 and syncs the parent; ok when it exists.
Status MakePrivateDirectory(const std::string& directory);
// Writes under a temporary name, syncs, renames, syncs the directory: the old content or the new
// one, never a mixture.
Status ReplaceFile(const std::string& path, ByteSpan content);
// Names in the directory without "." and "..", sorted.
StatusOr<std::vector<std::string>> ListDirectory(const std::string& directory);
// The device the path is on (st_dev).
StatusOr<dev_t> DeviceOf(const std::string& path);
std::string ParentOf(const std::string& path);

}  // namespace noren::storage
