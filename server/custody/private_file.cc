// SPDX-License-Identifier: Apache-2.0
#include "server/custody/private_file.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace noren::server {
namespace {

std::string OctalMode(mode_t mode) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
  return text.data();
}

}  // namespace

StatusOr<storage::FileDescriptor> OpenPrivateFile(const std::string& path, int flags,
                                                  std::string_view what) {
  StatusOr<storage::FileDescriptor> file = storage::OpenFile(path, flags);
  if (!file.ok()) {
    const std::string message =
        std::string(what) + " " + path + ": " + std::string(MessageOf(file.status()));
    return MakeStatus(file.status().code(), message);
  }
  struct stat info{};
  if (::fstat(file->get(), &info) != 0) return storage::ErrnoStatus("fstat", errno);
  if (!S_ISREG(info.st_mode)) {
    return InvalidArgument(std::string(what) + " " + path + " is not a regular file");
  }
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return PermissionDenied(std::string(what) + " " + path + " is open to other users (mode " +
                            OctalMode(info.st_mode) + "). Run: chmod 600 '" + path + "'");
  }
  return file;
}

Status MakeMirrorDirectories(const std::vector<std::string>& directories) {
  if (directories.empty() || directories.size() > 2) {
    return InvalidArgument("custody: one directory, or two for a mirror");
  }
  if (directories.front() == directories.back() && directories.size() == 2) {
    return InvalidArgument("custody: the two mirror directories are the same");
  }
  for (const std::string& directory : directories) {
    NOREN_RETURN_IF_ERROR(storage::MakePrivateDirectory(directory));
  }
  return OkStatus();
}

}  // namespace noren::server
