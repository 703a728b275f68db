// SPDX-License-Identifier: Apache-2.0
#include "server/transport/frame_codec.h"

#include <thrift/TApplicationException.h>
#include <thrift/TConfiguration.h>
#include <thrift/TProcessor.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"

namespace noren::server {
namespace {

using apache::thrift::TApplicationException;
using apache::thrift::TConfiguration;
using apache::thrift::protocol::TMessageType;
using apache::thrift::protocol::TProtocol;
using apache::thrift::transport::TMemoryBuffer;

using MemoryBinary = apache::thrift::protocol::TBinaryProtocolT<TMemoryBuffer>;
using MemoryCompact = apache::thrift::protocol::TCompactProtocolT<TMemoryBuffer>;

std::shared_ptr<TConfiguration> MakeConfiguration(std::size_t size_bytes_max, int depth_max) {
  // Thrift counts the structs of the message itself and of a result around ours; a few levels more
  // than our own check.
  return std::make_shared<TConfiguration>(static_cast<int>(size_bytes_max),
                                          static_cast<int>(size_bytes_max), depth_max + 4);
}

std::shared_ptr<TProtocol> MakeProtocol(WireProtocol protocol,
                                        std::shared_ptr<TMemoryBuffer> buffer,
                                        const MessageLimits& limits) {
  const auto strings = static_cast<std::int32_t>(limits.string_size_bytes_max);
  const auto containers = static_cast<std::int32_t>(limits.container_elements_max);
  if (protocol == WireProtocol::kBinary) {
    return std::make_shared<MemoryBinary>(std::move(buffer), strings, containers,
                                          /*strict_read=*/true,
                                          /*strict_write=*/true);
  }
  return std::make_shared<MemoryCompact>(std::move(buffer), strings, containers);
}

Bytes TakeBytes(TMemoryBuffer& buffer) {
  std::uint8_t* data = nullptr;
  std::uint32_t size = 0;
  buffer.getBuffer(&data, &size);
  return {data, data + size};
}

struct Sentence {
  TApplicationException::TApplicationExceptionType type;
  std::string text;
};

Sentence SentenceOf(Refusal refusal, std::chrono::milliseconds retry_after) {
  switch (refusal) {
    case Refusal::kOverloaded:
      return {TApplicationException::INTERNAL_ERROR,
              absl::StrCat("OVERLOADED retry_after_ms=", retry_after.count())};
    case Refusal::kDeadline:
      return {TApplicationException::INTERNAL_ERROR,
              absl::StrCat("DEADLINE retry_after_ms=", retry_after.count())};
    case Refusal::kUnknownMethod:
      return {TApplicationException::UNKNOWN_METHOD, "UNKNOWN_METHOD"};
    case Refusal::kBadArguments:
      return {TApplicationException::PROTOCOL_ERROR, "BAD_REQUEST"};
    case Refusal::kReplyTooLarge:
      return {TApplicationException::INTERNAL_ERROR, "TOO_LARGE"};
    case Refusal::kInternal:
      break;
  }
  return {TApplicationException::INTERNAL_ERROR, "INTERNAL"};
}

// The type of the TApplicationException in `reply`; nothing when it is an ordinary answer. Only
// T_EXCEPTION messages are decoded, so an ordinary answer costs its header.
std::optional<TApplicationException::TApplicationExceptionType> ExceptionTypeOf(
    Bytes& reply, WireProtocol protocol) {
  if (reply.empty()) return std::nullopt;
  try {
    const MessageLimits limits;
    auto buffer =
        std::make_shared<TMemoryBuffer>(reply.data(), static_cast<std::uint32_t>(reply.size()));
    const std::shared_ptr<TProtocol> in = MakeProtocol(protocol, buffer, limits);
    std::string name;
    TMessageType type{};
    std::int32_t sequence_id = 0;
    in->readMessageBegin(name, type, sequence_id);
    if (type != apache::thrift::protocol::T_EXCEPTION) return std::nullopt;
    TApplicationException exception;
    exception.read(in.get());
    return exception.getType();
  } catch (const std::exception&) {
    return TApplicationException::INTERNAL_ERROR;
  }
}

CallOutcome OutcomeOf(TApplicationException::TApplicationExceptionType type) {
  switch (type) {
    case TApplicationException::UNKNOWN_METHOD:
      return CallOutcome::kUnknownMethod;
    case TApplicationException::PROTOCOL_ERROR:
    case TApplicationException::INVALID_MESSAGE_TYPE:
      return CallOutcome::kBadArguments;
    default:
      return CallOutcome::kInternal;
  }
}

Refusal RefusalOf(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::kUnknownMethod:
      return Refusal::kUnknownMethod;
    case CallOutcome::kBadArguments:
      return Refusal::kBadArguments;
    case CallOutcome::kReplyTooLarge:
      return Refusal::kReplyTooLarge;
    default:
      return Refusal::kInternal;
  }
}

// Runs the processor; what it throws becomes an outcome.
CallOutcome Run(apache::thrift::TProcessor& processor, const std::shared_ptr<TProtocol>& in,
                const std::shared_ptr<TProtocol>& out) {
  try {
    processor.process(in, out, nullptr);
    return CallOutcome::kAnswered;
  } catch (const apache::thrift::transport::TTransportException&) {
    // The request is whole (CheckMessage passed), so this is the reply's buffer at its limit.
    return CallOutcome::kReplyTooLarge;
  } catch (const apache::thrift::TException&) {
    return CallOutcome::kBadArguments;  // a required field is missing, or the service is unknown
  } catch (const std::exception&) {
    return CallOutcome::kInternal;
  }
}

}  // namespace

Bytes EncodeRefusal(const MessageHeader& header, Refusal refusal,
                    std::chrono::milliseconds retry_after) {
  const MessageLimits limits;
  auto buffer = std::make_shared<TMemoryBuffer>(std::uint32_t{256});
  const std::shared_ptr<TProtocol> out = MakeProtocol(header.protocol, buffer, limits);
  const Sentence sentence = SentenceOf(refusal, retry_after);
  // As the multiplexed processor does, the answer's name is the method without its service.
  const std::size_t colon = header.method.find(':');
  const std::string name(colon == std::string_view::npos ? header.method
                                                         : header.method.substr(colon + 1));
  out->writeMessageBegin(name, apache::thrift::protocol::T_EXCEPTION, header.sequence_id);
  TApplicationException(sentence.type, sentence.text).write(out.get());
  out->writeMessageEnd();
  return TakeBytes(*buffer);
}

CallResult RunProcessor(apache::thrift::TProcessor& processor, ByteSpan frame,
                        const MessageHeader& header, const MessageLimits& limits) {
  auto in_buffer = std::make_shared<TMemoryBuffer>(
      const_cast<std::uint8_t*>(frame.data()), static_cast<std::uint32_t>(frame.size()),
      TMemoryBuffer::OBSERVE, MakeConfiguration(limits.frame_size_bytes_max, limits.depth_max));
  auto out_buffer = std::make_shared<TMemoryBuffer>(
      std::uint32_t{1024}, MakeConfiguration(limits.reply_size_bytes_max, limits.depth_max));
  out_buffer->setMaxBufferSize(static_cast<std::uint32_t>(limits.reply_size_bytes_max));

  CallResult result;
  result.outcome = Run(processor, MakeProtocol(header.protocol, in_buffer, limits),
                       MakeProtocol(header.protocol, out_buffer, limits));
  if (result.outcome != CallOutcome::kReplyTooLarge) result.reply = TakeBytes(*out_buffer);
  if (const auto type = ExceptionTypeOf(result.reply, header.protocol))
    result.outcome = OutcomeOf(*type);
  if (header.kind == MessageKind::kOneway) {
    result.reply.clear();
    return result;
  }
  if (result.outcome == CallOutcome::kAnswered && result.reply.empty()) {
    result.outcome = CallOutcome::kInternal;  // a call that the processor left unanswered
  }
  if (result.outcome != CallOutcome::kAnswered) {
    result.reply = EncodeRefusal(header, RefusalOf(result.outcome), std::chrono::milliseconds(0));
  }
  return result;
}

}  // namespace noren::server
