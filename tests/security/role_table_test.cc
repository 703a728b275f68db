// Every operation against every role.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/block_employer.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/company_forms.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/duties.h"
#include "engine/operations/evaluate_elements.h"
#include "engine/operations/export_person.h"
#include "engine/operations/held_items.h"
#include "engine/operations/human_decisions.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/item_use.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/letter_facts.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/open_postings.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/posting_documents.h"
#include "engine/operations/provisions.h"
#include "engine/operations/questions.h"
#include "engine/operations/rank.h"
#include "engine/operations/read_exposures.h"
#include "engine/operations/register_company.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "engine/operations/site_policy.h"
#include "engine/operations/withdrawals.h"
#include "tests/security/role_rows.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::Role;

constexpr Role kAllRoles[] = {Role::kPortal,  Role::kPerson, Role::kCompany, Role::kAnalyst,
                              Role::kOfficer, Role::kSystem, Role::kHandler};

// What one posting, one letter and one site have.
std::vector<OperationRow> PortalTermsOperations() {
  return {{"put_form", Role::kCompany,
           [](World& w, const Call& call) {
             return PutCompanyForm(w.service.context(), call,
                                   {w.service.NextKey(), {}, {{"why", "why", false}}})
                 .status();
           }},
          {"answer_form", Role::kPortal,
           [](World& w, const Call& call) {
             return AnswerCompanyForm(w.service.context(), call,
                                      {w.service.NextKey(), w.person->handle, {}, 1, {}})
                 .status();
           }},
          {"state_letter_facts", Role::kPortal,
           [](World& w, const Call& call) {
             return StateLetterFacts(w.service.context(), call,
                                     {w.service.NextKey(), w.person->handle, {}})
                 .status();
           }},
          {"read_site_policy", Role::kPortal, [](World& w, const Call& call) {
             return ReadSitePolicy(w.service.context(), call).status();
           }}};
}

std::vector<OperationRow> PortalOperations() {
  return {
      {"register_seeker", Role::kPortal,
       [](World& w, const Call& call) {
         return RegisterSeeker(w.service.context(), call,
                               {w.service.NextKey(), "r", SomeProfile(2), std::nullopt,
                                "a@mail.example", "en"})
             .status();
       }},
      {"get_seeker", Role::kPortal,
       [](World& w, const Call& call) {
         return GetSeeker(w.service.context(), call, w.person->handle).status();
       }},
      {"begin_item", Role::kPortal,
       [](World& w, const Call& call) {
         return BeginItem(
                    w.service.context(), call,
                    {w.service.NextKey(), w.person->handle, model::ItemKind::kResume, "a/b", "x"})
             .status();
       }},
      {"append_item", Role::kPortal,
       [](World& w, const Call& call) {
         return AppendItem(w.service.context(), call, {}, 0, ToBytes("x")).status();
       }},
      {"finish_item", Role::kPortal,
       [](World& w, const Call& call) {
         return FinishItem(w.service.context(), call, {w.service.NextKey(), {}, 1, {}}).status();
       }},
      {"register_posting", Role::kPortal,
       [](World& w, const Call& call) {
         return RegisterPosting(w.service.context(), call,
                                {w.service.NextKey(), SomePosting("other")})
             .status();
       }},
      {"register_posting_document", Role::kPortal,
       [](World& w, const Call& call) {
         return RegisterPostingDocument(w.service.context(), call, w.service.NextKey(), "{}")
             .status();
       }},
      {"list_open_postings", Role::kPortal,
       [](World& w, const Call& call) {
         return ListOpenPostings(w.service.context(), call, std::nullopt, 10).status();
       }},
      {"evaluate_elements", Role::kPortal,
       [](World& w, const Call& call) {
         return EvaluateElements(w.service.context(), call, {w.service.NextKey(), Bytes(32)})
             .status();
       }},
      {"close_posting", Role::kPortal,
       [](World& w, const Call& call) {
         return ClosePosting(w.service.context(), call, w.service.NextKey(), w.posting).status();
       }},
      {"rank_candidates", Role::kPortal,
       [](World& w, const Call& call) {
         return RankCandidates(w.service.context(), call, w.posting, 3).status();
       }},
      {"rank_postings", Role::kPortal,
       [](World& w, const Call& call) {
         return RankPostings(w.service.context(), call, w.person->handle, 3).status();
       }},
      {"explain_pair", Role::kPortal,
       [](World& w, const Call& call) {
         return ExplainPair(w.service.context(), call, w.posting, w.person->handle).status();
       }},
  };
}

std::vector<OperationRow> PersonOperations() {
  return {
      {"prepare_act", Role::kPortal,
       [](World& w, const Call& call) {
         return PrepareAct(w.service.context(), call, "read", w.person->handle, {}).status();
       }},
      {"request_code", Role::kPortal,
       [](World& w, const Call& call) {
         return RequestCode(w.service.context(), call, w.person->handle, w.statement);
       }},
      {"set_discoverable", Role::kPortal,
       [](World& w, const Call& call) {
         return SetDiscoverable(w.service.context(), call, w.service.NextKey(), w.Act()).status();
       }},
      {"answer_invitation", Role::kPortal,
       [](World& w, const Call& call) {
         return AnswerInvitation(w.service.context(), call, w.service.NextKey(), w.Act()).status();
       }},
      {"withdraw", Role::kPortal,
       [](World& w, const Call& call) {
         return Withdraw(w.service.context(), call, w.service.NextKey(), w.Act()).status();
       }},
      {"block_employers", Role::kPortal,
       [](World& w, const Call& call) {
         return BlockEmployers(w.service.context(), call, w.service.NextKey(), w.Act()).status();
       }},
      {"unblock_employers", Role::kPortal,
       [](World& w, const Call& call) {
         return UnblockEmployers(w.service.context(), call, w.service.NextKey(), w.Act()).status();
       }},
      {"request_erasure", Role::kPortal,
       [](World& w, const Call& call) {
         return RequestErasure(w.service.context(), call, w.service.NextKey(), w.Act()).status();
       }},
      {"rewrap_consent", Role::kPortal,
       [](World& w, const Call& call) {
         return RewrapConsent(w.service.context(), call, w.service.NextKey(), w.Act()).status();
       }},
      {"read_own_item", Role::kPortal,
       [](World& w, const Call& call) {
         return ReadOwnItem(w.service.context(), call, w.person->handle, {}, 0).status();
       }},
  };
}

std::vector<OperationRow> PersonReadings() {
  return {
      {"list_exposures", Role::kPortal,
       [](World& w, const Call& call) {
         return ReadExposures(w.service.context(), call, w.Act(), {}, 10).status();
       }},
      {"list_exposures_on", Role::kPortal,
       [](World& w, const Call& call) {
         return ReadExposures(w.service.context(), call, w.Act(), {1, 1}, 10).status();
       }},
      {"export_own_record", Role::kPortal,
       [](World& w, const Call& call) {
         return ExportOwnRecord(w.service.context(), call, w.Act(), w.service.signer()).status();
       }},
      {"read_own_provisions", Role::kPortal,
       [](World& w, const Call& call) {
         return ReadOwnProvisions(w.service.context(), call, w.Act(), model::Language::kKorean)
             .status();
       }},
      {"ask_about_decision", Role::kPortal,
       [](World& w, const Call& call) {
         return AskAboutDecision(w.service.context(), call, w.service.NextKey(), w.Act()).status();
       }},
      {"read_own_decisions", Role::kPortal,
       [](World& w, const Call& call) {
         return ReadOwnDecisions(w.service.context(), call, w.Act()).status();
       }},
      {"read_own_record", Role::kPortal,
       [](World& w, const Call& call) {
         return ReadOwnRecord(w.service.context(), call, w.Act()).status();
       }},
  };
}

std::vector<OperationRow> CompanyOperations() {
  return {
      {"add_key", Role::kCompany,
       [](World& w, const Call& call) {
         return AddCompanyKey(
                    w.service.context(), call, w.service.NextKey(),
                    agefile::Identity::Generate(w.service.random()).recipient().ToString())
             .status();
       }},
      {"list_cards", Role::kCompany,
       [](World& w, const Call& call) {
         return ListCards(w.service.context(), call, w.posting, 0, 10).status();
       }},
      {"invite", Role::kCompany,
       [](World& w, const Call& call) {
         return InviteCandidates(w.service.context(), call,
                                 {w.service.NextKey(),
                                  w.posting,
                                  "card",
                                  1,
                                  {model::ItemKind::kResume},
                                  model::Purpose::kApplicationScreening,
                                  "Kim Minji"})
             .status();
       }},
      {"add_signer", Role::kCompany,
       [](World& w, const Call& call) {
         return AddSigner(w.service.context(), call, w.service.NextKey(),
                          {"Kim", "recruiter", {}, {}})
             .status();
       }},
      {"acknowledge_duty", Role::kCompany,
       [](World& w, const Call& call) {
         return AcknowledgeDuty(w.service.context(), call, {w.service.NextKey(), {}, "{}", {}})
             .status();
       }},
      {"reject", Role::kCompany,
       [](World& w, const Call& call) {
         return RejectCandidate(w.service.context(), call, {w.service.NextKey(), {}, {}}).status();
       }},
      {"list_candidates", Role::kCompany,
       [](World& w, const Call& call) {
         return ListApplicants(w.service.context(), call, w.posting).status();
       }},
      {"explain_candidate", Role::kCompany,
       [](World& w, const Call& call) {
         return ExplainCandidate(w.service.context(), call, {}).status();
       }},
      {"collect_release", Role::kCompany,
       [](World& w, const Call& call) {
         return CollectRelease(w.service.context(), call,
                               {w.service.NextKey(), {}, "o", "interview"})
             .status();
       }},
      {"read_payload", Role::kCompany,
       [](World& w, const Call& call) {
         return ReadPayload(w.service.context(), call, {}, {}, 0).status();
       }},
      {"list_withdrawals", Role::kCompany,
       [](World& w, const Call& call) {
         return ListWithdrawals(w.service.context(), call).status();
       }},
      {"acknowledge_withdrawal", Role::kCompany,
       [](World& w, const Call& call) {
         return AcknowledgeWithdrawal(w.service.context(), call, w.service.NextKey(), {}).status();
       }},
  };
}

std::vector<OperationRow> OfficerOperations() {
  return {
      {"status", Role::kOfficer,
       [](World& w, const Call& call) { return ReadStatus(w.service.context(), call).status(); }},
      {"audit_entries", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReadAuditEntries(w.service.context(), call, 1, 10).status();
       }},
      {"inclusion_proof", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReadInclusionProof(w.service.context(), call, 1, 1).status();
       }},
      {"consistency_proof", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReadConsistencyProof(w.service.context(), call, 1, 1).status();
       }},
      {"access_log", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReadAccessLog(w.service.context(), call, 0, 10).status();
       }},
      {"list_provisions", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListProvisions(w.service.context(), call, {{0}, {1}, {}, {}}).status();
       }},
      {"confirm_clock", Role::kOfficer,
       [](World& w, const Call& call) {
         return ConfirmClock(w.service.context(), call, w.service.NextKey(),
                             w.service.clock().Now())
             .status();
       }},
      {"erasure_requests", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListErasureRequests(w.service.context(), call).status();
       }},
      {"destroy", Role::kOfficer,
       [](World& w, const Call& call) {
         return DestroyPerson(w.service.context(), call, {w.service.NextKey(), {}, "some reason"})
             .status();
       }},
  };
}

std::vector<OperationRow> HandlerOperations() {
  return {
      {"use_items", Role::kHandler,
       [](World& w, const Call& call) { return UseItems(w.service.context(), call, {}).status(); }},
      {"read_used_item", Role::kHandler,
       [](World& w, const Call& call) {
         return ReadUsedItem(w.service.context(), call, Bytes(40, 7), {}, 0).status();
       }},
  };
}

std::vector<OperationRow> DestructionOperations() {
  return {
      {"dry_run_destruction", Role::kOfficer,
       [](World& w, const Call& call) {
         return DryRunDestruction(w.service.context(), call, {"", {}, "some reason"}).status();
       }},
      {"plan_destruction", Role::kOfficer,
       [](World& w, const Call& call) {
         return PlanDestruction(w.service.context(), call, {w.service.NextKey(), {}, "some reason"})
             .status();
       }},
      {"approve_destruction", Role::kOfficer,
       [](World& w, const Call& call) {
         return ApproveDestruction(w.service.context(), call, w.service.NextKey(), {}, {}).status();
       }},
      {"execute_destruction", Role::kOfficer,
       [](World& w, const Call& call) {
         return ExecuteDestruction(w.service.context(), call, {}, 1).status();
       }},
      {"list_plans", Role::kOfficer,
       [](World& w, const Call& call) { return ListPlans(w.service.context(), call).status(); }},
      {"read_plan", Role::kOfficer,
       [](World& w, const Call& call) { return ReadPlan(w.service.context(), call, {}).status(); }},
      {"list_run_receipts", Role::kOfficer,
       [](World& w, const Call& call) {
         return ListRunReceipts(w.service.context(), call).status();
       }},
      {"prove_run_receipt", Role::kOfficer,
       [](World& w, const Call& call) {
         return ProveRunReceipt(w.service.context(), call, {}).status();
       }},
      {"place_hold", Role::kOfficer,
       [](World& w, const Call& call) {
         return PlaceHold(w.service.context(), call, {}).status();
       }},
      {"list_holds", Role::kOfficer,
       [](World& w, const Call& call) { return ListHolds(w.service.context(), call).status(); }},
      {"release_hold", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReleaseHold(w.service.context(), call, w.service.NextKey(), {}, "why").status();
       }},
      {"open_held_item", Role::kOfficer,
       [](World& w, const Call& call) {
         return OpenHeldItem(w.service.context(), call, {{}, {}, "", "why"}).status();
       }},
      {"read_held_payload", Role::kOfficer,
       [](World& w, const Call& call) {
         return ReadHeldPayload(w.service.context(), call, {}, {}, 0).status();
       }},
  };
}

std::vector<OperationRow> AllRows() {
  std::vector<OperationRow> rows = PortalOperations();
  for (const auto& more : {PortalTermsOperations(), PersonOperations(), PersonReadings(),
                           CompanyOperations(), OfficerOperations(), OfficerRegisters(),
                           OfficerMedia(), OfficerAccess(), MembershipOperations(),
                           DestructionOperations(), HandlerOperations(), StatisticsOperations()}) {
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

std::string NameFor(TestService& service, Role role) {
  if (role == Role::kPortal) return service.portal().principal.name;
  return role == Role::kCompany ? service.company().principal.name : "privacy";
}

TEST(RoleTable, OnlyTheListedRoleGetsAnythingButNotAllowed) {
  for (const OperationRow& row : AllRows()) {
    for (const Role role : kAllRoles) {
      World world;
      const Call call{{role, NameFor(world.service, role)}, "request"};
      const ErrorCode code = CodeOf(row.call(world, call));
      EXPECT_EQ(code == ErrorCode::kNotAllowed, role != row.role)
          << row.name << " as " << model::RoleName(role) << ": " << model::RowOf(code).name;
    }
  }
}

TEST(RoleTable, ARefusedRoleChangesNothing) {
  for (const OperationRow& row : AllRows()) {
    World world;
    const std::uint64_t before = world.service.pipeline().log_state().sequence;
    for (const Role role : kAllRoles) {
      if (role == row.role) continue;
      const Call call{{role, NameFor(world.service, role)}, "request"};
      EXPECT_EQ(CodeOf(row.call(world, call)), ErrorCode::kNotAllowed) << row.name;
    }
    // What is left of them is that they were refused.
    for (const audit::AuditEntry& entry : world.service.Entries()) {
      if (entry.sequence > before) {
        EXPECT_EQ(entry.operation, audit::Operation::kRefuseCaller) << row.name;
      }
    }
  }
}

}  // namespace
}  // namespace noren::operations
