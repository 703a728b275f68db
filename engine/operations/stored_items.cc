// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/stored_items.h"

#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/scan.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using personal_data::ItemKeys;
using personal_data::ItemPlace;

constexpr std::uint8_t kFormat = 1;

StatusOr<ItemKeys> KeysAt(ServiceContext& context, const ItemPlace& place) {
  ItemKeys keys;
  NOREN_ASSIGN_OR_RETURN(keys.item, context.keyring.Open(place.leaf));
  if (place.file.empty()) return keys;
  NOREN_ASSIGN_OR_RETURN(const std::optional<LoadedFile> file, LoadFile(context, place.file));
  if (!file) return MakeError(ErrorCode::kNotFound, "file");
  NOREN_ASSIGN_OR_RETURN(keys.file, context.keyring.Open(file->key.leaf));
  return keys;
}

Status FileIsClosed() {
  return model::MakeFieldError(ErrorCode::kPolicyForbids, "kind", "its file is closed");
}

// `after` in the place of `before`, under the same keys.
StatusOr<personal_data::Staged> StageInPlace(ServiceContext& context, const LoadedPerson& person,
                                             LoadedItem before,
                                             const personal_data::ItemRecord& after) {
  NOREN_ASSIGN_OR_RETURN(const ItemKeys keys, KeysAt(context, before.place));
  NOREN_ASSIGN_OR_RETURN(const Bytes inner,
                         personal_data::EncodeItem(person.context(), after, context.random));
  const std::string key = personal_data::keyspaces::ItemKey(person.person, after.item);
  NOREN_ASSIGN_OR_RETURN(Bytes sealed, personal_data::SealPlacedItem(key, before.place, keys, inner,
                                                                     context.keys, context.random));
  personal_data::Staged staged;
  staged.Replace(key, std::move(before.stored), std::move(sealed));
  return staged;
}

}  // namespace

StatusOr<StoredItem> OpenStoredItem(ServiceContext& context, const LoadedPerson& person,
                                    const model::ItemId& item, ByteSpan stored) {
  const std::string key = personal_data::keyspaces::ItemKey(person.person, item);
  NOREN_ASSIGN_OR_RETURN(const personal_data::PlacedItem placed,
                         personal_data::ReadPlacedItem(key, stored, context.keys));
  NOREN_ASSIGN_OR_RETURN(const ItemKeys keys, KeysAt(context, placed.place));
  NOREN_ASSIGN_OR_RETURN(const Bytes inner, personal_data::OpenPlacedItem(key, placed, keys));
  NOREN_ASSIGN_OR_RETURN(personal_data::ItemRecord record,
                         personal_data::DecodeItem(person.context(), item, inner));
  return StoredItem{std::move(record), placed.place};
}

StatusOr<LoadedItem> LoadItem(ServiceContext& context, const LoadedPerson& person,
                              const model::ItemId& item) {
  NOREN_ASSIGN_OR_RETURN(auto stored,
                         ReadOne(context, personal_data::keyspaces::ItemKey(person.person, item)));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(StoredItem opened, OpenStoredItem(context, person, item, *stored));
  return LoadedItem{std::move(opened.record), std::move(opened.place), std::move(*stored)};
}

StatusOr<personal_data::Staged> StageReencryption(ServiceContext& context,
                                                  const LoadedPerson& person,
                                                  const model::ItemId& item, const Bytes& stored) {
  StatusOr<StoredItem> before = OpenStoredItem(context, person, item, stored);
  if (model::CodeOf(before.status()) == ErrorCode::kNotFound) return personal_data::Staged();
  NOREN_RETURN_IF_ERROR(before.status());
  NOREN_ASSIGN_OR_RETURN(
      const auto after,
      personal_data::Reencrypt(context.blobs, *person.keys, before->record, context.random));
  return StageInPlace(context, person,
                      {std::move(before->record), std::move(before->place), stored}, after);
}

StatusOr<personal_data::Staged> StageReplacedItem(ServiceContext& context,
                                                  const LoadedPerson& person, LoadedItem before,
                                                  const personal_data::ItemRecord& after) {
  personal_data::Staged staged;
  if (!before.place.file.empty()) {
    NOREN_ASSIGN_OR_RETURN(std::optional<LoadedFile> file, LoadFile(context, before.place.file));
    if (!file || file->key.state != FileKey::State::kOpen) return FileIsClosed();
    staged.Require(keyspaces::FileKeyKey(before.place.file), std::move(file->stored));
  }
  NOREN_ASSIGN_OR_RETURN(personal_data::Staged replaced,
                         StageInPlace(context, person, std::move(before), after));
  staged.Append(std::move(replaced));
  return staged;
}

StatusOr<Bytes> EncodeFileKey(std::string_view file, const FileKey& key,
                              const personal_data::PurposeKeys& keys, Random& random) {
  RecordWriter writer;
  writer.U8(kFormat).U32(key.leaf).U8(static_cast<std::uint8_t>(key.state)).I64(key.since.value);
  const std::string store_key = keyspaces::FileKeyKey(file);
  return storage::SealValue(keys.store_seal(), {keyspaces::kFileKey, store_key}, 1, writer.bytes(),
                            random);
}

StatusOr<FileKey> DecodeFileKey(std::string_view file, ByteSpan stored,
                                const personal_data::PurposeKeys& keys) {
  const std::string store_key = keyspaces::FileKeyKey(file);
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(keys.store_seal(), {keyspaces::kFileKey, store_key}, stored));
  RecordReader reader(opened.plaintext);
  const std::uint8_t format = reader.U8();
  FileKey key;
  key.leaf = reader.U32();
  const std::uint8_t state = reader.U8();
  key.since = {reader.I64()};
  if (!reader.Finish().ok() || format != kFormat || state < 1 || state > 3) {
    return MakeError(ErrorCode::kDataCorrupt, "file key");
  }
  key.state = static_cast<FileKey::State>(state);
  return key;
}

StatusOr<std::optional<LoadedFile>> LoadFile(ServiceContext& context, std::string_view file) {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored,
                         ReadOne(context, keyspaces::FileKeyKey(file)));
  if (!stored) return std::optional<LoadedFile>();
  NOREN_ASSIGN_OR_RETURN(FileKey key, DecodeFileKey(file, *stored, context.keys));
  return std::optional(LoadedFile{key, std::move(*stored)});
}

namespace {

// The keys of the file, and what the batch has to find or write.
StatusOr<std::shared_ptr<const personal_data::PersonKeys>> JoinFile(ServiceContext& context,
                                                                    const std::string& file,
                                                                    personal_data::Staged& staged) {
  const std::string store_key = keyspaces::FileKeyKey(file);
  NOREN_ASSIGN_OR_RETURN(std::optional<LoadedFile> known, LoadFile(context, file));
  if (known) {
    if (known->key.state != FileKey::State::kOpen) return FileIsClosed();
    staged.Require(store_key, std::move(known->stored));
    return context.keyring.Open(known->key.leaf);
  }
  // A leaf that loses the race for being the file's is taken out at the next start.
  NOREN_ASSIGN_OR_RETURN(personal_data::AddedLeaf leaf, context.keyring.AddLeaf());
  NOREN_ASSIGN_OR_RETURN(Bytes stored,
                         EncodeFileKey(file, {leaf.leaf, FileKey::State::kOpen, context.time.Now()},
                                       context.keys, context.random));
  staged.Replace(store_key, std::nullopt, std::move(stored));
  return std::move(leaf.keys);
}

}  // namespace

StatusOr<personal_data::Staged> StageNewItem(ServiceContext& context, const LoadedPerson& person,
                                             const personal_data::ItemRecord& record,
                                             const personal_data::AddedLeaf& leaf) {
  personal_data::Staged staged;
  ItemPlace place{leaf.leaf, ""};
  ItemKeys keys{leaf.keys, nullptr};
  if (const policy::FileRule* rule = context.policy.FileOf(record.kind); rule != nullptr) {
    place.file = rule->id;
    NOREN_ASSIGN_OR_RETURN(keys.file, JoinFile(context, rule->id, staged));
  }
  const std::string key = personal_data::keyspaces::ItemKey(person.person, record.item);
  NOREN_ASSIGN_OR_RETURN(const Bytes inner,
                         personal_data::EncodeItem(person.context(), record, context.random));
  NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::SealPlacedItem(key, place, keys, inner,
                                                                     context.keys, context.random));
  staged.Replace(key, std::nullopt, std::move(stored));
  return staged;
}

Status VisitLeavesOfItems(ServiceContext& context,
                          const std::function<void(personal_data::LeafIndex)>& use) {
  NOREN_RETURN_IF_ERROR(VisitAll(
      context, personal_data::keyspaces::kItem, [&](const storage::KeyValue& item) -> Status {
        NOREN_ASSIGN_OR_RETURN(const auto placed,
                               personal_data::ReadPlacedItem(item.key, item.value, context.keys));
        use(placed.place.leaf);
        return OkStatus();
      }));
  return VisitAll(context, keyspaces::kFileKey, [&](const storage::KeyValue& file) -> Status {
    NOREN_ASSIGN_OR_RETURN(
        const FileKey key,
        DecodeFileKey(file.key.substr(keyspaces::kFileKey.size()), file.value, context.keys));
    use(key.leaf);
    return OkStatus();
  });
}

}  // namespace noren::operations
