// Walks a whole Thrift message, binary or compact, without knowing its IDL, before the generated
// code sees it: sizes within the frame, known types, depth, elements, field numbers. Allocates
// nothing that grows with what is declared.
// Source:   Thrift binary and compact protocol specifications; docs/formats/wire.md
// Why safe: Thrift 0.17 resizes a list to its declared length before reading it; here a declared
//           length must be covered by bytes that are there, and the elements of a message are
//           counted.
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "server/transport/limits.h"

namespace noren::server {

inline constexpr std::uint8_t kBinaryFirstByte = 0x80;
inline constexpr std::uint8_t kCompactFirstByte = 0x82;
inline constexpr std::size_t kMethodSizeBytesMax = 128;  // "<service>:<method>"

enum class WireProtocol : std::uint8_t { kBinary, kCompact };
enum class MessageKind : std::uint8_t { kCall = 1, kOneway = 4 };

struct MessageHeader {
  WireProtocol protocol = WireProtocol::kBinary;
  MessageKind kind = MessageKind::kCall;
  std::string_view method;  // into the frame; [A-Za-z0-9_:.]
  std::int32_t sequence_id = 0;
};

// Reads the header alone; for answers to frames whose rest was not kept.
//   errors  kInvalidArgument with the rule that is broken; one literal sentence each
StatusOr<MessageHeader> ReadMessageHeader(ByteSpan frame);

// Reads the header and checks the rest to the last byte.
//   errors  kInvalidArgument as above
//   cost  one pass, no allocation
StatusOr<MessageHeader> CheckMessage(ByteSpan frame, const MessageLimits& limits);

}  // namespace noren::server
