// SPDX-License-Identifier: Apache-2.0
#include "server/services/wire_contact.h"

namespace noren::server {
namespace {

wire::Contact ContactToWire(const operations::ContactRecord& record) {
  wire::Contact answer;
  answer.contact = record.contact.ToString();
  answer.kind = std::string(operations::ContactKindName(record.kind));
  answer.purpose = record.purpose;
  answer.about = record.about;
  answer.by = record.by;
  answer.at = record.at.value;
  if (!record.item.is_none()) answer.item = record.item.ToString();
  answer.item_version = static_cast<std::int64_t>(record.item_version);
  answer.closed_at = record.closed_at ? record.closed_at->value : 0;
  answer.mark = std::string(operations::ContactMarkName(record.mark));
  return answer;
}

}  // namespace

wire::Announcement ToWire(const operations::AnnouncementRecord& record) {
  wire::Announcement answer;
  answer.announcement = record.announcement.ToString();
  answer.kind = std::string(operations::AnnouncementKindName(record.kind));
  answer.purpose = record.purpose;
  answer.subject = record.subject;
  answer.about = record.about;
  answer.text = record.text;
  answer.queued_by = record.queued_by;
  answer.queued_at = record.queued_at.value;
  answer.done_at = record.done_at ? record.done_at->value : 0;
  answer.told = static_cast<std::int64_t>(record.told);
  for (const auto& [reason, count] : record.left_out)
    answer.left_out[reason] = static_cast<std::int64_t>(count);
  return answer;
}

wire::PersonContacts ToWire(const operations::ContactsOfPerson& contacts) {
  wire::PersonContacts answer;
  for (const operations::ContactRecord& record : contacts.contacts)
    answer.contacts.push_back(ContactToWire(record));
  answer.unsubscribed = contacts.unsubscribed;
  if (contacts.last_confirmed) answer.last_confirmed = model::ToIso(*contacts.last_confirmed);
  return answer;
}

}  // namespace noren::server
