// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/media_record.h"

#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/scan.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kMaxNameBytes = 600;
constexpr std::size_t kKeysPerPage = 1024;
constexpr std::string_view kDomain = "noren/medium/1";

}  // namespace

Hash256 HashOfMedium(std::string_view name) {
  RecordWriter writer;
  writer.Field(kDomain).Field(name);
  return primitives::Sha256(writer.bytes());
}

StatusOr<Bytes> EncodeMediumKey(const MediumKey& medium, const personal_data::PurposeKeys& keys,
                                Random& random) {
  RecordWriter writer;
  writer.U8(kLayout).U8(static_cast<std::uint8_t>(medium.state)).U32(medium.leaf);
  writer.I64(medium.since.value).U64(medium.packages).Field(medium.name);
  const std::string key = keyspaces::MediumKeyKey(HashOfMedium(medium.name));
  return storage::SealValue(keys.store_seal(), {keyspaces::kMediumKey, key}, 1, writer.bytes(),
                            random);
}

StatusOr<MediumKey> DecodeMediumKey(std::string_view store_key, ByteSpan stored,
                                    const personal_data::PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(keys.store_seal(), {keyspaces::kMediumKey, store_key}, stored));
  RecordReader reader(opened.plaintext);
  const std::uint8_t layout = reader.U8();
  const std::uint8_t state = reader.U8();
  MediumKey medium;
  medium.leaf = reader.U32();
  medium.since = {reader.I64()};
  medium.packages = reader.U64();
  medium.name = reader.Text(kMaxNameBytes);
  if (!reader.Finish().ok() || layout != kLayout || state < 1 || state > 2)
    return MakeError(ErrorCode::kDataCorrupt, "medium");
  medium.state = static_cast<MediumKey::State>(state);
  return medium;
}

StatusOr<std::optional<LoadedMedium>> LoadMedium(ServiceContext& context, std::string_view name) {
  const std::string key = keyspaces::MediumKeyKey(HashOfMedium(name));
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::optional<LoadedMedium>();
  NOREN_ASSIGN_OR_RETURN(MediumKey medium, DecodeMediumKey(key, *stored, context.keys));
  return std::optional(LoadedMedium{std::move(medium), std::move(*stored)});
}

StatusOr<Bytes> SealOnMedium(personal_data::PersonContext person, std::string_view store_key,
                             const OnMedium& record, Random& random) {
  RecordWriter writer;
  writer.U8(kLayout).I64(record.first_at.value).I64(record.last_at.value);
  writer.U32(record.packages).Field(record.name);
  return personal_data::SealRecord(person.keys.records, {keyspaces::kOnMedium, store_key},
                                   writer.bytes(), random);
}

StatusOr<OnMedium> OpenOnMedium(personal_data::PersonContext person, std::string_view store_key,
                                ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plaintext,
      personal_data::OpenRecord(person.keys.records, {keyspaces::kOnMedium, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kLayout) return personal_data::DamagedRecord();
  OnMedium record;
  record.first_at = personal_data::ReadTime(reader);
  record.last_at = personal_data::ReadTime(reader);
  record.packages = reader.U32();
  record.name = personal_data::ReadText(reader);
  NOREN_RETURN_IF_ERROR(personal_data::FinishRecord(reader));
  return record;
}

// The keys alone say who: nothing is opened. A medium is lost seldom, and all of them are read.
Status VisitPeopleOnMedium(ServiceContext& context, std::string_view name,
                           const std::optional<model::PersonId>& after,
                           const std::function<StatusOr<bool>(const model::PersonId&)>& visit) {
  const Hash256 medium = HashOfMedium(name);
  std::string cursor = after ? keyspaces::OnMediumKey(*after, medium) : "";
  for (bool more = true; more;) {
    auto page = context.store.Scan(kEmbeddedPartition, std::string(keyspaces::kOnMedium), cursor,
                                   kKeysPerPage);
    if (!page.ok()) return MakeError(ErrorCode::kStorage);
    for (const storage::KeyValue& one : page->items) {
      cursor = one.key;
      NOREN_ASSIGN_OR_RETURN(const auto person,
                             personal_data::keyspaces::IdOfKey<model::PersonId>(one.key, 0));
      if (one.key != keyspaces::OnMediumKey(person, medium)) continue;
      NOREN_ASSIGN_OR_RETURN(const bool goes_on, visit(person));
      if (!goes_on) return OkStatus();
    }
    more = page->more;
  }
  return OkStatus();
}

StatusOr<std::uint64_t> CountPeopleOnMedium(ServiceContext& context, std::string_view name) {
  std::uint64_t count = 0;
  NOREN_RETURN_IF_ERROR(VisitPeopleOnMedium(context, name, std::nullopt,
                                            [&count](const model::PersonId&) -> StatusOr<bool> {
                                              ++count;
                                              return true;
                                            }));
  return count;
}

namespace {

Status VisitMedia(ServiceContext& context, const std::function<void(const MediumKey&)>& visit) {
  return VisitAll(context, keyspaces::kMediumKey, [&](const storage::KeyValue& one) -> Status {
    NOREN_ASSIGN_OR_RETURN(const MediumKey medium,
                           DecodeMediumKey(one.key, one.value, context.keys));
    visit(medium);
    return OkStatus();
  });
}

}  // namespace

StatusOr<std::vector<MediumKey>> LostMedia(ServiceContext& context) {
  std::vector<MediumKey> lost;
  NOREN_RETURN_IF_ERROR(VisitMedia(context, [&lost](const MediumKey& medium) {
    if (medium.state == MediumKey::State::kLost) lost.push_back(medium);
  }));
  return lost;
}

Status VisitLeavesOfMedia(ServiceContext& context,
                          const std::function<void(personal_data::LeafIndex)>& use) {
  return VisitMedia(context, [&use](const MediumKey& medium) {
    if (medium.state == MediumKey::State::kLive) use(medium.leaf);
  });
}

}  // namespace noren::operations
