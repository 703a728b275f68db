// SPDX-License-Identifier: Apache-2.0
#include "crypto/merkle/note.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/merkle/note_text.h"
#include "crypto/primitives/hash.h"

namespace noren::merkle {
namespace {

constexpr std::uint8_t kEd25519Type = 1;
// A signature line begins with U+2014 and a space.
constexpr std::string_view kSignaturePrefix = "\xe2\x80\x94 ";

Status MalformedNote() { return InvalidArgument("note: malformed"); }

NoteKeyId KeyIdOf(std::string_view name, const primitives::VerifyingKey& key) {
  constexpr std::array<std::uint8_t, 2> kSeparator = {'\n', kEd25519Type};
  const Hash256 digest = primitives::Sha256Hasher()
                             .Update(AsBytes(name))
                             .Update(kSeparator)
                             .Update(key.bytes)
                             .Finish();
  NoteKeyId id;
  std::copy_n(digest.begin(), id.size(), id.begin());
  return id;
}

StatusOr<NoteSignature> ParseSignatureLine(std::string_view line) {
  if (!line.starts_with(kSignaturePrefix)) return MalformedNote();
  line.remove_prefix(kSignaturePrefix.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return MalformedNote();
  NoteSignature parsed;
  parsed.name = std::string(line.substr(0, space));
  const StatusOr<Bytes> bytes = Base64Decode(line.substr(space + 1));
  if (!IsNoteName(parsed.name) || !bytes.ok() || bytes->size() <= parsed.key_id.size()) {
    return MalformedNote();
  }
  const auto signature_begin = bytes->begin() + static_cast<std::ptrdiff_t>(parsed.key_id.size());
  std::copy(bytes->begin(), signature_begin, parsed.key_id.begin());
  parsed.signature.assign(signature_begin, bytes->end());
  return parsed;
}

}  // namespace

StatusOr<NoteVerifier> NoteVerifier::Create(std::string_view name,
                                            const primitives::VerifyingKey& key) {
  if (!IsNoteName(name)) return InvalidArgument("note key: not a name");
  NoteVerifier verifier;
  verifier.name_ = std::string(name);
  verifier.key_ = key;
  verifier.key_id_ = KeyIdOf(name, key);
  return verifier;
}

StatusOr<NoteVerifier> NoteVerifier::Parse(std::string_view text) {
  const Status malformed = InvalidArgument("note key: malformed");
  const std::size_t first_plus = text.find('+');
  if (first_plus == std::string_view::npos) return malformed;
  const std::size_t second_plus = text.find('+', first_plus + 1);
  if (second_plus == std::string_view::npos) return malformed;
  const StatusOr<Bytes> id = HexDecode(text.substr(first_plus + 1, second_plus - first_plus - 1));
  const StatusOr<Bytes> typed_key = Base64Decode(text.substr(second_plus + 1));
  if (!id.ok() || !typed_key.ok() || typed_key->empty() || typed_key->front() != kEd25519Type) {
    return malformed;
  }
  const StatusOr<primitives::VerifyingKey> key =
      primitives::VerifyingKey::FromBytes(ByteSpan(*typed_key).subspan(1));
  if (!key.ok()) return malformed;
  NOREN_ASSIGN_OR_RETURN(NoteVerifier verifier, Create(text.substr(0, first_plus), *key));
  if (!std::equal(id->begin(), id->end(), verifier.key_id_.begin(), verifier.key_id_.end())) {
    return malformed;
  }
  return verifier;
}

std::string NoteVerifier::ToString() const {
  Bytes typed_key = {kEd25519Type};
  typed_key.insert(typed_key.end(), key_.bytes.begin(), key_.bytes.end());
  return name_ + "+" + HexEncode(key_id_) + "+" + Base64Encode(typed_key);
}

StatusOr<std::string> SignNote(std::string_view text, std::string_view name,
                               const primitives::SigningKey& key) {
  if (!IsNoteText(text)) return InvalidArgument("note: text with other than ended UTF-8 lines");
  if (!IsNoteName(name)) return InvalidArgument("note key: not a name");
  const primitives::Signature signature = key.Sign(AsBytes(text));
  const NoteKeyId id = KeyIdOf(name, key.verifying_key());
  Bytes line = {id.begin(), id.end()};
  line.insert(line.end(), signature.begin(), signature.end());
  std::string note(text);
  note.append("\n").append(kSignaturePrefix).append(name).append(" ");
  note.append(Base64Encode(line)).append("\n");
  if (note.size() > kNoteMaxSizeBytes) return InvalidArgument("note: too long");
  return note;
}

StatusOr<Note> ParseNote(std::string_view note) {
  if (note.size() > kNoteMaxSizeBytes || !IsNoteText(note)) return MalformedNote();
  const std::size_t blank_line = note.rfind("\n\n");
  if (blank_line == std::string_view::npos) return MalformedNote();
  Note parsed;
  parsed.text = std::string(note.substr(0, blank_line + 1));
  std::string_view lines = note.substr(blank_line + 2);
  if (lines.empty()) return MalformedNote();
  while (!lines.empty()) {
    if (parsed.signatures.size() == kNoteMaxSignaturesCount) return MalformedNote();
    const std::size_t end = lines.find('\n');
    NOREN_ASSIGN_OR_RETURN(NoteSignature signature, ParseSignatureLine(lines.substr(0, end)));
    parsed.signatures.push_back(std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return parsed;
}

Status VerifyNote(const Note& note, const NoteVerifier& verifier) {
  bool found = false;
  for (const NoteSignature& line : note.signatures) {
    if (line.name != verifier.name() || line.key_id != verifier.key_id()) continue;
    NOREN_RETURN_IF_ERROR(primitives::Verify(verifier.key(), AsBytes(note.text), line.signature));
    found = true;
  }
  return found ? OkStatus() : NotFound("note: no signature of this key");
}

}  // namespace noren::merkle
