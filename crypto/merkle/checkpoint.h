// A checkpoint: a log's name, size and root in a signed note, which witnesses and offline verifiers
// read.
// Source:   C2SP tlog-checkpoint.md; docs/formats/checkpoint.md
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "crypto/merkle/note.h"
#include "crypto/merkle/proof.h"
#include "crypto/primitives/signature.h"

namespace noren::merkle {

struct Checkpoint {
  std::string origin;  // also the name of the key that signs
  TreeHead head;
  std::vector<std::string> extensions;  // further lines; other logs have them, ours has none
  bool operator==(const Checkpoint&) const = default;
};

// The note's text; kInvalidArgument: an empty origin or extension, or one with a line end.
StatusOr<std::string> FormatCheckpoint(const Checkpoint& checkpoint);
// kInvalidArgument: not exactly what FormatCheckpoint writes.
StatusOr<Checkpoint> ParseCheckpoint(std::string_view text);

StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint,
                                     const primitives::SigningKey& key);

// The checkpoint of a note signed by `verifier`, whose name must be the origin.
//   errors   kInvalidArgument: malformed, or of another log; kNotFound, kUnauthenticated: see
//            VerifyNote
StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, const NoteVerifier& verifier);

}  // namespace noren::merkle
