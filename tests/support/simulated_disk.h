// A disk that can lose its power: below one folder every change of a file or a name is remembered
// until it is synced, and what was not is lost when the power comes back, torn at any byte. The
// test binary that lists simulated_disk.cc among its sources gets its own open, write, pwrite,
// fsync, rename and so on, which the libraries it links with (RocksDB) call too.
// Syncs do not reach the real disk: what they promise is kept by this one, so runs are fast.
// Threads:  thread-safe; one disk for the process. Operations of the thread that called Begin are
//           counted, those of others (RocksDB's background work) are remembered and not counted.
// Left out: a change of a name reaches the disk in the order of its folder; making and removing
//           folders, and what std::filesystem copies or removes as a whole, is durable at once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace noren {

class SimulatedDisk {
 public:
  // From now on everything below `folder`, which exists. Ends with the object.
  explicit SimulatedDisk(const std::string& folder);
  ~SimulatedDisk();
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;

  // The operation number `step` from now on (0: the next one) is the last: it happens not, half or
  // whole, as `chance` says, and nobody is told. Until PowerOn every change fails with EIO.
  void CrashAt(std::uint64_t step, std::uint64_t chance);
  void CrashNow(std::uint64_t chance);
  // Takes back an armed crash that did not come.
  void Disarm();
  bool is_down() const;
  // Loses what was not synced, as far as the crash's `chance` says, and works again.
  void PowerOn();
  // Everything so far is durable: whoever takes an image or moves folders has waited for that.
  void Settle();
  // Changes and syncs so far, by the counting thread.
  std::uint64_t operations_count() const;

  // A fault on purpose, to see that somebody notices: syncs of files whose path contains this are
  // answered and not done. Empty: none.
  void ForgetSyncsOf(const std::string& part_of_path);
};

}  // namespace noren
