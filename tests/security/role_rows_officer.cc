// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/access_log_trim.h"
#include "engine/operations/acknowledgements.h"
#include "engine/operations/backup.h"
#include "engine/operations/caller_locks.h"
#include "engine/operations/company_forms.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/enrolment_keys.h"
#include "engine/operations/enrolment_reviews.h"
#include "engine/operations/handler_cases.h"
#include "engine/operations/handler_reviews.h"
#include "engine/operations/letter_facts.h"
#include "engine/operations/media.h"
#include "engine/operations/record_origin.h"
#include "engine/operations/register_company.h"
#include "engine/operations/register_tables.h"
#include "engine/operations/statistics.h"
#include "tests/security/role_rows.h"

namespace noren::operations {

using model::Role;

namespace {

// A source that a backup never gets to in these tests: the folder is not configured.
class NoBackupSource final : public storage::BackupSource {
 public:
  Status Checkpoint(const std::string&) override { return Unavailable("no source"); }
};

}  // namespace

std::vector<OperationRow> StatisticsOperations() {
  return {
      {"begin_edition", Role::kOfficer,
       [](World& w, const Call& call) {
         return BeginEdition(w.service.context(), call, {"a key", ""}).status();
       }},
      {"count_edition", Role::kOfficer,
       [](World& w, const Call& call) {
         return CountEdition(w.service.context(), call, {"seeker", 1}, 1).status();
       }},
      {"list_figures_released", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListFiguresReleased(w.service.context(), call, {"seeker", 1}).status();
       }},
      {"read_figures", Role::kAnalyst,
       [](World& w, const Call& call) {
         return ReadFigures(w.service.context(), call,
                            {{"seeker", 1}, {"region"}, {}, "operator", "statistics"})
             .status();
       }},
  };
}

std::vector<OperationRow> OfficerMedia() {
  return {
      {"put_on_medium", Role::kOfficer,
       [](World& w, const Call& call) {
         return PutOnMedium(w.service.context(), call, {}).status();
       }},
      {"open_medium_package", Role::kOfficer,
       [](World& w, const Call& call) {
         return OpenMediumPackage(w.service.context(), call, {}).status();
       }},
      {"lose_medium", Role::kOfficer,
       [](World& w, const Call& call) {
         return LoseMedium(w.service.context(), call, {w.service.NextKey(), "M1", {}}).status();
       }},
      {"list_affected", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListAffected(w.service.context(), call, {}).status();
       }},
  };
}

std::vector<OperationRow> OfficerRegisters() {
  return {
      {"open_case", Role::kOfficer,
       [](World& w, const Call& call) {
         return OpenCase(w.service.context(), call, {w.service.NextKey(), "", "", {}, ""}).status();
       }},
      {"review_handlers", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReviewHandlers(w.service.context(), call, "").status();
       }},
      {"add_register_entry", Role::kOfficer,
       [](World& w, const Call& call) {
         AddRegisterEntryRequest request;
         request.idempotency_key = w.service.NextKey();
         request.step = "confirmed";
         request.fields = {{"evidence", "plan 3"}};
         return AddRegisterEntry(w.service.context(), call, request).status();
       }},
      {"read_register", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReadRegister(w.service.context(), call, {"training", {0}, {1}}).status();
       }},
      {"list_due", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListDue(w.service.context(), call, model::Language::kEnglish).status();
       }},
      {"register_company", Role::kOfficer,
       [](World& w, const Call& call) {
         return RegisterCompany(w.service.context(), call, w.service.NextKey(), {}).status();
       }},
      {"list_companies", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListCompanies(w.service.context(), call, "", 10).status();
       }},
      {"new_card_epoch", Role::kOfficer,
       [](World& w, const Call& call) {
         return w.service.context()
             .card_epochs.Renew(w.service.context(), call, w.service.NextKey())
             .status();
       }},
      {"rotate_enrolment_key", Role::kOfficer,
       [](World& w, const Call& call) {
         return RotateEnrolmentKey(w.service.context(), call, w.service.NextKey()).status();
       }},
      {"retire_enrolment_key", Role::kOfficer,
       [](World& w, const Call& call) {
         return RetireEnrolmentKey(w.service.context(), call, w.service.NextKey(), 1).status();
       }},
      {"list_reviews", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListReviews(w.service.context(), call, {}).status();
       }},
      {"decide_review", Role::kOfficer,
       [](World& w, const Call& call) {
         return DecideReview(w.service.context(), call, w.service.NextKey(), {},
                             ReviewDecision::kMerge)
             .status();
       }},
      {"create_backup", Role::kOfficer,
       [](World& w, const Call& call) {
         NoBackupSource source;
         return CreateBackup(w.service.context(), call, {source, source, "", ""},
                             w.service.NextKey())
             .status();
       }},
  };
}

std::vector<OperationRow> MembershipOperations() {
  return {
      {"leave", Role::kCompany,
       [](World& w, const Call& call) {
         return LeaveAsCompany(w.service.context(), call, w.service.NextKey()).status();
       }},
      {"end_company", Role::kOfficer,
       [](World& w, const Call& call) {
         return EndCompany(w.service.context(), call, w.service.NextKey(), "hangang-care").status();
       }},
      {"list_company_retention", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListCompanyRetention(w.service.context(), call).status();
       }},
      {"record_origin", Role::kOfficer,
       [](World& w, const Call& call) {
         return RecordOrigin(w.service.context(), call,
                             {w.service.NextKey(),
                              {w.service.portal().principal.name, w.person->handle},
                              "a subsidiary"})
             .status();
       }},
  };
}

std::vector<OperationRow> OfficerAccess() {
  return {
      {"list_caller_locks", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListCallerLocks(w.service.context(), call).status();
       }},
      {"unlock_caller", Role::kOfficer,
       [](World& w, const Call& call) {
         return UnlockCaller(w.service.context(), call, w.service.NextKey(), "x").status();
       }},
      {"trim_access_log", Role::kOfficer,
       [](World& w, const Call& call) {
         return TrimAccessLog(w.service.context(), call, {w.service.NextKey(), {}}).status();
       }},
      {"list_waiting_forms", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListWaitingForms(w.service.context(), call, std::nullopt, 10).status();
       }},
      {"review_form", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReviewCompanyForm(w.service.context(), call,
                                  {w.service.NextKey(), {}, 1, false, "x"})
             .status();
       }},
      {"link_letter", Role::kOfficer,
       [](World& w, const Call& call) {
         return LinkLetter(w.service.context(), call, {w.service.NextKey(), {}, {}}).status();
       }},
      {"read_policy_in_force", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReadPolicyInForce(w.service.context(), call).status();
       }},
      {"acknowledge_policy", Role::kOfficer,
       [](World& w, const Call& call) {
         return AcknowledgePolicy(w.service.context(), call, w.service.NextKey(), {}).status();
       }},
  };
}

}  // namespace noren::operations
