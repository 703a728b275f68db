// What `noren backup create` needs from a store: a consistent, complete copy of it at one moment,
// as files.
// Source:   docs/formats/store.md
// Threads:  thread-safe; commits go on meanwhile.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "crypto/base/status.h"

namespace noren::storage {

class BackupSource {
 public:
  virtual ~BackupSource() = default;
  // Writes a copy that opens as a store of its own: every batch committed before the call, each one
  // whole.
  //   directory  must not exist; its parent must. On the store's own file system unchanged files
  //              are hard links, so the caller copies the result elsewhere before it calls it a
  //              backup.
  //   errors     kAlreadyExists, kResourceExhausted: no space, kUnavailable
  virtual Status Checkpoint(const std::string& directory) = 0;
};

}  // namespace noren::storage
