// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/contact_record.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxWordBytes = 128;
constexpr std::size_t kMaxKeyBytes = 128;
constexpr std::size_t kMaxReasonBytes = 300;

void WriteTime(const std::optional<UnixSeconds>& at, RecordWriter& writer) {
  writer.U8(at ? 1 : 0).I64(at.value_or(UnixSeconds{}).value);
}

// False: damaged.
bool ReadTime(RecordReader& reader, std::optional<UnixSeconds>& at) {
  const std::uint8_t has = reader.U8();
  const UnixSeconds time{reader.I64()};
  if (has == 1) at = time;
  return has == 1 || (has == 0 && time == UnixSeconds{});
}

bool IsKind(std::uint8_t kind, std::uint8_t last) { return kind >= 1 && kind <= last; }

}  // namespace

std::string_view AnnouncementKindName(AnnouncementKind kind) {
  return kind == AnnouncementKind::kProcessor ? "processor" : "purpose";
}
std::optional<AnnouncementKind> FindAnnouncementKind(std::string_view name) {
  if (name == "purpose") return AnnouncementKind::kPurpose;
  if (name == "processor") return AnnouncementKind::kProcessor;
  return std::nullopt;
}

std::string AnnouncementKey(const AnnouncementId& announcement) {
  return std::string(keyspaces::kAnnouncement) + HexEncode(announcement.bytes());
}

Bytes EncodeAnnouncement(const AnnouncementRecord& record) {
  RecordWriter writer;
  writer.U8(kFormat).U8(static_cast<std::uint8_t>(record.kind)).Field(record.purpose);
  writer.Field(record.subject).Field(record.about).Field(record.text).Field(record.queued_by);
  writer.I64(record.queued_at.value).Raw(record.policy).Field(record.after);
  WriteTime(record.done_at, writer);
  writer.U64(record.told).U8(static_cast<std::uint8_t>(record.left_out.size()));
  for (const auto& [reason, count] : record.left_out) writer.Field(reason).U64(count);
  return writer.Take();
}

StatusOr<AnnouncementRecord> DecodeAnnouncement(const AnnouncementId& id, ByteSpan plaintext) {
  RecordReader reader(plaintext);
  AnnouncementRecord record;
  record.announcement = id;
  const std::uint8_t format = reader.U8();
  const std::uint8_t kind = reader.U8();
  record.kind = static_cast<AnnouncementKind>(kind);
  record.purpose = reader.Text(kMaxWordBytes);
  record.subject = reader.Text(kMaxWordBytes);
  record.about = reader.Text(kMaxAboutBytes);
  record.text = reader.Text(kMaxAnnouncementTextBytes);
  record.queued_by = reader.Text(kMaxWordBytes);
  record.queued_at = {reader.I64()};
  const ByteSpan policy = reader.Raw(record.policy.size());
  if (policy.size() == record.policy.size()) std::ranges::copy(policy, record.policy.begin());
  record.after = reader.Text(kMaxKeyBytes);
  const bool has_time = ReadTime(reader, record.done_at);
  record.told = reader.U64();
  const std::uint8_t reasons = reader.U8();
  for (std::uint8_t i = 0; i < reasons && reader.ok(); ++i) {
    std::string reason = reader.Text(kMaxReasonBytes);
    record.left_out[std::move(reason)] = reader.U64();
  }
  const bool is_whole = reader.Finish().ok() && format == kFormat && has_time && IsKind(kind, 2) &&
                        record.left_out.size() == reasons;
  if (!is_whole) return MakeError(ErrorCode::kDataCorrupt, "announcement");
  return record;
}

std::string_view ContactKindName(ContactKind kind) {
  if (kind == ContactKind::kTold) return "told";
  return kind == ContactKind::kTalk ? "talk" : "leaving";
}
std::string_view ContactMarkName(ContactMark mark) {
  if (mark == ContactMark::kNone) return "";
  return mark == ContactMark::kChanged ? "changed" : "unchanged";
}
std::optional<ContactMark> FindContactMark(std::string_view name) {
  for (const ContactMark mark :
       {ContactMark::kNone, ContactMark::kUnchanged, ContactMark::kChanged}) {
    if (ContactMarkName(mark) == name) return mark;
  }
  return std::nullopt;
}

std::string ContactPrefix(const model::PersonId& person) {
  return std::string(keyspaces::kContact) + HexEncode(person.bytes()) + "/";
}
std::string ContactKey(const model::PersonId& person, const ContactId& contact) {
  return ContactPrefix(person) + HexEncode(contact.bytes());
}

Bytes EncodeContact(const ContactRecord& record) {
  RecordWriter writer;
  writer.U8(kFormat).U8(static_cast<std::uint8_t>(record.kind)).Field(record.purpose);
  writer.Field(record.about).Field(record.by).I64(record.at.value).Raw(record.item.bytes());
  writer.U64(record.item_version);
  WriteTime(record.closed_at, writer);
  writer.U8(static_cast<std::uint8_t>(record.mark));
  return writer.Take();
}

StatusOr<ContactRecord> DecodeContact(const ContactId& id, ByteSpan plaintext) {
  const Status damaged = MakeError(ErrorCode::kDataCorrupt, "contact");
  RecordReader reader(plaintext);
  ContactRecord record;
  record.contact = id;
  const std::uint8_t format = reader.U8();
  const std::uint8_t kind = reader.U8();
  record.kind = static_cast<ContactKind>(kind);
  record.purpose = reader.Text(kMaxWordBytes);
  record.about = reader.Text(kMaxAboutBytes);
  record.by = reader.Text(kMaxWordBytes);
  record.at = {reader.I64()};
  const ByteSpan item = reader.Raw(model::ItemId::kSizeBytes);
  record.item_version = reader.U64();
  const bool has_time = ReadTime(reader, record.closed_at);
  const std::uint8_t mark = reader.U8();
  record.mark = static_cast<ContactMark>(mark);
  const bool is_whole =
      reader.Finish().ok() && format == kFormat && has_time && IsKind(kind, 3) && mark <= 2;
  if (!is_whole) return damaged;
  NOREN_ASSIGN_OR_RETURN(record.item, model::ItemId::FromBytes(item));
  return record;
}

Bytes SealContact(ServiceContext& context, const LoadedPerson& person,
                  const ContactRecord& record) {
  const std::string key = ContactKey(person.person, record.contact);
  return storage::SealValue(person.keys->records, {keyspaces::kContact, key}, 1,
                            EncodeContact(record), context.random);
}

namespace {

StatusOr<ContactRecord> OpenContact(const LoadedPerson& person, const std::string& key,
                                    ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const auto id, personal_data::keyspaces::IdOfKey<ContactId>(key, 1));
  const auto opened = storage::OpenValue(person.keys->records, {keyspaces::kContact, key}, stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "contact");
  return DecodeContact(id, opened->plaintext);
}

}  // namespace

StatusOr<std::optional<LoadedContact>> FindContact(ServiceContext& context,
                                                   const LoadedPerson& person,
                                                   const ContactId& contact) {
  const std::string key = ContactKey(person.person, contact);
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::optional<LoadedContact>();
  NOREN_ASSIGN_OR_RETURN(ContactRecord record, OpenContact(person, key, *stored));
  return std::optional(LoadedContact{std::move(record), *std::move(stored)});
}

StatusOr<std::vector<ContactRecord>> LoadContacts(ServiceContext& context,
                                                  const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, ContactPrefix(person.person)));
  std::vector<ContactRecord> contacts;
  for (const storage::KeyValue& one : stored) {
    NOREN_ASSIGN_OR_RETURN(contacts.emplace_back(), OpenContact(person, one.key, one.value));
  }
  std::ranges::sort(contacts, [](const ContactRecord& a, const ContactRecord& b) {
    return a.at != b.at ? a.at < b.at : a.contact < b.contact;
  });
  return contacts;
}

std::string UnsubscribedKey(const model::PersonId& person) {
  return std::string(keyspaces::kUnsubscribed) + HexEncode(person.bytes());
}

Bytes EncodeUnsubscribed(const std::vector<std::string>& purposes) {
  RecordWriter writer;
  writer.U8(kFormat).U8(static_cast<std::uint8_t>(purposes.size()));
  for (const std::string& purpose : purposes) writer.Field(purpose);
  return writer.Take();
}

StatusOr<std::vector<std::string>> DecodeUnsubscribed(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t format = reader.U8();
  const std::uint8_t count = reader.U8();
  std::vector<std::string> purposes;
  for (std::uint8_t i = 0; i < count && reader.ok(); ++i)
    purposes.push_back(reader.Text(kMaxWordBytes));
  const bool ascends =
      std::ranges::adjacent_find(purposes, std::ranges::greater_equal()) == purposes.end();
  if (!reader.Finish().ok() || format != kFormat || count > kMaxUnsubscribed || !ascends)
    return MakeError(ErrorCode::kDataCorrupt, "unsubscribed");
  return purposes;
}

StatusOr<Unsubscribed> LoadUnsubscribed(ServiceContext& context, const LoadedPerson& person) {
  const std::string key = UnsubscribedKey(person.person);
  Unsubscribed loaded;
  NOREN_ASSIGN_OR_RETURN(loaded.stored, ReadOne(context, key));
  if (!loaded.stored) return loaded;
  const auto opened =
      storage::OpenValue(person.keys->records, {keyspaces::kUnsubscribed, key}, *loaded.stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "unsubscribed");
  NOREN_ASSIGN_OR_RETURN(loaded.purposes, DecodeUnsubscribed(opened->plaintext));
  return loaded;
}

}  // namespace noren::operations
