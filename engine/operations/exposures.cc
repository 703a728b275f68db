// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/exposures.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/people_directory.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using personal_data::Disclosure;

constexpr std::int64_t kDaySeconds = 86400;
constexpr std::size_t kKeysPerRead = 1000;

Showing Begin(ServiceContext& context, const Call& call, audit::Operation what) {
  Showing showing;
  showing.at = context.time.Now();
  showing.what = std::string(audit::NameOf(what));
  showing.who = ViewerOf(call.principal);
  return showing;
}

}  // namespace

std::string ViewerOf(const model::Principal& principal) {
  return std::string(model::RoleName(principal.role)) + ":" + principal.name;
}

std::uint64_t DayOf(UnixSeconds at) {
  return at.value < 0 ? 0 : static_cast<std::uint64_t>(at.value / kDaySeconds);
}

UnixSeconds HiddenFrom(const personal_data::PersonRecord& record) {
  return record.discoverability.live ? UnixSeconds{} : record.discoverability.given_at;
}

Status StageListShowing(ServiceContext& context, const Call& call, const ListShowing& list,
                        const std::vector<model::PersonId>& people, Attempt& attempt) {
  if (people.size() > kMaxPeopleInList) return MakeError(ErrorCode::kTooLarge, "people in a list");
  if (people.empty()) return OkStatus();
  Showing showing = Begin(context, call, list.what);
  showing.form = std::string(list.form);
  showing.reason = std::string(list.reason);
  showing.posting = list.posting;
  showing.people = static_cast<std::uint32_t>(people.size());
  attempt.change.positioned =
      [&context, showing = std::move(showing), members = EncodePeople(people)](
          std::uint64_t sequence, const audit::EntryOpening&) -> StatusOr<personal_data::Staged> {
    const std::uint64_t day = DayOf(showing.at);
    const std::string list_key = keyspaces::ExposureListKey(day, sequence);
    const std::string people_key = keyspaces::ExposurePeopleKey(day, sequence);
    personal_data::Staged staged;
    staged.Put(list_key, SealForStore(context, keyspaces::kExposureList, list_key,
                                      EncodeShowing(showing), sequence));
    staged.Put(people_key,
               SealForStore(context, keyspaces::kExposurePeople, people_key, members, sequence));
    return staged;
  };
  return OkStatus();
}

void StageCardShowing(ServiceContext& context, const Call& call, const CardShowing& cards,
                      Attempt& attempt) {
  if (cards.classes.empty()) return;
  Showing showing = Begin(context, call, audit::Operation::kListCards);
  showing.reason = std::string(kToChooseWhomToInvite);
  showing.posting = cards.posting;
  showing.people = cards.k;
  showing.classes = cards.classes;
  attempt.change.positioned = [&context, showing = std::move(showing), of = cards.of](
                                  std::uint64_t sequence,
                                  const audit::EntryOpening&) -> StatusOr<personal_data::Staged> {
    const std::string key = keyspaces::ExposureKey(of, sequence);
    personal_data::Staged staged;
    staged.Put(key,
               SealForStore(context, keyspaces::kExposure, key, EncodeShowing(showing), sequence));
    return staged;
  };
}

void StageDisclosureOf(ServiceContext& context, const LoadedPerson& person, Disclosure disclosure,
                       Attempt& attempt) {
  attempt.change.positioned =
      [&context, keys = person.keys, id = person.person, disclosure = std::move(disclosure)](
          std::uint64_t sequence,
          const audit::EntryOpening&) mutable -> StatusOr<personal_data::Staged> {
    disclosure.audit_sequence = sequence;
    return personal_data::StageDisclosure({id, *keys}, disclosure, context.random);
  };
}

namespace {

// Calls `take` with the showings at these keys; one that is not there was never committed.
Status ReadShowings(ServiceContext& context, std::string_view keyspace,
                    const std::vector<std::string>& keys,
                    const std::function<void(const Showing&)>& take) {
  for (std::size_t begin = 0; begin < keys.size(); begin += kKeysPerRead) {
    const std::size_t end = std::min(keys.size(), begin + kKeysPerRead);
    const std::vector<std::string> some(keys.begin() + static_cast<std::ptrdiff_t>(begin),
                                        keys.begin() + static_cast<std::ptrdiff_t>(end));
    const auto values = context.store.Read(kEmbeddedPartition, some);
    if (!values.ok()) return MakeError(ErrorCode::kStorage);
    for (std::size_t i = 0; i < some.size(); ++i) {
      if (!(*values)[i]) continue;
      NOREN_ASSIGN_OR_RETURN(const Showing showing,
                             OpenShowing(context, keyspace, some[i], *(*values)[i]));
      take(showing);
    }
  }
  return OkStatus();
}

// --- alone ---

Status LoadAlone(ServiceContext& context, const LoadedPerson& person,
                 std::vector<Disclosure>& exposures) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, person_keyspaces::DisclosurePrefix(person.person)));
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(auto disclosure,
                           personal_data::DecodeDisclosure(person.context(), item.key, item.value));
    exposures.push_back(std::move(disclosure));
  }
  return OkStatus();
}

// --- in lists ---

using ListPlaces = std::set<std::pair<std::uint64_t, std::uint64_t>>;  // day, audit sequence

// Days that are not settled yet.
Status FindInOpenLists(ServiceContext& context, const model::PersonId& person, ListPlaces& places) {
  return ScanEach(context, std::string(keyspaces::kExposurePeople),
                  [&](const storage::KeyValue& item) -> Status {
                    NOREN_ASSIGN_OR_RETURN(
                        const OpenedForStore opened,
                        OpenForStore(context, keyspaces::kExposurePeople, item.key, item.value));
                    NOREN_ASSIGN_OR_RETURN(const auto people, DecodePeople(opened.plain));
                    if (std::find(people.begin(), people.end(), person) == people.end())
                      return OkStatus();
                    NOREN_ASSIGN_OR_RETURN(const std::uint64_t day,
                                           keyspaces::NumberInKey(item.key, 0));
                    places.insert({day, opened.version});
                    return OkStatus();
                  });
}

// The person's own records, of days that are settled.
Status FindInOwnRecords(ServiceContext& context, const LoadedPerson& person, ListPlaces& places) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, keyspaces::ShownListPrefix(person.person)));
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t day, keyspaces::NumberInKey(item.key, 1));
    NOREN_ASSIGN_OR_RETURN(const Bytes plain, personal_data::OpenRecord(
                                                  person.keys->records,
                                                  {keyspaces::kShownList, item.key}, item.value));
    NOREN_ASSIGN_OR_RETURN(const auto sequences, DecodeSequences(plain));
    for (const std::uint64_t sequence : sequences) places.insert({day, sequence});
  }
  return OkStatus();
}

// What is settled in between is found in both.
Status LoadFromLists(ServiceContext& context, const LoadedPerson& person,
                     std::vector<Disclosure>& exposures) {
  ListPlaces places;
  NOREN_RETURN_IF_ERROR(FindInOpenLists(context, person.person, places));
  NOREN_RETURN_IF_ERROR(FindInOwnRecords(context, person, places));
  std::vector<std::string> keys;
  for (const auto& [day, sequence] : places) {
    keys.push_back(keyspaces::ExposureListKey(day, sequence));
  }
  return ReadShowings(context, keyspaces::kExposureList, keys, [&](const Showing& showing) {
    exposures.push_back(DisclosureOf(showing, showing.form));
  });
}

// --- in cards ---

struct PlaceInEpoch {
  ClassOfPerson of;
  bool is_settled = false;
};
using CardPlaces = std::map<AudienceOfEpoch, PlaceInEpoch>;

Status FindInTables(ServiceContext& context, const LoadedPerson& person, CardPlaces& places) {
  NOREN_ASSIGN_OR_RETURN(const auto tables, CardEpochs::StoredTables(context));
  const matching::SeekerRowId row = RowIdOf(person.person);
  for (const CardEpochs::StoredTable& stored : tables) {
    NOREN_ASSIGN_OR_RETURN(const auto epoch, CardEpochs::ReadTable(context, stored));
    if (epoch == nullptr) continue;
    for (const matching::SeekerClass& group : epoch->table.classes) {
      if (!std::binary_search(group.members.begin(), group.members.end(), row)) continue;
      places[stored.of] = {{group.id, HiddenFrom(person.record)}, false};
    }
  }
  return OkStatus();
}

Status FindInOwnClasses(ServiceContext& context, const LoadedPerson& person, CardPlaces& places) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, keyspaces::ShownClassPrefix(person.person)));
  for (const storage::KeyValue& item : stored) {
    AudienceOfEpoch of;
    NOREN_ASSIGN_OR_RETURN(of.epoch, keyspaces::NumberInKey(item.key, 1));
    NOREN_ASSIGN_OR_RETURN(of.audience, keyspaces::TextInKey(item.key, 2));
    NOREN_ASSIGN_OR_RETURN(const Bytes plain, personal_data::OpenRecord(
                                                  person.keys->records,
                                                  {keyspaces::kShownClass, item.key}, item.value));
    NOREN_ASSIGN_OR_RETURN(const ClassOfPerson own, DecodeClassOfPerson(plain));
    places[of] = {own, true};
  }
  return OkStatus();
}

void TakeCard(const Showing& showing, const ClassOfPerson& of, std::vector<Disclosure>& exposures) {
  if (of.hidden_from.value != 0 && showing.at >= of.hidden_from) return;
  for (const ShownClass& shown : showing.classes) {
    if (shown.class_id == of.class_id) exposures.push_back(DisclosureOf(showing, shown.form));
  }
}

// All showings of the epoch are looked through.
Status LoadOpenEpoch(ServiceContext& context, const AudienceOfEpoch& epoch, const ClassOfPerson& of,
                     std::vector<Disclosure>& exposures) {
  return ScanEach(
      context, keyspaces::ExposurePrefix(epoch), [&](const storage::KeyValue& item) -> Status {
        NOREN_ASSIGN_OR_RETURN(const Showing showing,
                               OpenShowing(context, keyspaces::kExposure, item.key, item.value));
        TakeCard(showing, of, exposures);
        return OkStatus();
      });
}

// The showings of the class are known.
Status LoadSettledEpoch(ServiceContext& context, const AudienceOfEpoch& epoch,
                        const ClassOfPerson& of, std::vector<Disclosure>& exposures) {
  const std::string key = keyspaces::ExposureClassKey(epoch, of.class_id);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kDataCorrupt, "showings of a class");
  NOREN_ASSIGN_OR_RETURN(const OpenedForStore opened,
                         OpenForStore(context, keyspaces::kExposureClass, key, *stored));
  NOREN_ASSIGN_OR_RETURN(const auto sequences, DecodeSequences(opened.plain));
  std::vector<std::string> keys;
  for (const std::uint64_t sequence : sequences) {
    keys.push_back(keyspaces::ExposureKey(epoch, sequence));
  }
  return ReadShowings(context, keyspaces::kExposure, keys,
                      [&](const Showing& showing) { TakeCard(showing, of, exposures); });
}

Status LoadFromCards(ServiceContext& context, const LoadedPerson& person,
                     std::vector<Disclosure>& exposures) {
  CardPlaces places;
  // Tables first: what is settled in between is found with the person then.
  NOREN_RETURN_IF_ERROR(FindInTables(context, person, places));
  NOREN_RETURN_IF_ERROR(FindInOwnClasses(context, person, places));
  for (const auto& [epoch, place] : places) {
    NOREN_RETURN_IF_ERROR(place.is_settled ? LoadSettledEpoch(context, epoch, place.of, exposures)
                                           : LoadOpenEpoch(context, epoch, place.of, exposures));
  }
  return OkStatus();
}

}  // namespace

StatusOr<std::vector<Disclosure>> LoadExposures(ServiceContext& context,
                                                const LoadedPerson& person) {
  std::vector<Disclosure> exposures;
  NOREN_RETURN_IF_ERROR(LoadAlone(context, person, exposures));
  NOREN_RETURN_IF_ERROR(LoadFromLists(context, person, exposures));
  NOREN_RETURN_IF_ERROR(LoadFromCards(context, person, exposures));
  std::sort(exposures.begin(), exposures.end(), [](const Disclosure& a, const Disclosure& b) {
    return a.audit_sequence != b.audit_sequence ? a.audit_sequence > b.audit_sequence : a.at > b.at;
  });
  return exposures;
}

}  // namespace noren::operations
