// What the command line writes: results on standard output, everything else on standard error.
// Texts that came from a server or a file are made harmless for terminals here.
// Threads:  externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/canonical_json.h"

namespace noren::cli {

// `text` with control characters, escapes and direction marks replaced by '?'; line feeds too.
std::string SafeForTerminal(std::string_view text);
// Columns a terminal needs: 2 for Korean and Japanese letters. `text` is UTF-8.
std::size_t DisplayWidth(std::string_view text);
// "######...." of `width` characters for `value` of `max`.
std::string Bar(std::int64_t value, std::int64_t max, std::size_t width);
// "2026-11-22 14:03:09Z"; "-" for 0.
std::string TimeText(std::int64_t unix_seconds);

// Aligned columns; the first row is the heading.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) : rows_{std::move(heading)} {}
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string ToText() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

struct ConsoleStreams {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

class Console {
 public:
  explicit Console(ConsoleStreams streams) : streams_(streams) {}

  void UseJson(bool json) { json_ = json; }
  void BeQuiet(bool quiet) { quiet_ = quiet; }
  void UseColor(bool color) { color_ = color; }
  bool json() const { return json_; }

  // The result: `object` as one line with --json, otherwise `text` (a line end is added).
  void Result(const model::JsonValue& object, std::string_view text);
  // Bytes for standard output as they are, whatever the mode.
  void Raw(std::string_view text) { streams_.out << text; }
  // A remark on standard error; not with --quiet.
  void Remark(std::string_view text);
  void Error(std::string_view text);
  // One line that is overwritten; only on a terminal, and not with --quiet.
  void Progress(std::string_view what, std::uint64_t done, std::uint64_t total);
  void EndProgress();

 private:
  ConsoleStreams streams_;
  bool json_ = false;
  bool quiet_ = false;
  bool color_ = false;
  bool progress_shown_ = false;
};

}  // namespace noren::cli
