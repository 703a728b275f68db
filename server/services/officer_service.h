// The service "officer": what the privacy officer does; never the contents of a resume.
// Each method: parse, one operation, convert. Methods throw wire::ServiceError, as the generated
// processor expects.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "gen-cpp/OfficerService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class OfficerService final : public wire::OfficerServiceIf {
 public:
  // Both must outlive the service.
  OfficerService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void status(wire::Status& answer) override;
  void list_erasure_requests(std::vector<wire::ErasureRequest>& answer) override;
  void destroy(wire::DestroyAnswer& answer, const wire::DestroyRequest& request) override;
  void checkpoint(wire::Checkpoint& answer) override;
  void audit_entries(wire::AuditEntries& answer, std::int64_t first, std::int32_t limit) override;
  void inclusion_proof(std::vector<std::string>& answer, std::int64_t sequence,
                       std::int64_t tree_size) override;
  void consistency_proof(std::vector<std::string>& answer, std::int64_t first_size,
                         std::int64_t second_size) override;
  void access_log(wire::AccessPage& answer, const wire::PageRequest& page) override;
  void register_company(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                        const wire::Company& company) override;
  void end_company(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                   const std::string& company) override;
  void list_companies(wire::CompanyList& answer, const wire::PageRequest& page) override;
  void new_card_epoch(wire::AuditPosition& answer, const wire::Idempotency& idempotency) override;
  void create_backup(wire::BackupAnswer& answer, const wire::Idempotency& idempotency) override;
  void confirm_clock(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                     std::int64_t unix_seconds) override;
  void enrolment_key_versions(std::vector<wire::EnrolmentKey>& answer) override;
  void rotate_enrolment_key(wire::RotateAnswer& answer,
                            const wire::Idempotency& idempotency) override;
  void retire_enrolment_key(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                            std::int32_t version) override;
  void list_reviews(wire::ReviewPage& answer, const wire::PageRequest& page,
                    bool open_only) override;
  void decide_review(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                     const std::string& review, const std::string& decision) override;

  // Who may call at all: access_calls.cc.
  void list_caller_locks(std::vector<wire::CallerLock>& answer) override;
  void unlock_caller(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                     const std::string& caller) override;
  void trim_access_log(wire::TrimAnswer& answer, const wire::Idempotency& idempotency,
                       const std::string& before) override;
  void policy_in_force(wire::PolicyInForce& answer) override;
  void acknowledge_policy(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                          const std::string& digest) override;

  // Forms of companies: form_calls.cc.
  void list_waiting_forms(wire::FormPage& answer, const wire::PageRequest& page) override;
  void read_form(wire::CompanyForm& answer, const std::string& posting) override;
  void review_form(wire::AuditPosition& answer, const wire::ReviewForm& request) override;

  // After releases: after_release_calls.cc.
  void list_provisions(wire::ProvisionPage& answer, std::int64_t from_time, std::int64_t to_time,
                       const std::string& language, const wire::PageRequest& page) override;
  void list_duties(wire::DutyPage& answer, bool overdue_only,
                   const wire::PageRequest& page) override;
  void list_questions(wire::QuestionPage& answer, const wire::PageRequest& page) override;
  void answer_question(wire::AuditPosition& answer, const wire::QuestionAnswer& request) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
