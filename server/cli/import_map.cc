// SPDX-License-Identifier: Apache-2.0
#include "server/cli/import_map.h"

#include <fcntl.h>

#include <string_view>
#include <utility>

#include "crypto/base/bytes.h"
#include "server/cli/failure.h"

namespace noren::cli {

StatusOr<ImportMap> ImportMap::Open(const std::string& path) {
  ImportMap map;
  map.path_ = path;
  auto file = storage::OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW);
  if (!file.ok()) return FileError("cannot open the map", path);
  map.file_ = *std::move(file);
  const auto size = storage::FileSize(map.file_);
  if (!size.ok()) return FileError("cannot read the map", path);
  const auto content = storage::ReadAtMost(map.file_, 0, *size);
  if (!content.ok()) return FileError("cannot read the map", path);
  std::string_view rest = AsText(*content);
  while (true) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;  // the next line overwrites a torn one
    const auto line = model::ParseJson(rest.substr(0, end));
    const auto* digest = line.ok() ? line->Find("digest") : nullptr;
    if (digest != nullptr && digest->text() != nullptr) map.digests_.insert(*digest->text());
    map.end_ += end + 1;
    rest.remove_prefix(end + 1);
  }
  return map;
}

Status ImportMap::Add(const std::string& digest, model::JsonValue line) {
  const std::string text = model::DumpCanonical(line.Set("digest", digest)) + "\n";
  if (!storage::WriteAt(file_, end_, AsBytes(text)).ok()) {
    return FileError("cannot write the map", path_);
  }
  end_ += text.size();
  digests_.insert(digest);
  return OkStatus();
}

}  // namespace noren::cli
