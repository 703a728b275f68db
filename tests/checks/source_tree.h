// The source tree as text, for the checks: files, lines, and code without comments and strings.
// Threads:  values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace noren::checks {

struct Violation {
  std::string path;
  std::size_t line = 0;  // from 1; 0: the whole file
  std::string message;
  bool operator==(const Violation&) const = default;
};
void PrintTo(const Violation& violation, std::ostream* out);

struct SourceFile {
  std::string path;  // from the root of the tree, with '/'
  std::string text;
  std::uint64_t size_bytes = 0;
};

// Every file but those of builds, of git and of the demo; text is read for files up to 2 MiB.
std::vector<SourceFile> LoadTree(const std::string& root);

bool IsCode(std::string_view path);    // .h, .cc
bool IsHeader(std::string_view path);  // .h
bool IsUnder(std::string_view path, std::string_view folder);
std::string_view FolderOf(std::string_view path);  // "" at the root
std::vector<std::string> SplitLines(std::string_view text);
std::vector<std::string> SplitWords(std::string_view text);
// `pattern` with '*' for any run of characters, '/' included.
bool MatchesGlob(std::string_view pattern, std::string_view text);

enum class Keep : std::uint8_t {
  kCode,             // blanks out comments and string contents
  kCodeAndComments,  // blanks out string contents
  kCodeAndStrings,   // blanks out comments
};
// The same text with the same line breaks, where what is not kept is blank.
std::string Strip(std::string_view cpp, Keep keep);

}  // namespace noren::checks
