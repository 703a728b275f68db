// The service "contact": announcements and contacts, of privacy officers.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gen-cpp/ContactService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class ContactService final : public wire::ContactServiceIf {
 public:
  // Both must outlive the service.
  ContactService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void announce(wire::QueuedAnnouncement& answer, const wire::Announce& request) override;
  void run_announcement(wire::Announcement& answer, const std::string& announcement,
                        std::int32_t limit) override;
  void list_announcements(wire::AnnouncementPage& answer, const wire::PageRequest& page) override;
  void record_contact(wire::RecordedContact& answer, const wire::RecordContact& request) override;
  void close_contact(wire::AuditPosition& answer, const wire::CloseContact& request) override;
  void list_contacts(wire::PersonContacts& answer, const std::string& person) override;
  void declare_notice_change(wire::AuditPosition& answer,
                             const wire::DeclareNoticeChange& request) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
