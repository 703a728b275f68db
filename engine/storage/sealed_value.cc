// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/sealed_value.h"

#include "crypto/base/encoding.h"
#include "crypto/primitives/aead.h"

namespace noren::storage {
namespace {

constexpr std::uint8_t kFirstKeyFormat = 1;  // under version 1, or a key without versions
constexpr std::uint8_t kVersionedFormat = 2;
constexpr std::size_t kFirstKeyHeaderBytes = 1 + 8;
constexpr std::size_t kVersionedHeaderBytes = 1 + 4 + 8;
constexpr std::size_t kBoxBytes = primitives::kAeadOverheadBytes;
constexpr std::string_view kFirstKeyContext = "noren/sealed-value/1";
constexpr std::string_view kVersionedContext = "noren/sealed-value/2";

struct Header {
  std::uint32_t key_version = 0;  // 0: not a header
  std::uint64_t version = 0;
  std::size_t size_bytes = 0;
};

// Lengths stand before the strings, so that no two addresses give the same bytes.
Bytes AssociatedBytes(const ValueAddress& address, const Header& header) {
  RecordWriter writer;
  writer.Field(header.key_version == 1 ? kFirstKeyContext : kVersionedContext);
  writer.Field(address.keyspace).Field(address.key);
  if (header.key_version != 1) writer.U32(header.key_version);
  writer.U64(header.version);
  return writer.Take();
}

Header ReadHeader(ByteSpan sealed) {
  RecordReader reader(sealed);
  const std::uint8_t format = reader.U8();
  Header header;
  if (format == kFirstKeyFormat) {
    header = {1, reader.U64(), kFirstKeyHeaderBytes};
  } else if (format == kVersionedFormat) {
    header.key_version = reader.U32();
    header.version = reader.U64();
    header.size_bytes = kVersionedHeaderBytes;
    if (header.key_version < 2) return {};  // one spelling only
  }
  if (!reader.ok() || sealed.size() < header.size_bytes + kBoxBytes) return {};
  return header;
}

Bytes SealUnder(const SecretBytes& key, const Header& header, const ValueAddress& address,
                ByteSpan plaintext, Random& random) {
  const Bytes associated = AssociatedBytes(address, header);
  RecordWriter writer;
  if (header.key_version == 1) {
    writer.U8(kFirstKeyFormat);
  } else {
    writer.U8(kVersionedFormat).U32(header.key_version);
  }
  writer.U64(header.version).Raw(primitives::Seal(key, {associated}, plaintext, random));
  return writer.Take();
}

Status CannotOpen() { return DataLoss("sealed value: cannot be opened"); }

StatusOr<OpenedValue> OpenUnder(const SecretBytes& key, const Header& header,
                                const ValueAddress& address, ByteSpan sealed) {
  const Bytes associated = AssociatedBytes(address, header);
  StatusOr<Bytes> plaintext =
      primitives::Open(key, {associated}, sealed.subspan(header.size_bytes));
  if (!plaintext.ok()) return CannotOpen();
  return OpenedValue{header.version, std::move(plaintext).value()};
}

}  // namespace

Bytes SealValue(SealingKey sealing_key, const ValueAddress& address, std::uint64_t version,
                ByteSpan plaintext, Random& random) {
  if (sealing_key.versions() == nullptr) {
    return SealUnder(*sealing_key.key(), {1, version, 0}, address, plaintext, random);
  }
  const SealingKeys::Newest newest = sealing_key.versions()->current();
  return SealUnder(*newest.key, {newest.version, version, 0}, address, plaintext, random);
}

StatusOr<OpenedValue> OpenValue(SealingKey sealing_key, const ValueAddress& address,
                                ByteSpan sealed) {
  const Header header = ReadHeader(sealed);
  if (header.key_version == 0) return CannotOpen();
  if (sealing_key.versions() == nullptr) {
    if (header.key_version != 1) return CannotOpen();
    return OpenUnder(*sealing_key.key(), header, address, sealed);
  }
  const SealingKeys::SharedKey key = sealing_key.versions()->Find(header.key_version);
  if (!key) return CannotOpen();
  return OpenUnder(*key, header, address, sealed);
}

std::uint32_t KeyVersionOf(ByteSpan sealed) { return ReadHeader(sealed).key_version; }

StatusOr<Bytes> OpenValueAt(SealingKey sealing_key, const ValueAddress& address,
                            std::uint64_t version, ByteSpan sealed) {
  NOREN_ASSIGN_OR_RETURN(OpenedValue opened, OpenValue(sealing_key, address, sealed));
  if (opened.version != version) return CannotOpen();
  return std::move(opened.plaintext);
}

}  // namespace noren::storage
