// Sizes, spelling and banned calls of our sources: style that is a test, since what is not checked
// decays.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/checks/source_tree.h"

namespace noren::checks {

inline constexpr std::size_t kMaxFileLines = 600;
inline constexpr std::size_t kMaxHeaderLines = 300;
inline constexpr std::size_t kMaxFunctionLines = 70;
inline constexpr std::size_t kMaxLineColumns = 100;  // in code points
inline constexpr std::uint64_t kMaxFileSizeBytes = std::uint64_t{1} << 20;

// Lines, columns, trailing space, the licence line, ASCII outside string literals. For .h and .cc.
std::vector<Violation> CheckShape(const SourceFile& file);

// A function body as found by its braces; good for our formatting, not a parser.
struct FunctionSpan {
  std::string head;  // its first line
  std::size_t first_line = 0;
  std::size_t lines_count = 0;
};
std::vector<FunctionSpan> FindFunctions(std::string_view cpp);
std::vector<Violation> CheckFunctionLengths(const SourceFile& file);

// Calls that belong in one place, or nowhere. For .h and .cc.
std::vector<Violation> CheckBannedCalls(const SourceFile& file);

// Words that stay out of every file: put-off work, skipped tests, the places we work in.
std::vector<Violation> CheckBannedWords(const SourceFile& file);

// Files over 1 MiB, and sources that no CMakeLists.txt names.
std::vector<Violation> CheckFileSizes(const std::vector<SourceFile>& tree);
std::vector<Violation> CheckSourcesListed(const std::vector<SourceFile>& tree);

}  // namespace noren::checks
