// SPDX-License-Identifier: Apache-2.0
#include "server/cli/console.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "engine/model/utf8.h"

namespace noren::cli {
namespace {

struct CodePoint {
  std::uint32_t value = 0xFFFD;
  std::size_t size_bytes = 1;
};

CodePoint DecodeAt(std::string_view text, std::size_t at) {
  const std::size_t size = model::Utf8SequenceSize(text, at);
  if (size == 0) return {};
  const auto first = static_cast<unsigned char>(text[at]);
  std::uint32_t value = size == 1 ? first : first & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    value = value << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  return {value, size};
}

struct Range {
  std::uint32_t first, last;
};

template <std::size_t kCount>
bool IsIn(std::uint32_t value, const std::array<Range, kCount>& ranges) {
  return std::ranges::any_of(
      ranges, [value](const Range& r) { return value >= r.first && value <= r.last; });
}

// Controls, and marks that change the direction or the shape of the text around them.
constexpr std::array<Range, 7> kUnsafe = {{{0, 0x1F},
                                           {0x7F, 0x9F},
                                           {0x200B, 0x200F},
                                           {0x2028, 0x202E},
                                           {0x2060, 0x2069},
                                           {0xFEFF, 0xFEFF},
                                           {0xFFF0, 0xFFFD}}};
constexpr std::array<Range, 10> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0xA4CF},
                                          {0xA960, 0xA97F},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x3FFFD}}};

}  // namespace

std::string SafeForTerminal(std::string_view text) {
  std::string safe;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeAt(text, at);
    if (IsIn(point.value, kUnsafe)) {
      safe += '?';
    } else {
      safe += text.substr(at, point.size_bytes);
    }
    at += point.size_bytes;
  }
  return safe;
}

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = DecodeAt(text, at);
    width += IsIn(point.value, kWide) ? 2 : 1;
    at += point.size_bytes;
  }
  return width;
}

std::string Bar(std::int64_t value, std::int64_t max, std::size_t width) {
  const std::int64_t shown = max <= 0 ? 0 : std::clamp<std::int64_t>(value, 0, max);
  const auto filled =
      max <= 0
          ? std::size_t{0}
          : static_cast<std::size_t>((shown * static_cast<std::int64_t>(width) + max / 2) / max);
  return std::string(filled, '#') + std::string(width - filled, '.');
}

std::string TimeText(std::int64_t unix_seconds) {
  if (unix_seconds == 0) return "-";
  const std::time_t time = unix_seconds;
  std::tm parts{};
  if (gmtime_r(&time, &parts) == nullptr) return "-";
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%SZ", &parts);
  return {text.data(), size};
}

std::string Table::ToText() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  std::vector<std::vector<std::string>> safe;
  for (const auto& row : rows_) {
    auto& cells = safe.emplace_back();
    for (std::size_t i = 0; i < widths.size(); ++i) {
      cells.push_back(i < row.size() ? SafeForTerminal(row[i]) : "");
      widths[i] = std::max(widths[i], DisplayWidth(cells.back()));
    }
  }
  std::string text;
  for (const auto& cells : safe) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      line += cells[i];
      if (i + 1 < cells.size()) line.append(widths[i] - DisplayWidth(cells[i]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += (text.empty() ? "" : "\n") + line;
  }
  return text;
}

void Console::Result(const model::JsonValue& object, std::string_view text) {
  EndProgress();
  if (json_) {
    streams_.out << model::DumpCanonical(object) << '\n';
  } else if (!text.empty()) {
    streams_.out << text << '\n';
  }
}

void Console::Remark(std::string_view text) {
  if (quiet_) return;
  EndProgress();
  streams_.err << text << '\n';
}

void Console::Error(std::string_view text) {
  EndProgress();
  const bool color = color_ && streams_.err_is_terminal;
  streams_.err << (color ? "\x1b[31m" : "") << text << (color ? "\x1b[0m" : "") << '\n';
}

void Console::Progress(std::string_view what, std::uint64_t done, std::uint64_t total) {
  if (quiet_ || !streams_.err_is_terminal) return;
  streams_.err << "\r["
               << Bar(static_cast<std::int64_t>(done), static_cast<std::int64_t>(total), 24) << "] "
               << what << ' ' << done << '/' << total << "\x1b[K" << std::flush;
  progress_shown_ = true;
}

void Console::EndProgress() {
  if (!progress_shown_) return;
  streams_.err << "\r\x1b[K" << std::flush;
  progress_shown_ = false;
}

}  // namespace noren::cli
