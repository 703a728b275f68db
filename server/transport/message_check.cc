// SPDX-License-Identifier: Apache-2.0
#include "server/transport/message_check.h"

#include <bit>
#include <bitset>
#include <limits>
#include <optional>

namespace noren::server {
namespace {

constexpr std::int32_t kFieldIdMax =
    1023;  // larger or negative numbers are not in any of our messages

// The types of the binary protocol; compact types are mapped to them.
enum class WireType : std::uint8_t {
  kStop = 0,
  kBool = 2,
  kByte = 3,
  kDouble = 4,
  kI16 = 6,
  kI32 = 8,
  kI64 = 10,
  kString = 11,
  kStruct = 12,
  kMap = 13,
  kSet = 14,
  kList = 15,
};

Status Malformed(std::string_view rule) { return InvalidArgument(rule); }
Status Truncated() { return Malformed("message: ends before its content does"); }

// Bytes with a position; every read is checked against what is left.
class Cursor {
 public:
  explicit Cursor(ByteSpan bytes) : bytes_(bytes) {}

  std::size_t left() const { return bytes_.size() - position_; }
  bool Skip(std::size_t count) {
    if (count > left()) return false;
    position_ += count;
    return true;
  }
  bool ReadByte(std::uint8_t& value) {
    if (left() < 1) return false;
    value = bytes_[position_++];
    return true;
  }
  template <std::size_t N>
  bool ReadBigEndian(std::uint64_t& value) {
    if (left() < N) return false;
    value = 0;
    for (std::size_t i = 0; i < N; ++i) value = (value << 8) | bytes_[position_++];
    return true;
  }
  bool ReadLittleEndian64(std::uint64_t& value) {
    if (left() < 8) return false;
    value = 0;
    for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{bytes_[position_++]} << (8 * i);
    return true;
  }
  // Reads a base-128 number of at most `bytes_max` bytes.
  bool ReadVarint(std::uint64_t& value, int bytes_max) {
    value = 0;
    for (int i = 0; i < bytes_max; ++i) {
      std::uint8_t byte = 0;
      if (!ReadByte(byte)) return false;
      value |= std::uint64_t{byte & 0x7FU} << (7 * i);
      if ((byte & 0x80U) == 0) return true;
    }
    return false;
  }
  std::optional<std::string_view> ReadText(std::size_t size) {
    if (size > left()) return std::nullopt;
    const std::string_view text = AsText(bytes_.subspan(position_, size));
    position_ += size;
    return text;
  }

 private:
  ByteSpan bytes_;
  std::size_t position_ = 0;
};

bool IsKnownType(std::uint8_t raw) {
  constexpr std::uint32_t kKnown = 1U << 2 | 1U << 3 | 1U << 4 | 1U << 6 | 1U << 8 | 1U << 10 |
                                   1U << 11 | 1U << 12 | 1U << 13 | 1U << 14 | 1U << 15;
  return raw < 16 && (kKnown >> raw & 1U) != 0;
}

// Compact types 1..12; both bool values are kBool.
std::optional<WireType> FromCompactType(std::uint8_t raw) {
  constexpr WireType kTypes[] = {
      WireType::kStop, WireType::kBool, WireType::kBool,   WireType::kByte,   WireType::kI16,
      WireType::kI32,  WireType::kI64,  WireType::kDouble, WireType::kString, WireType::kList,
      WireType::kSet,  WireType::kMap,  WireType::kStruct};
  if (raw == 0 || raw >= std::size(kTypes)) return std::nullopt;
  return kTypes[raw];
}

bool IsFinite(std::uint64_t bits) { return (bits >> 52 & 0x7FFU) != 0x7FFU; }

struct FieldHeader {
  WireType type = WireType::kStop;
  std::int32_t id = 0;
  bool value_in_header = false;  // a compact bool
};

struct ContainerHeader {
  WireType first = WireType::kStop;   // the element, or a map's key
  WireType second = WireType::kStop;  // a map's value
  std::size_t size = 0;
  bool is_map = false;
};

class BinaryReader {
 public:
  explicit BinaryReader(Cursor& cursor) : cursor_(cursor) {}

  Status ReadField(std::int32_t /*last_id*/, FieldHeader& field) {
    NOREN_RETURN_IF_ERROR(ReadType(field.type, /*stop_allowed=*/true));
    if (field.type == WireType::kStop) return OkStatus();
    std::uint64_t raw = 0;
    if (!cursor_.ReadBigEndian<2>(raw)) return Truncated();
    field.id = static_cast<std::int16_t>(raw);
    return OkStatus();
  }
  Status ReadContainer(bool is_map, ContainerHeader& container) {
    container.is_map = is_map;
    NOREN_RETURN_IF_ERROR(ReadType(container.first, /*stop_allowed=*/true));
    if (is_map) NOREN_RETURN_IF_ERROR(ReadType(container.second, /*stop_allowed=*/true));
    NOREN_RETURN_IF_ERROR(ReadSize(container.size));
    const bool typed =
        container.first != WireType::kStop && (!is_map || container.second != WireType::kStop);
    if (!typed && container.size != 0)
      return Malformed("message: a container's element type is unknown");
    return OkStatus();
  }
  Status ReadSize(std::size_t& size) {
    std::uint64_t raw = 0;
    if (!cursor_.ReadBigEndian<4>(raw)) return Truncated();
    if (raw > std::numeric_limits<std::int32_t>::max())
      return Malformed("message: a size is negative");
    size = static_cast<std::size_t>(raw);
    return OkStatus();
  }
  Status SkipNumber(WireType type) {
    if (type == WireType::kDouble) {
      std::uint64_t bits = 0;
      if (!cursor_.ReadBigEndian<8>(bits)) return Truncated();
      return IsFinite(bits) ? OkStatus() : Malformed("message: a number is not finite");
    }
    std::size_t size = 1;
    if (type == WireType::kI16) size = 2;
    if (type == WireType::kI32) size = 4;
    if (type == WireType::kI64) size = 8;
    return cursor_.Skip(size) ? OkStatus() : Truncated();
  }

 private:
  Status ReadType(WireType& type, bool stop_allowed) {
    std::uint8_t raw = 0;
    if (!cursor_.ReadByte(raw)) return Truncated();
    if (!(stop_allowed && raw == 0) && !IsKnownType(raw))
      return Malformed("message: a type is unknown");
    type = static_cast<WireType>(raw);
    return OkStatus();
  }

  Cursor& cursor_;
};

class CompactReader {
 public:
  explicit CompactReader(Cursor& cursor) : cursor_(cursor) {}

  Status ReadField(std::int32_t last_id, FieldHeader& field) {
    std::uint8_t head = 0;
    if (!cursor_.ReadByte(head)) return Truncated();
    if ((head & 0x0FU) == 0) {
      field.type = WireType::kStop;
      return OkStatus();
    }
    NOREN_RETURN_IF_ERROR(Decode(head & 0x0FU, field.type));
    field.value_in_header = field.type == WireType::kBool;
    if ((head >> 4) != 0) {
      field.id = last_id + (head >> 4);
      return OkStatus();
    }
    std::uint64_t raw = 0;
    if (!cursor_.ReadVarint(raw, 3)) return Malformed("message: a field number is malformed");
    field.id = (raw & 1U) != 0
                   ? -1
                   : static_cast<std::int32_t>(raw >> 1);  // zigzag; negative is refused later
    return OkStatus();
  }
  Status ReadContainer(bool is_map, ContainerHeader& container) {
    container.is_map = is_map;
    std::uint8_t head = 0;
    if (is_map) {
      NOREN_RETURN_IF_ERROR(ReadSize(container.size));
      if (container.size == 0) return OkStatus();
      if (!cursor_.ReadByte(head)) return Truncated();
      NOREN_RETURN_IF_ERROR(Decode(head >> 4, container.first));
      return Decode(head & 0x0FU, container.second);
    }
    if (!cursor_.ReadByte(head)) return Truncated();
    container.size = head >> 4;
    if (container.size == 15) NOREN_RETURN_IF_ERROR(ReadSize(container.size));
    if (container.size == 0 && (head & 0x0FU) == 0) return OkStatus();
    return Decode(head & 0x0FU, container.first);
  }
  Status ReadSize(std::size_t& size) {
    std::uint64_t raw = 0;
    if (!cursor_.ReadVarint(raw, 5)) return Malformed("message: a size is malformed");
    if (raw > std::numeric_limits<std::int32_t>::max())
      return Malformed("message: a size is negative");
    size = static_cast<std::size_t>(raw);
    return OkStatus();
  }
  Status SkipNumber(WireType type) {
    std::uint64_t raw = 0;
    switch (type) {
      case WireType::kDouble:
        if (!cursor_.ReadLittleEndian64(raw)) return Truncated();
        return IsFinite(raw) ? OkStatus() : Malformed("message: a number is not finite");
      case WireType::kBool:
      case WireType::kByte:
        return cursor_.Skip(1) ? OkStatus() : Truncated();
      case WireType::kI16:
        return cursor_.ReadVarint(raw, 3) && raw <= 0xFFFFU ? OkStatus() : BadNumber();
      case WireType::kI32:
        return cursor_.ReadVarint(raw, 5) && raw <= 0xFFFFFFFFU ? OkStatus() : BadNumber();
      default:
        return cursor_.ReadVarint(raw, 10) ? OkStatus() : BadNumber();
    }
  }

 private:
  static Status BadNumber() { return Malformed("message: a number is malformed"); }
  static Status Decode(unsigned raw, WireType& type) {
    const std::optional<WireType> known = FromCompactType(static_cast<std::uint8_t>(raw));
    if (!known) return Malformed("message: a type is unknown");
    type = *known;
    return OkStatus();
  }

  Cursor& cursor_;
};

// The walk, the same for both protocols. Recursion is bounded by MessageLimits::depth_max.
template <typename Reader>
class Walker {
 public:
  Walker(Cursor& cursor, const MessageLimits& limits)
      : cursor_(cursor), reader_(cursor), limits_(limits) {}

  Status WalkStruct(int depth) {
    if (depth > limits_.depth_max) return Malformed("message: nested too deeply");
    std::bitset<kFieldIdMax + 1> seen;
    std::int32_t last_id = 0;
    while (true) {
      FieldHeader field;
      NOREN_RETURN_IF_ERROR(reader_.ReadField(last_id, field));
      if (field.type == WireType::kStop) return OkStatus();
      if (field.id < 0 || field.id > kFieldIdMax)
        return Malformed("message: a field number is out of range");
      const auto bit = static_cast<std::size_t>(field.id);
      if (seen.test(bit)) return Malformed("message: a field is given twice");
      seen.set(bit);
      last_id = field.id;
      if (!field.value_in_header) NOREN_RETURN_IF_ERROR(WalkValue(field.type, depth));
    }
  }

 private:
  Status WalkValue(WireType type, int depth) {
    switch (type) {
      case WireType::kStruct:
        return WalkStruct(depth + 1);
      case WireType::kMap:
        return WalkContainer(/*is_map=*/true, depth + 1);
      case WireType::kSet:
      case WireType::kList:
        return WalkContainer(/*is_map=*/false, depth + 1);
      case WireType::kString:
        return WalkString();
      default:
        return reader_.SkipNumber(type);
    }
  }

  Status WalkString() {
    std::size_t size = 0;
    NOREN_RETURN_IF_ERROR(reader_.ReadSize(size));
    if (size > limits_.string_size_bytes_max) return Malformed("message: a string is too long");
    return cursor_.Skip(size) ? OkStatus() : Truncated();
  }

  Status WalkContainer(bool is_map, int depth) {
    if (depth > limits_.depth_max) return Malformed("message: nested too deeply");
    ContainerHeader container;
    NOREN_RETURN_IF_ERROR(reader_.ReadContainer(is_map, container));
    if (container.size > limits_.container_elements_max)
      return Malformed("message: a container is too large");
    // Every element takes a byte at least, so more elements than bytes cannot be there.
    if (container.size > cursor_.left()) return Truncated();
    elements_count_ += container.size;
    if (elements_count_ > limits_.message_elements_max)
      return Malformed("message: too many elements");
    for (std::size_t i = 0; i < container.size; ++i) {
      NOREN_RETURN_IF_ERROR(WalkValue(container.first, depth));
      if (is_map) NOREN_RETURN_IF_ERROR(WalkValue(container.second, depth));
    }
    return OkStatus();
  }

  Cursor& cursor_;
  Reader reader_;
  const MessageLimits& limits_;
  std::size_t elements_count_ = 0;
};

Status ReadMethod(Cursor& cursor, std::size_t size, std::string_view& method) {
  if (size == 0 || size > kMethodSizeBytesMax)
    return Malformed("message: the method's name is too long or empty");
  const std::optional<std::string_view> text = cursor.ReadText(size);
  if (!text) return Truncated();
  for (char c : *text) {
    const bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == ':' || c == '.';
    if (!ok)
      return Malformed("message: the method's name has other characters than letters and digits");
  }
  method = *text;
  return OkStatus();
}

Status ReadKind(unsigned raw, MessageKind& kind) {
  if (raw != 1 && raw != 4) return Malformed("message: neither a call nor a oneway call");
  kind = static_cast<MessageKind>(raw);
  return OkStatus();
}

Status ReadBinaryHeader(Cursor& cursor, MessageHeader& header) {
  std::uint64_t version = 0;
  std::uint64_t sequence_id = 0;
  std::size_t size = 0;
  if (!cursor.ReadBigEndian<4>(version)) return Truncated();
  if ((version & 0xFFFFFF00U) != 0x80010000U)
    return Malformed("message: not version 1 of the binary protocol");
  NOREN_RETURN_IF_ERROR(ReadKind(version & 0xFFU, header.kind));
  NOREN_RETURN_IF_ERROR(BinaryReader(cursor).ReadSize(size));
  NOREN_RETURN_IF_ERROR(ReadMethod(cursor, size, header.method));
  if (!cursor.ReadBigEndian<4>(sequence_id)) return Truncated();
  header.sequence_id = static_cast<std::int32_t>(static_cast<std::uint32_t>(sequence_id));
  return OkStatus();
}

Status ReadCompactHeader(Cursor& cursor, MessageHeader& header) {
  std::uint8_t version = 0;
  std::uint64_t sequence_id = 0;
  std::size_t size = 0;
  if (!cursor.Skip(1) || !cursor.ReadByte(version)) return Truncated();
  if ((version & 0x1FU) != 1) return Malformed("message: not version 1 of the compact protocol");
  NOREN_RETURN_IF_ERROR(ReadKind(version >> 5, header.kind));
  if (!cursor.ReadVarint(sequence_id, 5)) return Malformed("message: a number is malformed");
  header.sequence_id = static_cast<std::int32_t>(static_cast<std::uint32_t>(sequence_id));
  NOREN_RETURN_IF_ERROR(CompactReader(cursor).ReadSize(size));
  return ReadMethod(cursor, size, header.method);
}

StatusOr<MessageHeader> ReadHeader(ByteSpan frame, Cursor& cursor) {
  if (frame.empty()) return Malformed("message: empty");
  MessageHeader header;
  if (frame[0] == kBinaryFirstByte) {
    header.protocol = WireProtocol::kBinary;
    NOREN_RETURN_IF_ERROR(ReadBinaryHeader(cursor, header));
  } else if (frame[0] == kCompactFirstByte) {
    header.protocol = WireProtocol::kCompact;
    NOREN_RETURN_IF_ERROR(ReadCompactHeader(cursor, header));
  } else {
    return Malformed("message: neither the binary nor the compact protocol");
  }
  return header;
}

}  // namespace

StatusOr<MessageHeader> ReadMessageHeader(ByteSpan frame) {
  Cursor cursor(frame);
  return ReadHeader(frame, cursor);
}

StatusOr<MessageHeader> CheckMessage(ByteSpan frame, const MessageLimits& limits) {
  if (frame.size() > limits.frame_size_bytes_max)
    return Malformed("message: larger than a frame may be");
  Cursor cursor(frame);
  NOREN_ASSIGN_OR_RETURN(MessageHeader header, ReadHeader(frame, cursor));
  if (header.protocol == WireProtocol::kBinary) {
    NOREN_RETURN_IF_ERROR(Walker<BinaryReader>(cursor, limits).WalkStruct(1));
  } else {
    NOREN_RETURN_IF_ERROR(Walker<CompactReader>(cursor, limits).WalkStruct(1));
  }
  if (cursor.left() != 0) return Malformed("message: bytes after its end");
  return header;
}

}  // namespace noren::server
