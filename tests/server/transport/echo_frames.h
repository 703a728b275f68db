// Frames as Thrift itself encodes them, for tests that then change them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TCompactProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <functional>
#include <memory>

#include "crypto/base/bytes.h"
#include "tests/server/transport/echo_handler.h"

namespace noren::server {

using FrameWriter = std::function<void(apache::thrift::protocol::TProtocol&)>;

// The bytes that `write` writes with the codec, without a frame length.
inline Bytes Encode(Codec codec, const FrameWriter& write) {
  using namespace apache::thrift;  // NOLINT: the names of one library in ten lines
  auto buffer = std::make_shared<transport::TMemoryBuffer>();
  std::shared_ptr<protocol::TProtocol> out;
  if (codec == Codec::kBinary) {
    out = std::make_shared<protocol::TBinaryProtocol>(buffer);
  } else {
    out = std::make_shared<protocol::TCompactProtocol>(buffer);
  }
  write(*out);
  return ToBytes(std::string_view(buffer->getBufferAsString()));
}

// A call with the given arguments struct ("Say" with Echo_Say_args).
template <typename Args>
Bytes EncodeCall(Codec codec, const std::string& method, const Args& args) {
  return Encode(codec, [&](apache::thrift::protocol::TProtocol& out) {
    out.writeMessageBegin(method, apache::thrift::protocol::T_CALL, 7);
    args.write(&out);
    out.writeMessageEnd();
  });
}

Bytes SayFrame(Codec codec, const std::string& text);

}  // namespace noren::server
