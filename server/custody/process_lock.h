// Keeps two daemons from opening one data directory: a lock the kernel drops with the process,
// however it ends.
// Threads:  one object is externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "crypto/base/status.h"
#include "engine/storage/durable_file.h"

namespace noren::server {

class ProcessLock {
 public:
  // Takes `<directory>/noren.lock`; held until the object is destroyed.
  //   errors   kUnavailable: another process has it, with its number; kNotFound: no such directory
  static StatusOr<ProcessLock> Acquire(const std::string& directory);

 private:
  explicit ProcessLock(storage::FileDescriptor file) : file_(std::move(file)) {}
  storage::FileDescriptor file_;
};

}  // namespace noren::server
