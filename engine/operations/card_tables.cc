// The class tables of card epochs in the store.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/list_cards.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using personal_data::TokenPurpose;

StatusOr<std::uint64_t> EpochOfSegment(std::string_view segment) {
  NOREN_ASSIGN_OR_RETURN(const Bytes bytes, HexDecode(segment));
  RecordReader reader(bytes);
  const std::uint64_t epoch = reader.U64();
  if (!reader.Finish().ok()) return MakeError(ErrorCode::kDataCorrupt, "card epoch");
  return epoch;
}

}  // namespace

Bytes CardEpochs::SealTable(ServiceContext& context, const StoredTable& place,
                            const TokenTable& table) {
  return storage::SealValue(context.keys.store_seal(), {keyspaces::kCardEpoch, place.key},
                            place.of.epoch, EncodeTokenTable(table), context.random);
}

StatusOr<std::vector<CardEpochs::StoredTable>> CardEpochs::StoredTables(ServiceContext& context) {
  std::vector<StoredTable> tables;
  std::string after;
  // One by one: a table is large, and its key says enough.
  for (bool more = true; more;) {
    auto page =
        context.store.Scan(kEmbeddedPartition, std::string(keyspaces::kCardEpoch), after, 1);
    if (!page.ok()) return MakeError(ErrorCode::kStorage);
    for (storage::KeyValue& item : page->items) {
      const std::vector<std::string_view> segments = keyspaces::Segments(item.key);
      if (segments.size() != 2) return MakeError(ErrorCode::kDataCorrupt, "card epoch");
      NOREN_ASSIGN_OR_RETURN(const std::uint64_t epoch, EpochOfSegment(segments[0]));
      tables.push_back({{epoch, std::string(segments[1])}, item.key});
      after = std::move(item.key);
    }
    more = page->more;
  }
  return tables;
}

StatusOr<std::shared_ptr<const CardEpochs::Epoch>> CardEpochs::OpenTable(ServiceContext& context,
                                                                         const StoredTable& place,
                                                                         ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const Bytes plain, storage::OpenValueAt(context.keys.store_seal(),
                                                                 {keyspaces::kCardEpoch, place.key},
                                                                 place.of.epoch, stored));
  NOREN_ASSIGN_OR_RETURN(TokenTable read, DecodeTokenTable(plain));
  return std::make_shared<const Epoch>(Epoch{place.of.epoch, std::move(read.table), read.version});
}

StatusOr<std::shared_ptr<const CardEpochs::Epoch>> CardEpochs::ReadTable(ServiceContext& context,
                                                                         const StoredTable& table) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, table.key));
  return stored ? OpenTable(context, table, *stored) : std::shared_ptr<const Epoch>();
}

// The table under these tokens; null when that cannot be.
std::shared_ptr<const CardEpochs::Epoch> CardEpochs::UnderTokens(
    ServiceContext& context, const CodeTokens& wanted, std::shared_ptr<const Epoch> epoch) {
  if (epoch->version == wanted.version()) return epoch;
  auto key =
      context.pseudonyms.token_keys().Find(personal_data::TokenPurpose::kMatch, epoch->version);
  if (key == nullptr) return nullptr;
  const CodeTokens have({epoch->version, std::move(key)}, context.dictionary);
  auto translated = Translated(epoch->table, have, wanted);
  if (!translated) return nullptr;
  return std::make_shared<const Epoch>(
      Epoch{epoch->number, std::move(translated->table), translated->version});
}

// The first table that is under an older match key and can be put under the newest.
StatusOr<std::optional<CardEpochs::OlderTable>> CardEpochs::FindOlder(ServiceContext& context) {
  const auto newest = context.pseudonyms.token_keys().current(TokenPurpose::kMatch);
  const CodeTokens wanted(newest, context.dictionary);
  NOREN_ASSIGN_OR_RETURN(const auto tables, StoredTables(context));
  for (const StoredTable& place : tables) {
    NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, place.key));
    if (!stored) continue;
    NOREN_ASSIGN_OR_RETURN(auto epoch, OpenTable(context, place, *stored));
    if (epoch->version >= newest.version) continue;
    const auto moved = UnderTokens(context, wanted, std::move(epoch));
    if (moved != nullptr) return std::optional(OlderTable{place, std::move(*stored), moved});
  }
  return std::optional<OlderTable>();
}

// Under the condition that it is the one that was read; one that is gone meanwhile is gone.
StatusOr<bool> CardEpochs::RewrapOneTable(ServiceContext& context, const Call& call) {
  bool found = false;
  const auto put = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const auto older, FindOlder(context));
    found = older.has_value();
    if (!found) return MakeError(ErrorCode::kNotFound);
    Attempt attempt;
    attempt.change.entry.operation = audit::Operation::kRewrapKeys;
    attempt.change.entry.principal = call.principal;
    attempt.change.staged.Replace(
        older->place.key, older->stored,
        SealTable(context, older->place, {older->moved->version, older->moved->table}));
    return attempt;
  });
  if (found) NOREN_RETURN_IF_ERROR(put.status());
  if (!found && model::CodeOf(put.status()) != ErrorCode::kNotFound) return put.status();
  return found;
}

}  // namespace noren::operations
