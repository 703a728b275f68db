// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/person_fact_acts.h"

#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/market.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using personal_data::PersonFacts;

constexpr std::uint8_t kPayloadFormat = 10;
constexpr std::string_view kJournalPart = "person-facts/journal";
constexpr std::size_t kMaxSealedBytes = 8192;

Status Damaged() { return model::MakeError(ErrorCode::kDataCorrupt, "fact act"); }

StatusOr<Bytes> RecordWith(ServiceContext& context, const LoadedPerson& person, PersonFacts facts) {
  personal_data::PersonRecord record = person.record;
  record.address.version += 1;
  record.facts = std::move(facts);
  return personal_data::EncodePersonRecord(record, *person.keys, context.keys, context.random);
}

}  // namespace

StatusOr<storage::NarrowingAct> MakeFactAct(personal_data::PersonContext person,
                                            const PersonFacts& changed, Random& random) {
  RecordWriter inner;
  personal_data::WriteFacts(changed, inner);
  NOREN_ASSIGN_OR_RETURN(
      const Bytes sealed,
      personal_data::SealRecord(person.keys.records,
                                {kJournalPart, keyspaces::PersonKey(person.person)}, inner.bytes(),
                                random));
  RecordWriter writer;
  writer.U8(kPayloadFormat).Raw(person.person.bytes()).Field(sealed);
  storage::NarrowingAct act;
  act.kind = storage::NarrowingKind::kFacts;
  act.payload = writer.Take();
  return act;
}

Status StageFacts(ServiceContext& context, const LoadedPerson& person, FactChange facts,
                  Change& change) {
  NOREN_ASSIGN_OR_RETURN(Bytes stored, RecordWith(context, person, std::move(facts.facts)));
  change.staged.Replace(keyspaces::PersonKey(person.person), person.stored, std::move(stored));
  change.feed.push_back(PersonChanged(person.person));
  NOREN_ASSIGN_OR_RETURN(change.narrowing,
                         MakeFactAct(person.context(), facts.changed, context.random));
  return OkStatus();
}

StatusOr<bool> ReapplyFacts(ServiceContext& context, const storage::NarrowingAct& act,
                            Change& change) {
  RecordReader reader(act.payload);
  const std::uint8_t format = reader.U8();
  const auto id = personal_data::ReadId<model::PersonId>(reader);
  const Bytes sealed = ToBytes(reader.Field(kMaxSealedBytes));
  if (!reader.Finish().ok() || format != kPayloadFormat || id.is_none()) return Damaged();
  const StatusOr<LoadedPerson> person = LoadPerson(context, id);
  if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return false;
  NOREN_RETURN_IF_ERROR(person.status());
  const auto opened = personal_data::OpenRecord(person->keys->records,
                                                {kJournalPart, keyspaces::PersonKey(id)}, sealed);
  if (!opened.ok()) return Damaged();
  RecordReader inner(*opened);
  NOREN_ASSIGN_OR_RETURN(const PersonFacts changed, personal_data::ReadFacts(inner));
  if (!inner.Finish().ok()) return Damaged();
  PersonFacts facts = person->record.facts;
  bool is_new = false;
  for (const personal_data::KindPeriod& one : changed.kinds) {
    NOREN_ASSIGN_OR_RETURN(const bool put, personal_data::PutKind(facts, one));
    is_new |= put;
  }
  for (const personal_data::PartnerPermission& one : changed.permissions) {
    NOREN_ASSIGN_OR_RETURN(const bool put, personal_data::PutPermission(facts, one));
    is_new |= put;
  }
  if (!is_new) return false;
  change.entry.subject = id.ToString();
  NOREN_RETURN_IF_ERROR(StageFacts(context, *person, {std::move(facts), changed}, change));
  return true;
}

}  // namespace noren::operations
