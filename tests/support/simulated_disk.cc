// SPDX-License-Identifier: Apache-2.0
#include "tests/support/simulated_disk.h"

#include <fcntl.h>
#include <cstdarg>
#include <sys/syscall.h>
#include <unistd.h>

#include <optional>

#include "tests/support/simulated_disk_state.h"

namespace noren {
namespace {

// Never destroyed: files are closed after the last static is.
simulated::Disk& TheDisk() {
  static auto* disk = new simulated::Disk;
  return *disk;
}

}  // namespace

SimulatedDisk::SimulatedDisk(const std::string& folder) { TheDisk().Begin(folder); }
SimulatedDisk::~SimulatedDisk() { TheDisk().End(); }
void SimulatedDisk::CrashAt(std::uint64_t step, std::uint64_t chance) {
  TheDisk().Arm(step, chance);
}
void SimulatedDisk::CrashNow(std::uint64_t chance) { TheDisk().Crash(chance); }
void SimulatedDisk::Disarm() { TheDisk().Disarm(); }
bool SimulatedDisk::is_down() const { return TheDisk().is_down(); }
void SimulatedDisk::PowerOn() { TheDisk().PowerOn(); }
void SimulatedDisk::Settle() { TheDisk().Settle(); }
std::uint64_t SimulatedDisk::operations_count() const { return TheDisk().count(); }
void SimulatedDisk::ForgetSyncsOf(const std::string& part_of_path) {
  TheDisk().ForgetSyncsOf(part_of_path);
}

}  // namespace noren

extern "C" {

int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
  }
  if (noren::TheDisk().Concerns(path)) return noren::TheDisk().Open(path, flags, mode);
  return noren::simulated::RawOpen(path, flags, mode);
}

int close(int fd) {
  if (noren::TheDisk().IsTracked(fd)) noren::TheDisk().Close(fd);
  return noren::simulated::RawClose(fd);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  if (noren::TheDisk().IsTracked(fd)) return noren::TheDisk().Write(fd, bytes, size, std::nullopt);
  return static_cast<ssize_t>(::syscall(SYS_write, fd, bytes, size));
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  const auto at = static_cast<std::uint64_t>(offset);
  if (noren::TheDisk().IsTracked(fd)) return noren::TheDisk().Write(fd, bytes, size, at);
  return noren::simulated::RawWrite(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  return pwrite(fd, bytes, size, offset);
}

int ftruncate(int fd, off_t size) noexcept {
  const auto to = static_cast<std::uint64_t>(size);
  if (noren::TheDisk().IsTracked(fd)) return noren::TheDisk().Truncate(fd, to);
  return noren::simulated::RawTruncate(fd, to);
}

int fsync(int fd) {
  if (noren::TheDisk().IsTracked(fd)) return noren::TheDisk().Sync(fd);
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

int fdatasync(int fd) {
  if (noren::TheDisk().IsTracked(fd)) return noren::TheDisk().Sync(fd);
  return static_cast<int>(::syscall(SYS_fdatasync, fd));
}

int rename(const char* from, const char* to) noexcept {
  if (noren::TheDisk().Concerns(to)) return noren::TheDisk().Rename(from, to);
  return noren::simulated::RawRename(from, to);
}

int unlink(const char* path) noexcept {
  if (noren::TheDisk().Concerns(path)) return noren::TheDisk().Unlink(path);
  return noren::simulated::RawUnlink(path);
}

int link(const char* from, const char* to) noexcept {
  if (noren::TheDisk().Concerns(to)) return noren::TheDisk().Link(from, to);
  return static_cast<int>(::syscall(SYS_link, from, to));
}

}  // extern "C"
