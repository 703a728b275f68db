// Letters to whoever asked, from the record and the policy.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "engine/operations/authorize.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/record_origin.h"
#include "engine/operations/rights_answer.h"
#include "engine/operations/rights_work.h"
#include "engine/policy/decisions.h"
#include "engine/policy/rights_letter.h"

namespace noren::operations {
namespace {

using policy::LetterOutcome;

LetterOutcome OutcomeOf(RightOutcome outcome) {
  switch (outcome) {
    case RightOutcome::kAccepted:
      return LetterOutcome::kAccepted;
    case RightOutcome::kPartly:
      return LetterOutcome::kPartly;
    case RightOutcome::kRefused:
      return LetterOutcome::kRefused;
    case RightOutcome::kOpen:
      break;
  }
  return LetterOutcome::kOpen;
}

policy::RightLetter LetterOf(ServiceContext& context, const ListedRight& listed) {
  const RightHead& head = listed.head;
  policy::RightLetter letter;
  letter.request = head.request.ToString();
  letter.right = head.right;
  letter.is_objection = !head.objects_to.is_none();
  letter.received = policy::TodayOf(context.policy, head.received_at);
  if (listed.due) {
    letter.due = listed.due->last_day;
    letter.is_target = listed.due->is_target;
    letter.is_overdue = listed.due->standing == policy::calendar::Standing::kOverdue;
  }
  if (head.state == RightState::kWaitingOwner && head.referral.asked_by == kAskedByJointUse)
    letter.passed_to = head.referral.owner;
  letter.outcome = OutcomeOf(head.decision.outcome);
  if (letter.outcome == LetterOutcome::kOpen) return letter;
  letter.decided = policy::TodayOf(context.policy, head.decision.at);
  letter.given = GivenParts(head);
  letter.withheld = head.decision.withheld;
  letter.ground = head.decision.ground;
  letter.evidence = head.decision.evidence;
  letter.clauses = head.decision.clauses;
  if (listed.text) letter.reason = listed.text->reason;
  return letter;
}

}  // namespace

model::Language OperatorsLanguage(const ServiceContext& context) {
  return context.policy.statement == nullptr ? context.policy.languages.front()
                                             : context.policy.statement->language;
}

model::Language LetterLanguage(const ServiceContext& context, std::string_view code) {
  const model::Language operators = OperatorsLanguage(context);
  const bool is_ko = code == "ko", is_ja = code == "ja";
  if (!is_ko && !is_ja) return model::Language::kEnglish;
  const model::Language language = is_ko ? model::Language::kKorean : model::Language::kJapanese;
  const bool writes = context.policy.statement == nullptr || language == operators;
  return writes ? language : model::Language::kEnglish;
}

StatusOr<std::string> LetterOfRight(ServiceContext& context, const Call& call,
                                    const RightLetterRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const ListedRight listed, ShowRight(context, call, request.request));
  NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, request.request));
  policy::RightLetter letter = LetterOf(context, listed);
  model::Language language = OperatorsLanguage(context);
  if (loaded.person) {
    letter.subject = KindNameToday(context, *loaded.person);
    language = LetterLanguage(context, loaded.person->record.language);
  }
  if (request.language) language = *request.language;
  return request.html ? policy::RenderRightLetterHtml(context.policy, letter, language)
                      : policy::RenderRightLetter(context.policy, letter, language);
}

// Whoever wants the answer by e-mail gets a sealed file, and no letter at the same time; once it is
// on record why it went out in another way, it may be a letter.
StatusOr<std::string> WriteRightLetter(ServiceContext& context, const Call& call,
                                       const RightLetterRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, request.request));
  const RightHead& head = loaded.head;
  if (head.decision.outcome != RightOutcome::kOpen && head.way_reason.empty()) {
    NOREN_ASSIGN_OR_RETURN(const policy::HandedIn in, HandedInOf(context, head));
    NOREN_RETURN_IF_ERROR(policy::MayAnswerByLetter(context.policy, in));
  }
  return LetterOfRight(context, call, request);
}

}  // namespace noren::operations
