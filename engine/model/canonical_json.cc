// SPDX-License-Identifier: Apache-2.0
#include "engine/model/canonical_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/model/errors.h"
#include "engine/model/utf8.h"

namespace noren::model {
namespace {

// RFC 8785 section 3.2.2.3: numbers as ECMAScript prints them.
void AppendFraction(double value, std::string* out) {
  if (value == 0) {
    out->push_back('0');
    return;
  }
  char buffer[64];
  const auto result =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<std::size_t>(result.ptr - buffer));
  const std::size_t e_at = text.find('e');
  std::string digits;
  for (const char c : text.substr(0, e_at)) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  int exponent = 0;
  const std::size_t exponent_at = e_at + (text[e_at + 1] == '+' ? 2 : 1);
  std::from_chars(text.data() + exponent_at, text.data() + text.size(), exponent);
  if (value < 0) out->push_back('-');
  const int point = exponent + 1;  // digits before the decimal point
  const int count = static_cast<int>(digits.size());
  if (point > 0 && point <= 21) {
    if (count <= point) {
      out->append(digits).append(static_cast<std::size_t>(point - count), '0');
    } else {
      out->append(digits, 0, static_cast<std::size_t>(point)).append(".");
      out->append(digits, static_cast<std::size_t>(point));
    }
  } else if (point <= 0 && point > -6) {
    out->append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
  } else {
    out->append(digits, 0, 1);
    if (count > 1) out->append(".").append(digits, 1);
    out->append(exponent > 0 ? "e+" : "e").append(std::to_string(exponent));
  }
}

void AppendString(std::string_view text, std::string* out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out->push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        out->append("\\\"");
        break;
      case '\\':
        out->append("\\\\");
        break;
      case '\b':
        out->append("\\b");
        break;
      case '\f':
        out->append("\\f");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\r':
        out->append("\\r");
        break;
      case '\t':
        out->append("\\t");
        break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
          out->append("\\u00");
          out->push_back(kHex[byte >> 4]);
          out->push_back(kHex[byte & 15U]);
        } else {
          out->push_back(c);
        }
      }
    }
  }
  out->push_back('"');
}

void Append(const JsonValue& value, std::string* out);

void AppendObject(const JsonValue::Object& object, std::string* out) {
  std::vector<const JsonValue::Object::value_type*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::ranges::sort(members,
                    [](const auto* a, const auto* b) { return Utf16Less(a->first, b->first); });
  out->push_back('{');
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0) out->push_back(',');
    AppendString(members[i]->first, out);
    out->push_back(':');
    Append(members[i]->second, out);
  }
  out->push_back('}');
}

void Append(const JsonValue& value, std::string* out) {
  if (const std::string* text = value.text()) return AppendString(*text, out);
  if (const auto boolean = value.boolean()) {
    out->append(*boolean ? "true" : "false");
    return;
  }
  if (const auto integer = value.integer()) {
    out->append(std::to_string(*integer));
    return;
  }
  if (const auto number = value.number()) return AppendFraction(*number, out);
  if (const JsonValue::Object* object = value.object()) return AppendObject(*object, out);
  const JsonValue::Array* array = value.array();
  if (array == nullptr) {
    out->append("null");
    return;
  }
  out->push_back('[');
  for (std::size_t i = 0; i < array->size(); ++i) {
    if (i > 0) out->push_back(',');
    Append((*array)[i], out);
  }
  out->push_back(']');
}

}  // namespace

JsonValue JsonValue::Text(std::string_view text) {
  JsonValue v;
  v.value_ = std::string(text);
  return v;
}
JsonValue JsonValue::Bool(bool value) {
  JsonValue v;
  v.value_ = value;
  return v;
}
JsonValue JsonValue::Integer(std::int64_t value) {
  JsonValue v;
  v.value_ = value;
  return v;
}
JsonValue JsonValue::Fraction(double value) {
  JsonValue v;
  v.value_ = value;
  return v;
}
JsonValue JsonValue::MakeArray(Array items) {
  JsonValue v;
  v.value_ = std::move(items);
  return v;
}
JsonValue JsonValue::MakeObject(Object members) {
  JsonValue v;
  v.value_ = std::move(members);
  return v;
}

std::optional<bool> JsonValue::boolean() const {
  const bool* value = std::get_if<bool>(&value_);
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

std::optional<std::int64_t> JsonValue::integer() const {
  const std::int64_t* value = std::get_if<std::int64_t>(&value_);
  return value != nullptr ? std::optional(*value) : std::nullopt;
}

std::optional<double> JsonValue::number() const {
  if (const double* value = std::get_if<double>(&value_)) return *value;
  if (const auto value = integer()) return static_cast<double>(*value);
  return std::nullopt;
}

const JsonValue* JsonValue::Find(std::string_view key) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto found = members->find(key);
  return found != members->end() ? &found->second : nullptr;
}

JsonValue& JsonValue::Set(std::string_view key, JsonValue value) {
  if (!std::holds_alternative<Object>(value_)) value_ = Object{};
  std::get<Object>(value_).insert_or_assign(std::string(key), std::move(value));
  return *this;
}

JsonValue& JsonValue::Append(JsonValue value) {
  if (!std::holds_alternative<Array>(value_)) value_ = Array{};
  std::get<Array>(value_).push_back(std::move(value));
  return *this;
}

std::string_view JsonFaultSentence(JsonFault fault) {
  switch (fault) {
    case JsonFault::kNone:
      return "no fault";
    case JsonFault::kSyntax:
      return "not JSON";
    case JsonFault::kTruncated:
      return "the text ends too early";
    case JsonFault::kInvalidUtf8:
      return "not UTF-8, or half of a surrogate pair";
    case JsonFault::kDuplicateKey:
      return "an object has the same member twice";
    case JsonFault::kTooDeep:
      return "nested too deeply";
    case JsonFault::kTooLarge:
      return "larger than the limit";
    case JsonFault::kNumber:
      return "a number is out of range or not whole";
  }
  return "unknown fault";
}

StatusOr<JsonValue> ParseJson(std::string_view text, const JsonOptions& options) {
  JsonProblem problem;
  std::optional<JsonValue> value = ReadJson(text, options, &problem);
  if (value.has_value()) return *std::move(value);
  const ErrorCode code =
      problem.fault == JsonFault::kTooLarge ? ErrorCode::kTooLarge : ErrorCode::kBadRequest;
  std::string detail = "json: ";
  detail.append(JsonFaultSentence(problem.fault))
      .append(" at byte ")
      .append(std::to_string(problem.offset_bytes));
  return MakeError(code, detail);
}

std::string DumpCanonical(const JsonValue& value) {
  std::string out;
  Append(value, &out);
  return out;
}

bool IsCanonical(std::string_view text) {
  JsonProblem problem;
  JsonOptions options;
  options.max_size_bytes = text.size();
  const std::optional<JsonValue> value = ReadJson(text, options, &problem);
  return value.has_value() && DumpCanonical(*value) == text;
}

}  // namespace noren::model
