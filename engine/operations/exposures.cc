// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/exposures.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/people_directory.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kFormat = 1;
constexpr std::int64_t kDaySeconds = 86400;
constexpr std::size_t kMaxTextBytes = 4096;
constexpr std::size_t kPeoplePerBatch = 1000;

std::int64_t StartOfDay(UnixSeconds at) {
  return at.value - ((at.value % kDaySeconds) + kDaySeconds) % kDaySeconds;
}

// One place a day for the same showing, so that a repetition finds it.
std::string DayKey(const model::PersonId& person, const personal_data::Disclosure& shown) {
  RecordWriter writer;
  writer.Field("noren/exposure/1").Field(shown.what).Field(shown.who).Field(shown.form);
  writer.Raw(shown.posting.bytes());
  const Hash256 digest = primitives::Sha256(writer.bytes());
  return person_keyspaces::DisclosureKey(person, StartOfDay(shown.at), ByteSpan(digest).first(16));
}

// Somebody who is shown, with what the record is conditional on and sealed under.
struct Shown {
  std::string key;
  std::shared_ptr<const personal_data::PersonKeys> keys;
  model::PersonId person;
};

StatusOr<std::vector<std::optional<Bytes>>> ReadMany(ServiceContext& context,
                                                     const std::vector<std::string>& keys) {
  auto values = context.store.Read(kEmbeddedPartition, keys);
  if (!values.ok()) return MakeError(ErrorCode::kStorage);
  return std::move(*values);
}

// The person's keys, or null when nothing can be told: the person is gone, or the record damaged.
StatusOr<std::shared_ptr<const personal_data::PersonKeys>> KeysOf(ServiceContext& context,
                                                                  const model::PersonId& person,
                                                                  ByteSpan stored) {
  const auto address = personal_data::OpenPersonAddress(person, stored, context.keys);
  if (!address.ok()) return std::shared_ptr<const personal_data::PersonKeys>();
  auto keys = context.keyring.Open(address->leaf);
  const ErrorCode code = model::CodeOf(keys.status());
  if (code == ErrorCode::kNotFound || code == ErrorCode::kDataCorrupt) {
    return std::shared_ptr<const personal_data::PersonKeys>();
  }
  return keys;
}

// Those of `people` who have no record of this showing today.
StatusOr<std::vector<Shown>> NotYetTold(ServiceContext& context,
                                        const std::vector<model::PersonId>& people,
                                        const personal_data::Disclosure& showing,
                                        personal_data::Staged& staged) {
  std::vector<std::string> keys;
  for (const model::PersonId& person : people) keys.push_back(DayKey(person, showing));
  for (const model::PersonId& person : people) {
    keys.push_back(person_keyspaces::PersonKey(person));
  }
  NOREN_ASSIGN_OR_RETURN(auto values, ReadMany(context, keys));
  std::vector<Shown> told;
  for (std::size_t i = 0; i < people.size(); ++i) {
    std::optional<Bytes>& record = values[people.size() + i];
    if (values[i] || !record) continue;
    NOREN_ASSIGN_OR_RETURN(auto person_keys, KeysOf(context, people[i], *record));
    if (!person_keys) continue;
    // Nothing is written for somebody who is destroyed meanwhile.
    staged.Require(keys[people.size() + i], std::move(record));
    told.push_back({std::move(keys[i]), std::move(person_keys), people[i]});
  }
  return told;
}

}  // namespace

std::string ViewerOf(const model::Principal& principal) {
  return std::string(model::RoleName(principal.role)) + ":" + principal.name;
}

Status StageListShowing(ServiceContext& context, const Call& call, const ListShowing& showing,
                        const std::vector<model::PersonId>& people, Attempt& attempt) {
  if (people.size() > kMaxPeopleInList) return MakeError(ErrorCode::kTooLarge, "people in a list");
  personal_data::Disclosure disclosure;
  disclosure.at = context.time.Now();
  disclosure.what = std::string(showing.what);
  disclosure.who = ViewerOf(call.principal);
  disclosure.posting = showing.posting;
  disclosure.reason = std::string(showing.reason);
  disclosure.form = std::string(showing.form);
  disclosure.people = static_cast<std::uint32_t>(people.size());
  NOREN_ASSIGN_OR_RETURN(auto told, NotYetTold(context, people, disclosure, attempt.change.staged));
  attempt.change.positioned =
      [&context, told = std::move(told), disclosure = std::move(disclosure)](
          std::uint64_t sequence,
          const audit::EntryOpening&) mutable -> StatusOr<personal_data::Staged> {
    disclosure.audit_sequence = sequence;
    personal_data::Staged staged;
    for (const Shown& shown : told) {
      NOREN_ASSIGN_OR_RETURN(Bytes value,
                             personal_data::EncodeDisclosure({shown.person, *shown.keys}, shown.key,
                                                             disclosure, context.random));
      staged.Put(shown.key, std::move(value));
    }
    return staged;
  };
  return OkStatus();
}

namespace {

// A showing of cards of one class; under store-seal, since it says nothing about anybody.
struct ClassShowing {
  UnixSeconds at;
  std::string who;
  std::string form;
  model::PostingId posting;
  std::uint32_t k = 0;
};

Bytes EncodeShowing(ServiceContext& context, const std::string& key, const ClassShowing& shown,
                    std::uint64_t sequence) {
  RecordWriter writer;
  writer.U8(kFormat).I64(shown.at.value).Field(shown.who).Field(shown.form);
  writer.Raw(shown.posting.bytes()).U32(shown.k);
  return storage::SealValue(context.keys.store_seal(), {keyspaces::kExposure, key}, sequence,
                            writer.bytes(), context.random);
}

StatusOr<personal_data::Disclosure> DecodeShowing(ServiceContext& context,
                                                  const storage::KeyValue& stored) {
  NOREN_ASSIGN_OR_RETURN(const storage::OpenedValue opened,
                         storage::OpenValue(context.keys.store_seal(),
                                            {keyspaces::kExposure, stored.key}, stored.value));
  RecordReader reader(opened.plaintext);
  const std::uint8_t format = reader.U8();
  personal_data::Disclosure shown;
  shown.what = "list_cards";
  shown.at = {reader.I64()};
  shown.who = reader.Text(kMaxTextBytes);
  shown.form = reader.Text(kMaxTextBytes);
  const ByteSpan posting = reader.Raw(model::PostingId::kSizeBytes);
  shown.people = reader.U32();
  shown.audit_sequence = opened.version;
  shown.reason = std::string(kToChooseWhomToInvite);
  if (!reader.Finish().ok() || format != kFormat) {
    return MakeError(ErrorCode::kDataCorrupt, "exposure");
  }
  NOREN_ASSIGN_OR_RETURN(shown.posting, model::PostingId::FromBytes(posting));
  return shown;
}

}  // namespace

Status StageCardShowing(ServiceContext& context, const Call& call, const CardShowing& showing,
                        Attempt& attempt) {
  const std::string state_key = CardEpochs::StateKey();
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> state, ReadOne(context, state_key));
  attempt.change.staged.Require(state_key, state);
  ClassShowing shown{context.time.Now(), ViewerOf(call.principal), "", showing.posting,
                     showing.epoch.table.k};
  attempt.change.positioned =
      [&context, shown, epoch = showing.epoch.number, classes = showing.classes,
       forms = showing.forms](
          std::uint64_t sequence,
          const audit::EntryOpening&) mutable -> StatusOr<personal_data::Staged> {
    personal_data::Staged staged;
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const std::string key = keyspaces::ExposureKey({epoch, classes[i]}, sequence);
      shown.form = forms[i];
      staged.Put(key, EncodeShowing(context, key, shown, sequence));
    }
    return staged;
  };
  return OkStatus();
}

namespace {

// Which class somebody was in, and from when on no card counted them any more.
struct ClassOfPerson {
  std::uint32_t class_id = 0;
  UnixSeconds hidden_from;  // 0: never
};

// After a withdrawal of being shown, its bar is the time of it.
UnixSeconds HiddenFrom(const personal_data::PersonRecord& record) {
  return record.discoverability.live ? UnixSeconds{} : record.discoverability.given_at;
}

StatusOr<Bytes> EncodeClass(const LoadedPerson& person, const std::string& key,
                            const ClassOfPerson& of, Random& random) {
  RecordWriter writer;
  writer.U8(kFormat).U32(of.class_id).I64(of.hidden_from.value);
  return personal_data::SealRecord(person.keys->records, {keyspaces::kShownClass, key},
                                   writer.bytes(), random);
}

StatusOr<ClassOfPerson> DecodeClass(const LoadedPerson& person, const storage::KeyValue& stored) {
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plain,
      personal_data::OpenRecord(person.keys->records, {keyspaces::kShownClass, stored.key},
                                stored.value));
  RecordReader reader(plain);
  const std::uint8_t format = reader.U8();
  ClassOfPerson of;
  of.class_id = reader.U32();
  of.hidden_from = {reader.I64()};
  if (!reader.Finish().ok() || format != kFormat) {
    return MakeError(ErrorCode::kDataCorrupt, "class of a person");
  }
  return of;
}

using ClassOfRow = absl::flat_hash_map<matching::SeekerRowId, std::uint32_t>;

// Everybody in a class of which a card was shown.
StatusOr<ClassOfRow> ShownRows(ServiceContext& context, std::uint64_t epoch,
                               const matching::ClassTable& table) {
  NOREN_ASSIGN_OR_RETURN(const auto shown, ScanAll(context, keyspaces::ExposurePrefix(epoch)));
  std::set<std::uint32_t> classes;
  for (const storage::KeyValue& one : shown) {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t id, keyspaces::NumberInKey(one.key, 1));
    classes.insert(static_cast<std::uint32_t>(id));
  }
  ClassOfRow rows;
  for (const matching::SeekerClass& group : table.classes) {
    if (!classes.contains(group.id)) continue;
    for (const matching::SeekerRowId row : group.members) rows.emplace(row, group.id);
  }
  return rows;
}

// Of some people, those who were shown.
StatusOr<std::size_t> TellClasses(ServiceContext& context, std::uint64_t epoch,
                                  const ClassOfRow& rows,
                                  const std::vector<model::PersonId>& people) {
  std::size_t told = 0;
  NOREN_RETURN_IF_ERROR(
      Record(context, [&]() -> StatusOr<Attempt> {
        told = 0;
        Attempt attempt;
        attempt.change.entry.operation = audit::Operation::kSettleCardEpoch;
        attempt.change.entry.principal = kServiceItself;
        for (const model::PersonId& id : people) {
          const StatusOr<LoadedPerson> person = LoadPerson(context, id);
          // Gone, or damaged: nothing can be told to them.
          if (!person.ok()) continue;
          const std::string key = keyspaces::ShownClassKey(id, epoch);
          NOREN_ASSIGN_OR_RETURN(
              Bytes value,
              EncodeClass(*person, key, {rows.at(RowIdOf(id)), HiddenFrom(person->record)},
                          context.random));
          attempt.change.staged.Require(person_keyspaces::PersonKey(id), person->stored);
          attempt.change.staged.Put(key, std::move(value));
          ++told;
        }
        return attempt;
      }).status());
  return told;
}

// Page by page over everybody in the store.
StatusOr<std::size_t> TellEverybody(ServiceContext& context, std::uint64_t epoch,
                                    const ClassOfRow& rows) {
  std::size_t told = 0;
  std::string after;
  for (bool more = !rows.empty(); more;) {
    auto page = context.store.Scan(kEmbeddedPartition, std::string(person_keyspaces::kPerson),
                                   after, kPeoplePerBatch);
    if (!page.ok()) return MakeError(ErrorCode::kStorage);
    std::vector<model::PersonId> people;
    for (const storage::KeyValue& item : page->items) {
      NOREN_ASSIGN_OR_RETURN(const auto id,
                             person_keyspaces::IdOfKey<model::PersonId>(item.key, 0));
      if (rows.contains(RowIdOf(id))) people.push_back(id);
      after = item.key;
    }
    if (!people.empty()) {
      NOREN_ASSIGN_OR_RETURN(const std::size_t some, TellClasses(context, epoch, rows, people));
      told += some;
    }
    more = page->more;
  }
  return told;
}

Status DropTable(ServiceContext& context, const std::string& key) {
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  Attempt attempt;
                  attempt.change.entry.operation = audit::Operation::kSettleCardEpoch;
                  attempt.change.entry.principal = kServiceItself;
                  attempt.change.staged.Delete(key);
                  return attempt;
                })
      .status();
}

}  // namespace

StatusOr<std::size_t> SettleCardEpochs(ServiceContext& context, std::uint64_t current) {
  NOREN_ASSIGN_OR_RETURN(const auto tables, CardEpochs::StoredTables(context));
  std::size_t told = 0;
  for (const auto& [epoch, key] : tables) {
    if (epoch >= current) continue;
    NOREN_ASSIGN_OR_RETURN(const matching::ClassTable table, CardEpochs::ReadTable(context, epoch));
    NOREN_ASSIGN_OR_RETURN(const ClassOfRow rows, ShownRows(context, epoch, table));
    NOREN_ASSIGN_OR_RETURN(const std::size_t some, TellEverybody(context, epoch, rows));
    told += some;
    NOREN_RETURN_IF_ERROR(DropTable(context, key));
  }
  return told;
}

namespace {

// The person's class in every epoch that is known.
StatusOr<std::map<std::uint64_t, ClassOfPerson>> ClassesOf(ServiceContext& context,
                                                           const LoadedPerson& person) {
  std::map<std::uint64_t, ClassOfPerson> classes;
  NOREN_ASSIGN_OR_RETURN(const auto tables, CardEpochs::StoredTables(context));
  const matching::SeekerRowId row = RowIdOf(person.person);
  for (const auto& [epoch, key] : tables) {
    NOREN_ASSIGN_OR_RETURN(const matching::ClassTable table, CardEpochs::ReadTable(context, epoch));
    for (const matching::SeekerClass& group : table.classes) {
      if (!std::binary_search(group.members.begin(), group.members.end(), row)) continue;
      classes[epoch] = {group.id, HiddenFrom(person.record)};
    }
  }
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, keyspaces::ShownClassPrefix(person.person)));
  for (const storage::KeyValue& one : stored) {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t epoch, keyspaces::NumberInKey(one.key, 1));
    NOREN_ASSIGN_OR_RETURN(classes[epoch], DecodeClass(person, one));
  }
  return classes;
}

}  // namespace

StatusOr<std::vector<personal_data::Disclosure>> LoadExposures(ServiceContext& context,
                                                               const LoadedPerson& person) {
  std::vector<personal_data::Disclosure> exposures;
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, person_keyspaces::DisclosurePrefix(person.person)));
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(auto disclosure,
                           personal_data::DecodeDisclosure(person.context(), item.key, item.value));
    exposures.push_back(std::move(disclosure));
  }
  NOREN_ASSIGN_OR_RETURN(const auto classes, ClassesOf(context, person));
  for (const auto& [epoch, of] : classes) {
    NOREN_ASSIGN_OR_RETURN(const auto shown,
                           ScanAll(context, keyspaces::ExposurePrefix({epoch, of.class_id})));
    for (const storage::KeyValue& one : shown) {
      NOREN_ASSIGN_OR_RETURN(auto exposure, DecodeShowing(context, one));
      const bool hidden = of.hidden_from.value != 0 && exposure.at >= of.hidden_from;
      if (!hidden) exposures.push_back(std::move(exposure));
    }
  }
  std::sort(exposures.begin(), exposures.end(), [](const auto& a, const auto& b) {
    return a.audit_sequence != b.audit_sequence ? a.audit_sequence > b.audit_sequence : a.at > b.at;
  });
  return exposures;
}

}  // namespace noren::operations
