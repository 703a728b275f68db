// How crash_writer and the test that kills it open store and anchor: the same way.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "engine/storage/rocksdb_store.h"
#include "server/custody/anchor_file.h"

namespace noren::storage {

inline RocksDbOptions CrashStoreOptions(const std::string& data_directory) {
  RocksDbOptions options;
  options.directory = data_directory;
  // Small, so that memtables are switched and logs deleted while the process is killed.
  options.write_buffer_bytes = std::size_t{256} << 10;
  return options;
}

inline StatusOr<std::unique_ptr<server::AnchorFile>> OpenCrashAnchor(
    const std::string& data_directory, const std::string& anchor_directory, Random& random) {
  return server::AnchorFile::Open({{anchor_directory}, data_directory}, SecretBytes(32), random);
}

}  // namespace noren::storage
