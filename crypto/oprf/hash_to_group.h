// Hashing into the group and into the scalars, which libsodium 1.0.18 has no call for.
// Source:   RFC 9380 section 5.3.1 (expand_message_xmd) and appendix B; RFC 9497 section 4.1
// Threads:  concurrently
// Secrets:  what is hashed may be secret: the work depends on its length alone, and is wiped
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

// A message as its parts, read one after another.
using MessageParts = std::span<const ByteSpan>;

// expand_message_xmd with SHA-512 and 64 bytes of output, which is all that this suite asks for.
//   tag      1..255 bytes (a programmer's error otherwise)
//   uniform  64 bytes, written
void ExpandMessageXmd(MessageParts message, std::string_view tag, MutableByteSpan uniform);

// The element that `input` maps to.
//   errors   kInvalidArgument: more than 65,535 bytes, or the identity (InvalidInputError)
StatusOr<Element> HashToGroup(Mode mode, ByteSpan input);

// HashToScalar with the tag `tag_prefix` | context string.
SecretBytes HashToSecretScalar(Mode mode, std::string_view tag_prefix, MessageParts message);

// HashToScalar as proofs use it, of bytes that are not secret; `tag` is ScalarTag(mode), made once
// per batch.
Scalar HashToScalar(std::string_view tag, MessageParts message);
std::string ScalarTag(Mode mode);

}  // namespace noren::oprf
