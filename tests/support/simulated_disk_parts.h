// What a simulated disk is made of: the system's own calls, changes that are not synced, and how
// one of them is taken back when the power fails.
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace noren::simulated {

inline constexpr std::size_t kMaxFiles = 4096;

// The system's own, since ours have their names.
inline int RawOpen(const char* path, int flags, mode_t mode) {
  return static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
inline int RawClose(int fd) { return static_cast<int>(::syscall(SYS_close, fd)); }
inline int RawRename(const std::string& from, const std::string& to) {
  return static_cast<int>(::syscall(SYS_rename, from.c_str(), to.c_str()));
}
inline int RawUnlink(const std::string& path) {
  return static_cast<int>(::syscall(SYS_unlink, path.c_str()));
}
inline ssize_t RawRead(int fd, void* bytes, std::size_t size, std::uint64_t offset) {
  return static_cast<ssize_t>(::syscall(SYS_pread64, fd, bytes, size, offset));
}
inline ssize_t RawWrite(int fd, const void* bytes, std::size_t size, std::uint64_t offset) {
  return static_cast<ssize_t>(::syscall(SYS_pwrite64, fd, bytes, size, offset));
}
inline int RawTruncate(int fd, std::uint64_t size) {
  return static_cast<int>(::syscall(SYS_ftruncate, fd, size));
}
inline std::uint64_t SizeOf(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}
inline std::uint64_t InodeOf(int fd) {
  struct stat info {};
  return ::fstat(fd, &info) == 0 ? info.st_ino : 0;
}
inline std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

// What a write replaced.
struct Replaced {
  std::uint64_t offset = 0;
  std::vector<char> before;  // as far as the file reached
  std::uint64_t size_before = 0;
  std::uint64_t written = 0;
};
// A file with changes that are not synced; `fd` reaches it whatever its name is by now.
struct UnsyncedFile {
  int fd = -1;
  std::vector<Replaced> changes;
};
// A name that came, went or moved. Taking it back: `to` goes to `from` (or away), `grave` to `to`.
struct NameChange {
  std::string folder;  // whose sync makes it durable
  std::string from;    // empty: was made
  std::string to;
  std::string grave;  // where what had the name before lies; empty: nothing had
};
struct OpenFile {
  bool is_folder = false;
  std::string path;
};

// A small generator of its own: the disk must not draw from the test's.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Below(std::uint64_t n) {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return (z ^ (z >> 31)) % n;
  }

 private:
  std::uint64_t state_;
};

inline thread_local bool counts_here = false;

// Some of the newest changes are lost, the oldest of those in part.
inline void LoseWrites(UnsyncedFile& file, Chance& chance) {
  const std::size_t kept = chance.Below(3) == 0 ? 0 : chance.Below(file.changes.size() + 1);
  for (std::size_t i = file.changes.size(); i > kept; --i) {
    const Replaced& change = file.changes[i - 1];
    const bool is_torn = i - 1 == kept && chance.Below(2) == 0;
    const std::uint64_t stays = is_torn ? chance.Below(change.written + 1) : 0;
    if (change.before.size() > stays) {
      RawWrite(file.fd, change.before.data() + stays, change.before.size() - stays,
               change.offset + stays);
    }
    RawTruncate(file.fd, std::max(change.size_before, stays > 0 ? change.offset + stays : 0));
  }
}

inline void TakeBack(const NameChange& change) {
  if (!change.from.empty()) {
    RawRename(change.to, change.from);
  } else if (change.grave.empty()) {
    RawUnlink(change.to);
  }
  if (!change.grave.empty()) RawRename(change.grave, change.to);
}

}  // namespace noren::simulated
