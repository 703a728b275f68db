// JSON values and their one canonical text (RFC 8785), the form of everything that is signed.
// Signed text holds integers only; fractions are read from outside documents alone.
// Source:   RFC 8785, RFC 8259; docs/formats/canonical_json.md
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/base/status.h"

namespace noren::model {

class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Object =
      std::map<std::string, JsonValue, std::less<>>;  // key order here is not the canonical one

  JsonValue() = default;  // null
  // Text, truth and integers are made by name, so that no pointer or number turns into one unseen.
  static JsonValue Text(std::string_view text);
  static JsonValue Bool(bool value);
  static JsonValue Integer(std::int64_t value);  // magnitude at most 2^53 - 1
  static JsonValue Fraction(double value);       // finite; never in signed text
  static JsonValue MakeArray(Array items = {});
  static JsonValue MakeObject(Object members = {});

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  // Each is null (or empty) unless the value is of that type.
  const std::string* text() const { return std::get_if<std::string>(&value_); }
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer() const;
  std::optional<double> number() const;  // integer or fraction
  const Array* array() const { return std::get_if<Array>(&value_); }
  const Object* object() const { return std::get_if<Object>(&value_); }
  // The member of an object, or null.
  const JsonValue* Find(std::string_view key) const;

  // Sets a member; a value that is no object becomes an empty one first. Returns *this for
  // chaining.
  JsonValue& Set(std::string_view key, JsonValue value);
  JsonValue& Set(std::string_view key, std::string_view text) { return Set(key, Text(text)); }
  JsonValue& Set(std::string_view key, std::int64_t value) { return Set(key, Integer(value)); }
  JsonValue& Set(std::string_view key, std::same_as<bool> auto value) {
    return Set(key, Bool(value));
  }
  // Appends; a value that is no array becomes an empty one first.
  JsonValue& Append(JsonValue value);

  bool operator==(const JsonValue&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

inline constexpr std::int64_t kMaxJsonInteger = (std::int64_t{1} << 53) - 1;
inline constexpr int kMaxJsonDepth = 32;

enum class JsonFault : std::uint8_t {
  kNone,
  kSyntax,
  kTruncated,
  kInvalidUtf8,
  kDuplicateKey,
  kTooDeep,
  kTooLarge,
  kNumber,
};
std::string_view JsonFaultSentence(JsonFault fault);

struct JsonProblem {
  JsonFault fault = JsonFault::kNone;
  std::size_t offset_bytes = 0;  // where reading stopped
};

enum class JsonNumbers : std::uint8_t { kIntegersOnly, kFractionsToo };
struct JsonOptions {
  std::size_t max_size_bytes = std::size_t{1} << 20;
  int max_depth = kMaxJsonDepth;  // arrays and objects inside each other
  JsonNumbers numbers = JsonNumbers::kIntegersOnly;
};

// Reads one JSON value, strictly: no duplicate key, no invalid UTF-8 or lone surrogate, no byte
// order mark, nothing after the value. Says what is wrong in `problem`.
std::optional<JsonValue> ReadJson(std::string_view text, const JsonOptions& options,
                                  JsonProblem* problem);
// As ReadJson. kTooLarge or kBadRequest.
StatusOr<JsonValue> ParseJson(std::string_view text, const JsonOptions& options = {});

// RFC 8785: members sorted by UTF-16 code units, no white space, shortest escapes.
std::string DumpCanonical(const JsonValue& value);
// True when `text` is a JSON value with integers only, written exactly as DumpCanonical would.
bool IsCanonical(std::string_view text);

}  // namespace noren::model
