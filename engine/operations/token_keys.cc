// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/token_keys.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/people.h"
#include "engine/operations/root_change.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using personal_data::kTokenPurposes;
using personal_data::LeafIndex;
using personal_data::TokenPurpose;

constexpr std::uint8_t kLayout = 1;
constexpr std::string_view kName = "token-keys";
constexpr std::uint32_t kNoLeaf = 0xFFFFFFFF;
constexpr std::size_t kMaxLive = 2;
constexpr std::size_t kTokenKeySizeBytes = 32;

std::optional<LeafIndex> ReadLeaf(RecordReader& reader) {
  const std::uint32_t leaf = reader.U32();
  return leaf == kNoLeaf ? std::nullopt : std::optional(leaf);
}

bool IsSound(const TokenKeysOfPurpose& keys) {
  if (keys.live.empty() || keys.live.size() > kMaxLive) return false;
  for (std::size_t i = 0; i < keys.live.size(); ++i) {
    const LiveTokenKey& one = keys.live[i];
    if (one.version == 0 || (one.version == 1) != !one.leaf) return false;
    if (i > 0 && keys.live[i - 1].version >= one.version) return false;
  }
  return keys.oldest() <= keys.used && keys.used <= keys.newest();
}

TokenKeysOfPurpose ReadOfPurpose(RecordReader& reader) {
  TokenKeysOfPurpose keys;
  keys.used = reader.U32();
  keys.going = ReadLeaf(reader);
  keys.live.clear();
  const std::uint8_t count = reader.U8();
  for (std::uint8_t i = 0; i < count && reader.ok(); ++i) {
    const std::uint32_t version = reader.U32();
    keys.live.push_back({version, ReadLeaf(reader)});
  }
  return keys;
}

bool IsLive(const TokenKeysOfPurpose& keys, std::uint32_t version) {
  return std::ranges::find(keys.live, version, &LiveTokenKey::version) != keys.live.end();
}

TokenKeysRecord FirstVersions() {
  TokenKeysRecord record;
  for (const TokenPurpose purpose : kTokenPurposes) record[purpose] = {};
  return record;
}

}  // namespace

std::string TokenKeysKey() { return keyspaces::StateKey(kName); }

Bytes EncodeTokenKeys(const TokenKeysRecord& record, const personal_data::PurposeKeys& keys,
                      Random& random) {
  RecordWriter writer;
  writer.U8(kLayout).U8(static_cast<std::uint8_t>(record.size()));
  for (const auto& [purpose, of] : record) {
    writer.U8(static_cast<std::uint8_t>(purpose)).U32(of.used).U32(of.going.value_or(kNoLeaf));
    writer.U8(static_cast<std::uint8_t>(of.live.size()));
    for (const LiveTokenKey& one : of.live) {
      writer.U32(one.version).U32(one.leaf.value_or(kNoLeaf));
    }
  }
  const std::string key = TokenKeysKey();
  return storage::SealValue(keys.store_seal(), {keyspaces::kState, key}, 1, writer.bytes(), random);
}

StatusOr<TokenKeysRecord> DecodeTokenKeys(ByteSpan stored, const personal_data::PurposeKeys& keys) {
  const std::string key = TokenKeysKey();
  const Status damaged = model::MakeError(ErrorCode::kDataCorrupt, kName);
  const auto plain = storage::OpenValueAt(keys.store_seal(), {keyspaces::kState, key}, 1, stored);
  if (!plain.ok()) return damaged;
  RecordReader reader(*plain);
  const std::uint8_t layout = reader.U8();
  const std::uint8_t count = reader.U8();
  TokenKeysRecord record = FirstVersions();  // a purpose that is newer than the record
  for (std::uint8_t i = 0; i < count && reader.ok(); ++i) {
    const auto purpose = static_cast<TokenPurpose>(reader.U8());
    TokenKeysOfPurpose of = ReadOfPurpose(reader);
    if (!record.contains(purpose) || !IsSound(of)) return damaged;
    record[purpose] = std::move(of);
  }
  if (layout != kLayout || !reader.Finish().ok()) return damaged;
  return record;
}

StatusOr<StoredTokenKeys> ReadTokenKeys(storage::Store& store,
                                        const personal_data::PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(auto values, store.Read(kEmbeddedPartition, {TokenKeysKey()}));
  StoredTokenKeys read{FirstVersions(), std::nullopt};
  if (!values.front()) return read;
  NOREN_ASSIGN_OR_RETURN(read.record, DecodeTokenKeys(*values.front(), keys));
  read.stored = std::move(values.front());
  return read;
}

Status LoadTokenKeys(const TokenKeyParts& parts) {
  NOREN_ASSIGN_OR_RETURN(const StoredTokenKeys stored, ReadTokenKeys(parts.store, parts.keys));
  personal_data::TokenKeys& live = parts.pseudonyms.token_keys();
  for (const auto& [purpose, of] : stored.record) {
    for (const LiveTokenKey& one : of.live) {
      if (!one.leaf) {
        live.AddFirst(purpose);
        continue;
      }
      const auto leaf = parts.keyring.Open(*one.leaf);
      if (!leaf.ok() && model::CodeOf(leaf.status()) != ErrorCode::kNotFound) return leaf.status();
      live.Add(purpose, one.version,
               leaf.ok() ? personal_data::TokenKeyOf(**leaf, purpose)
                         : SecretBytes::Random(parts.random, kTokenKeySizeBytes));
    }
    live.KeepOnly(purpose, {of.oldest(), of.newest()});
  }
  return OkStatus();
}

StatusOr<bool> RenewLostTokenKeys(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const StoredTokenKeys before, ReadTokenKeys(context.store, context.keys));
  TokenKeysRecord next = before.record;
  std::map<TokenPurpose, std::shared_ptr<const personal_data::PersonKeys>> fresh;
  bool is_lost = false;
  for (auto& [purpose, of] : next) {
    const std::uint32_t newest = of.newest();
    const auto lost = std::erase_if(of.live, [&context](const LiveTokenKey& one) {
      return one.leaf &&
             model::CodeOf(context.keyring.Open(*one.leaf).status()) == ErrorCode::kNotFound;
    });
    if (lost == 0 && IsLive(of, of.used)) continue;
    is_lost = true;
    if (of.live.empty() || of.newest() != newest) {
      NOREN_ASSIGN_OR_RETURN(personal_data::AddedLeaf added, context.keyring.AddLeaf());
      of.live.push_back({newest + 1, added.leaf});
      fresh[purpose] = std::move(added.keys);
    }
    // The one in use may be the lost one between an older that lives and the new one: then its
    // number is within theirs, and nothing can be made under it.
    if (!IsLive(of, of.used)) of.used = of.newest();
  }
  if (!is_lost) return false;
  NOREN_RETURN_IF_ERROR(FollowWithTreeCopy(context));
  Change change;
  change.entry.operation = audit::Operation::kRotateKey;
  change.entry.principal = kServiceItself;
  change.staged.Replace(TokenKeysKey(), before.stored,
                        EncodeTokenKeys(next, context.keys, context.random));
  NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(change)).status());
  personal_data::TokenKeys& live = context.pseudonyms.token_keys();
  for (const auto& [purpose, keys] : fresh) {
    live.Add(purpose, next.at(purpose).newest(), personal_data::TokenKeyOf(*keys, purpose));
  }
  for (const auto& [purpose, of] : next) live.KeepOnly(purpose, {of.oldest(), of.newest()});
  return true;
}

Status VisitLeavesOfTokenKeys(ServiceContext& context,
                              const std::function<void(LeafIndex)>& visit) {
  NOREN_ASSIGN_OR_RETURN(const StoredTokenKeys stored, ReadTokenKeys(context.store, context.keys));
  for (const auto& [purpose, of] : stored.record) {
    for (const LiveTokenKey& one : of.live) {
      if (one.leaf) visit(*one.leaf);
    }
    if (of.going) visit(*of.going);
  }
  return OkStatus();
}

}  // namespace noren::operations
