// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/sealed_value.h"

#include "crypto/base/encoding.h"
#include "crypto/primitives/aead.h"

namespace noren::storage {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kHeaderBytes = 1 + 8;
constexpr std::string_view kContext = "noren/sealed-value/1";

// Lengths stand before the strings, so that no two addresses give the same bytes.
Bytes AssociatedBytes(const ValueAddress& address, std::uint64_t version) {
  RecordWriter writer;
  writer.Field(kContext).Field(address.keyspace).Field(address.key).U64(version);
  return writer.Take();
}

Status CannotOpen() { return DataLoss("sealed value: cannot be opened"); }

}  // namespace

Bytes SealValue(const SecretBytes& sealing_key, const ValueAddress& address, std::uint64_t version,
                ByteSpan plaintext, Random& random) {
  const Bytes associated = AssociatedBytes(address, version);
  RecordWriter writer;
  writer.U8(kFormat).U64(version);
  writer.Raw(primitives::Seal(sealing_key, {associated}, plaintext, random));
  return writer.Take();
}

StatusOr<OpenedValue> OpenValue(const SecretBytes& sealing_key, const ValueAddress& address,
                                ByteSpan sealed) {
  if (sealed.size() < kSealedValueOverheadBytes) return CannotOpen();
  RecordReader reader(sealed.first(kHeaderBytes));
  if (reader.U8() != kFormat) return CannotOpen();
  OpenedValue opened;
  opened.version = reader.U64();
  const Bytes associated = AssociatedBytes(address, opened.version);
  StatusOr<Bytes> plaintext =
      primitives::Open(sealing_key, {associated}, sealed.subspan(kHeaderBytes));
  if (!plaintext.ok()) return CannotOpen();
  opened.plaintext = std::move(plaintext).value();
  return opened;
}

StatusOr<Bytes> OpenValueAt(const SecretBytes& sealing_key, const ValueAddress& address,
                            std::uint64_t version, ByteSpan sealed) {
  NOREN_ASSIGN_OR_RETURN(OpenedValue opened, OpenValue(sealing_key, address, sealed));
  if (opened.version != version) return CannotOpen();
  return std::move(opened.plaintext);
}

}  // namespace noren::storage
