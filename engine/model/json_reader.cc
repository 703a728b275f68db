// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/model/canonical_json.h"
#include "engine/model/utf8.h"

namespace noren::model {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Recursive descent; the depth limit bounds the stack.
class Reader {
 public:
  Reader(std::string_view text, const JsonOptions& options)
      : text_(text),
        max_depth_(std::min(options.max_depth, 2 * kMaxJsonDepth)),
        numbers_(options.numbers) {}

  std::optional<JsonValue> ReadDocument(JsonProblem* problem) {
    JsonValue value;
    const bool read = ReadValue(&value, 0);
    if (read) {
      SkipSpace();
      if (at_ == text_.size()) return value;
      Fail(JsonFault::kSyntax);
    }
    *problem = {fault_, at_};
    return std::nullopt;
  }

 private:
  bool Fail(JsonFault fault) {
    if (fault_ == JsonFault::kNone) fault_ = fault;
    return false;
  }
  // A syntax fault, or truncation when the text is at its end.
  bool FailHere() { return Fail(at_ >= text_.size() ? JsonFault::kTruncated : JsonFault::kSyntax); }

  void SkipSpace() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool Accept(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool ReadValue(JsonValue* value, int depth) {
    SkipSpace();
    if (at_ >= text_.size()) return FailHere();
    switch (text_[at_]) {
      case '{':
        return ReadObject(value, depth + 1);
      case '[':
        return ReadArray(value, depth + 1);
      case '"': {
        std::string text;
        if (!ReadString(&text)) return false;
        *value = JsonValue::Text(text);
        return true;
      }
      case 't':
        return ReadWord("true", JsonValue::Bool(true), value);
      case 'f':
        return ReadWord("false", JsonValue::Bool(false), value);
      case 'n':
        return ReadWord("null", JsonValue(), value);
      default:
        return ReadNumber(value);
    }
  }

  bool ReadWord(std::string_view word, JsonValue meaning, JsonValue* value) {
    for (const char c : word) {
      if (!Accept(c)) return FailHere();
    }
    *value = std::move(meaning);
    return true;
  }

  bool ReadObject(JsonValue* value, int depth) {
    if (depth > max_depth_) return Fail(JsonFault::kTooDeep);
    ++at_;
    JsonValue::Object members;
    SkipSpace();
    if (!Accept('}')) {
      do {
        if (!ReadMember(&members, depth)) return false;
      } while (Accept(','));
      if (!Accept('}')) return FailHere();
    }
    *value = JsonValue::MakeObject(std::move(members));
    return true;
  }

  bool ReadMember(JsonValue::Object* members, int depth) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != '"') return FailHere();
    const std::size_t key_at = at_;
    std::string key;
    if (!ReadString(&key)) return false;
    SkipSpace();
    if (!Accept(':')) return FailHere();
    const auto [member, is_new] = members->try_emplace(std::move(key));
    if (!is_new) {
      at_ = key_at;
      return Fail(JsonFault::kDuplicateKey);
    }
    if (!ReadValue(&member->second, depth)) return false;
    SkipSpace();
    return true;
  }

  bool ReadArray(JsonValue* value, int depth) {
    if (depth > max_depth_) return Fail(JsonFault::kTooDeep);
    ++at_;
    JsonValue::Array items;
    SkipSpace();
    if (!Accept(']')) {
      do {
        if (!ReadValue(&items.emplace_back(), depth)) return false;
        SkipSpace();
      } while (Accept(','));
      if (!Accept(']')) return FailHere();
    }
    *value = JsonValue::MakeArray(std::move(items));
    return true;
  }

  bool ReadString(std::string* out) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return Fail(JsonFault::kSyntax);
      if (c == '\\') {
        if (!ReadEscape(out)) return false;
        continue;
      }
      const std::size_t size = Utf8SequenceSize(text_, at_);
      if (size == 0) return Fail(JsonFault::kInvalidUtf8);
      out->append(text_.substr(at_, size));
      at_ += size;
    }
    return FailHere();
  }

  bool ReadEscape(std::string* out) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (at_ >= text_.size()) return FailHere();
    if (const std::size_t index = kNames.find(text_[at_]); index != std::string_view::npos) {
      out->push_back(kMeanings[index]);
      ++at_;
      return true;
    }
    if (!Accept('u')) return FailHere();
    std::uint32_t unit = 0;
    if (!ReadHexUnit(&unit)) return false;
    if (unit >= 0xDC00 && unit <= 0xDFFF) return Fail(JsonFault::kInvalidUtf8);
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      std::uint32_t low = 0;
      if (!Accept('\\') || !Accept('u')) return Fail(JsonFault::kInvalidUtf8);
      if (!ReadHexUnit(&low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return Fail(JsonFault::kInvalidUtf8);
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    AppendUtf8(unit, out);
    return true;
  }

  bool ReadHexUnit(std::uint32_t* unit) {
    if (text_.size() - at_ < 4) {
      at_ = text_.size();
      return FailHere();
    }
    const char* begin = text_.data() + at_;
    const auto result = std::from_chars(begin, begin + 4, *unit, 16);
    if (result.ptr != begin + 4) return Fail(JsonFault::kSyntax);
    at_ += 4;
    return true;
  }

  bool SkipDigits() {
    if (at_ >= text_.size() || !IsDigit(text_[at_])) return FailHere();
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    return true;
  }

  bool ReadNumber(JsonValue* value) {
    const std::size_t begin = at_;
    Accept('-');
    if (!Accept('0') && !SkipDigits()) return false;
    bool is_integer = true;
    if (Accept('.')) {
      is_integer = false;
      if (!SkipDigits()) return false;
    }
    if (Accept('e') || Accept('E')) {
      is_integer = false;
      if (!Accept('+')) Accept('-');
      if (!SkipDigits()) return false;
    }
    return MakeNumber(text_.substr(begin, at_ - begin), is_integer, value);
  }

  bool MakeNumber(std::string_view token, bool is_integer, JsonValue* value) {
    const char* end = token.data() + token.size();
    if (is_integer && token != "-0") {
      std::int64_t integer = 0;
      const auto result = std::from_chars(token.data(), end, integer);
      if (result.ec == std::errc() && integer >= -kMaxJsonInteger && integer <= kMaxJsonInteger) {
        *value = JsonValue::Integer(integer);
        return true;
      }
    }
    if (numbers_ == JsonNumbers::kIntegersOnly) return Fail(JsonFault::kNumber);
    double fraction = 0;
    const auto result = std::from_chars(token.data(), end, fraction);
    if (result.ec != std::errc() || !std::isfinite(fraction)) return Fail(JsonFault::kNumber);
    *value = JsonValue::Fraction(fraction);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int max_depth_;
  JsonNumbers numbers_;
  JsonFault fault_ = JsonFault::kNone;
};

}  // namespace

std::optional<JsonValue> ReadJson(std::string_view text, const JsonOptions& options,
                                  JsonProblem* problem) {
  *problem = {};
  if (text.size() > options.max_size_bytes) {
    *problem = {JsonFault::kTooLarge, options.max_size_bytes};
    return std::nullopt;
  }
  return Reader(text, options).ReadDocument(problem);
}

}  // namespace noren::model
