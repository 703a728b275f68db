// The text of an identifier that a portal blinds: one form per phone number or mail address, so
// that two portals get one output for one person. There is no form for a resident number.
// Source:   docs/formats/oprf.md; ITU-T E.164; RFC 5321 sections 4.1.2, 4.5.3.1
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/status.h"

namespace noren::oprf {

// `number` is "+", a country code and the number, 8..15 digits, nothing else. Guesses nothing: a
// national form is for the portal to complete.
//   errors   kInvalidArgument: any other text
StatusOr<std::string> PhoneIdentifier(std::string_view number);

// `address` is an ASCII mailbox: a dot-atom of up to 64 characters, "@", a domain of two labels or
// more. Letters become lower case; nothing else is changed.
//   errors   kInvalidArgument: any other text
StatusOr<std::string> MailIdentifier(std::string_view address);

}  // namespace noren::oprf
