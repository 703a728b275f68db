// Makes the file system fail in this process: a full disk after so many bytes, a sync that reports
// EIO. The test binary that lists file_faults.cc among its sources gets its own write, pwrite,
// fsync and fdatasync, which the libraries it links with call too. Only regular files are
// concerned.
// Threads:  thread-safe; the setting is one for the process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace noren {

class FileFaults {
 public:
  // From now on `bytes` more bytes can be written; the write that passes the limit is cut short,
  // later ones get ENOSPC.
  static void FillDiskAfterBytes(std::int64_t bytes);
  // From now on `count` more syncs succeed; one fails with EIO, and later ones succeed again, as
  // after a real one.
  static void FailSyncAfter(std::int64_t count);
  static std::int64_t syncs_seen_count();

  FileFaults() = default;
  ~FileFaults() { Clear(); }
  FileFaults(const FileFaults&) = delete;
  FileFaults& operator=(const FileFaults&) = delete;
  static void Clear();
};

}  // namespace noren
