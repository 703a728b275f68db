// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/durable_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace noren::storage {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.Release();
  }
  return *this;
}

// A failed close is not an error here: whoever needs durability has called SyncData and seen its
// result.
FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int FileDescriptor::Release() { return std::exchange(fd_, -1); }

Status ErrnoStatus(std::string_view action, int error_number) {
  const char* name = ::strerrorname_np(error_number);
  const std::string message =
      std::string(action) + ": " + (name != nullptr ? name : "unknown error");
  switch (error_number) {
    case ENOENT:
      return NotFound(message);
    case EEXIST:
      return AlreadyExists(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return PermissionDenied(message);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
      return ResourceExhausted(message);
    default:
      return Unavailable(message);
  }
}

StatusOr<FileDescriptor> OpenFile(const std::string& path, int flags) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return ErrnoStatus("open", errno);
  return FileDescriptor(fd);
}

StatusOr<std::uint64_t> FileSize(const FileDescriptor& file) {
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return ErrnoStatus("fstat", errno);
  return static_cast<std::uint64_t>(info.st_size);
}

Status WriteAt(const FileDescriptor& file, std::uint64_t offset, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t written =
        ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus("write", errno);
    if (written == 0) return Unavailable("write: nothing was written");
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return OkStatus();
}

StatusOr<Bytes> ReadAtMost(const FileDescriptor& file, std::uint64_t offset,
                           std::size_t size_bytes) {
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t file_size, FileSize(file));
  const std::uint64_t available = offset < file_size ? file_size - offset : 0;
  Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(available, size_bytes)));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::pread(file.get(), bytes.data() + done, bytes.size() - done,
                                static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("read", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

Status SyncData(const FileDescriptor& file) {
  // Not repeated on EINTR or EIO: after a failed sync the kernel may have dropped the pages and
  // report success next.
  if (::fdatasync(file.get()) != 0) return ErrnoStatus("fdatasync", errno);
  return OkStatus();
}

Status SyncDirectory(const std::string& directory) {
  NOREN_ASSIGN_OR_RETURN(FileDescriptor handle, OpenFile(directory, O_RDONLY | O_DIRECTORY));
  if (::fsync(handle.get()) != 0) return ErrnoStatus("fsync of a directory", errno);
  return OkStatus();
}

Status MakePrivateDirectory(const std::string& directory) {
  if (::mkdir(directory.c_str(), S_IRWXU) != 0) {
    if (errno != EEXIST) return ErrnoStatus("mkdir", errno);
    struct stat info{};
    if (::stat(directory.c_str(), &info) != 0) return ErrnoStatus("stat", errno);
    if (!S_ISDIR(info.st_mode)) return ErrnoStatus("mkdir", ENOTDIR);
    return OkStatus();
  }
  return SyncDirectory(ParentOf(directory));
}

Status ReplaceFile(const std::string& path, ByteSpan content) {
  const std::string temporary = path + ".tmp";
  {
    NOREN_ASSIGN_OR_RETURN(FileDescriptor file, OpenFile(temporary, O_WRONLY | O_CREAT | O_TRUNC));
    NOREN_RETURN_IF_ERROR(WriteAt(file, 0, content));
    NOREN_RETURN_IF_ERROR(SyncData(file));
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return ErrnoStatus("rename", errno);
  return SyncDirectory(ParentOf(path));
}

StatusOr<std::vector<std::string>> ListDirectory(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), &::closedir);
  if (!stream) return ErrnoStatus("opendir", errno);
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return ErrnoStatus("readdir", errno);
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

StatusOr<dev_t> DeviceOf(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return ErrnoStatus("stat", errno);
  return info.st_dev;
}

std::string ParentOf(const std::string& path) {
  const std::size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return path.empty() ? "." : "/";
  const std::size_t slash = path.rfind('/', end);
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace noren::storage
