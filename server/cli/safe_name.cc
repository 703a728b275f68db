// SPDX-License-Identifier: Apache-2.0
#include "server/cli/safe_name.h"

#include "engine/model/utf8.h"
#include "server/cli/console.h"

namespace noren::cli {
namespace {

constexpr std::string_view kReplaced = "/\\:*?\"<>|";

std::string CutAtCharacter(std::string text, std::size_t max_size_bytes) {
  std::size_t end = 0;
  while (end < text.size()) {
    const std::size_t size = model::Utf8SequenceSize(text, end);
    if (end + size > max_size_bytes) break;
    end += size;
  }
  text.resize(end);
  return text;
}

}  // namespace

std::string SafeFileName(std::string_view name) {
  std::string safe = SafeForTerminal(name);
  for (char& c : safe) {
    if (kReplaced.find(c) != std::string_view::npos) c = '_';
  }
  safe.erase(0, safe.find_first_not_of(" ."));
  safe = CutAtCharacter(std::move(safe), kMaxSafeNameSizeBytes);
  safe.erase(safe.find_last_not_of(" .") + 1);
  return safe.empty() ? "item" : safe;
}

std::string ReleasedFileName(std::string_view kind, std::size_t number, std::string_view name) {
  return SafeFileName(kind) + "-" + std::to_string(number) + "-" + SafeFileName(name) + ".age";
}

}  // namespace noren::cli
