// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/showing_record.h"

#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kLayout = 1;
constexpr std::size_t kMaxTextBytes = 4096;

Status Damaged() { return MakeError(ErrorCode::kDataCorrupt, "exposure"); }

Status Finish(const RecordReader& reader, std::uint8_t layout) {
  return reader.Finish().ok() && layout == kLayout ? OkStatus() : Damaged();
}

}  // namespace

Bytes EncodeShowing(const Showing& showing) {
  RecordWriter writer;
  writer.U8(kLayout).I64(showing.at.value).Field(showing.what).Field(showing.who);
  writer.Field(showing.form).Field(showing.reason).Raw(showing.posting.bytes());
  writer.U32(showing.people).U32(static_cast<std::uint32_t>(showing.classes.size()));
  for (const ShownClass& shown : showing.classes) writer.U32(shown.class_id).Field(shown.form);
  return writer.bytes();
}

StatusOr<Showing> DecodeShowing(ByteSpan plain, std::uint64_t sequence) {
  RecordReader reader(plain);
  const std::uint8_t layout = reader.U8();
  Showing showing;
  showing.at = {reader.I64()};
  showing.what = reader.Text(kMaxTextBytes);
  showing.who = reader.Text(kMaxTextBytes);
  showing.form = reader.Text(kMaxTextBytes);
  showing.reason = reader.Text(kMaxTextBytes);
  const ByteSpan posting = reader.Raw(model::PostingId::kSizeBytes);
  showing.people = reader.U32();
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    ShownClass& shown = showing.classes.emplace_back();
    shown.class_id = reader.U32();
    shown.form = reader.Text(kMaxTextBytes);
  }
  NOREN_RETURN_IF_ERROR(Finish(reader, layout));
  NOREN_ASSIGN_OR_RETURN(showing.posting, model::PostingId::FromBytes(posting));
  showing.sequence = sequence;
  return showing;
}

personal_data::Disclosure DisclosureOf(const Showing& showing, std::string_view form) {
  personal_data::Disclosure shown;
  shown.at = showing.at;
  shown.what = showing.what;
  shown.who = showing.who;
  shown.form = std::string(form);
  shown.reason = showing.reason;
  shown.posting = showing.posting;
  shown.people = showing.people;
  shown.audit_sequence = showing.sequence;
  return shown;
}

Bytes EncodeClassOfPerson(const ClassOfPerson& of) {
  return RecordWriter().U8(kLayout).U32(of.class_id).I64(of.hidden_from.value).bytes();
}

StatusOr<ClassOfPerson> DecodeClassOfPerson(ByteSpan plain) {
  RecordReader reader(plain);
  const std::uint8_t layout = reader.U8();
  ClassOfPerson of;
  of.class_id = reader.U32();
  of.hidden_from = {reader.I64()};
  NOREN_RETURN_IF_ERROR(Finish(reader, layout));
  return of;
}

Bytes EncodeSequences(const std::vector<std::uint64_t>& sequences) {
  RecordWriter writer;
  writer.U8(kLayout).U32(static_cast<std::uint32_t>(sequences.size()));
  for (const std::uint64_t sequence : sequences) writer.U64(sequence);
  return writer.bytes();
}

StatusOr<std::vector<std::uint64_t>> DecodeSequences(ByteSpan plain) {
  RecordReader reader(plain);
  const std::uint8_t layout = reader.U8();
  const std::uint32_t count = reader.U32();
  std::vector<std::uint64_t> sequences;
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) sequences.push_back(reader.U64());
  NOREN_RETURN_IF_ERROR(Finish(reader, layout));
  return sequences;
}

Bytes EncodePeople(const std::vector<model::PersonId>& people) {
  RecordWriter writer;
  writer.U8(kLayout).U32(static_cast<std::uint32_t>(people.size()));
  for (const model::PersonId& person : people) writer.Raw(person.bytes());
  return writer.bytes();
}

StatusOr<std::vector<model::PersonId>> DecodePeople(ByteSpan plain) {
  RecordReader reader(plain);
  const std::uint8_t layout = reader.U8();
  const std::uint32_t count = reader.U32();
  std::vector<model::PersonId> people;
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    const auto person = model::PersonId::FromBytes(reader.Raw(model::PersonId::kSizeBytes));
    if (!person.ok()) return Damaged();
    people.push_back(*person);
  }
  NOREN_RETURN_IF_ERROR(Finish(reader, layout));
  return people;
}

Bytes SealForStore(ServiceContext& context, std::string_view keyspace, const std::string& key,
                   ByteSpan plain, std::uint64_t version) {
  return storage::SealValue(context.keys.store_seal(), {keyspace, key}, version, plain,
                            context.random);
}

StatusOr<OpenedForStore> OpenForStore(ServiceContext& context, std::string_view keyspace,
                                      const std::string& key, ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(storage::OpenedValue opened,
                         storage::OpenValue(context.keys.store_seal(), {keyspace, key}, stored));
  return OpenedForStore{std::move(opened.plaintext), opened.version};
}

StatusOr<Showing> OpenShowing(ServiceContext& context, std::string_view keyspace,
                              const std::string& key, ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const OpenedForStore opened, OpenForStore(context, keyspace, key, stored));
  return DecodeShowing(opened.plain, opened.version);
}

}  // namespace noren::operations
