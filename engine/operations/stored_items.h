// Items as they are stored: under the person's key, a leaf of their own, and the leaf of the file
// that the policy puts them in.
// Source:   docs/formats/item.md, docs/design/0013-destruction.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/operations/people.h"
#include "engine/personal_data/item_seal.h"
#include "engine/personal_data/staged.h"

namespace noren::operations {

struct StoredItem {
  personal_data::ItemRecord record;
  personal_data::ItemPlace place;
};
//   errors   kNotFound: the item's key or its file's is destroyed; kDataCorrupt
StatusOr<StoredItem> OpenStoredItem(ServiceContext& context, const LoadedPerson& person,
                                    const model::ItemId& item, ByteSpan stored);
struct LoadedItem {
  personal_data::ItemRecord record;
  personal_data::ItemPlace place;
  Bytes stored;
};
//   errors   those of OpenStoredItem; kNotFound: no such item of the person
StatusOr<LoadedItem> LoadItem(ServiceContext& context, const LoadedPerson& person,
                              const model::ItemId& item);
// The item encrypted anew in its place; nothing when its key is destroyed.
StatusOr<personal_data::Staged> StageReencryption(ServiceContext& context,
                                                  const LoadedPerson& person,
                                                  const model::ItemId& item, const Bytes& stored);

// A declared personal-information file. Once it is closed, no item is put in any more.
struct FileKey {
  enum class State : std::uint8_t { kOpen = 1, kClosed = 2, kDestroyed = 3 };
  personal_data::LeafIndex leaf = 0;
  State state = State::kOpen;
  UnixSeconds since;
  bool operator==(const FileKey&) const = default;
};
StatusOr<Bytes> EncodeFileKey(std::string_view file, const FileKey& key,
                              const personal_data::PurposeKeys& keys, Random& random);
StatusOr<FileKey> DecodeFileKey(std::string_view file, ByteSpan stored,
                                const personal_data::PurposeKeys& keys);
struct LoadedFile {
  FileKey key;
  Bytes stored;
};
StatusOr<std::optional<LoadedFile>> LoadFile(ServiceContext& context, std::string_view file);

// A new item, under `leaf` and the file that its kind belongs to. Stages that the file is open when
// the item commits, and the file's key when the item is its first.
//   errors   kPolicyForbids: the file is closed or destroyed
StatusOr<personal_data::Staged> StageNewItem(ServiceContext& context, const LoadedPerson& person,
                                             const personal_data::ItemRecord& record,
                                             const personal_data::AddedLeaf& leaf);

// `after` in the place of what the person replaces by it, under the same leaves.
//   errors   kPolicyForbids: the file is closed or destroyed
StatusOr<personal_data::Staged> StageReplacedItem(ServiceContext& context,
                                                  const LoadedPerson& person, LoadedItem before,
                                                  const personal_data::ItemRecord& after);

// Calls `use` with every leaf that items and files stand on.
//   errors   kDataCorrupt
Status VisitLeavesOfItems(ServiceContext& context,
                          const std::function<void(personal_data::LeafIndex)>& use);

}  // namespace noren::operations
