// The channel to the person that the portal does not see: codes and notices leave through it.
// Threads:  implementations are thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/status.h"

namespace noren::personal_data {

enum class MessageKind : std::uint8_t { kOneTimeCode = 1, kInvitation = 2, kDestruction = 3 };
std::string_view MessageKindName(MessageKind kind);  // "one_time_code"

struct OutboxMessage {
  MessageKind kind = MessageKind::kOneTimeCode;
  std::string language;  // "ko", "ja", "en"
  std::string contact;   // e-mail address or phone number
  std::string text;
};

class Outbox {
 public:
  virtual ~Outbox() = default;
  // Durable on return: the message will be delivered or kept for an operator.
  virtual Status Send(const OutboxMessage& message) = 0;
};

// The text of a one-time code, in the person's language (English when it is none of the three).
std::string OneTimeCodeText(std::string_view language, std::string_view code,
                            std::string_view act_name);

}  // namespace noren::personal_data
