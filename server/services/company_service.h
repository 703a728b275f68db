// The service "company": cards before consent, applicants and releases after it.
// Each method: parse, one operation, convert. Methods throw wire::ServiceError, as the generated
// processor expects.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gen-cpp/CompanyService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class CompanyService final : public wire::CompanyServiceIf {
 public:
  // Both must outlive the service.
  CompanyService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void add_key(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
               const std::string& recipient) override;
  void list_postings(wire::CompanyPostingPage& answer, const wire::PageRequest& page) override;
  // Forms: form_calls.cc.
  void put_form(wire::PutFormAnswer& answer, const wire::Idempotency& idempotency,
                const std::string& posting,
                const std::vector<wire::FormQuestion>& questions) override;
  void read_form(wire::CompanyForm& answer, const std::string& posting) override;
  void list_cards(wire::CardPage& answer, const std::string& posting,
                  const wire::PageRequest& page) override;
  void invite(wire::AuditPosition& answer, const wire::InviteRequest& request) override;
  void list_applicants(wire::ApplicantPage& answer, const std::string& posting,
                       const wire::PageRequest& page) override;
  void explain(wire::Explanation& answer, const std::string& candidate) override;
  void collect_release(wire::Release& answer, const wire::CollectRequest& request) override;
  void read_payload(std::string& answer, const std::string& release, const std::string& item,
                    std::int64_t offset) override;
  void list_withdrawals(std::vector<wire::Withdrawal>& answer) override;
  void acknowledge_withdrawal(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                              const std::string& candidate) override;

  void leave(wire::AuditPosition& answer, const wire::Idempotency& idempotency) override;

  // After releases: company_after_release.cc.
  void add_signer(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                  const wire::Signer& signer) override;
  void list_duties(wire::DutyPage& answer, bool overdue_only,
                   const wire::PageRequest& page) override;
  void acknowledge_duty(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                        const std::string& duty,
                        const wire::SignedStatement& acknowledgement) override;
  void reject(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
              const std::string& candidate, const wire::SignedStatement& decision) override;
  void list_questions(wire::QuestionPage& answer, const wire::PageRequest& page) override;
  void answer_question(wire::AuditPosition& answer, const wire::QuestionAnswer& request) override;
  void read_events(wire::EventPage& answer, std::int64_t after, std::int32_t limit) override;
  void acknowledge_events(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                          std::int64_t position) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
