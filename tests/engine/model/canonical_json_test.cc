// SPDX-License-Identifier: Apache-2.0
#include "engine/model/canonical_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstring>

#include "engine/model/errors.h"
#include "tests/engine/model/taxonomies.h"

namespace noren::model {
namespace {

std::string Canonical(std::string_view text) { return DumpCanonical(*ParseJson(text)); }

JsonFault FaultOf(std::string_view text, const JsonOptions& options = {}) {
  JsonProblem problem;
  const bool is_read = ReadJson(text, options, &problem).has_value();
  EXPECT_EQ(is_read, problem.fault == JsonFault::kNone);
  return problem.fault;
}

TEST(CanonicalJson, SortsByUtf16CodeUnitsAsTheRfcShows) {
  // RFC 8785 section 3.2.3.
  const std::string text =
      R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",)"
      R"("1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",)"
      R"("\u00f6":"Latin Small Letter O With Diaeresis"})";
  EXPECT_EQ(Canonical(text),
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\","
            "\"\xC3\xB6\":\"Latin Small Letter O With Diaeresis\",\"\xE2\x82\xAC\":\"Euro Sign\","
            "\"\xF0\x9F\x98\x80\":\"Emoji: Grinning Face\","
            "\"\xEF\xAC\xB3\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST(CanonicalJson, EscapesAsTheRfcShows) {
  // RFC 8785 section 3.2.2, string and literals.
  EXPECT_EQ(
      Canonical(
          R"({"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null, true,)"
          R"( false]})"),
      "{\"literals\":[null,true,false],\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/"
      "\"}");
}

TEST(CanonicalJson, LeavesNoSpaceAndKeepsIntegers) {
  EXPECT_EQ(Canonical(" { \"b\" : [ 1 , -2 ,9007199254740991 ] , \"a\" : { } } "),
            "{\"a\":{},\"b\":[1,-2,9007199254740991]}");
}

struct NumberCase {
  std::uint64_t bits;
  const char* text;
};

TEST(CanonicalJson, WritesFractionsAsEcmaScript) {
  // RFC 8785 appendix B.
  constexpr NumberCase kCases[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"},
      {0x43143ff3c1cb0959, "1424953923781206.2"},
  };
  for (const NumberCase& c : kCases) {
    double value = 0;
    std::memcpy(&value, &c.bits, sizeof value);
    EXPECT_EQ(DumpCanonical(JsonValue::Fraction(value)), c.text);
  }
}

TEST(JsonReader, NamesEachFault) {
  EXPECT_EQ(FaultOf("{\"a\":1,\"a\":2}"), JsonFault::kDuplicateKey);
  EXPECT_EQ(FaultOf("{\"a\":1,\"\\u0061\":2}"), JsonFault::kDuplicateKey);
  EXPECT_EQ(FaultOf("\"\xFF\""), JsonFault::kInvalidUtf8);
  EXPECT_EQ(FaultOf("\"\\ud800\""), JsonFault::kInvalidUtf8);
  EXPECT_EQ(FaultOf("\"\\udc00\""), JsonFault::kInvalidUtf8);
  EXPECT_EQ(FaultOf("\"\\ud800\\u0041\""), JsonFault::kInvalidUtf8);
  EXPECT_EQ(FaultOf("1.5"), JsonFault::kNumber);
  EXPECT_EQ(FaultOf("1e3"), JsonFault::kNumber);
  EXPECT_EQ(FaultOf("-0"), JsonFault::kNumber);
  EXPECT_EQ(FaultOf("9007199254740992"), JsonFault::kNumber);
  EXPECT_EQ(FaultOf("99999999999999999999"), JsonFault::kNumber);
  for (const char* text :
       {"", "{", "[1,", "\"a", "{\"a\"", "{\"a\":", "tru", "-", "\"\\u00", "\"\\"}) {
    EXPECT_EQ(FaultOf(text), JsonFault::kTruncated) << text;
  }
  for (const char* text :
       {"01", "+1", "{a:1}", "[1,]", "{\"a\":1,}", "'a'", "NaN", "1 2", "\"a\tb\"", "\"\\x\"",
        "\"\\u00g0\"", "[1}", "\xEF\xBB\xBF{}", "// c\n1"}) {
    EXPECT_EQ(FaultOf(text), JsonFault::kSyntax) << text;
  }
}

TEST(JsonReader, HoldsTheLimitsOfDepthAndSize) {
  const std::string deep = std::string(kMaxJsonDepth, '[') + std::string(kMaxJsonDepth, ']');
  EXPECT_EQ(FaultOf(deep), JsonFault::kNone);
  EXPECT_EQ(FaultOf("[" + deep + "]"), JsonFault::kTooDeep);
  EXPECT_EQ(FaultOf(std::string(1'000'000, '[')), JsonFault::kTooDeep);
  JsonOptions small;
  small.max_size_bytes = 4;
  EXPECT_EQ(FaultOf("1234", small), JsonFault::kNone);
  EXPECT_EQ(FaultOf("12345", small), JsonFault::kTooLarge);
  EXPECT_EQ(CodeOf(ParseJson("12345", small).status()), ErrorCode::kTooLarge);
  EXPECT_EQ(CodeOf(ParseJson("{").status()), ErrorCode::kBadRequest);
}

TEST(JsonReader, ReadsFractionsOnlyWhenAsked) {
  JsonProblem problem;
  JsonOptions options;
  options.numbers = JsonNumbers::kFractionsToo;
  EXPECT_EQ(ReadJson("[1.5,-0,1e2]", options, &problem)->array()->at(0).number(), 1.5);
  EXPECT_EQ(FaultOf("1e999", options), JsonFault::kNumber);
}

TEST(CanonicalJson, TellsCanonicalTextFromOther) {
  EXPECT_TRUE(IsCanonical("{\"a\":1,\"b\":[true,null]}"));
  for (const char* text : {"{\"b\":1,\"a\":2}", "{\"a\": 1}", "{\"a\":1}\n", "\"\\u0041\"",
                           "\"\\/\"", "1.5", "", "-0"}) {
    EXPECT_FALSE(IsCanonical(text)) << text;
  }
}

TEST(JsonValue, SetAndAppendMakeTheirContainers) {
  JsonValue value;
  value.Set("list", JsonValue().Append(JsonValue::Integer(1)))
      .Set("truth", true)
      .Set("text", "a")
      .Set("number", 7);
  EXPECT_EQ(DumpCanonical(value), "{\"list\":[1],\"number\":7,\"text\":\"a\",\"truth\":true}");
  EXPECT_EQ(value.Find("number")->integer(), 7);
  EXPECT_EQ(value.Find("absent"), nullptr);
  EXPECT_EQ(JsonValue::Integer(1).Find("a"), nullptr);
}

rc::Gen<JsonValue> AnyValue(int depth) {
  const auto text = rc::gen::map(rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127)),
                                 [](const std::string& s) { return JsonValue::Text(s); });
  const auto integer =
      rc::gen::map(rc::gen::inRange<std::int64_t>(-kMaxJsonInteger, kMaxJsonInteger),
                   [](std::int64_t v) { return JsonValue::Integer(v); });
  const auto boolean =
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool v) { return JsonValue::Bool(v); });
  if (depth == 0) return rc::gen::oneOf(text, integer, boolean, rc::gen::just(JsonValue()));
  const auto array =
      rc::gen::map(rc::gen::container<std::vector<JsonValue>>(AnyValue(depth - 1)),
                   [](std::vector<JsonValue> v) { return JsonValue::MakeArray(std::move(v)); });
  const auto object =
      rc::gen::map(rc::gen::container<std::vector<std::pair<std::string, JsonValue>>>(
                       rc::gen::pair(rc::gen::string<std::string>(), AnyValue(depth - 1))),
                   [](const std::vector<std::pair<std::string, JsonValue>>& members) {
                     JsonValue value = JsonValue::MakeObject();
                     for (const auto& [key, member] : members) {
                       bool is_ascii = true;
                       for (const char c : key)
                         is_ascii = is_ascii && static_cast<unsigned char>(c) < 0x80;
                       if (is_ascii) value.Set(key, member);
                     }
                     return value;
                   });
  return rc::gen::oneOf(text, integer, boolean, array, object);
}

TEST(CanonicalJson, EveryValueReadsBackAndIsCanonical) {
  EXPECT_TRUE(rc::check([] {
    const JsonValue value = *rc::gen::resize(8, AnyValue(3));
    const std::string text = DumpCanonical(value);
    RC_ASSERT(IsCanonical(text));
    RC_ASSERT(*ParseJson(text) == value);
  }));
}

TEST(JsonReader, AnyBytesAreAValueOrAFault) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    JsonProblem problem;
    const auto value = ReadJson(text, {}, &problem);
    RC_ASSERT(value.has_value() == (problem.fault == JsonFault::kNone));
    RC_ASSERT(problem.offset_bytes <= text.size());
  }));
}

}  // namespace
}  // namespace noren::model
