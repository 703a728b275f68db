// Runs one command line in the process and keeps what it printed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "engine/model/canonical_json.h"
#include "server/cli/command_line.h"

namespace noren::cli {

struct CommandRun {
  int exit_code = 0;
  std::string out;
  std::string err;
};

inline CommandRun RunNoren(const std::vector<std::string>& arguments, const std::string& input = "",
                           bool err_is_terminal = false) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = RunCommandLine(arguments, {in, out, err, err_is_terminal});
  return {exit_code, out.str(), err.str()};
}

// `text` must be one JSON object and one line end; null otherwise.
inline model::JsonValue OneObject(const std::string& text) {
  if (!text.ends_with('\n')) return {};
  const auto value = model::ParseJson(std::string_view(text).substr(0, text.size() - 1));
  return value.ok() && value->object() != nullptr ? *value : model::JsonValue();
}

inline std::string TextAt(const model::JsonValue& object, std::string_view key) {
  const model::JsonValue* value = object.Find(key);
  return value != nullptr && value->text() != nullptr ? *value->text() : "";
}

inline std::int64_t NumberAt(const model::JsonValue& object, std::string_view key) {
  const model::JsonValue* value = object.Find(key);
  return value != nullptr ? value->integer().value_or(-1) : -1;
}

inline std::size_t CountAt(const model::JsonValue& object, std::string_view key) {
  const model::JsonValue* value = object.Find(key);
  return value != nullptr && value->array() != nullptr ? value->array()->size() : 0;
}

}  // namespace noren::cli
