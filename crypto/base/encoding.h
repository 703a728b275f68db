// Text encodings and the one length-prefixed binary codec every stored record is written with.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"

namespace noren {

std::string HexEncode(ByteSpan bytes);
StatusOr<Bytes> HexDecode(std::string_view text);  // lower case only; kInvalidArgument otherwise

std::string Base64Encode(ByteSpan bytes);                     // RFC 4648 section 4, padded
StatusOr<Bytes> Base64Decode(std::string_view text);          // strict: padding required, canonical
std::string Base64EncodeUnpadded(ByteSpan bytes);             // as the age format wants it
StatusOr<Bytes> Base64DecodeUnpadded(std::string_view text);  // strict and canonical

// Appends fields to a record: integers big-endian (so that keys sort), byte strings with a 32-bit
// length before them.
class RecordWriter {
 public:
  RecordWriter& U8(std::uint8_t v);
  RecordWriter& U16(std::uint16_t v);
  RecordWriter& U32(std::uint32_t v);
  RecordWriter& U64(std::uint64_t v);
  RecordWriter& I64(std::int64_t v);
  RecordWriter& Raw(ByteSpan bytes);    // no length
  RecordWriter& Field(ByteSpan bytes);  // u32 length, bytes
  RecordWriter& Field(std::string_view text) { return Field(AsBytes(text)); }
  const Bytes& bytes() const { return bytes_; }
  Bytes Take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// Reads what RecordWriter wrote. After any failure every later read fails, so a decoder may check
// once at the end. The views it returns borrow from the input.
class RecordReader {
 public:
  explicit RecordReader(ByteSpan input) : rest_(input) {}
  std::uint8_t U8();
  std::uint16_t U16();
  std::uint32_t U32();
  std::uint64_t U64();
  std::int64_t I64();
  ByteSpan Raw(std::size_t size_bytes);
  ByteSpan Field(std::size_t max_size_bytes);
  std::string Text(std::size_t max_size_bytes);
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  // kDataLoss unless every read succeeded and nothing is left over.
  Status Finish() const;

 private:
  bool Need(std::size_t size_bytes);
  ByteSpan rest_;
  bool ok_ = true;
};

}  // namespace noren
