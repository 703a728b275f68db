// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/merkle/note_text.h"

namespace noren::merkle {
namespace {

Status Malformed() { return InvalidArgument("checkpoint: malformed"); }

bool IsLine(std::string_view line) { return !line.empty() && line.find('\n') == line.npos; }

// Decimal without sign and leading zeros.
StatusOr<std::uint64_t> ParseSize(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size()) return Malformed();
  if (text.size() > 1 && text.front() == '0') return Malformed();
  return size;
}

StatusOr<Hash256> ParseRoot(std::string_view text) {
  const StatusOr<Bytes> bytes = Base64Decode(text);
  Hash256 root;
  if (!bytes.ok() || bytes->size() != root.size()) return Malformed();
  std::copy(bytes->begin(), bytes->end(), root.begin());
  return root;
}

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

StatusOr<std::string> FormatCheckpoint(const Checkpoint& checkpoint) {
  const bool lines_ok = IsLine(checkpoint.origin) &&
                        std::all_of(checkpoint.extensions.begin(), checkpoint.extensions.end(),
                                    [](const std::string& line) { return IsLine(line); });
  if (!lines_ok) return Malformed();
  std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.head.size) + "\n" +
                     Base64Encode(checkpoint.head.root) + "\n";
  for (const std::string& line : checkpoint.extensions) text += line + "\n";
  if (!IsNoteText(text)) return Malformed();
  return text;
}

StatusOr<Checkpoint> ParseCheckpoint(std::string_view text) {
  if (!IsNoteText(text)) return Malformed();
  const std::vector<std::string_view> lines = SplitLines(text);
  if (lines.size() < 3 || !std::all_of(lines.begin(), lines.end(), IsLine)) return Malformed();
  Checkpoint checkpoint;
  checkpoint.origin = std::string(lines[0]);
  NOREN_ASSIGN_OR_RETURN(checkpoint.head.size, ParseSize(lines[1]));
  NOREN_ASSIGN_OR_RETURN(checkpoint.head.root, ParseRoot(lines[2]));
  checkpoint.extensions.assign(lines.begin() + 3, lines.end());
  return checkpoint;
}

StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                     const primitives::SigningKey& key) {
  NOREN_ASSIGN_OR_RETURN(const std::string text, FormatCheckpoint(checkpoint));
  return SignNote(text, checkpoint.origin, key);
}

StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier) {
  NOREN_ASSIGN_OR_RETURN(const Note parsed, ParseNote(note));
  NOREN_RETURN_IF_ERROR(VerifyNote(parsed, verifier));
  NOREN_ASSIGN_OR_RETURN(Checkpoint checkpoint, ParseCheckpoint(parsed.text));
  if (checkpoint.origin != verifier.name()) return InvalidArgument("checkpoint: of another log");
  return checkpoint;
}

}  // namespace noren::merkle
