// HMAC-SHA256 with a key of any length.
// Source:   RFC 2104, FIPS 198-1
// Threads:  concurrently
// Secrets:  the key; the working state is wiped
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/base/secret_bytes.h"

namespace noren::primitives {

Hash256 HmacSha256(const SecretBytes& key, ByteSpan message);
// True when `tag` is the message's tag; constant time. A tag of another size is false.
bool HmacSha256Matches(const SecretBytes& key, ByteSpan message, ByteSpan tag);

}  // namespace noren::primitives
