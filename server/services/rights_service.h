// The service "rights": requests about one's own data, of privacy officers.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gen-cpp/RightsService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class RightsService final : public wire::RightsServiceIf {
 public:
  // Both must outlive the service.
  RightsService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void receive_right(wire::ReceivedRight& answer, const wire::ReceiveRight& request) override;
  void identify_requester(wire::ReceivedRight& answer, const wire::IdentifyRight& request) override;
  void decide_right(wire::DecidedRight& answer, const wire::DecideRight& request) override;
  void settle_right(wire::AuditPosition& answer, const wire::SettleRight& request) override;
  void destroy_right_papers(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                            const std::string& request, const std::string& method) override;
  void list_rights(wire::RightPage& answer, const std::string& filter,
                   const wire::PageRequest& page) override;
  void show_right(wire::Right& answer, const std::string& request) override;
  void write_right_letter(std::string& answer, const std::string& request,
                          const std::string& language, bool html) override;
  void answer_return_request(wire::StandardAnswer& answer, const wire::Idempotency& idempotency,
                             std::int64_t received_at, const std::string& language,
                             bool html) override;
  void ask_owner(wire::StandardAnswer& answer, const wire::AskOwner& request) override;
  void record_owner_answer(wire::AuditPosition& answer, const wire::OwnerAnswer& request) override;
  void seal_right_answer(wire::SealedAnswer& answer, const wire::SealAnswer& request) override;
  void link_letter(wire::LinkedLetter& answer, const wire::Idempotency& idempotency,
                   const std::string& request, const wire::LetterFacts& facts) override;
  void find_registrations(std::vector<wire::FoundRegistration>& answer,
                          const std::string& around) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
