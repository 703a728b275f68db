// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/standard_answers.h"

#include <utility>

#include "engine/model/errors.h"
#include "engine/policy/page_html.h"
#include "engine/policy/rights_rules.h"
#include "engine/policy/stated_names.h"
#include "engine/policy/statement_notice.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::Language;

constexpr Labels kReturnTitle = {"About your request to give data back", "반환 요청에 대한 안내",
                                 "返却のご請求について"};
constexpr Labels kNothingBack = {
    "What was handed in is not given back, for whatever reason and on no medium. Nothing was taken "
    "out of the service for this answer.",
    "제출하신 정보는 사유와 매체를 불문하고 반환하지 않습니다. 이 안내를 위하여 서비스에서 꺼낸 "
    "정보는 없습니다.",
    "お預かりした情報は、理由や媒体を問わず返却いたしません。この回答のために取り出した情報は"
    "ありません。"};
constexpr Labels kQuestionTitle = {"Question about data held for you", "수탁 정보에 관한 문의",
                                   "受託した情報に関する照会"};
constexpr Labels kQuestion = {
    "A request about the data under this reference has come. Please tell us whether it may be "
    "answered. Nothing is disclosed before your answer is on record.",
    "아래 번호의 정보에 관한 요구가 있습니다. 응해도 되는지 알려 주십시오. 답변이 기록되기 전에는 "
    "아무것도 공개하지 않습니다.",
    "下記番号の情報について請求がありました。応じてよいかお知らせください。ご回答を記録するまで"
    "何も開示いたしません。"};
constexpr Labels kReference = {"Reference", "번호", "番号"};
constexpr Labels kKind = {"Kind of request", "요구의 종류", "請求の種類"};
constexpr Labels kReceived = {"Received", "접수일", "受付日"};
constexpr Labels kAsTheNotice = {"As the public notice says", "공개한 방침", "公表している方針"};
constexpr Labels kDesk = {"Desk", "담당 창구", "窓口"};

Status Unsaid(std::string_view field) {
  return model::MakeFieldError(ErrorCode::kPolicyIncomplete, field, "the policy does not say so");
}

const Fact* StatedFact(const Policy& policy, std::string_view section, std::string_view key) {
  const Entry* const entry = One(policy, section);
  const Fact* const fact = entry == nullptr ? nullptr : entry->Find(key);
  return fact == nullptr || fact->absence != Absence::kPresent ? nullptr : fact;
}

class Page {
 public:
  Page(const Policy& policy, Language language, const Labels& title)
      : policy_(policy), language_(language) {
    const Fact* const name = StatedFact(policy, "controller", "name");
    text_ = "# " +
            (name == nullptr ? std::string(policy.operator_name.In(language))
                             : ValueText(*policy.statement, *name, language)) +
            "\n\n## " + std::string(title.In(language)) + "\n\n";
  }
  Page& Line(const Labels& label, std::string_view value) {
    text_ += "  - " + std::string(label.In(language_)) + ": " + std::string(value) + "\n";
    return *this;
  }
  Page& Say(const Labels& sentence) {
    text_ += "- **" + std::string(sentence.In(language_)) + "**\n";
    return *this;
  }
  // What the notice says, as it says it.
  Page& Quote(const Fact& fact) {
    text_ += "\n## " + std::string(kAsTheNotice.In(language_)) + "\n\n  - " +
             FactText(*policy_.statement, fact, language_);
    std::string clauses;
    for (const std::string& clause : fact.clauses)
      clauses += (clauses.empty() ? "" : ", ") + clause;
    text_ += " (" + clauses + ")\n";
    return *this;
  }
  std::string End() {
    text_ += "\n---\n" + policy_.VersionText() + "\n";
    return std::move(text_);
  }

 private:
  const Policy& policy_;
  Language language_;
  std::string text_;
};

Status CheckLanguage(const Policy& policy, Language language) {
  const bool writes = language == Language::kEnglish || language == policy.statement->language;
  return writes ? OkStatus() : model::MakeFieldError(ErrorCode::kBadRequest, "language");
}

std::string Finished(std::string page, const StandardTerms& terms) {
  return terms.html ? PageHtml(page, terms.request, terms.language) : page;
}

}  // namespace

StatusOr<std::vector<std::string>> ClausesOfNoReturn(const Policy& policy) {
  const Fact* const returned = StatedFact(policy, "destruction", "returned");
  if (returned == nullptr || One(policy, "destruction")->Word("returned") != "no")
    return Unsaid("destruction.returned");
  return returned->clauses;
}

StatusOr<std::vector<std::string>> ClausesOfReferral(const Policy& policy) {
  const Fact* const referral = StatedFact(policy, "rights", "referral");
  if (referral == nullptr) return Unsaid("rights.referral");
  return referral->clauses;
}

StatusOr<StandardPage> RenderNoReturn(const Policy& policy, const StandardTerms& terms) {
  StandardPage page{kNoReturn, "", {}};
  NOREN_ASSIGN_OR_RETURN(page.clauses, ClausesOfNoReturn(policy));
  NOREN_RETURN_IF_ERROR(CheckLanguage(policy, terms.language));
  page.text = Finished(Page(policy, terms.language, kReturnTitle)
                           .Say(kNothingBack)
                           .Line(kReference, terms.request)
                           .Line(kReceived, model::ToIso(terms.received))
                           .Quote(*StatedFact(policy, "destruction", "returned"))
                           .End(),
                       terms);
  return page;
}

StatusOr<StandardPage> RenderOwnerQuestion(const Policy& policy, model::Right right,
                                           const StandardTerms& terms) {
  StandardPage page{kOwnerQuestion, "", {}};
  NOREN_ASSIGN_OR_RETURN(page.clauses, ClausesOfReferral(policy));
  NOREN_RETURN_IF_ERROR(CheckLanguage(policy, terms.language));
  const WordRow* const kind = FindWord("right", model::RightName(right));
  Page question(policy, terms.language, kQuestionTitle);
  question.Say(kQuestion).Line(kReference, terms.request);
  question.Line(kKind, kind->labels.In(terms.language));
  if (const Entry* const desk = DeskOf(policy, right); desk != nullptr)
    question.Line(kDesk, ValueText(*policy.statement, *desk->Find("name"), terms.language));
  page.text = Finished(question.Quote(*StatedFact(policy, "rights", "referral")).End(), terms);
  return page;
}

}  // namespace noren::policy
