// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/rights_letter.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "engine/model/errors.h"
#include "engine/policy/page_html.h"
#include "engine/policy/rights_rules.h"
#include "engine/policy/stated/subjects.h"
#include "engine/policy/stated_names.h"
#include "engine/policy/statement_notice.h"

namespace noren::policy {
namespace {

using model::Language;
using model::Right;

constexpr Labels kTitleOpen = {"About your request", "요구 접수 안내", "請求の受付のお知らせ"};
constexpr Labels kTitleDecided = {"Answer to your request", "요구에 대한 결과 통지",
                                  "請求に対する回答"};
constexpr Labels kRequest = {"Request", "요구", "請求"};
constexpr Labels kObjection = {"Objection", "이의제기", "異議申出"};
constexpr Labels kRight = {"right", "권리", "請求の種類"};
constexpr Labels kUnder = {"under", "근거", "根拠"};
constexpr Labels kReceived = {"received", "접수일", "受付日"};
constexpr Labels kDue = {"answered not later than", "조치 기한", "回答の期限"};
constexpr Labels kTarget = {"answered about", "조치 목표일", "回答のめど"};
constexpr Labels kOverdue = {"the time to answer is over", "조치 기한이 지남",
                             "回答の期限を過ぎています"};
constexpr Labels kFee = {"fee", "수수료", "手数料"};
constexpr Labels kPassedTo = {"passed on to, who acquired the data and answers",
                              "정보를 취득하여 답변하는 곳으로 이송",
                              "取得した会社に回付し、そこから回答"};
constexpr Labels kDesk = {"desk", "담당 창구", "窓口"};
constexpr Labels kDecided = {"decided", "결정일", "決定日"};
constexpr Labels kDecision = {"decision", "결정", "決定"};
constexpr std::array<Labels, 4> kOutcomes = {{{"open", "처리 중", "対応中"},
                                              {"accepted", "수용", "応じる"},
                                              {"refused in part", "일부 거절", "一部に応じない"},
                                              {"refused", "거절", "応じない"}}};
constexpr Labels kGiven = {"Given", "제공하는 부분", "応じる部分"};
constexpr Labels kWithheld = {"Refused", "거절하는 부분", "応じない部分"};
constexpr Labels kRest = {"everything that is not named below", "아래에 적은 부분을 제외한 전부",
                          "下に示す部分を除くすべて"};
constexpr Labels kAsExplained = {"as explained below", "아래 설명과 같음", "下の説明のとおり"};
constexpr Labels kAll = {"the whole request", "요구 전부", "請求のすべて"};
constexpr Labels kReasons = {"Reasons", "이유", "理由"};
constexpr Labels kGround = {"ground", "사유", "事由"};
constexpr Labels kClauses = {"clauses of the notice", "방침의 조항", "方針の条項"};
constexpr Labels kExplained = {"explanation", "설명", "説明"};
constexpr Labels kPurposes = {"Purposes of your data", "이용목적", "利用目的"};
constexpr Labels kOnlyIf = {"only if", "조건", "条件"};
constexpr Labels kRedress = {"Redress", "권익침해 구제방법", "苦情の申出先"};

struct OtherGround {
  std::string_view code;
  Labels labels;
};
constexpr OtherGround kOtherGroundWords[] = {
    {"E_ID_INSUFFICIENT",
     {"it is not known who asks", "본인 여부를 확인할 수 없음", "本人であることを確認できない"}},
    {"E_AGENT_NOT_ACCEPTED",
     {"agents are not accepted", "대리인의 요구는 받지 않음", "代理人による請求は受け付けない"}},
    {"E_HOLD", {"a statute keeps the data", "법령에 따라 보존하는 정보", "法令により保存する情報"}},
    {"CONDITION_NOT_MET",
     {"the stated condition is not met", "정해진 조건에 해당하지 않음", "定めた条件に当たらない"}},
    {"E_ENTRUSTED_NO_AUTHORITY",
     {"held for somebody else, without authority to disclose", "위탁받은 정보로 공개할 권한이 없음",
      "受託した情報で開示の権限がない"}}};

constexpr struct {
  std::string_view part;
  Labels labels;
} kAccessParts[] = {
    {"given.profile", {"profile", "프로필", "プロフィール"}},
    {"given.contact", {"contact", "연락처", "連絡先"}},
    {"given.items", {"items handed in", "제출한 항목", "提出した項目"}},
    {"given.acts", {"statements made", "의사표시", "意思表示"}},
    {"given.questions", {"questions asked", "질문", "質問"}},
    {"received.invitations", {"invitations", "초대", "招待"}},
    {"received.decisions", {"decisions of companies", "회사의 결정", "企業の決定"}},
    {"received.answers", {"answers of companies", "회사의 답변", "企業の回答"}},
    {"derived.consents", {"consents", "동의", "同意"}},
    {"derived.scores", {"scores", "점수", "スコア"}},
    {"derived.exposures", {"who was shown what", "열람 내역", "閲覧の記録"}},
    {"derived.provisions", {"provisions to third parties", "제3자 제공 내역", "第三者提供の記録"}}};

// One line: what somebody wrote makes no structure of its own.
std::string OneLine(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return line;
}

std::string GroundText(const std::string& code, Language language) {
  if (const WordRow* const word = FindWord("limit", code); word != nullptr)
    return std::string(word->labels.In(language));
  for (const OtherGround& other : kOtherGroundWords) {
    if (other.code == code) return std::string(other.labels.In(language));
  }
  return code;
}

class Letter {
 public:
  Letter(const Policy& policy, const RightLetter& letter, Language language)
      : policy_(policy), letter_(letter), language_(language) {}

  std::string Render() {
    const bool is_open = letter_.outcome == LetterOutcome::kOpen;
    text_ = "# " + OperatorName() + "\n\n## " +
            std::string((is_open ? kTitleOpen : kTitleDecided).In(language_)) + "\n\n";
    RenderRequest();
    if (letter_.outcome == LetterOutcome::kPartly || letter_.outcome == LetterOutcome::kRefused)
      RenderRefusal();
    if (letter_.outcome == LetterOutcome::kAccepted) RenderReason();
    if (letter_.outcome == LetterOutcome::kAccepted && letter_.right == Right::kPurposeNotice)
      RenderPurposes();
    const bool refuses = !is_open && letter_.outcome != LetterOutcome::kAccepted;
    if (refuses) RenderObjection();
    if (refuses || letter_.is_overdue)
      text_ += RedressText(policy_, letter_.right, letter_.is_overdue && is_open, language_);
    text_ += "\n---\n" + policy_.VersionText() + "\n";
    return std::move(text_);
  }

 private:
  std::string OperatorName() const {
    const Entry* const controller = One(policy_, "controller");
    const Fact* const name = controller == nullptr ? nullptr : controller->Find("name");
    if (name == nullptr) return OneLine(policy_.operator_name.In(language_));
    return ValueText(*policy_.statement, *name, language_);
  }
  std::string Stated(const Entry* entry, std::string_view key) const {
    const Fact* const fact = entry == nullptr ? nullptr : entry->Find(key);
    const bool has = fact != nullptr && fact->absence == Absence::kPresent;
    return has ? ValueText(*policy_.statement, *fact, language_) : "";
  }

  void Heading(const Labels& label) {
    text_ += "\n## " + std::string(label.In(language_)) + "\n\n";
  }
  void Bold(std::string_view text) { text_ += "- **" + OneLine(text) + "**\n"; }
  void Line(const Labels& label, std::string_view value) {
    if (value.empty()) return;
    text_ += "  - " + std::string(label.In(language_)) + ": " + OneLine(value) + "\n";
  }
  void Say(std::string_view text) { text_ += "  - " + OneLine(text) + "\n"; }

  void RenderRequest() {
    const std::string_view kind = (letter_.is_objection ? kObjection : kRequest).In(language_);
    Bold(std::string(kind) + ": " + letter_.request);
    Line(kRight, FindWord("right", model::RightName(letter_.right))->labels.In(language_));
    for (const Entry* entry : All(policy_, "right")) {
      if (entry->Word("kind") == model::RightName(letter_.right))
        Line(kUnder, Stated(entry, "law"));
    }
    Line(kReceived, model::ToIso(letter_.received));
    if (const Entry* const desk = DeskOf(policy_, letter_.right); desk != nullptr)
      Line(kDesk, Stated(desk, "name"));
    if (!letter_.passed_to.empty()) PassedOn();
    if (const std::int64_t fee = FeeOf(policy_, letter_.right); fee > 0)
      Line(kFee, std::to_string(fee) + " " + Stated(One(policy_, "fee"), "currency"));
    if (letter_.due) Line(letter_.is_target ? kTarget : kDue, model::ToIso(*letter_.due));
    if (letter_.is_overdue) Say(kOverdue.In(language_));
    if (letter_.decided) Line(kDecided, model::ToIso(*letter_.decided));
    Line(kDecision, kOutcomes.at(static_cast<std::size_t>(letter_.outcome)).In(language_));
  }

  void PassedOn() {
    Line(kPassedTo, OneLine(letter_.passed_to));
    if (const Entry* const rule = One(policy_, "joint_use"); Has(rule, "manager"))
      Line(kUnder, Stated(rule, "manager"));
  }

  // Both parts of an answer in part, then why.
  void RenderRefusal() {
    if (letter_.outcome == LetterOutcome::kPartly) {
      Heading(kGiven);
      for (const std::string& part : letter_.given) Say(AccessPartName(part, language_));
      if (letter_.given.empty())
        Say((letter_.withheld.empty() ? kAsExplained : kRest).In(language_));
    }
    Heading(kWithheld);
    for (const std::string& part : letter_.withheld) Say(AccessPartName(part, language_));
    if (letter_.withheld.empty())
      Say((letter_.outcome == LetterOutcome::kPartly ? kAsExplained : kAll).In(language_));
    Heading(kReasons);
    Line(kGround, GroundText(letter_.ground, language_));
    std::string clauses;
    for (const std::string& clause : letter_.clauses)
      clauses += (clauses.empty() ? "" : ", ") + clause;
    Line(kClauses, clauses);
    for (const auto& [word, said] : letter_.evidence) {
      if (word == "approver") continue;  // who else decided is the operator's own affair
      if (const WordRow* const row = FindWord("evidence", word); row != nullptr)
        Line(row->labels, said);
    }
    Line(kExplained, letter_.reason);
  }

  void RenderReason() {
    if (letter_.reason.empty()) return;
    Heading(kReasons);
    Line(kExplained, letter_.reason);
  }

  // What the notice says the data of such people are used for.
  void RenderPurposes() {
    if (policy_.statement == nullptr) return;
    const Entry* const subject = letter_.subject.empty()
                                     ? UsualSubject(*policy_.statement)
                                     : SubjectOf(*policy_.statement, letter_.subject);
    Heading(kPurposes);
    for (const Entry* purpose : All(policy_, "purpose")) {
      if (subject != nullptr && !IsAbout(*purpose, *subject)) continue;
      Bold(Stated(purpose, "name"));
      Line(kOnlyIf, Stated(purpose, "condition"));
    }
  }

  void RenderObjection() {
    const Entry* const rights = One(policy_, "rights");
    const std::string objection = Stated(rights, "objection");
    const Entry* const complaints = One(policy_, "complaints");
    if (objection.empty() && complaints == nullptr) return;
    Heading(kObjection);
    if (!objection.empty()) Say(objection);
    if (const std::string desk = Stated(rights, "desk"); !objection.empty() && !desk.empty())
      Line(kDesk, desk);
    if (complaints == nullptr) return;
    Bold(complaints->section->labels.In(language_));
    for (const Fact& fact : complaints->facts) {
      if (fact.absence == Absence::kPresent) Say(FactText(*policy_.statement, fact, language_));
    }
  }

  const Policy& policy_;
  const RightLetter& letter_;
  Language language_;
  std::string text_;
};

Status CheckLanguage(const Policy& policy, Language language) {
  const bool writes = language == Language::kEnglish || policy.statement == nullptr ||
                      language == policy.statement->language;
  return writes ? OkStatus()
                : model::MakeFieldError(model::ErrorCode::kBadRequest, "language",
                                        "the operator's language, or English");
}

// The title and what is known of one body or of the appeal.
void AppendFacts(const Statement& statement, const Entry& entry, Language language,
                 std::string& text) {
  text += "- **" + std::string(entry.section->labels.In(language));
  for (const Fact& fact : entry.facts) {
    if (fact.row->Has('t')) text += ": " + ValueText(statement, fact, language);
  }
  text += "**\n";
  for (const Fact& fact : entry.facts) {
    if (fact.row->Has('t') || fact.absence != Absence::kPresent) continue;
    text += "  - " + FactText(statement, fact, language) + "\n";
  }
}

// Whether the stated appeal is about this right, and about a decision or about none.
bool AppealsAgainst(const Entry& appeal, Right right, bool is_overdue) {
  return appeal.Holds("covers", model::RightName(right)) &&
         appeal.Holds("against", is_overdue ? "inaction" : "disposition");
}

}  // namespace

std::string AccessPartName(std::string_view part, Language language) {
  for (const auto& [name, labels] : kAccessParts) {
    if (part == name) return std::string(labels.In(language));
    const bool is_field = part.starts_with(name) && part.substr(name.size()).starts_with('.');
    if (is_field)
      return std::string(labels.In(language)) + ": " + std::string(part.substr(name.size() + 1));
  }
  return std::string(part);
}

std::string RedressText(const Policy& policy, Right right, bool is_overdue, Language language) {
  std::string text;
  if (policy.statement == nullptr) return text;
  if (const Entry* const redress = One(policy, "redress"); redress != nullptr)
    AppendFacts(*policy.statement, *redress, language, text);
  for (const Entry* remedy : All(policy, "remedy"))
    AppendFacts(*policy.statement, *remedy, language, text);
  const Entry* const appeal = One(policy, "appeal");
  if (appeal != nullptr && AppealsAgainst(*appeal, right, is_overdue))
    AppendFacts(*policy.statement, *appeal, language, text);
  if (text.empty()) return text;
  return "\n## " + std::string(kRedress.In(language)) + "\n\n" + text;
}

StatusOr<std::string> RenderRightLetter(const Policy& policy, const RightLetter& letter,
                                        Language language) {
  NOREN_RETURN_IF_ERROR(CheckLanguage(policy, language));
  return Letter(policy, letter, language).Render();
}

StatusOr<std::string> RenderRightLetterHtml(const Policy& policy, const RightLetter& letter,
                                            Language language) {
  NOREN_ASSIGN_OR_RETURN(const std::string page, RenderRightLetter(policy, letter, language));
  return PageHtml(page, letter.request, language);
}

}  // namespace noren::policy
