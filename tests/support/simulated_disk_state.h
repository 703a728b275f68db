// What simulated_disk.cc keeps of its disk: open files, changes that are not synced, and which of
// them are lost when the power fails.
// Threads:  thread-safe; one mutex
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/simulated_disk_parts.h"

namespace noren::simulated {

class Disk {
 public:
  void Begin(const std::string& folder) {
    const std::lock_guard lock(mutex_);
    root_ = folder + "/";
    graves_ = folder + "/.unsynced-names";
    ::mkdir(graves_.c_str(), S_IRWXU);
    counts_here = true;
  }
  void End() {
    const std::lock_guard lock(mutex_);
    ForgetAll();
    open_ = {};
    root_.clear();
    forgotten_syncs_.clear();
    is_down_ = false;
    steps_left_.reset();
    counts_here = false;
  }
  void Arm(std::uint64_t step, std::uint64_t chance) {
    const std::lock_guard lock(mutex_);
    steps_left_ = step;
    chance_ = Chance(chance);
  }
  void Disarm() {
    const std::lock_guard lock(mutex_);
    steps_left_.reset();
  }
  void Crash(std::uint64_t chance) {
    const std::lock_guard lock(mutex_);
    chance_ = Chance(chance);
    steps_left_.reset();
    is_down_ = true;
  }
  bool is_down() {
    const std::lock_guard lock(mutex_);
    return is_down_;
  }
  std::uint64_t count() {
    const std::lock_guard lock(mutex_);
    return count_;
  }
  void ForgetSyncsOf(const std::string& part) {
    const std::lock_guard lock(mutex_);
    forgotten_syncs_ = part;
  }
  void PowerOn() {
    const std::lock_guard lock(mutex_);
    for (auto& [inode, file] : files_) LoseWrites(file, chance_);
    LoseNames();
    ForgetAll();
    is_down_ = false;
    steps_left_.reset();
  }

  void Settle() {
    const std::lock_guard lock(mutex_);
    ForgetAll();
  }

  bool Concerns(const char* path) {
    const std::lock_guard lock(mutex_);
    return !root_.empty() && std::string_view(path).starts_with(root_) &&
           !std::string_view(path).starts_with(graves_);
  }
  bool IsTracked(int fd) {
    if (fd < 0 || static_cast<std::size_t>(fd) >= kMaxFiles) return false;
    const std::lock_guard lock(mutex_);
    return open_[static_cast<std::size_t>(fd)].has_value();
  }

  int Open(const char* path, int flags, mode_t mode) {
    const std::lock_guard lock(mutex_);
    const bool exists = ::access(path, F_OK) == 0;
    const bool makes = (flags & O_CREAT) != 0 && !exists;
    const bool empties = (flags & O_TRUNC) != 0 && exists;
    if (makes || empties) {
      const Fate fate = Count();
      if (fate == Fate::kNothing) return Fail();
      const int made = RawOpen(path, flags & ~O_TRUNC, mode);
      if (made < 0) return made;
      if (makes) names_.push_back({FolderOf(path), "", path, ""});
      Remember(made, path);
      if (empties) Resize(made, 0);
      if (fate == Fate::kLast) return Fail(made);
      return made;
    }
    const int fd = RawOpen(path, flags, mode);
    if (fd >= 0) Remember(fd, path);
    return fd;
  }
  void Close(int fd) {
    const std::lock_guard lock(mutex_);
    open_[static_cast<std::size_t>(fd)].reset();
  }

  // `offset` absent: at the file's position, which moves on.
  ssize_t Write(int fd, const void* bytes, std::size_t size, std::optional<std::uint64_t> at) {
    const std::lock_guard lock(mutex_);
    const Fate fate = Count();
    if (fate == Fate::kNothing) return Fail();
    const std::uint64_t offset = at ? *at : PositionOf(fd);
    const std::size_t taken = fate == Fate::kLast ? chance_.Below(size + 1) : size;
    Replaced& change = NoteChange(fd, offset, size);
    change.written = taken;
    const ssize_t written = RawWrite(fd, bytes, taken, offset);
    if (fate == Fate::kLast) return Fail();
    if (!at && written > 0) ::lseek(fd, static_cast<off_t>(offset) + written, SEEK_SET);
    return written;
  }
  int Truncate(int fd, std::uint64_t size) {
    const std::lock_guard lock(mutex_);
    const Fate fate = Count();
    if (fate == Fate::kNothing) return Fail();
    Resize(fd, size);
    return fate == Fate::kLast ? Fail() : 0;
  }
  int Sync(int fd) {
    const std::lock_guard lock(mutex_);
    const Fate fate = Count();
    if (fate == Fate::kNothing) return Fail();
    const OpenFile& file = *open_[static_cast<std::size_t>(fd)];
    const bool forgets =
        !forgotten_syncs_.empty() && file.path.find(forgotten_syncs_) != std::string::npos;
    const bool happens = fate != Fate::kLast || chance_.Below(2) == 0;
    if (happens && !forgets) MakeDurable(fd, file);
    return fate == Fate::kLast ? Fail() : 0;
  }
  int Rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    const Fate fate = Count();
    if (fate == Fate::kNothing) return Fail();
    struct stat info {};
    if (::stat(from.c_str(), &info) != 0 || S_ISDIR(info.st_mode)) {
      const int renamed = RawRename(from, to);  // a folder: durable at once
      return fate == Fate::kLast ? Fail() : renamed;
    }
    const std::string grave = Bury(to);
    const int renamed = RawRename(from, to);
    if (renamed == 0) names_.push_back({FolderOf(to), from, to, grave});
    return fate == Fate::kLast ? Fail() : renamed;
  }
  int Unlink(const std::string& path) {
    const std::lock_guard lock(mutex_);
    const Fate fate = Count();
    if (fate == Fate::kNothing) return Fail();
    const std::string grave = Bury(path);
    if (grave.empty()) {
      errno = ENOENT;
      return -1;
    }
    names_.push_back({FolderOf(path), "", path, grave});
    return fate == Fate::kLast ? Fail() : 0;
  }
  int Link(const std::string& from, const std::string& to) {
    const std::lock_guard lock(mutex_);
    const Fate fate = Count();
    if (fate == Fate::kNothing) return Fail();
    const int linked = static_cast<int>(::syscall(SYS_link, from.c_str(), to.c_str()));
    if (linked == 0) names_.push_back({FolderOf(to), "", to, ""});
    return fate == Fate::kLast ? Fail() : linked;
  }

 private:
  enum class Fate { kDone, kLast, kNothing };  // kLast: happens, and nobody is told

  Fate Count() {
    if (is_down_) return Fate::kNothing;
    if (!counts_here) return Fate::kDone;
    ++count_;
    if (!steps_left_) return Fate::kDone;
    if (*steps_left_ > 0) {
      --*steps_left_;
      return Fate::kDone;
    }
    steps_left_.reset();
    is_down_ = true;
    return chance_.Below(2) == 0 ? Fate::kNothing : Fate::kLast;
  }
  static int Fail(int opened = -1) {
    if (opened >= 0) RawClose(opened);
    errno = EIO;
    return -1;
  }
  void Remember(int fd, const char* path) {
    if (static_cast<std::size_t>(fd) >= kMaxFiles) return;
    struct stat info {};
    ::fstat(fd, &info);
    open_[static_cast<std::size_t>(fd)] = OpenFile{S_ISDIR(info.st_mode), path};
  }
  static std::uint64_t PositionOf(int fd) {
    if ((::fcntl(fd, F_GETFL) & O_APPEND) != 0) return SizeOf(fd);
    return static_cast<std::uint64_t>(::lseek(fd, 0, SEEK_CUR));
  }
  Replaced& NoteChange(int fd, std::uint64_t offset, std::uint64_t size) {
    UnsyncedFile& file = files_[InodeOf(fd)];
    if (file.fd < 0)
      file.fd = RawOpen(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDWR | O_CLOEXEC, 0);
    Replaced change;
    change.offset = offset;
    change.size_before = SizeOf(fd);
    if (change.size_before > offset) {
      change.before.resize(std::min(size, change.size_before - offset));
      const ssize_t got = RawRead(file.fd, change.before.data(), change.before.size(), offset);
      change.before.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    }
    file.changes.push_back(std::move(change));
    return file.changes.back();
  }
  void Resize(int fd, std::uint64_t size) {
    const std::uint64_t before = SizeOf(fd);
    NoteChange(fd, std::min(size, before), before > size ? before - size : 0);
    RawTruncate(fd, size);
  }
  void MakeDurable(int fd, const OpenFile& file) {
    if (file.is_folder) {
      std::erase_if(names_, [&](const NameChange& change) {
        if (change.folder != file.path) return false;
        if (!change.grave.empty()) RawUnlink(change.grave);
        return true;
      });
      return;
    }
    const auto found = files_.find(InodeOf(fd));
    if (found == files_.end()) return;
    RawClose(found->second.fd);
    files_.erase(found);
  }
  // Moves what has this name out of the way; its new place, or "" when nothing had the name.
  std::string Bury(const std::string& path) {
    std::string grave = graves_ + "/" + std::to_string(next_grave_++);
    return RawRename(path, grave) == 0 ? grave : "";
  }
  // In each folder the newest ones.
  void LoseNames() {
    std::map<std::string, std::size_t> kept;
    for (const NameChange& change : names_) ++kept[change.folder];
    for (auto& [folder, count] : kept) count = chance_.Below(count + 1);
    std::vector<const NameChange*> lost;
    for (const NameChange& change : names_) {
      std::size_t& left = kept[change.folder];
      if (left > 0) {
        --left;
      } else {
        lost.push_back(&change);
      }
    }
    for (auto change = lost.rbegin(); change != lost.rend(); ++change) TakeBack(**change);
  }
  void ForgetAll() {
    for (auto& [inode, file] : files_) RawClose(file.fd);
    files_.clear();
    for (const NameChange& change : names_) {
      if (!change.grave.empty()) RawUnlink(change.grave);
    }
    names_.clear();
  }

  std::mutex mutex_;
  std::string root_, graves_, forgotten_syncs_;
  std::array<std::optional<OpenFile>, kMaxFiles> open_;
  std::map<std::uint64_t, UnsyncedFile> files_;  // by inode
  std::vector<NameChange> names_;                // oldest first
  std::uint64_t next_grave_ = 0;
  std::uint64_t count_ = 0;
  std::optional<std::uint64_t> steps_left_;
  bool is_down_ = false;
  Chance chance_{0};
};

}  // namespace noren::simulated
