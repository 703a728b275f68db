// Looks for texts that must be nowhere: in files as they lie there, in the records of RocksDB's
// logs, and in the keys and values of its tables, in every encoding a program might have left.
// Source:   docs/THREAT_MODEL.md (T1); RocksDB's log format (doc/log_format.txt of LevelDB)
// Threads:  a finished search is searched with concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren::security {

// Where something was found; never what: "canary 17, base64, in <file> (log record)".
struct CanaryHit {
  std::size_t canary = 0;
  std::string_view encoding;
  std::string place;
};

class CanarySearch {
 public:
  // A canary has at least this many bytes, so that base64 leaves enough of it in every alignment.
  static constexpr std::size_t kMinCanarySizeBytes = 14;

  explicit CanarySearch(const std::vector<std::string>& canaries);

  // One place of bytes.
  void SearchBytes(ByteSpan bytes, const std::string& place, std::vector<CanaryHit>& hits) const;
  // The file as it is; when it is a RocksDB log, manifest or table, also what is in it, put
  // together again.
  //   errors   those of reading; kDataLoss: a table that does not open
  Status SearchFile(const std::string& path, std::vector<CanaryHit>& hits) const;
  // Every file below, names included. Returns how many bytes were looked at.
  StatusOr<std::uint64_t> SearchFolder(const std::string& folder,
                                       std::vector<CanaryHit>& hits) const;

  // How a canary may stand somewhere: the names of the encodings and the bytes.
  struct Form {
    std::string_view encoding;
    Bytes bytes;
  };
  static std::vector<Form> FormsOf(std::string_view canary);

 private:
  struct Pattern {
    std::size_t canary = 0;
    std::string_view encoding;
    Bytes bytes;
  };
  std::vector<Pattern> patterns_;
  std::unordered_map<std::uint64_t, std::vector<std::size_t>> by_beginning_;  // first 8 bytes
  std::vector<bool> begins_;  // of the first 3 bytes: most positions end here
};

// The payloads of a RocksDB log or manifest, put together from their fragments.
Bytes RecordsOfLog(ByteSpan file);

}  // namespace noren::security
