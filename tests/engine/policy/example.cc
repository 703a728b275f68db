// SPDX-License-Identifier: Apache-2.0
#include "tests/engine/policy/example.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "crypto/base/check.h"
#include "engine/policy/loader.h"
#include "tests/support/folders.h"

namespace noren::policy {

std::string WholeExampleText() {
  std::ifstream file(SourceFolder() + "/datasets/policies/example.toml");
  NOREN_CHECK(file.good(), "the example policy is not where it should be");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string ExampleText() {
  const std::string text = WholeExampleText();
  return text.substr(0, text.find("\n[stated]\n") + 1);
}

Policy Example() {
  StatusOr<Policy> policy = ParsePolicy(ExampleText());
  NOREN_CHECK(policy.ok(), "the example policy does not load");
  return *std::move(policy);
}

Policy WholeExample() {
  StatusOr<Policy> policy = ParsePolicy(WholeExampleText());
  NOREN_CHECK(policy.ok(), "the example policy does not load");
  return *std::move(policy);
}

std::string ReplacedIn(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  NOREN_CHECK(at != std::string::npos, "nothing to replace in the example policy");
  return text.replace(at, from.size(), to);
}

std::string Replaced(std::string_view from, std::string_view to) {
  return ReplacedIn(ExampleText(), from, to);
}

std::uint32_t LineOf(std::string_view text) {
  const std::string example = ExampleText();
  const auto end = example.begin() + static_cast<std::ptrdiff_t>(example.find(text));
  return static_cast<std::uint32_t>(std::count(example.begin(), end, '\n') + 1);
}

}  // namespace noren::policy
