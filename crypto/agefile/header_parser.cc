// SPDX-License-Identifier: Apache-2.0
#include "crypto/agefile/header_parser.h"

#include <algorithm>
#include <utility>

#include "crypto/agefile/header.h"
#include "crypto/base/encoding.h"

namespace noren::agefile {
namespace {

constexpr std::size_t kBodyLineSize = 64;  // characters of a full line of base64
constexpr std::size_t kMacSizeBytes = 32;
constexpr std::string_view kStanzaPrefix = "-> ";
constexpr std::string_view kMacPrefix = "--- ";

Status Malformed() { return InvalidArgument("age header: malformed"); }

// Takes lines off the front of a text. A line without its end is no line.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  StatusOr<std::string_view> Next() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return Malformed();
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    consumed_ += end + 1;
    return line;
  }
  std::size_t consumed() const { return consumed_; }

 private:
  std::string_view rest_;
  std::size_t consumed_ = 0;
};

bool IsArgument(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 33 && static_cast<unsigned char>(c) <= 126;
  });
}

StatusOr<std::vector<std::string_view>> SplitArguments(std::string_view line) {
  std::vector<std::string_view> arguments;
  while (true) {
    const std::size_t space = line.find(' ');
    arguments.push_back(line.substr(0, space));
    if (!IsArgument(arguments.back())) return Malformed();
    if (space == std::string_view::npos) return arguments;
    line.remove_prefix(space + 1);
  }
}

// The body ends with a line shorter than the others, which may be empty.
StatusOr<Bytes> ReadBody(LineReader& lines) {
  Bytes body;
  while (true) {
    NOREN_ASSIGN_OR_RETURN(const std::string_view line, lines.Next());
    if (line.size() > kBodyLineSize) return Malformed();
    const StatusOr<Bytes> piece = Base64DecodeUnpadded(line);
    if (!piece.ok()) return Malformed();
    body.insert(body.end(), piece->begin(), piece->end());
    if (line.size() < kBodyLineSize) return body;
  }
}

}  // namespace

StatusOr<ParsedHeader> ParseHeader(ByteSpan file) {
  const std::string_view text = AsText(file.first(std::min(file.size(), kHeaderMaxSizeBytes)));
  if (!text.starts_with(kVersionLine)) return Malformed();
  LineReader lines(text);
  NOREN_RETURN_IF_ERROR(lines.Next().status());
  ParsedHeader header;
  while (true) {
    const std::size_t line_begin = lines.consumed();
    NOREN_ASSIGN_OR_RETURN(const std::string_view line, lines.Next());
    if (line.starts_with(kMacPrefix)) {
      StatusOr<Bytes> mac = Base64DecodeUnpadded(line.substr(kMacPrefix.size()));
      if (!mac.ok() || mac->size() != kMacSizeBytes || header.stanzas.empty()) return Malformed();
      header.mac = std::move(mac).value();
      header.authenticated = file.first(line_begin + kMacPrefix.size() - 1);
      header.size_bytes = lines.consumed();
      return header;
    }
    if (!line.starts_with(kStanzaPrefix)) return Malformed();
    if (header.stanzas.size() == kStanzasMaxCount) return Malformed();
    Stanza stanza;
    NOREN_ASSIGN_OR_RETURN(stanza.arguments, SplitArguments(line.substr(kStanzaPrefix.size())));
    NOREN_ASSIGN_OR_RETURN(stanza.body, ReadBody(lines));
    header.stanzas.push_back(std::move(stanza));
  }
}

}  // namespace noren::agefile
