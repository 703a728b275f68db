// The service "portal": a portal's own people and postings.
// Each method: parse, one operation, convert. Methods throw wire::ServiceError, as the generated
// processor expects.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gen-cpp/PortalService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class PortalService final : public wire::PortalServiceIf {
 public:
  // Both must outlive the service.
  PortalService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void register_seeker(wire::RegisterSeekerAnswer& answer,
                       const wire::RegisterSeekerRequest& request) override;
  void enrolment_keys(std::vector<wire::EnrolmentKey>& answer) override;
  void evaluate(wire::EvaluateAnswer& answer, const wire::EvaluateRequest& request) override;
  void get_seeker(wire::SeekerSummary& answer, const std::string& handle) override;
  void begin_item(std::string& answer, const wire::BeginItemRequest& request) override;
  std::int64_t append_item(const std::string& upload, std::int64_t offset,
                           const std::string& chunk) override;
  void finish_item(wire::ItemAnswer& answer, const wire::FinishItemRequest& request) override;
  void register_posting(wire::RegisterPostingAnswer& answer,
                        const wire::RegisterPostingRequest& request) override;
  void register_posting_document(wire::RegisterPostingAnswer& answer,
                                 const wire::Idempotency& idempotency,
                                 const std::string& document) override;
  void read_form(wire::CompanyForm& answer, const std::string& posting) override;
  void answer_form(wire::ItemAnswer& answer, const wire::AnswerForm& request) override;
  void state_letter_facts(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                          const std::string& handle, const wire::LetterFacts& facts) override;
  void site_policy(wire::SitePolicy& answer) override;
  void list_open_postings(wire::OpenPostingPage& answer, const wire::PageRequest& page) override;
  void close_posting(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                     const std::string& posting) override;
  void rank_candidates(wire::RankingAnswer& answer, const std::string& posting,
                       std::int32_t k) override;
  void rank_postings(wire::PostingRankingAnswer& answer, const std::string& handle,
                     std::int32_t k) override;
  void explain(wire::Explanation& answer, const std::string& posting,
               const std::string& handle) override;

  // After releases: after_release_calls.cc.
  void read_events(wire::EventPage& answer, std::int64_t after, std::int32_t limit) override;
  void read_announcement(wire::Announcement& answer, const std::string& announcement) override;
  void acknowledge_events(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                          std::int64_t position) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
