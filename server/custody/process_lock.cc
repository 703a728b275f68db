// SPDX-License-Identifier: Apache-2.0
#include "server/custody/process_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace noren::server {
namespace {

// The number is a courtesy to the operator; the lock itself is the kernel's.
std::string HolderText(const storage::FileDescriptor& file) {
  StatusOr<Bytes> content = storage::ReadAtMost(file, 0, 20);
  if (!content.ok() || content->empty()) return "another process";
  const auto is_digit = [](std::uint8_t byte) { return byte >= '0' && byte <= '9'; };
  const auto end = std::find_if_not(content->begin(), content->end(), is_digit);
  return "process " + std::string(content->begin(), end);
}

}  // namespace

StatusOr<ProcessLock> ProcessLock::Acquire(const std::string& directory) {
  NOREN_ASSIGN_OR_RETURN(storage::FileDescriptor file,
                         storage::OpenFile(directory + "/noren.lock", O_RDWR | O_CREAT));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return storage::ErrnoStatus("flock", errno);
    return Unavailable("the data directory is in use by " + HolderText(file) +
                       "; stop it first (one directory serves one noren)");
  }
  if (::ftruncate(file.get(), 0) != 0) return storage::ErrnoStatus("ftruncate", errno);
  const std::string number = std::to_string(::getpid()) + "\n";
  NOREN_RETURN_IF_ERROR(storage::WriteAt(file, 0, AsBytes(number)));
  return ProcessLock(std::move(file));
}

}  // namespace noren::server
