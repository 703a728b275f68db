// A name from outside as part of a file name: no folder, no hidden file, no control character, no
// name a file system gives another meaning.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace noren::cli {

inline constexpr std::size_t kMaxSafeNameSizeBytes = 100;

// Never empty; at most kMaxSafeNameSizeBytes of UTF-8. Different names may become the same.
std::string SafeFileName(std::string_view name);
// "resume-1-cv.pdf.age"
std::string ReleasedFileName(std::string_view kind, std::size_t number, std::string_view name);

}  // namespace noren::cli
