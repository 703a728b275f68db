// SPDX-License-Identifier: Apache-2.0
#include "tests/policy/vocabulary.h"

#include <algorithm>
#include <array>
#include <sstream>

namespace noren::clauses {
namespace {

// Every step may say that it is refused (with which code, and which clauses), or accepted.
constexpr std::string_view kAnswers = "refused cites accepted";

constexpr std::array kSteps = {
    StepRow{"clock", Shows::kNothing, "", "at pass_days", ""},
    StepRow{"policy", Shows::kNothing, "ParsePolicy", "replace with", ""},
    StepRow{"next_policy", Shows::kNothing, "ParsePolicy", "file", ""},
    StepRow{"people", Shows::kNothing, "RegisterSeeker",
            "count items companies prefix region occupation", ""},
    StepRow{"register", Shows::kEnforced, "RegisterSeeker",
            "person contact skill confirms agrees as", ""},
    StepRow{"site_policy", Shows::kEnforced, "ReadSitePolicy", "as", "policy published has lacks"},
    StepRow{"item", Shows::kEnforced, "BeginItem", "person kind text size corrects as media title",
            ""},
    StepRow{"status", Shows::kEnforced, "ReadStatus", "", "people version postings"},
    StepRow{"posting", Shows::kEnforced, "RegisterPosting", "name company", ""},
    StepRow{"discoverable", Shows::kEnforced, "SetDiscoverable", "person companies proof", ""},
    StepRow{"cards", Shows::kEnforced, "ListCards", "posting company", "shown none lacks"},
    StepRow{"invite", Shows::kEnforced, "InviteCandidates", "posting company items purpose", ""},
    StepRow{"grant", Shows::kEnforced, "AnswerInvitation", "person posting company proof decision",
            ""},
    StepRow{"withdraw", Shows::kEnforced, "Withdraw", "person posting", ""},
    StepRow{"collect", Shows::kEnforced, "CollectRelease",
            "person posting company candidate_of as times", "gives payload sealed"},
    StepRow{"applicants", Shows::kEnforced, "ListApplicants", "posting company", "has lacks"},
    StepRow{"rank", Shows::kEnforced, "RankCandidates", "posting as", "has lacks first same"},
    StepRow{"own", Shows::kEnforced, "ReadOwnRecord", "person proof", "items disclosures"},
    StepRow{"export", Shows::kEnforced, "ExportOwnRecord", "person", "has lacks provisions"},
    StepRow{"provisions", Shows::kEnforced, "ListProvisions", "as", "count of"},
    StepRow{"erase", Shows::kEnforced, "RequestErasure", "person proof", ""},
    StepRow{"destroy", Shows::kEnforced, "DestroyPerson", "person reason", "receipt"},
    StepRow{"plan", Shows::kEnforced, "PlanDestruction",
            "name level people file holds reason officer", "selects"},
    StepRow{"approve", Shows::kEnforced, "ApproveDestruction", "name officer as digest_of", ""},
    StepRow{"execute", Shows::kEnforced, "ExecuteDestruction", "name", "receipt"},
    StepRow{"hold", Shows::kEnforced, "PlaceHold", "person kinds until authority", ""},
    StepRow{"holds", Shows::kEnforced, "ListHolds", "", "count items destroy_by due"},
    StepRow{"open_held", Shows::kEnforced, "OpenHeldItem", "as reason", ""},
    StepRow{"gone", Shows::kEnforced, "GetSeeker", "person", "yes"},
    StepRow{"stores", Shows::kEnforced, "the stores", "", "lacks"},
    StepRow{"log", Shows::kEnforced, "the audit log", "operation", "refused cites times"},
    StepRow{"record", Shows::kEnforced, "AddRegisterEntry",
            "register step at subject clauses parts fields follows as officer replace with",
            "number"},
    StepRow{"due", Shows::kAttested, "ListDue", "clause register part subject what language as",
            "state last_day last until names absent responsible evidence"},
    StepRow{"entries", Shows::kAttested, "ListRegister", "register as", "count has"},
    StepRow{"table", Shows::kAttested, "ReadRegister", "register language from to as",
            "count has lacks"},
    StepRow{"start", Shows::kEnforced, "CheckStart", "country replace with without", ""},
    StepRow{"profile", Shows::kEnforced, "GetSeeker", "person as", ""},
    StepRow{"company", Shows::kEnforced, "RegisterCompany", "company number", ""},
    StepRow{"enrol", Shows::kEnforced, "RegisterSeeker",
            "person subject contact notice child guardian", ""},
    StepRow{"take", Shows::kEnforced, "BeginItem",
            "person kind category text explained consented from_others as", ""},
    StepRow{"openings", Shows::kEnforced, "RankPostings", "person as", "has lacks alike score_as"},
    StepRow{"ask", Shows::kEnforced, "ReceiveRight",
            "name right by channel form parts complete without fee received person text agent ends "
            "objects_to officer dated on_form_of",
            "state missing field"},
    StepRow{"ask_own", Shows::kEnforced, "AskForRight", "name right person text proof", "field"},
    StepRow{"identify", Shows::kEnforced, "IdentifyRequester",
            "name person facts papers born form parts complete without fee officer",
            "state missing field"},
    StepRow{"decide", Shows::kEnforced, "DecideRight",
            "name outcome ground evidence ongoing reason officer person withheld",
            "rests_on erases field"},
    StepRow{"settle", Shows::kEnforced, "SettleRight",
            "name acted told way way_reason resumed withdrawn form_sent officer", "field"},
    StepRow{"end_papers", Shows::kEnforced, "DestroyRightPapers", "name method officer", ""},
    StepRow{"request", Shows::kEnforced, "ShowRight", "name papers officer",
            "state outcome right frozen received completed reason wordless objects_to missing has "
            "lacks due overdue target no_clock reminded remarks remarked desk redress redressed "
            "form_sent"},
    StepRow{"requests", Shows::kEnforced, "ListRights", "filter person proof officer of",
            "count has lacks received due overdue target no_clock reminded remarks remarked desk "
            "redress redressed"},
    StepRow{"letter", Shows::kEnforced, "WriteRightLetter", "name language html officer",
            "has lacks ordered"},
    StepRow{"note", Shows::kEnforced, "NoteRetention",
            "person graduation_year confirmed registered_until purpose_achieved as", ""},
    StepRow{"retention", Shows::kEnforced, "ListRetention", "person list as",
            "count absent last_day destroy_by ask_from state rule blocked_by clauses holds "
            "awaits_approval"},
    StepRow{"retention_plan", Shows::kEnforced, "PlanRetention", "name officer reason",
            "selects reasons"},
    StepRow{"retention_run", Shows::kEnforced, "RunRetention", "as", "notices due overdue blocked"},
    StepRow{"handler", Shows::kEnforced, "AddRegisterEntry",
            "name role people purposes items terminals processor secrecy trained at", ""},
    StepRow{"terminal", Shows::kEnforced, "AddRegisterEntry", "name area step", ""},
    StepRow{"contract", Shows::kEnforced, "AddRegisterEntry",
            "processor task people purposes items topics evaluated enabled", ""},
    StepRow{"case", Shows::kEnforced, "OpenCase", "reference person handler unknown as", "number"},
    StepRow{"use", Shows::kEnforced, "UseItems",
            "handler person unknown file purpose items terminal as", "gives payload"},
    StepRow{"seen", Shows::kEnforced, "ReadExposures", "person", "count has lacks"},
    StepRow{"review_handlers", Shows::kEnforced, "ReviewHandlers", "clause as",
            "withdrawn kept used"},
    StepRow{"edition", Shows::kEnforced, "CountEdition", "name subject as", "least"},
    StepRow{"figures", Shows::kEnforced, "ReadFigures", "name subject by where shown_to use as",
            "figures folded"},
    StepRow{"figures_released", Shows::kEnforced, "ListFiguresReleased", "name as", "has"},
    StepRow{"announce", Shows::kEnforced, "Announce", "name kind purpose subject about text as",
            ""},
    StepRow{"tell", Shows::kEnforced, "RunAnnouncement", "name limit as", "told left_out done"},
    StepRow{"feed", Shows::kEnforced, "ReadEvents", "person name", "count version payload plain"},
    StepRow{"unsubscribe", Shows::kEnforced, "Unsubscribe", "person purpose proof", ""},
    StepRow{"subscribe", Shows::kEnforced, "Subscribe", "person purpose proof", ""},
    StepRow{"contact", Shows::kEnforced, "RecordContact", "name person purpose about as", ""},
    StepRow{"close", Shows::kEnforced, "CloseContact", "name person mark as", ""},
    StepRow{"contacts", Shows::kEnforced, "ListContacts", "person own as",
            "count told last_confirmed unsubscribed never_confirmed"},
    StepRow{"answer", Shows::kEnforced, "AnswerContinuation", "person answer confirms proof", ""},
    StepRow{"declare", Shows::kEnforced, "DeclareNoticeChange", "person reason as", ""},
    StepRow{"kind", Shows::kEnforced, "SetPersonKind", "person kind sub_kind from until as", ""},
    StepRow{"use_for", Shows::kEnforced, "UseForPurpose", "person purpose as", ""},
    StepRow{"permit", Shows::kEnforced, "PermitPartner", "person partner items from until as", ""},
    StepRow{"hand_over", Shows::kEnforced, "HandOver", "entry people born as", "ages"},
    StepRow{"put_on", Shows::kEnforced, "PutOnMedium", "medium people plain as", ""},
    StepRow{"open_on", Shows::kEnforced, "OpenMediumPackage", "medium as", "has"},
    StepRow{"lose", Shows::kEnforced, "LoseMedium", "medium at as", "count incident"},
    StepRow{"affected", Shows::kEnforced, "ListAffected", "incident as", "people"},
    StepRow{"own_hand_overs", Shows::kEnforced, "ReadOwnHandOvers", "person proof",
            "count day purpose means items"},
    StepRow{"company_leaves", Shows::kEnforced, "LeaveAsCompany", "company as", ""},
    StepRow{"company_queue", Shows::kEnforced, "ListCompanyRetention", "company as",
            "absent last_day destroy_by state said_by clauses"},
    StepRow{"told", Shows::kEnforced, "ReadEvents", "person company as", "has lacks"},
    StepRow{"origin", Shows::kEnforced, "RecordOrigin", "person member as", ""},
    StepRow{"open_postings", Shows::kEnforced, "ListOpenPostings", "rows as",
            "count pages has lacks shows hides"},
    StepRow{"post_document", Shows::kEnforced, "RegisterPostingDocument", "name document as",
            "field personal"},
    StepRow{"attempt", Shows::kEnforced, "GetSeeker", "person as key times", ""},
    StepRow{"locks", Shows::kEnforced, "ListCallerLocks", "as", "count has lacks"},
    StepRow{"unlock", Shows::kEnforced, "UnlockCaller", "name as", ""},
    StepRow{"trim", Shows::kEnforced, "TrimAccessLog", "before as", "entries"},
    StepRow{"access_log", Shows::kEnforced, "ReadAccessLog", "as", "has lacks"},
    StepRow{"officer_status", Shows::kEnforced, "ReadStatus", "officer", ""},
    StepRow{"policy_in_force", Shows::kEnforced, "ReadPolicyInForce", "officer",
            "acknowledged has lacks"},
    StepRow{"acknowledge", Shows::kEnforced, "AcknowledgePolicy", "officer replace with", ""},
    StepRow{"config", Shows::kEnforced, "LoadConfig", "lines", "says"},
    StepRow{"plain_post", Shows::kEnforced, "Server", "fields", "closed"},
    StepRow{"health_page", Shows::kEnforced, "HttpEndpoint", "page cookies", "answers lacks"},
    StepRow{"crash", Shows::kEnforced, "ExportOwnRecord", "person", "opens lacks"},
    StepRow{"rank_one", Shows::kEnforced, "ExplainPair", "person posting as", ""},
    StepRow{"backup", Shows::kNothing, "", "", ""},
    StepRow{"restore", Shows::kEnforced, "ReapplyAfterRestore", "", ""},
    StepRow{"damage", Shows::kNothing, "", "prefix removed", ""},
    StepRow{"verify_log", Shows::kEnforced, "VerifyExport", "cut", "whole says"},
    StepRow{"check", Shows::kEnforced, "LoadPolicy", "replace with without", "says"},
    StepRow{"publish", Shows::kEnforced, "PublicationDefects", "replace with", "says lacks"},
    StepRow{"diff", Shows::kEnforced, "DiffPolicies", "replace with", "anew path"},
    StepRow{"explain", Shows::kEnforced, "Explain", "code", "clauses"},
    StepRow{"notice", Shows::kRendered, "RenderStatement",
            "language clause article replace with html", "has lacks ordered once digest"},
    StepRow{"blank", Shows::kRendered, "RenderBlank", "form language html", "has lacks ordered"},
    StepRow{"return", Shows::kEnforced, "AnswerReturn", "language html officer",
            "template has lacks rests_on"},
    StepRow{"ask_owner", Shows::kEnforced, "AskOwner", "name owner language html officer",
            "template has lacks rests_on"},
    StepRow{"owner_answers", Shows::kEnforced, "RecordOwnerAnswer", "name allows document officer",
            ""},
    StepRow{"seal_answer", Shows::kEnforced, "SealRightAnswer",
            "name address keyless language officer", "has lacks"},
    StepRow{"find_registered", Shows::kEnforced, "FindRegistrations", "around as",
            "count has lacks"},
    StepRow{"form_put", Shows::kEnforced, "PutCompanyForm", "posting company asks as",
            "version field"},
    StepRow{"form_review", Shows::kEnforced, "ReviewCompanyForm", "posting version reason as", ""},
    StepRow{"form_read", Shows::kEnforced, "ReadCompanyForm", "posting company as", "state has"},
    StepRow{"form_answer", Shows::kEnforced, "AnswerCompanyForm", "person posting version says as",
            ""},
    StepRow{"grant_with_answers", Shows::kEnforced, "AnswerInvitation",
            "person posting company proof", ""},
    StepRow{"letter_facts", Shows::kEnforced, "StateLetterFacts",
            "person named born postal_code address as", ""},
    StepRow{"link", Shows::kEnforced, "LinkLetter", "name named born postal_code address as",
            "linked candidates"},
    StepRow{"warn", Shows::kEnforced, "PolicyWarnings", "replace with beside", "says lacks count"},
    StepRow{"consent_notice", Shows::kRendered, "RenderReleaseNotice",
            "language items purpose days company", "has lacks"},
};

std::vector<std::string> Words(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

bool IsAmong(std::string_view words, const std::string& word) {
  const std::vector<std::string> all = Words(words);
  return std::ranges::find(all, word) != all.end();
}

}  // namespace

std::span<const StepRow> Vocabulary() { return kSteps; }

const StepRow* FindStep(std::string_view name) {
  const auto found = std::ranges::find(kSteps, name, &StepRow::name);
  return found == kSteps.end() ? nullptr : &*found;
}

bool Asserts(const Step& step) {
  const StepRow* row = FindStep(step.name);
  if (row == nullptr || row->shows == Shows::kNothing) return false;
  return std::ranges::any_of(step.arguments, [&](const auto& argument) {
    return IsAmong(row->assertions, argument.first) || IsAmong(kAnswers, argument.first);
  });
}

std::vector<CaseProblem> CheckCase(const ClauseCase& one) {
  std::vector<CaseProblem> problems;
  for (const Step& step : one.steps) {
    const StepRow* row = FindStep(step.name);
    if (row == nullptr) {
      problems.push_back({step.line, one.id + ": no step is called '" + step.name + "'"});
      continue;
    }
    for (const auto& [argument, values] : step.arguments) {
      const bool answers = row->shows == Shows::kEnforced || row->shows == Shows::kAttested;
      if (IsAmong(row->arguments, argument) || IsAmong(row->assertions, argument)) continue;
      if (answers && IsAmong(kAnswers, argument)) continue;
      problems.push_back({step.line, one.id + ": '" + step.name + "' takes no '" + argument + "'"});
    }
  }
  if (std::ranges::none_of(one.steps, Asserts)) {
    problems.push_back({one.line, one.id + ": the case asserts nothing"});
  }
  return problems;
}

}  // namespace noren::clauses
