// The service "people": what holds of a person from a day on, of privacy officers and portals.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gen-cpp/PeopleService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class PeopleService final : public wire::PeopleServiceIf {
 public:
  // Both must outlive the service.
  PeopleService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void set_person_kind(wire::AuditPosition& answer, const wire::SetPersonKind& request) override;
  void read_person_kinds(wire::PersonKinds& answer, const std::string& person) override;
  void use_for_purpose(wire::AuditPosition& answer, const std::string& person,
                       const std::string& purpose) override;
  void record_origin(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                     const std::string& person, const std::string& member) override;
  void permit_partner(wire::AuditPosition& answer, const wire::PermitPartner& request) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
