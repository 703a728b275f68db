// The market's snapshot as one file in the data directory; the old content or the new one, never a
// mixture.
// Source:   docs/formats/index_snapshot.md
// Threads:  thread-safe; one writer at a time
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/operations/snapshot_place.h"

namespace noren::server {

// <data directory>/market.snapshot
std::string SnapshotPathIn(const std::string& data_directory);

class SnapshotFile final : public operations::SnapshotPlace {
 public:
  explicit SnapshotFile(std::string path) : path_(std::move(path)) {}
  //   errors   kUnavailable, kResourceExhausted (also of the writer): the disk
  StatusOr<std::unique_ptr<Writer>> Create() override;
  StatusOr<std::unique_ptr<Reader>> Open() override;

 private:
  const std::string path_;
};

}  // namespace noren::server
