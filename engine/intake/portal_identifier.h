// What a portal does with a phone number or mail address before it is blinded: the one form that
// every portal writes it in, and no resident number among them.
// Source:   docs/formats/oprf.md (Input); ITU-T E.164; the national numbering plans of Korea and
//           Japan
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/status.h"

namespace noren::intake {

enum class DialledFrom : std::uint8_t { kKorea, kJapan };

// `written` as the person typed it: international ("+82 10-1234-5678", a 0 after 82 or 81 is left
// out) or national ("010-1234-5678", "090 1234 5678"), in ASCII or full width; spaces, hyphens,
// dots and parentheses do not count.
//   errors   kForbiddenField (phone): a resident registration number or My Number; kBadRequest
//            (phone): any other text
StatusOr<std::string> PhoneIdentifierOf(std::string_view written, DialledFrom country);

// A mailbox of ASCII; letters become lower case, nothing else is changed.
//   errors   kForbiddenField (mail): a resident number stands in it; kBadRequest (mail)
StatusOr<std::string> MailIdentifierOf(std::string_view written);

}  // namespace noren::intake
