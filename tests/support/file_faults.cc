// SPDX-License-Identifier: Apache-2.0
#include "tests/support/file_faults.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>

namespace noren {
namespace {

constexpr std::int64_t kOff = std::numeric_limits<std::int64_t>::max();
std::atomic<std::int64_t> bytes_left{kOff};
std::atomic<std::int64_t> syncs_left{kOff};
std::atomic<std::int64_t> syncs_seen{0};

bool IsRegular(int fd) {
  struct stat info{};
  return ::fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
}

// How many of `size_bytes` may be written to the file.
std::size_t Allowed(int fd, std::size_t size_bytes) {
  if (bytes_left.load() == kOff || !IsRegular(fd)) return size_bytes;
  const auto wanted = static_cast<std::int64_t>(size_bytes);
  const std::int64_t before = bytes_left.fetch_sub(wanted);
  return static_cast<std::size_t>(std::clamp<std::int64_t>(before, 0, wanted));
}

int Sync(long number, int fd) {
  ++syncs_seen;
  if (syncs_left.load() != kOff && syncs_left.fetch_sub(1) == 0) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(number, fd));
}

}  // namespace

void FileFaults::FillDiskAfterBytes(std::int64_t bytes) { bytes_left = bytes; }
void FileFaults::FailSyncAfter(std::int64_t count) { syncs_left = count; }
std::int64_t FileFaults::syncs_seen_count() { return syncs_seen; }
void FileFaults::Clear() {
  bytes_left = kOff;
  syncs_left = kOff;
}

}  // namespace noren

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size_bytes) {
  const std::size_t allowed = noren::Allowed(fd, size_bytes);
  if (allowed == 0 && size_bytes > 0) {
    errno = ENOSPC;
    return -1;
  }
  return static_cast<ssize_t>(::syscall(SYS_write, fd, bytes, allowed));
}

ssize_t pwrite(int fd, const void* bytes, size_t size_bytes, off_t offset) {
  const std::size_t allowed = noren::Allowed(fd, size_bytes);
  if (allowed == 0 && size_bytes > 0) {
    errno = ENOSPC;
    return -1;
  }
  return static_cast<ssize_t>(::syscall(SYS_pwrite64, fd, bytes, allowed, offset));
}

ssize_t pwrite64(int fd, const void* bytes, size_t size_bytes, off64_t offset) {
  return pwrite(fd, bytes, size_bytes, offset);
}

int fsync(int fd) { return noren::Sync(SYS_fsync, fd); }
int fdatasync(int fd) { return noren::Sync(SYS_fdatasync, fd); }

}  // extern "C"
