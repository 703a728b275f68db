// From one request frame to one reply frame: check, run the generated processor over memory
// buffers, tidy its answer.
// Threads:  as the processor.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "server/transport/message_check.h"

namespace apache::thrift {
class TProcessor;
}

namespace noren::server {

// Why a message was answered with TApplicationException; the wire text is fixed for each
// (docs/formats/wire.md).
enum class Refusal : std::uint8_t {
  kOverloaded,
  kDeadline,
  kUnknownMethod,
  kBadArguments,
  kReplyTooLarge,
  kInternal
};

// The answer "TApplicationException" to the message with this header, without a frame length.
Bytes EncodeRefusal(const MessageHeader& header, Refusal refusal,
                    std::chrono::milliseconds retry_after);

enum class CallOutcome : std::uint8_t {
  kAnswered,
  kUnknownMethod,
  kBadArguments,
  kReplyTooLarge,
  kInternal
};

struct CallResult {
  CallOutcome outcome = CallOutcome::kAnswered;
  Bytes reply;  // without a frame length; empty for a oneway call
};

// Runs the processor on a frame that CheckMessage has passed; never throws. What a processor says
// in a TApplicationException is replaced by our fixed sentence, so no text of a handler or a caller
// goes out this way.
CallResult RunProcessor(apache::thrift::TProcessor& processor, ByteSpan frame,
                        const MessageHeader& header, const MessageLimits& limits);

}  // namespace noren::server
