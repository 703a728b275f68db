// Signed notes: a text and signature lines under it, as other transparency logs write them, with
// Ed25519 keys.
// Source:   C2SP signed-note.md; docs/formats/checkpoint.md
// Threads:  concurrently
// Secrets:  the signer's key
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "crypto/primitives/signature.h"

namespace noren::merkle {

using NoteKeyId = std::array<std::uint8_t, 4>;

inline constexpr std::size_t kNoteMaxSizeBytes = 64 * 1024;
inline constexpr std::size_t kNoteMaxSignaturesCount = 64;

// The public key under the name it signs with; as text "name+id in hex+base64 of (0x01 | key)".
class NoteVerifier {
 public:
  // kInvalidArgument: a name that is empty or has a space, a control character or a plus sign.
  static StatusOr<NoteVerifier> Create(std::string_view name, const primitives::VerifyingKey& key);
  static StatusOr<NoteVerifier> Parse(std::string_view text);  // kInvalidArgument
  std::string ToString() const;

  const std::string& name() const { return name_; }
  const NoteKeyId& key_id() const { return key_id_; }
  const primitives::VerifyingKey& key() const { return key_; }

 private:
  NoteVerifier() = default;
  std::string name_;
  primitives::VerifyingKey key_;
  NoteKeyId key_id_{};
};

struct NoteSignature {
  std::string name;
  NoteKeyId key_id{};
  Bytes signature;
};

struct Note {
  std::string text;  // ends with a line end
  std::vector<NoteSignature> signatures;
};

// Signs `text` (UTF-8 lines, the last one ended; kInvalidArgument otherwise) under `name`. Returns
// the note.
StatusOr<std::string> SignNote(std::string_view text, std::string_view name,
                               const primitives::SigningKey& key);

// Splits a note strictly; checks no signature.
//   errors   kInvalidArgument: malformed or too large
StatusOr<Note> ParseNote(std::string_view note);

// Ok when the note carries a valid signature of `verifier`. Lines of other keys are ignored.
//   errors   kNotFound: none by that name and key id; kUnauthenticated: one that does not verify
Status VerifyNote(const Note& note, const NoteVerifier& verifier);

}  // namespace noren::merkle
