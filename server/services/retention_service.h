// The service "retention": how long people are kept, of privacy officers.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gen-cpp/RetentionService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class RetentionService final : public wire::RetentionServiceIf {
 public:
  // Both must outlive the service.
  RetentionService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void list_retention(wire::RetentionPage& answer, const std::string& filter,
                      const std::string& from_day, const std::string& to_day,
                      const wire::PageRequest& page) override;
  void list_company_retention(std::vector<wire::CompanyRetention>& answer) override;
  void note_retention(wire::AuditPosition& answer, const wire::NoteRetention& request) override;
  void plan_retention(wire::DestructionPlan& answer, const wire::PlanRetention& request) override;
  void run_retention(wire::RetentionRun& answer) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
