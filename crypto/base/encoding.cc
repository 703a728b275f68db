// SPDX-License-Identifier: Apache-2.0
#include "crypto/base/encoding.h"

#include <limits>

#include "crypto/base/check.h"

namespace noren {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> ReverseTable(std::string_view digits) {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    table[static_cast<std::uint8_t>(digits[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}
constexpr auto kHexValues = ReverseTable(kHexDigits);
constexpr auto kBase64Values = ReverseTable(kBase64Digits);

// The value of one digit, or -1.
int ValueOf(const std::array<std::int8_t, 256>& table, char digit) {
  return table[static_cast<std::uint8_t>(digit)];
}

void AppendBigEndian(Bytes& out, std::uint64_t value, int size_bytes) {
  for (int shift = 8 * (size_bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(value >> shift));
  }
}

std::uint64_t BigEndian(ByteSpan bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = (value << 8) | byte;
  return value;
}

}  // namespace

std::string HexEncode(ByteSpan bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t byte : bytes) {
    text.push_back(kHexDigits[byte >> 4]);
    text.push_back(kHexDigits[byte & 15]);
  }
  return text;
}

StatusOr<Bytes> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return InvalidArgument("hex: odd number of digits");
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = ValueOf(kHexValues, text[i]);
    const int low = ValueOf(kHexValues, text[i + 1]);
    if (high < 0 || low < 0) return InvalidArgument("hex: not a lower-case hex digit");
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

std::string Base64EncodeUnpadded(ByteSpan bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t pending = 0;
  int pending_bits = 0;
  for (const std::uint8_t byte : bytes) {
    pending = (pending << 8) | byte;
    pending_bits += 8;
    while (pending_bits >= 6) {
      pending_bits -= 6;
      text.push_back(kBase64Digits[(pending >> pending_bits) & 63]);
    }
  }
  if (pending_bits > 0) text.push_back(kBase64Digits[(pending << (6 - pending_bits)) & 63]);
  return text;
}

std::string Base64Encode(ByteSpan bytes) {
  std::string text = Base64EncodeUnpadded(bytes);
  while (text.size() % 4 != 0) text.push_back('=');
  return text;
}

StatusOr<Bytes> Base64DecodeUnpadded(std::string_view text) {
  if (text.size() % 4 == 1) return InvalidArgument("base64: impossible length");
  Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t pending = 0;
  int pending_bits = 0;
  for (const char digit : text) {
    const int value = ValueOf(kBase64Values, digit);
    if (value < 0) return InvalidArgument("base64: not a digit of the alphabet");
    pending = (pending << 6) | static_cast<std::uint32_t>(value);
    pending_bits += 6;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      bytes.push_back(static_cast<std::uint8_t>(pending >> pending_bits));
    }
  }
  // Bits that belong to no byte must be zero, or two texts would mean the same bytes.
  if ((pending & ((1u << pending_bits) - 1)) != 0) return InvalidArgument("base64: not canonical");
  return bytes;
}

StatusOr<Bytes> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return InvalidArgument("base64: padding missing");
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  return Base64DecodeUnpadded(text);
}

RecordWriter& RecordWriter::U8(std::uint8_t v) {
  bytes_.push_back(v);
  return *this;
}
RecordWriter& RecordWriter::U16(std::uint16_t v) {
  AppendBigEndian(bytes_, v, 2);
  return *this;
}
RecordWriter& RecordWriter::U32(std::uint32_t v) {
  AppendBigEndian(bytes_, v, 4);
  return *this;
}
RecordWriter& RecordWriter::U64(std::uint64_t v) {
  AppendBigEndian(bytes_, v, 8);
  return *this;
}
RecordWriter& RecordWriter::I64(std::int64_t v) { return U64(static_cast<std::uint64_t>(v)); }

RecordWriter& RecordWriter::Raw(ByteSpan bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

RecordWriter& RecordWriter::Field(ByteSpan bytes) {
  NOREN_CHECK(bytes.size() <= std::numeric_limits<std::uint32_t>::max(), "record field too long");
  return U32(static_cast<std::uint32_t>(bytes.size())).Raw(bytes);
}

bool RecordReader::Need(std::size_t size_bytes) {
  ok_ = ok_ && size_bytes <= rest_.size();
  return ok_;
}

ByteSpan RecordReader::Raw(std::size_t size_bytes) {
  if (!Need(size_bytes)) return {};
  const ByteSpan taken = rest_.first(size_bytes);
  rest_ = rest_.subspan(size_bytes);
  return taken;
}

std::uint8_t RecordReader::U8() { return static_cast<std::uint8_t>(BigEndian(Raw(1))); }
std::uint16_t RecordReader::U16() { return static_cast<std::uint16_t>(BigEndian(Raw(2))); }
std::uint32_t RecordReader::U32() { return static_cast<std::uint32_t>(BigEndian(Raw(4))); }
std::uint64_t RecordReader::U64() { return BigEndian(Raw(8)); }
std::int64_t RecordReader::I64() { return static_cast<std::int64_t>(U64()); }

ByteSpan RecordReader::Field(std::size_t max_size_bytes) {
  const std::uint32_t size_bytes = U32();
  if (size_bytes > max_size_bytes) ok_ = false;
  return Raw(size_bytes);
}

std::string RecordReader::Text(std::size_t max_size_bytes) {
  return std::string(AsText(Field(max_size_bytes)));
}

Status RecordReader::Finish() const {
  if (!ok_) return DataLoss("record: truncated or field too long");
  if (!rest_.empty()) return DataLoss("record: bytes left over");
  return OkStatus();
}

}  // namespace noren
