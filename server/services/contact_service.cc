// SPDX-License-Identifier: Apache-2.0
#include "server/services/contact_service.h"

#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/announcements.h"
#include "engine/operations/contacts.h"
#include "engine/operations/notice_changes.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_contact.h"
#include "server/services/wire_destruction.h"

namespace noren::server {
namespace {

using model::ErrorCode;
using model::MakeFieldError;
using operations::Call;

StatusOr<Hash256> DigestFromWire(const std::string& bytes, std::string_view field) {
  Hash256 digest{};
  if (bytes.size() != digest.size()) return MakeFieldError(ErrorCode::kBadRequest, field);
  std::ranges::copy(AsBytes(bytes), digest.begin());
  return digest;
}

}  // namespace

void ContactService::announce(wire::QueuedAnnouncement& answer, const wire::Announce& request) {
  calls_.Run("contact.announce", [&](const Call& call) -> noren::Status {
    const auto kind = operations::FindAnnouncementKind(request.kind);
    if (!kind) return MakeFieldError(ErrorCode::kBadRequest, "kind", "purpose or processor");
    NOREN_ASSIGN_OR_RETURN(const auto queued,
                           operations::Announce(calls_.operations(), call,
                                                {request.idempotency.key, *kind, request.purpose,
                                                 request.subject, request.about, request.text}));
    answer.announcement = queued.announcement.ToString();
    answer.audit = server::ToWire(queued.position);
    return OkStatus();
  });
}

void ContactService::run_announcement(wire::Announcement& answer, const std::string& announcement,
                                      const std::int32_t limit) {
  calls_.Run("contact.run_announcement", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           ParseId<operations::AnnouncementId>(announcement, "announcement"));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t count, CountFromWire(limit, "limit"));
    NOREN_ASSIGN_OR_RETURN(const auto record,
                           operations::RunAnnouncement(calls_.operations(), call, id, count));
    answer = server::ToWire(record);
    return OkStatus();
  });
}

void ContactService::list_announcements(wire::AnnouncementPage& answer,
                                        const wire::PageRequest& page) {
  calls_.Run("contact.list_announcements", [&](const Call& call) -> noren::Status {
    const Listing listing = calls_.ListingOf("contact.list_announcements", "");
    NOREN_ASSIGN_OR_RETURN(const std::size_t limit, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(const auto records,
                           operations::ListAnnouncements(calls_.operations(), call));
    const PageRange range = RangeOf(position.offset, limit, records.size());
    for (std::size_t i = range.begin; i < range.end; ++i)
      answer.announcements.push_back(server::ToWire(records[i]));
    if (range.has_more) answer.next_cursor = calls_.cursors().Seal(listing, {range.end, ""});
    return OkStatus();
  });
}

void ContactService::record_contact(wire::RecordedContact& answer,
                                    const wire::RecordContact& request) {
  calls_.Run("contact.record_contact", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto person, NamedPersonFromWire(request.person, "person"));
    NOREN_ASSIGN_OR_RETURN(const auto recorded,
                           operations::RecordContact(
                               calls_.operations(), call,
                               {request.idempotency.key, person, request.purpose, request.about}));
    answer.contact = recorded.contact.ToString();
    answer.audit = server::ToWire(recorded.position);
    return OkStatus();
  });
}

void ContactService::close_contact(wire::AuditPosition& answer, const wire::CloseContact& request) {
  calls_.Run("contact.close_contact", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto person, NamedPersonFromWire(request.person, "person"));
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           ParseId<operations::ContactId>(request.contact, "contact"));
    const auto mark = operations::FindContactMark(request.mark);
    if (!mark) return MakeFieldError(ErrorCode::kBadRequest, "mark", "unchanged or changed");
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::CloseContact(calls_.operations(), call,
                                                    {request.idempotency.key, person, id, *mark}));
    answer = server::ToWire(position);
    return OkStatus();
  });
}

void ContactService::list_contacts(wire::PersonContacts& answer, const std::string& person) {
  calls_.Run("contact.list_contacts", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto named, NamedPersonFromWire(person, "person"));
    NOREN_ASSIGN_OR_RETURN(const auto contacts,
                           operations::ListContacts(calls_.operations(), call, named));
    answer = server::ToWire(contacts);
    return OkStatus();
  });
}

void ContactService::declare_notice_change(wire::AuditPosition& answer,
                                           const wire::DeclareNoticeChange& request) {
  calls_.Run("contact.declare_notice_change", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const Hash256 from,
                           DigestFromWire(request.notice_sha256, "notice_sha256"));
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::DeclareNoticeChange(calls_.operations(), call,
                                        {request.idempotency.key, from, request.reason}));
    answer = server::ToWire(position);
    return OkStatus();
  });
}

}  // namespace noren::server
