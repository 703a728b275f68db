// The map file of an import: which reference became which handle or posting. It is also the
// import's memory: what is in it with the same content is not sent again.
// Source:   docs/formats/cli.md
// Threads:  externally synchronised.
// Secrets:  ties references to handles: mode 0600
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "crypto/base/status.h"
#include "engine/model/canonical_json.h"
#include "engine/storage/durable_file.h"

namespace noren::cli {

class ImportMap {
 public:
  // Reads what the file already has (a torn last line is left out) and opens it for more.
  // Exit code 74.
  static StatusOr<ImportMap> Open(const std::string& path);

  bool Has(const std::string& digest) const { return digests_.contains(digest); }
  // Appends one line; `line` gets the member "digest".
  Status Add(const std::string& digest, model::JsonValue line);

 private:
  std::string path_;
  storage::FileDescriptor file_;
  std::uint64_t end_ = 0;
  std::set<std::string> digests_;
};

}  // namespace noren::cli
