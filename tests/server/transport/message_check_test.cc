// SPDX-License-Identifier: Apache-2.0
#include "server/transport/message_check.h"

#include <gtest/gtest.h>
#include <thrift/TProcessor.h>

#include <limits>

#include "gen-cpp/Echo.h"
#include "server/transport/frame_codec.h"
#include "tests/server/transport/echo_frames.h"
#include "tests/server/transport/resident_memory.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

using apache::thrift::protocol::TProtocol;
namespace protocol = apache::thrift::protocol;

constexpr auto kInvalid = StatusCode::kInvalidArgument;
constexpr Codec kCodecs[] = {Codec::kBinary, Codec::kCompact};

// A call whose argument 1 is what `write_value` writes.
Bytes CallWith(Codec codec, protocol::TType type, const FrameWriter& write_value) {
  return Encode(codec, [&](TProtocol& out) {
    out.writeMessageBegin("CountLeaves", protocol::T_CALL, 1);
    out.writeStructBegin("args");
    out.writeFieldBegin("value", type, 1);
    write_value(out);
    out.writeFieldEnd();
    out.writeFieldStop();
    out.writeStructEnd();
    out.writeMessageEnd();
  });
}

// The beginning of a list of structs that declares `count` and holds none.
Bytes DeclaredList(Codec codec, std::uint32_t count) {
  return Encode(codec, [&](TProtocol& out) {
    out.writeMessageBegin("CountLeaves", protocol::T_CALL, 1);
    out.writeStructBegin("args");
    out.writeFieldBegin("leaves", protocol::T_LIST, 1);
    out.writeListBegin(protocol::T_STRUCT, count);
  });
}

echo::Tree DeepTree(int depth) {
  echo::Tree tree;
  if (depth > 1) tree.children.push_back(DeepTree(depth - 1));
  return tree;
}

Bytes RichFrame(Codec codec, SeededRandom& random) {
  echo::Echo_CountNodes_args args;
  args.tree = DeepTree(static_cast<int>(1 + random.Below(4)));
  for (std::uint64_t i = random.Below(20); i > 0; --i) {
    echo::Leaf leaf;
    leaf.text = std::string(random.Below(30), 'a');
    leaf.number =
        static_cast<std::int64_t>(random.Below(std::numeric_limits<std::uint64_t>::max()));
    args.tree.leaves.push_back(leaf);
  }
  return EncodeCall(codec, "CountNodes", args);
}

TEST(MessageCheck, AcceptsWhatThriftWrites) {
  SeededRandom random(3);
  for (const Codec codec : kCodecs) {
    for (int i = 0; i < 200; ++i) {
      const Bytes frame = RichFrame(codec, random);
      const StatusOr<MessageHeader> header = CheckMessage(frame, {});
      ASSERT_OK(header);
      EXPECT_EQ(header->method, "CountNodes");
      EXPECT_EQ(header->sequence_id, 7);
    }
  }
}

TEST(MessageCheck, RejectsEveryTruncationAndEveryExtension) {
  SeededRandom random(4);
  for (const Codec codec : kCodecs) {
    Bytes frame = RichFrame(codec, random);
    for (std::size_t size = 0; size < frame.size(); ++size) {
      EXPECT_THAT(CheckMessage(ByteSpan(frame).first(size), {}), StatusIs(kInvalid)) << size;
    }
    frame.push_back(0);
    EXPECT_THAT(CheckMessage(frame, {}), StatusIs(kInvalid, "message: bytes after its end"));
  }
}

TEST(MessageCheck, RejectsOtherProtocolsByTheirFirstByte) {
  for (const std::string_view text : {"GET / HTTP/1.1\r\n", "{\"method\":1}", "[1,\"Say\",1,1,{}]",
                                      "\x78\x9c\x4b", "\x1f\x8b\x08", "\x16\x03\x01", "\x0f\xff"}) {
    EXPECT_THAT(CheckMessage(AsBytes(text), {}), StatusIs(kInvalid)) << text;
  }
  // The binary protocol without a version, as clients of long ago sent it.
  const Bytes old_style = {0, 0, 0, 3, 'S', 'a', 'y', 1, 0, 0, 0, 1, 0};
  EXPECT_THAT(CheckMessage(old_style, {}), StatusIs(kInvalid));
}

TEST(MessageCheck, RejectsRepliesAndExceptionsFromACaller) {
  for (const Codec codec : kCodecs) {
    for (const auto kind : {protocol::T_REPLY, protocol::T_EXCEPTION}) {
      const Bytes frame = Encode(codec, [&](TProtocol& out) {
        out.writeMessageBegin("Say", kind, 1);
        out.writeFieldStop();
      });
      EXPECT_THAT(CheckMessage(frame, {}),
                  StatusIs(kInvalid, "message: neither a call nor a oneway call"));
    }
  }
}

TEST(MessageCheck, RejectsDeclaredSizesThatAreNotThere) {
  for (const Codec codec : kCodecs) {
    for (const std::uint32_t count : {1U, 16384U, 90'000'000U, 0x7fffffffU, 0xffffffffU}) {
      EXPECT_THAT(CheckMessage(DeclaredList(codec, count), {}), StatusIs(kInvalid)) << count;
    }
  }
  // A string of 2^31-1 bytes, and one of a negative length.
  for (const std::uint8_t high : {std::uint8_t{0x7f}, std::uint8_t{0xff}}) {
    Bytes frame = SayFrame(Codec::kBinary, "abcd");
    const std::size_t length_at = frame.size() - 1 - 4 - 4;
    frame[length_at] = high;
    for (std::size_t i = 1; i < 4; ++i) frame[length_at + i] = 0xff;
    EXPECT_THAT(CheckMessage(frame, {}), StatusIs(kInvalid));
  }
}

// The frame of 31 bytes that made a stock server hold 4 GB: 90,000,000 structs declared, none
// there.
TEST(MessageCheck, DeclaredStructsCostNoMemory) {
  const Bytes frame = DeclaredList(Codec::kBinary, 90'000'000);
  ASSERT_LT(frame.size(), 40U);
  const std::size_t before = ResidentBytes();
  for (int i = 0; i < 1000; ++i) ASSERT_THAT(CheckMessage(frame, {}), StatusIs(kInvalid));
  ExpectGrowthAtMost(1U << 20, before);
}

TEST(MessageCheck, CountsTheElementsOfAllContainersTogether) {
  for (const Codec codec : kCodecs) {
    // 20 lists of 16,000 bools: each within the limit of one container, together beyond that of a
    // message.
    const Bytes frame = CallWith(codec, protocol::T_LIST, [](TProtocol& out) {
      out.writeListBegin(protocol::T_LIST, 20);
      for (int i = 0; i < 20; ++i) {
        out.writeListBegin(protocol::T_BOOL, 16000);
        for (int j = 0; j < 16000; ++j) out.writeBool(true);
      }
    });
    EXPECT_THAT(CheckMessage(frame, {}), StatusIs(kInvalid, "message: too many elements"));
    MessageLimits wide;
    wide.message_elements_max = 320020;
    EXPECT_OK(CheckMessage(frame, wide));
    wide.container_elements_max = 15999;
    EXPECT_THAT(CheckMessage(frame, wide), StatusIs(kInvalid, "message: a container is too large"));
  }
}

TEST(MessageCheck, BoundsTheDepthOfStructsAndOfContainers) {
  for (const Codec codec : kCodecs) {
    echo::Echo_CountNodes_args args;
    args.tree = DeepTree(15);
    EXPECT_OK(CheckMessage(EncodeCall(codec, "CountNodes", args), {}));
    args.tree = DeepTree(17);
    EXPECT_THAT(CheckMessage(EncodeCall(codec, "CountNodes", args), {}),
                StatusIs(kInvalid, "message: nested too deeply"));
    // A million levels of lists.
    const Bytes frame = CallWith(codec, protocol::T_LIST, [](TProtocol& out) {
      for (int i = 0; i < 200'000; ++i) out.writeListBegin(protocol::T_LIST, 1);
    });
    MessageLimits limits;
    limits.frame_size_bytes_max = 8U << 20;
    EXPECT_THAT(CheckMessage(frame, limits), StatusIs(kInvalid, "message: nested too deeply"));
  }
}

TEST(MessageCheck, RejectsFieldsGivenTwiceOrOutOfRange) {
  for (const Codec codec : kCodecs) {
    for (const std::int16_t second : {std::int16_t{1}, std::int16_t{-1}, std::int16_t{1024}}) {
      const Bytes frame = Encode(codec, [&](TProtocol& out) {
        out.writeMessageBegin("Say", protocol::T_CALL, 1);
        out.writeStructBegin("args");
        for (const std::int16_t id : {std::int16_t{1}, second}) {
          out.writeFieldBegin("text", protocol::T_STRING, id);
          out.writeString("x");
        }
        out.writeFieldStop();
        out.writeStructEnd();
      });
      EXPECT_THAT(CheckMessage(frame, {}), StatusIs(kInvalid)) << second;
    }
  }
}

TEST(MessageCheck, RejectsNumbersThatAreNotFinite) {
  for (const Codec codec : kCodecs) {
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
          -std::numeric_limits<double>::infinity()}) {
      const Bytes frame =
          CallWith(codec, protocol::T_DOUBLE, [&](TProtocol& out) { out.writeDouble(bad); });
      EXPECT_THAT(CheckMessage(frame, {}), StatusIs(kInvalid, "message: a number is not finite"));
    }
    EXPECT_OK(CheckMessage(
        CallWith(codec, protocol::T_DOUBLE, [](TProtocol& out) { out.writeDouble(1.5); }), {}));
  }
}

TEST(MessageCheck, RejectsMethodNamesOfOtherCharactersOrLengths) {
  for (const Codec codec : kCodecs) {
    for (const std::string& name : {std::string(), std::string(129, 'a'), std::string("a\nb"),
                                    std::string("a\"b"), std::string("\xed\x95\x9c")}) {
      const Bytes frame = EncodeCall(codec, name, echo::Echo_WhoAmI_args());
      EXPECT_THAT(CheckMessage(frame, {}), StatusIs(kInvalid)) << name;
    }
    EXPECT_OK(CheckMessage(EncodeCall(codec, "portal:Who_Am.I9", echo::Echo_WhoAmI_args()), {}));
  }
}

// Goal: no mutation of a valid frame crashes, makes the processor throw or leaves a call without an
// answer. Method: 20,000 seeded mutations (flips, sets, cuts, copies) through the path that the
// server uses.
TEST(FrameCodec, SurvivesTwentyThousandMutatedFrames) {
  SeededRandom random(20260101);
  EchoRecord record;
  RequestContext context;
  context.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  const auto processor = EchoFactory(record)(context);
  int passed = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes frame = RichFrame(kCodecs[random.Below(2)], random);
    for (std::uint64_t change = 1 + random.Below(3); change > 0; --change) {
      const std::size_t at = random.Below(frame.size());
      switch (random.Below(4)) {
        case 0:
          frame[at] = static_cast<std::uint8_t>(frame[at] ^ (1U << random.Below(8)));
          break;
        case 1:
          frame[at] = static_cast<std::uint8_t>(random.Below(256));
          break;
        case 2:
          frame.resize(at + 1);
          break;
        default:
          frame.insert(frame.begin() + static_cast<std::ptrdiff_t>(at),
                       frame[random.Below(frame.size())]);
      }
    }
    const MessageLimits limits;
    const StatusOr<MessageHeader> header = CheckMessage(frame, limits);
    if (!header.ok()) continue;
    ++passed;
    const CallResult result = RunProcessor(*processor, frame, *header, limits);
    ASSERT_EQ(result.reply.empty(), header->kind == MessageKind::kOneway);
    ASSERT_LE(result.reply.size(), limits.reply_size_bytes_max);
  }
  EXPECT_GT(passed,
            1000);  // changed values are still messages: the generated code has been reached
  EXPECT_LT(passed, 19'000);
}

}  // namespace
}  // namespace noren::server
