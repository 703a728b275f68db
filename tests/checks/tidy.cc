// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/tidy.h"

#include <algorithm>
#include <array>
#include <map>
#include <regex>
#include <set>

namespace noren::checks {
namespace {

std::size_t CodePoints(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool AnyPrefix(std::string_view path, const std::vector<std::string_view>& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return path.starts_with(prefix); });
}

struct BannedCall {
  std::regex pattern;
  std::string_view message;
  std::vector<std::string_view> only_under;  // where the rule holds; empty: everywhere
  std::vector<std::string_view> allowed_under;
};

const std::vector<BannedCall>& BannedCalls() {
  static const std::vector<std::string_view> kLibraries = {"crypto/", "engine/", "server/"};
  static const std::vector<BannedCall> calls = {
      {std::regex(R"(\bs?rand\s*\()"), "randomness comes from Random&", {}, {}},
      {std::regex(R"(\b(mt19937|random_device|default_random_engine)\b)"),
       "randomness comes from Random&",
       kLibraries,
       {}},
      {std::regex(R"(\bmemcmp\s*\()"), "memcmp is not constant in time", {"crypto/"}, {}},
      {std::regex(R"(\bstd::(cout|cerr|clog)\b|\b(printf|fprintf|puts|fputs|putchar)\s*\()"),
       "libraries do not print",
       kLibraries,
       {"server/cli/", "server/daemon/", "crypto/base/check.cc"}},
      {std::regex(R"(\bsystem_clock::now\b|\btime\s*\(\s*(nullptr|NULL|0|&)|\bgettimeofday\b)"),
       "time comes from Clock&",
       {},
       {"crypto/base/clock.cc", "server/cli/doctor.cc"}},
      // Immutable values may be published by shared_ptr<const T>. Otherwise: Thrift, Asio, RocksDB
      // and spdlog ask for it; an open upload outlives its row of the table while a chunk is
      // written; a std::function must be copyable; the roll of an epoch's cards, and the market
      // of an older match key, outlive it while somebody still counts with them.
      {std::regex(R"(\b(shared_ptr|make_shared)\s*<(?!\s*const\b)|\benable_shared_from_this\b)"),
       "shared ownership of something that changes",
       {},
       {"server/", "tests/", "engine/storage/rocksdb_", "engine/operations/put_item",
        "engine/operations/uploads",
        "engine/operations/idempotent_run", "engine/operations/market",
        "engine/operations/keyed_market"}},
      // The key tree is a store of its own, durable before the batch that refers to it.
      {std::regex(R"((\.|->)Commit\s*\((?!\s*\)))"),
       "only operations commit",
       {},
       {"engine/operations/", "engine/storage/", "engine/personal_data/key_tree_store", "tests/",
        "bench/"}},
      {std::regex(R"(\bExposeSecret(ForWriting)?\s*\()"),
       "secret bytes are touched in crypto/ only",
       {},
       {"crypto/", "tests/"}},
      // Thrift's transport reports by exception, and a declared exception is how a service answers;
      // a throw that is never run makes a constant expression fail.
      {std::regex(R"(\bthrow\b|\b(abort|exit)\s*\()"),
       "errors are values",
       kLibraries,
       {"server/cli/", "server/daemon/", "server/transport/tls_client",
        "server/services/service_calls", "server/telemetry/event_log.h", "crypto/base/check.cc"}},
  };
  return calls;
}

struct BannedWord {
  std::regex pattern;
  std::string message;
};

// Pieced together, so that this file passes its own check.
const std::vector<BannedWord>& BannedWords() {
  static const std::vector<BannedWord> words = {
      {std::regex("\\b(TO"
                  "DO|FIX"
                  "ME|XX"
                  "X|HA"
                  "CK)\\b"),
       "work that is put off"},
      {std::regex("\\bfor "
                  "now\\b"),
       "work that is put off"},
      {std::regex("GTEST_"
                  "SKIP|\\bDISA"
                  "BLED_|\\bSUC"
                  "CEED\\s*\\("),
       "a test that cannot fail"},
      {std::regex("/wo"
                  "rk/|/tm"
                  "p/b/|issues "
                  "show|\\bLL"
                  "M\\b|\\bcl"
                  "aude\\b|\\banthro"
                  "pic\\b",
                  std::regex::icase),
       "a word of the workplace"},
  };
  return words;
}

constexpr std::size_t kMaxHeadSizeBytes = 4000;

enum class BraceKind : std::uint8_t { kScope, kFunction, kOther };

// Walks stripped code brace by brace; the text since the last boundary says what a brace opens.
class FunctionFinder {
 public:
  explicit FunctionFinder(std::string_view cpp) : code_(Strip(cpp, Keep::kCode)) { Blank(); }

  std::vector<FunctionSpan> Run() {
    for (std::size_t at = 0; at < code_.size(); ++at) {
      const char c = code_[at];
      if (c == '{') {
        Open(at);
      } else if (c == '}') {
        Close();
      } else if (c == ';') {
        Restart();
      } else if (c != ' ' && c != '\n' && head_.empty()) {
        head_line_ = line_;
      }
      if (c != '{' && c != '}' && c != ';' && (!head_.empty() || (c != ' ' && c != '\n'))) {
        head_ += c;
      }
      if (c == '\n') ++line_;
    }
    return std::move(found_);
  }

 private:
  // Preprocessor lines hold no function.
  void Blank() {
    bool at_line_start = true;
    bool directive = false;
    for (std::size_t i = 0; i < code_.size(); ++i) {
      char& c = code_[i];
      if (c == '\n') {
        directive = directive && i > 0 && code_[i - 1] == '\\';
        at_line_start = true;
        continue;
      }
      if (at_line_start && c == '#') directive = true;
      if (c != ' ') at_line_start = false;
      if (directive && c != '\\') c = ' ';
    }
    std::replace(code_.begin(), code_.end(), '\\', ' ');
  }

  BraceKind KindOfHead() const {
    static const std::regex kScope(R"(^\s*(inline\s+)?namespace\b|^\s*extern\s)");
    static const std::regex kType(R"((^|\s|>)(class|struct|union|enum)\s[^()=]*$)");
    static const std::regex kFunction(
        R"(\)\s*(const|noexcept|override|final|mutable|&|&&|->\s*[\w:<>,&*\s]+|)"
        R"(requires[^;]*|\s)*$)");
    // What opens a scope or a function is short; the regular expressions are recursive.
    if (head_.size() > kMaxHeadSizeBytes) return BraceKind::kOther;
    if (std::regex_search(head_, kScope) || std::regex_search(head_, kType)) {
      return BraceKind::kScope;
    }
    return std::regex_search(head_, kFunction) ? BraceKind::kFunction : BraceKind::kOther;
  }

  bool InScope() const {
    return std::all_of(open_.begin(), open_.end(),
                       [](const OpenBrace& brace) { return brace.kind == BraceKind::kScope; });
  }

  void Open(std::size_t) {
    BraceKind kind = InScope() ? KindOfHead() : BraceKind::kOther;
    // A member initialiser with braces: the body is still to come, and it belongs to the same head.
    const bool initialiser =
        kind == BraceKind::kOther && InScope() && head_.find(')') != std::string::npos;
    open_.push_back({kind, head_line_, head_, initialiser});
    if (!initialiser) Restart();
  }

  void Close() {
    if (open_.empty()) return;
    const OpenBrace brace = open_.back();
    open_.pop_back();
    if (brace.kind == BraceKind::kFunction) {
      const std::string first = brace.head.substr(0, brace.head.find('\n'));
      found_.push_back({first, brace.line, line_ - brace.line + 1});
    }
    if (brace.initialiser) {
      head_ = brace.head + "()";
      head_line_ = brace.line;
    } else {
      Restart();
    }
  }

  void Restart() { head_.clear(); }

  struct OpenBrace {
    BraceKind kind;
    std::size_t line;
    std::string head;
    bool initialiser;
  };

  std::string code_;
  std::string head_;
  std::size_t line_ = 1;
  std::size_t head_line_ = 1;
  std::vector<OpenBrace> open_;
  std::vector<FunctionSpan> found_;
};

}  // namespace

std::vector<Violation> CheckShape(const SourceFile& file) {
  std::vector<Violation> violations;
  const auto complain = [&](std::size_t line, std::string message) {
    violations.push_back({file.path, line, std::move(message)});
  };
  const std::vector<std::string> lines = SplitLines(file.text);
  const std::vector<std::string> outside_strings =
      SplitLines(Strip(file.text, Keep::kCodeAndComments));
  const std::size_t limit = IsHeader(file.path) ? kMaxHeaderLines : kMaxFileLines;
  if (lines.size() > limit) {
    complain(0, std::to_string(lines.size()) + " lines, at most " + std::to_string(limit));
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (CodePoints(line) > kMaxLineColumns) complain(i + 1, "more than 100 columns");
    if (line.ends_with(' ') || line.ends_with('\t') || line.ends_with('\r')) {
      complain(i + 1, "trailing space");
    }
    if (!IsAscii(outside_strings[i])) complain(i + 1, "not ASCII outside a string literal");
  }
  if (file.text.find("SPDX-License-Identifier: Apache-2.0") == std::string::npos) {
    complain(0, "no SPDX licence line");
  }
  if (IsHeader(file.path) && file.text.find("\n#pragma once\n") == std::string::npos) {
    complain(0, "no #pragma once");
  }
  if (!file.text.ends_with('\n')) complain(lines.size(), "no line end at the end of the file");
  return violations;
}

std::vector<FunctionSpan> FindFunctions(std::string_view cpp) { return FunctionFinder(cpp).Run(); }

std::vector<Violation> CheckFunctionLengths(const SourceFile& file) {
  std::vector<Violation> violations;
  for (const FunctionSpan& function : FindFunctions(file.text)) {
    if (function.lines_count <= kMaxFunctionLines) continue;
    violations.push_back({file.path, function.first_line,
                          "a function of " + std::to_string(function.lines_count) +
                              " lines, at most " + std::to_string(kMaxFunctionLines)});
  }
  return violations;
}

std::vector<Violation> CheckBannedCalls(const SourceFile& file) {
  std::vector<Violation> violations;
  const std::vector<std::string> lines = SplitLines(Strip(file.text, Keep::kCode));
  for (const BannedCall& call : BannedCalls()) {
    if (!call.only_under.empty() && !AnyPrefix(file.path, call.only_under)) continue;
    if (AnyPrefix(file.path, call.allowed_under)) continue;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (std::regex_search(lines[i], call.pattern)) {
        violations.push_back({file.path, i + 1, std::string(call.message)});
      }
    }
  }
  return violations;
}

std::vector<Violation> CheckBannedWords(const SourceFile& file) {
  std::vector<Violation> violations;
  const std::vector<std::string> lines = SplitLines(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (const BannedWord& word : BannedWords()) {
      if (std::regex_search(lines[i], word.pattern)) {
        violations.push_back({file.path, i + 1, word.message});
      }
    }
  }
  return violations;
}

std::vector<Violation> CheckFileSizes(const std::vector<SourceFile>& tree) {
  std::vector<Violation> violations;
  for (const SourceFile& file : tree) {
    if (file.size_bytes > kMaxFileSizeBytes) {
      violations.push_back(
          {file.path, 0, std::to_string(file.size_bytes) + " bytes, at most 1 MiB"});
    }
  }
  return violations;
}

std::vector<Violation> CheckSourcesListed(const std::vector<SourceFile>& tree) {
  std::map<std::string, std::set<std::string>> words_of_folder;
  std::set<std::string> from_the_root;
  std::string includes;
  for (const SourceFile& file : tree) {
    if (file.path.ends_with("CMakeLists.txt")) {
      static const std::regex kSeparators(R"RE(([\s()"$;]|\{CMAKE_(CURRENT_)?SOURCE_DIR\}/)+)RE");
      auto& words = words_of_folder[std::string(FolderOf(file.path))];
      for (std::sregex_token_iterator it(file.text.begin(), file.text.end(), kSeparators, -1), end;
           it != end; ++it) {
        words.insert(it->str());
        from_the_root.insert(it->str());
      }
    }
    if (IsCode(file.path)) includes += file.text;
  }
  std::vector<Violation> violations;
  for (const SourceFile& file : tree) {
    if (file.path.ends_with(".inc") &&
        includes.find("\"" + file.path + "\"") == std::string::npos) {
      violations.push_back({file.path, 0, "no source includes it"});
    }
    if (!file.path.ends_with(".cc")) continue;
    bool listed = from_the_root.contains(file.path);
    for (std::string_view folder = FolderOf(file.path); !listed; folder = FolderOf(folder)) {
      const std::string relative = file.path.substr(folder.empty() ? 0 : folder.size() + 1);
      const auto words = words_of_folder.find(std::string(folder));
      listed = words != words_of_folder.end() && words->second.contains(relative);
      if (folder.empty()) break;
    }
    if (!listed) violations.push_back({file.path, 0, "no CMakeLists.txt names it"});
  }
  return violations;
}

}  // namespace noren::checks
