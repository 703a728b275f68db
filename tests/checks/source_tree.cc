// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/source_tree.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace noren::checks {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxTextSizeBytes = std::uint64_t{2} << 20;

bool IsSkippedFolder(const std::string& name) {
  static constexpr std::array<std::string_view, 5> kSkipped = {"build", "node_modules",
                                                               "__pycache__", ".git", ".demo"};
  return std::find(kSkipped.begin(), kSkipped.end(), name) != kSkipped.end();
}

// Walks C++ text once; `out` starts as a copy of the text and is blanked in place.
class Stripper {
 public:
  Stripper(std::string_view text, Keep keep) : text_(text), keep_(keep), out_(text) {}

  std::string Run() {
    while (at_ < text_.size()) {
      if (Sees("//")) {
        BlankUntil(LineEnd(), keep_ != Keep::kCodeAndComments);
      } else if (Sees("/*")) {
        BlankUntil(EndAfter("*/", at_ + 2), keep_ != Keep::kCodeAndComments);
      } else if (Sees("R\"") && !PreviousIsWord()) {
        RawString();
      } else if (text_[at_] == '"') {
        Quoted('"');
      } else if (text_[at_] == '\'' && !PreviousIsWord()) {  // not a digit separator
        Quoted('\'');
      } else {
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  bool Sees(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  bool PreviousIsWord() const {
    if (at_ == 0) return false;
    const char c = text_[at_ - 1];
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
  std::size_t LineEnd() const { return std::min(text_.find('\n', at_), text_.size()); }
  std::size_t EndAfter(std::string_view what, std::size_t from) const {
    const std::size_t found = text_.find(what, from);
    return found == std::string_view::npos ? text_.size() : found + what.size();
  }
  void BlankUntil(std::size_t end, bool blank) {
    for (; at_ < end; ++at_) {
      if (blank && text_[at_] != '\n') out_[at_] = ' ';
    }
  }
  void RawString() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) {
      at_ = text_.size();
      return;
    }
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const std::size_t end = EndAfter(close, open);
    at_ += 2;
    BlankUntil(end - 1, keep_ != Keep::kCodeAndStrings);
    at_ = end;
  }
  void Quoted(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    end = std::min(end, text_.size());
    ++at_;
    BlankUntil(end, keep_ != Keep::kCodeAndStrings);
    if (at_ < text_.size() && text_[at_] == quote) ++at_;
  }

  std::string_view text_;
  Keep keep_;
  std::string out_;
  std::size_t at_ = 0;
};

}  // namespace

void PrintTo(const Violation& violation, std::ostream* out) {
  *out << violation.path << ":" << violation.line << ": " << violation.message;
}

std::vector<SourceFile> LoadTree(const std::string& root) {
  std::vector<SourceFile> files;
  const fs::path base(root);
  for (auto it = fs::recursive_directory_iterator(base); it != fs::recursive_directory_iterator();
       ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory()) {
      if (IsSkippedFolder(name)) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file() || name.ends_with(".pyc")) continue;
    SourceFile file{fs::relative(it->path(), base).generic_string(), "", it->file_size()};
    if (file.size_bytes <= kMaxTextSizeBytes) {
      std::ifstream in(it->path(), std::ios::binary);
      file.text.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

bool IsHeader(std::string_view path) { return path.ends_with(".h"); }
bool IsCode(std::string_view path) { return IsHeader(path) || path.ends_with(".cc"); }

bool IsUnder(std::string_view path, std::string_view folder) {
  return path == folder ||
         (path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/');
}

std::string_view FolderOf(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::vector<std::string> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(" \t\n", at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(" \t\n", at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

bool MatchesGlob(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (MatchesGlob(pattern.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  return !text.empty() && text.front() == pattern.front() &&
         MatchesGlob(pattern.substr(1), text.substr(1));
}

std::string Strip(std::string_view cpp, Keep keep) { return Stripper(cpp, keep).Run(); }

}  // namespace noren::checks
