// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/item_seal.h"

#include <utility>

#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

constexpr std::string_view kPlaced = "item/placed";
constexpr std::string_view kByItem = "item/own";
constexpr std::string_view kByFile = "item/file";

}  // namespace

StatusOr<Bytes> SealPlacedItem(std::string_view store_key, const ItemPlace& place,
                               const ItemKeys& keys, ByteSpan record,
                               const PurposeKeys& purpose_keys, Random& random) {
  NOREN_ASSIGN_OR_RETURN(Bytes sealed,
                         SealRecord(keys.item->records, {kByItem, store_key}, record, random));
  if (keys.file) {
    NOREN_ASSIGN_OR_RETURN(sealed,
                           SealRecord(keys.file->records, {kByFile, store_key}, sealed, random));
  }
  RecordWriter writer;
  writer.U8(kRecordLayout).U32(place.leaf).Field(place.file).Field(sealed);
  return SealRecord(purpose_keys.store_seal(), {kPlaced, store_key}, writer.bytes(), random);
}

StatusOr<PlacedItem> ReadPlacedItem(std::string_view store_key, ByteSpan stored,
                                    const PurposeKeys& purpose_keys) {
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(purpose_keys.store_seal(), {kPlaced, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  PlacedItem placed;
  placed.place.leaf = reader.U32();
  placed.place.file = reader.Text(kMaxFileNameSizeBytes);
  placed.sealed = ReadBytes(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return placed;
}

StatusOr<Bytes> OpenPlacedItem(std::string_view store_key, const PlacedItem& placed,
                               const ItemKeys& keys) {
  if (placed.place.file.empty()) {
    return OpenRecord(keys.item->records, {kByItem, store_key}, placed.sealed);
  }
  if (!keys.file) return DamagedRecord();
  NOREN_ASSIGN_OR_RETURN(const Bytes inner,
                         OpenRecord(keys.file->records, {kByFile, store_key}, placed.sealed));
  return OpenRecord(keys.item->records, {kByItem, store_key}, inner);
}

}  // namespace noren::personal_data
