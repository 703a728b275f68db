// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/settle_exposures.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/exposures.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/people_directory.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

// Of one commit, which the store limits in keys and bytes.
constexpr std::size_t kKeysPerCommit = 1000;
constexpr std::size_t kSequencesPerCommit = 64 * 1024;

Attempt StartSettling() {
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kSettleExposures;
  attempt.change.entry.principal = kServiceItself;
  return attempt;
}

bool IsGone(const Status& status) {
  const ErrorCode code = model::CodeOf(status);
  return code == ErrorCode::kNotFound || code == ErrorCode::kDataCorrupt;
}

// Puts `value` into a record of a person who is still there when it is written.
Status PutWith(ServiceContext& context, const LoadedPerson& person, std::string_view keyspace,
               const std::string& key, const std::optional<Bytes>& before, ByteSpan value,
               Attempt& attempt) {
  NOREN_ASSIGN_OR_RETURN(
      Bytes sealed,
      personal_data::SealRecord(person.keys->records, {keyspace, key}, value, context.random));
  attempt.change.staged.Require(person_keyspaces::PersonKey(person.person), person.stored);
  attempt.change.staged.Replace(key, before, std::move(sealed));
  return OkStatus();
}

Status DeleteAll(ServiceContext& context, const std::vector<std::string>& keys) {
  for (std::size_t begin = 0; begin < keys.size(); begin += kKeysPerCommit) {
    const std::size_t end = std::min(keys.size(), begin + kKeysPerCommit);
    NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                            Attempt attempt = StartSettling();
                            for (std::size_t i = begin; i < end; ++i)
                              attempt.change.staged.Delete(keys[i]);
                            return attempt;
                          }).status());
  }
  return OkStatus();
}

// --- tables ---

using SequencesOfClass = std::map<std::uint32_t, std::vector<std::uint64_t>>;

StatusOr<SequencesOfClass> ShownClasses(ServiceContext& context, const AudienceOfEpoch& of) {
  SequencesOfClass shown;
  NOREN_RETURN_IF_ERROR(ScanEach(
      context, keyspaces::ExposurePrefix(of), [&](const storage::KeyValue& item) -> Status {
        NOREN_ASSIGN_OR_RETURN(const Showing showing,
                               OpenShowing(context, keyspaces::kExposure, item.key, item.value));
        for (const ShownClass& one : showing.classes) {
          std::vector<std::uint64_t>& of_class = shown[one.class_id];
          if (of_class.empty() || of_class.back() != showing.sequence) {
            of_class.push_back(showing.sequence);
          }
        }
        return OkStatus();
      }));
  return shown;
}

// For each class, which showings it was in. The epoch is over: the same whenever it is written.
Status WriteClasses(ServiceContext& context, const AudienceOfEpoch& of,
                    const SequencesOfClass& shown) {
  for (auto next = shown.begin(); next != shown.end();) {
    const auto begin = next;
    std::size_t keys = 0;
    std::size_t sequences = 0;
    while (next != shown.end() && keys < kKeysPerCommit && sequences < kSequencesPerCommit) {
      ++keys;
      sequences += (next++)->second.size();
    }
    NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                            Attempt attempt = StartSettling();
                            for (auto one = begin; one != next; ++one) {
                              const std::string key = keyspaces::ExposureClassKey(of, one->first);
                              attempt.change.staged.Put(
                                  key, SealForStore(context, keyspaces::kExposureClass, key,
                                                    EncodeSequences(one->second), of.epoch));
                            }
                            return attempt;
                          }).status());
  }
  return OkStatus();
}

}  // namespace

Status ExposureSettler::BeginTable(ServiceContext& context, const CardEpochs::StoredTable& table) {
  NOREN_ASSIGN_OR_RETURN(const auto epoch, CardEpochs::ReadTable(context, table));
  if (epoch == nullptr) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const SequencesOfClass shown, ShownClasses(context, table.of));
  NOREN_RETURN_IF_ERROR(WriteClasses(context, table.of, shown));
  TableWork work;
  work.table = table;
  for (const matching::SeekerClass& group : epoch->table.classes) {
    if (!shown.contains(group.id)) continue;
    for (const matching::SeekerRowId row : group.members) work.class_of_row.emplace(row, group.id);
  }
  table_ = std::move(work);
  return OkStatus();
}

// People with ids after the last one; when there are no more, the table goes.
Status ExposureSettler::StepTable(ServiceContext& context) {
  TableWork& work = *table_;
  std::vector<model::PersonId> people;
  std::string after = work.after;
  bool is_more = false;
  if (!work.class_of_row.empty()) {
    const auto page = context.store.Scan(kEmbeddedPartition, std::string(person_keyspaces::kPerson),
                                         after, kPeoplePerStep);
    if (!page.ok()) return MakeError(ErrorCode::kStorage);
    for (const storage::KeyValue& item : page->items) {
      NOREN_ASSIGN_OR_RETURN(const auto id,
                             person_keyspaces::IdOfKey<model::PersonId>(item.key, 0));
      if (work.class_of_row.contains(RowIdOf(id))) people.push_back(id);
      after = item.key;
    }
    is_more = page->more;
  }
  const auto tell = [&]() -> StatusOr<Attempt> {
    Attempt attempt = StartSettling();
    for (const model::PersonId& id : people) {
      const StatusOr<LoadedPerson> person = LoadPerson(context, id);
      if (IsGone(person.status())) continue;  // nobody is there to be told
      NOREN_RETURN_IF_ERROR(person.status());
      const std::string key = keyspaces::ShownClassKey(id, work.table.of);
      NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> before, ReadOne(context, key));
      const ClassOfPerson of{work.class_of_row.at(RowIdOf(id)), HiddenFrom(person->record)};
      NOREN_RETURN_IF_ERROR(PutWith(context, *person, keyspaces::kShownClass, key, before,
                                    EncodeClassOfPerson(of), attempt));
    }
    return attempt;
  };
  if (!people.empty()) NOREN_RETURN_IF_ERROR(Record(context, tell).status());
  work.after = std::move(after);
  if (is_more) return OkStatus();
  NOREN_RETURN_IF_ERROR(DeleteAll(context, {work.table.key}));
  table_.reset();
  return OkStatus();
}

Status ExposureSettler::BeginDay(ServiceContext& context, std::uint64_t day) {
  DayWork work;
  work.day = day;
  NOREN_RETURN_IF_ERROR(ScanEach(
      context, keyspaces::ExposurePeoplePrefix(day), [&](const storage::KeyValue& item) -> Status {
        NOREN_ASSIGN_OR_RETURN(
            const OpenedForStore opened,
            OpenForStore(context, keyspaces::kExposurePeople, item.key, item.value));
        NOREN_ASSIGN_OR_RETURN(const auto people, DecodePeople(opened.plain));
        for (const model::PersonId& person : people) {
          work.showings[person].push_back(opened.version);
        }
        work.keys.push_back(item.key);
        return OkStatus();
      }));
  day_ = std::move(work);
  return OkStatus();
}

namespace {

// What the person's record of the day says already, and these.
Status TellLists(ServiceContext& context, const LoadedPerson& person, std::uint64_t day,
                 std::vector<std::uint64_t> sequences, Attempt& attempt) {
  const std::string key = keyspaces::ShownListKey(person.person, day);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> before, ReadOne(context, key));
  if (before) {
    NOREN_ASSIGN_OR_RETURN(
        const Bytes plain,
        personal_data::OpenRecord(person.keys->records, {keyspaces::kShownList, key}, *before));
    NOREN_ASSIGN_OR_RETURN(const auto known, DecodeSequences(plain));
    sequences.insert(sequences.end(), known.begin(), known.end());
  }
  std::sort(sequences.begin(), sequences.end());
  sequences.erase(std::unique(sequences.begin(), sequences.end()), sequences.end());
  return PutWith(context, person, keyspaces::kShownList, key, before, EncodeSequences(sequences),
                 attempt);
}

}  // namespace

// Some of the people; when there are no more, the lists of who was in them go.
Status ExposureSettler::StepDay(ServiceContext& context) {
  DayWork& work = *day_;
  auto end = work.showings.begin();
  std::advance(end, std::min<std::ptrdiff_t>(kPeoplePerStep, std::ssize(work.showings)));
  const auto tell = [&]() -> StatusOr<Attempt> {
    Attempt attempt = StartSettling();
    for (auto one = work.showings.begin(); one != end; ++one) {
      const StatusOr<LoadedPerson> person = LoadPerson(context, one->first);
      if (IsGone(person.status())) continue;  // nobody is there to be told
      NOREN_RETURN_IF_ERROR(person.status());
      const Status told = TellLists(context, *person, work.day, one->second, attempt);
      if (!IsGone(told)) NOREN_RETURN_IF_ERROR(told);  // a damaged record stays as it is
    }
    return attempt;
  };
  if (end != work.showings.begin()) NOREN_RETURN_IF_ERROR(Record(context, tell).status());
  work.showings.erase(work.showings.begin(), end);
  if (!work.showings.empty()) return OkStatus();
  NOREN_RETURN_IF_ERROR(DeleteAll(context, work.keys));
  day_.reset();
  return OkStatus();
}

// True: there was one.
StatusOr<bool> ExposureSettler::FindTable(ServiceContext& context, std::uint64_t current) {
  NOREN_ASSIGN_OR_RETURN(const auto tables, CardEpochs::StoredTables(context));
  for (const CardEpochs::StoredTable& table : tables) {
    if (table.of.epoch >= current || damaged_.contains(table.key)) continue;
    const Status begun = BeginTable(context, table);
    if (model::CodeOf(begun) == ErrorCode::kDataCorrupt) damaged_.insert(table.key);
    NOREN_RETURN_IF_ERROR(begun);
    return true;
  }
  return false;
}

StatusOr<bool> ExposureSettler::FindDay(ServiceContext& context, std::uint64_t today) {
  std::string after;
  while (true) {
    const auto page =
        context.store.Scan(kEmbeddedPartition, std::string(keyspaces::kExposurePeople), after, 1);
    if (!page.ok()) return MakeError(ErrorCode::kStorage);
    if (page->items.empty()) return false;
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t day,
                           keyspaces::NumberInKey(page->items.front().key, 0));
    if (day >= today) return false;
    const std::string prefix = keyspaces::ExposurePeoplePrefix(day);
    if (!damaged_.contains(prefix)) {
      const Status begun = BeginDay(context, day);
      if (model::CodeOf(begun) == ErrorCode::kDataCorrupt) damaged_.insert(prefix);
      NOREN_RETURN_IF_ERROR(begun);
      return true;
    }
    after = prefix + "~";  // behind every key of that day
  }
}

StatusOr<bool> ExposureSettler::Step(ServiceContext& context) {
  const std::lock_guard lock(mutex_);
  if (table_ || day_) {
    NOREN_RETURN_IF_ERROR(table_ ? StepTable(context) : StepDay(context));
    return true;
  }
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t current, CardEpochs::CurrentNumber(context));
  if (settled_epoch_ != current) {
    NOREN_ASSIGN_OR_RETURN(const bool found, FindTable(context, current));
    if (found) return true;
    settled_epoch_ = current;
  }
  const std::uint64_t today = DayOf(context.time.Now());
  if (settled_day_ != today) {
    NOREN_ASSIGN_OR_RETURN(const bool found, FindDay(context, today));
    if (found) return true;
    settled_day_ = today;
  }
  return false;
}

Status ExposureSettler::All(ServiceContext& context) {
  while (true) {
    NOREN_ASSIGN_OR_RETURN(const bool is_more, Step(context));
    if (!is_more) return OkStatus();
  }
}

}  // namespace noren::operations
