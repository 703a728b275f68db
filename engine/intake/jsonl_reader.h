// Reads Noren JSON Lines from a stream of chunks with bounded memory: one line at a time, at most
// kMaxLineSizeBytes.
// Source:   docs/formats/noren_jsonl.md
// Threads:  externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include "engine/intake/documents.h"

namespace noren::intake {

inline constexpr std::size_t kMaxLineSizeBytes = std::size_t{1} << 20;

// One line of the file: its value when there is no error, and whatever is to be said about it.
struct JsonlRow {
  std::size_t line = 0;
  std::variant<std::monostate, ParsedSeeker, ParsedPosting> value;
  std::vector<RowProblem> problems;
};

class JsonlReader {
 public:
  using Sink = std::function<void(JsonlRow)>;
  // `context`'s referents and `sink` must outlive the reader.
  JsonlReader(const IntakeContext& context, Sink sink);

  void Feed(std::string_view chunk);
  // Reads the last line when it has no line end. Called once.
  void Finish();

 private:
  void EndLine();
  void Report(model::ErrorCode cause, std::string_view fix);
  bool IsStartOfFileRefused();

  IntakeContext context_;
  Sink sink_;
  std::string line_text_;
  std::size_t line_ = 1;
  bool is_overlong_ = false;
  bool is_refused_ = false;  // the whole file is in an encoding that has no lines
  std::unordered_set<std::string> references_;
};

}  // namespace noren::intake
