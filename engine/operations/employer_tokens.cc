// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/employer_tokens.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/idempotent_run.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using personal_data::BlockedEmployer;
using personal_data::KeyPurpose;
using personal_data::Pseudonyms;
using personal_data::TokenPurpose;

constexpr std::string_view kJournalPart = "employer-block/journal";
constexpr std::size_t kScanPage = 512;
constexpr std::size_t kPortionPages = 16;  // of people whose keys are opened
constexpr std::size_t kPortionPeople = 64;

bool IsOlder(const BlockedEmployer& blocked, const personal_data::EmployerKey& used) {
  return blocked.leaf != used.leaf && !blocked.number.empty();
}

// Nothing when none of the person's tokens is under an older key.
StatusOr<Attempt> StageMove(ServiceContext& context, const Call& call, const model::PersonId& id) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, id));
  EmployerKeys keys(context);
  NOREN_ASSIGN_OR_RETURN(const personal_data::EmployerKey used, keys.InUse());
  personal_data::PersonRecord record = person.record;
  bool is_moved = false;
  for (BlockedEmployer& one : record.blocked_employers) {
    if (!IsOlder(one, used)) continue;
    StatusOr<BlockedEmployer> renewed = keys.Renewed(id, one);
    // A record that somebody put back, its key is gone: it blocks everybody, as it is.
    if (model::CodeOf(renewed.status()) == ErrorCode::kDataCorrupt) continue;
    NOREN_RETURN_IF_ERROR(renewed.status());
    one = std::move(*renewed);
    is_moved = true;
  }
  if (!is_moved) return model::MakeError(ErrorCode::kNotFound);
  std::ranges::sort(record.blocked_employers, {}, &BlockedEmployer::token);
  record.address.version += 1;
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kRewrapKeys;
  attempt.change.entry.principal = call.principal;
  NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::EncodePersonRecord(
                                           record, *person.keys, context.keys, context.random));
  attempt.change.staged.Require(TokenKeysKey(), keys.record());
  attempt.change.staged.Replace(keyspaces::PersonKey(id), person.stored, std::move(stored));
  // Blocked when it was: an act that unblocks is no staler for it.
  NarrowedPerson narrowed{id, {}, record.blocked_at};
  NOREN_ASSIGN_OR_RETURN(narrowed.employers, NarrowedTo(person, record.blocked_employers,
                                                        /*replaces=*/true, context.random));
  attempt.change.narrowing = MakeNarrowingAct(storage::NarrowingKind::kEmployerBlock, narrowed);
  return attempt;
}

// Whoever's key is destroyed, or whose record is damaged, has no token that anybody compares.
bool HasOlder(ServiceContext& context, const model::PersonId& id, ByteSpan stored,
              const personal_data::EmployerKey& used) {
  const auto address = personal_data::OpenPersonAddress(id, stored, context.keys);
  if (!address.ok()) return false;
  const auto keys = context.keyring.Open(address->leaf);
  if (!keys.ok()) return false;
  const auto record = personal_data::DecodePersonRecord({id, **keys}, stored, context.keys);
  return record.ok() && std::ranges::any_of(record->blocked_employers, [&used](const auto& one) {
           return IsOlder(one, used);
         });
}

}  // namespace

EmployerKeys::SharedKey EmployerKeys::Find(std::optional<std::uint32_t> leaf) {
  for (const auto& [place, key] : known_) {
    if (place == leaf) return key;
  }
  SharedKey key;
  if (!leaf) {
    key = std::make_shared<const SecretBytes>(context_.keys.Of(KeyPurpose::kEmployerBlock).Clone());
  } else if (const auto opened = context_.keyring.Open(*leaf); opened.ok()) {
    key = std::make_shared<const SecretBytes>(
        personal_data::TokenKeyOf(**opened, TokenPurpose::kEmployer));
  }
  known_.emplace_back(leaf, key);
  return key;
}

StatusOr<personal_data::EmployerKey> EmployerKeys::InUse() {
  NOREN_ASSIGN_OR_RETURN(StoredTokenKeys stored, ReadTokenKeys(context_.store, context_.keys));
  record_ = std::move(stored.stored);
  const TokenKeysOfPurpose& of = stored.record.at(TokenPurpose::kEmployer);
  const auto used = std::ranges::find(of.live, of.used, &LiveTokenKey::version);
  const SharedKey key = used == of.live.end() ? nullptr : Find(used->leaf);
  if (key == nullptr) return model::MakeError(ErrorCode::kDataCorrupt, "token key");
  return personal_data::EmployerKey{used->leaf, *key};
}

std::optional<bool> EmployerKeys::Meets(const model::PersonId& person,
                                        const BlockedEmployer& blocked,
                                        const model::CorporateNumber& number) {
  const SharedKey key = Find(blocked.leaf);
  if (key == nullptr) return std::nullopt;
  return Pseudonyms::EmployerToken(*key, person, number) == blocked.token;
}

StatusOr<BlockedEmployer> EmployerKeys::Renewed(const model::PersonId& person,
                                                const BlockedEmployer& blocked) {
  const SharedKey key = Find(blocked.leaf);
  if (key == nullptr) return model::MakeError(ErrorCode::kDataCorrupt, "token key");
  NOREN_ASSIGN_OR_RETURN(const model::CorporateNumber number,
                         personal_data::OpenBlockedEmployer(person, blocked, *key));
  NOREN_ASSIGN_OR_RETURN(const personal_data::EmployerKey used, InUse());
  return personal_data::MakeBlockedEmployer(person, number, used, context_.random);
}

StatusOr<NarrowedEmployers> NarrowedTo(const LoadedPerson& person,
                                       const std::vector<BlockedEmployer>& employers, bool replaces,
                                       Random& random) {
  RecordWriter writer;
  personal_data::WriteBlockedEmployers(employers, writer);
  const std::string store_key = keyspaces::PersonKey(person.person);
  NarrowedEmployers narrowed;
  narrowed.replaces = replaces;
  NOREN_ASSIGN_OR_RETURN(narrowed.sealed,
                         personal_data::SealRecord(person.keys->records, {kJournalPart, store_key},
                                                   writer.bytes(), random));
  return narrowed;
}

StatusOr<std::vector<BlockedEmployer>> EmployersOf(const LoadedPerson& person,
                                                   const NarrowedEmployers& narrowed) {
  if (narrowed.sealed.empty()) {
    std::vector<BlockedEmployer> employers;
    for (const Hash256& token : narrowed.tokens) employers.push_back({token, std::nullopt, {}});
    return employers;
  }
  const std::string store_key = keyspaces::PersonKey(person.person);
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plain,
      personal_data::OpenRecord(person.keys->records, {kJournalPart, store_key}, narrowed.sealed));
  RecordReader reader(plain);
  NOREN_ASSIGN_OR_RETURN(auto employers, personal_data::ReadBlockedEmployers(
                                             reader, personal_data::kMaxBlockedEmployers));
  NOREN_RETURN_IF_ERROR(personal_data::FinishRecord(reader));
  return employers;
}

StatusOr<std::optional<RewrapAnswer>> MoveEmployers(ServiceContext& context, const Call& call,
                                                    RewrapPlace& place) {
  EmployerKeys keys(context);
  NOREN_ASSIGN_OR_RETURN(const personal_data::EmployerKey used, keys.InUse());
  RewrapAnswer answer;
  for (std::size_t pages = 0; pages < kPortionPages; ++pages) {
    NOREN_ASSIGN_OR_RETURN(const storage::Page page,
                           context.store.Scan(kEmbeddedPartition, std::string(keyspaces::kPerson),
                                              place.after, kScanPage));
    for (const storage::KeyValue& item : page.items) {
      if (answer.rewrapped == kPortionPeople) return std::optional(answer);
      NOREN_ASSIGN_OR_RETURN(const auto id, keyspaces::IdOfKey<model::PersonId>(item.key, 0));
      if (HasOlder(context, id, item.value, used)) {
        const auto moved = Record(context, [&] { return StageMove(context, call, id); });
        // Destroyed, or moved by somebody else, meanwhile; or it cannot be moved.
        if (model::CodeOf(moved.status()) != ErrorCode::kNotFound) {
          NOREN_RETURN_IF_ERROR(moved.status());
          place.found_some = true;
          ++answer.rewrapped;
        }
      }
      place.after = item.key;
    }
    if (page.more) continue;
    const bool found_some = std::exchange(place, {}).found_some;
    return found_some ? std::optional(answer) : std::nullopt;
  }
  return std::optional(answer);
}

}  // namespace noren::operations
