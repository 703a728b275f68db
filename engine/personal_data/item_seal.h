// The outer seals of an item's record: the file's key, then the item's own; within, the person's.
// Each is a leaf of the key tree, so that one item, or a whole file, is destroyed by one leaf.
// Source:   docs/formats/item.md, docs/design/0013-destruction.md
// Threads:  free functions concurrently
// Why safe: the record opens with all three keys only; destroying a leaf leaves no copy of one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/personal_data/keyring.h"
#include "engine/personal_data/purpose_keys.h"

namespace noren::personal_data {

inline constexpr std::size_t kMaxFileNameSizeBytes = 40;

// Where an item's own keys are.
struct ItemPlace {
  LeafIndex leaf = 0;
  std::string file;  // of the policy; "": in no file
  bool operator==(const ItemPlace&) const = default;
};
struct ItemKeys {
  std::shared_ptr<const PersonKeys> item;
  std::shared_ptr<const PersonKeys> file;  // null: in no file
};

// `record` is what EncodeItem gave for the same store key.
StatusOr<Bytes> SealPlacedItem(std::string_view store_key, const ItemPlace& place,
                               const ItemKeys& keys, ByteSpan record,
                               const PurposeKeys& purpose_keys, Random& random);

struct PlacedItem {
  ItemPlace place;
  Bytes sealed;  // opens with the keys at that place
};
// Needs no key of the person, the item or the file.
//   errors   kDataCorrupt
StatusOr<PlacedItem> ReadPlacedItem(std::string_view store_key, ByteSpan stored,
                                    const PurposeKeys& purpose_keys);
// What DecodeItem takes.
//   errors   kDataCorrupt
StatusOr<Bytes> OpenPlacedItem(std::string_view store_key, const PlacedItem& placed,
                               const ItemKeys& keys);

}  // namespace noren::personal_data
