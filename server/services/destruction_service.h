// The service "destruction": plans, approvals and executions, and legal holds, of privacy officers.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gen-cpp/DestructionService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class DestructionService final : public wire::DestructionServiceIf {
 public:
  // Both must outlive the service.
  DestructionService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void plan_destruction(wire::DestructionPlan& answer,
                        const wire::PlanDestruction& request) override;
  void show_plan(wire::DestructionPlan& answer, const std::string& plan) override;
  void list_plans(wire::PlanPage& answer, const wire::PageRequest& page) override;
  void approve_destruction(wire::AuditPosition& answer,
                           const wire::ApproveDestruction& request) override;
  void execute_destruction(wire::ExecutionProgress& answer, const std::string& plan) override;
  void list_destruction_receipts(wire::ReceiptPage& answer, const wire::PageRequest& page) override;
  void destruction_receipt_bundle(std::string& answer, const std::string& receipt) override;
  void place_hold(wire::PlacedHold& answer, const wire::PlaceHold& request) override;
  void list_holds(wire::HoldPage& answer, const wire::PageRequest& page) override;
  void release_hold(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                    const std::string& hold, const std::string& reason) override;
  void open_held(wire::OpenedHeld& answer, const wire::OpenHeld& request) override;
  void read_held(std::string& answer, const std::string& hold, const std::string& item,
                 std::int64_t offset) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
