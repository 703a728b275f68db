// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/rights_blank.h"

#include "engine/model/errors.h"
#include "engine/model/rights.h"
#include "engine/policy/page_html.h"
#include "engine/policy/stated_names.h"
#include "engine/policy/statement_notice.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::Language;

constexpr std::string_view kBlank = "______________________________";
constexpr std::string_view kBox = "[  ] ";

constexpr Labels kPerson = {"The person", "정보주체", "本人"};
constexpr Labels kAgent = {"The agent", "대리인", "代理人"};
constexpr Labels kName = {"name", "성명", "氏名"};
constexpr Labels kBorn = {"date of birth", "생년월일", "生年月日"};
constexpr Labels kAddress = {"address", "주소", "住所"};
constexpr Labels kPhone = {"telephone", "전화번호", "電話番号"};
constexpr Labels kRelation = {"relation to the person", "정보주체와의 관계", "本人との関係"};
constexpr Labels kAsks = {"What is asked", "요구 사항", "請求の内容"};
constexpr Labels kWhich = {"which data, and why", "대상 정보와 사유", "対象の情報と理由"};
constexpr Labels kMandate = {"The person lets the agent ask for this",
                             "정보주체는 다음 사항을 대리인에게 위임합니다",
                             "本人は次の請求を代理人に委任します"};
constexpr Labels kEnclosed = {"Enclosed", "첨부", "添付"};
constexpr Labels kFee = {"Fee", "수수료", "手数料"};
constexpr Labels kSigned = {"Date and signature", "날짜와 서명", "日付と署名"};
constexpr Labels kTo = {"To", "받는 곳", "宛先"};

class Blank {
 public:
  Blank(const Policy& policy, Language language)
      : policy_(policy), statement_(*policy.statement), language_(language) {}

  std::string Demand(const std::string& title) {
    Begin(title);
    const std::vector<const Entry*> parts = All(policy_, "form_part");
    for (const Entry* part : parts) Part(*part);
    if (parts.empty()) {
      Who(kPerson, false);
      if (Has(One(policy_, "agents"), "accepted")) Who(kAgent, true);
      Heading(kAsks);
      Kinds();
      Fill(kWhich.In(language_));
    }
    Enclose(One(policy_, "identity"), "documents");
    Enclose(One(policy_, "agents"), "papers");
    if (const Entry* const fee = One(policy_, "fee"); Has(fee, "amount")) {
      Heading(kFee);
      for (const Fact& fact : fee->facts) Say(FactText(statement_, fact, language_));
    }
    Heading(kSigned);
    Fill(kSigned.In(language_));
    return End();
  }

  std::string Mandate(const std::string& title) {
    Begin(title);
    Who(kPerson, false);
    Who(kAgent, true);
    Heading(kMandate);
    Kinds();
    Heading(kSigned);
    Fill(kPerson.In(language_));
    return End();
  }

 private:
  std::string Stated(const Entry* entry, std::string_view key) const {
    const Fact* const fact = entry == nullptr ? nullptr : entry->Find(key);
    const bool has = fact != nullptr && fact->absence == Absence::kPresent;
    return has ? ValueText(statement_, *fact, language_) : "";
  }
  void Heading(const Labels& label) {
    text_ += "\n## " + std::string(label.In(language_)) + "\n\n";
  }
  void Say(const std::string& text) { text_ += "  - " + text + "\n"; }
  void Fill(std::string_view what) { Say(std::string(what) + ": " + std::string(kBlank)); }
  void Tick(const std::string& what) { Say(std::string(kBox) + what); }

  void Begin(const std::string& title) {
    text_ = "# " + title + "\n";
    Heading(kTo);
    Say(Stated(One(policy_, "controller"), "name"));
    const Entry* const rights = One(policy_, "rights");
    for (const std::string_view key : {"receiver", "desk"}) {
      if (const std::string to = Stated(rights, key); !to.empty()) Say(to);
    }
  }
  std::string End() {
    text_ += "\n---\n" + policy_.VersionText() + "\n";
    return std::move(text_);
  }

  void Who(const Labels& label, bool is_agent) {
    Heading(label);
    for (const Labels& field : {kName, kBorn, kAddress, kPhone}) Fill(field.In(language_));
    if (is_agent) Fill(kRelation.In(language_));
  }
  void Kinds() {
    for (const Entry* right : All(policy_, "right")) Tick(Stated(right, "kind"));
  }

  std::string ValueOf(const Value& value) const {
    return language_ == Language::kEnglish ? value.english : value.text;
  }
  void Part(const Entry& part) {
    text_ += "\n## " + Stated(&part, "name") + "\n\n";
    for (const std::string_view key : {"states", "needed", "needed_for"}) {
      const Fact* const fact = part.Find(key);
      if (fact != nullptr && fact->absence == Absence::kPresent)
        Say(FactText(statement_, *fact, language_));
    }
    const bool ticks_kinds = Has(&part, "rights") && part.Word("needed") == "always";
    if (ticks_kinds) {
      for (const std::string_view kind : part.Many("rights"))
        Tick(std::string(FindWord("right", kind)->labels.In(language_)));
    }
    for (const Value& option : ValuesOf(&part, "options")) Tick(ValueOf(option));
    for (const Value& field : ValuesOf(&part, "fields")) Fill(ValueOf(field));
    if (const std::string proof = Stated(&part, "proof"); !proof.empty()) Tick(proof);
  }

  void Enclose(const Entry* entry, std::string_view key) {
    const std::vector<Value> papers = ValuesOf(entry, key);
    if (papers.empty()) return;
    Heading(kEnclosed);
    for (const Value& paper : papers) Tick(ValueOf(paper));
  }

  const Policy& policy_;
  const Statement& statement_;
  Language language_;
  std::string text_;
};

}  // namespace

std::vector<std::string> BlankNames(const Policy& policy) {
  std::vector<std::string> names;
  for (Value& value : ValuesOf(One(policy, "rights"), "forms"))
    names.push_back(std::move(value.text));
  return names;
}

StatusOr<std::string> RenderBlank(const Policy& policy, const BlankForm& form) {
  const Entry* const rights = One(policy, "rights");
  for (const Value& value : ValuesOf(rights, "forms")) {
    if (!IsCalled(value, form.name)) continue;
    if (form.language != Language::kEnglish && form.language != policy.statement->language)
      return model::MakeFieldError(ErrorCode::kBadRequest, "language");
    const Fact* const mandates = rights->Find("mandates");
    const bool is_mandate = mandates != nullptr && Names(*mandates, value.text);
    const std::string title = form.language == Language::kEnglish ? value.english : value.text;
    Blank blank(policy, form.language);
    const std::string page = is_mandate ? blank.Mandate(title) : blank.Demand(title);
    return form.html ? PageHtml(page, title, form.language) : page;
  }
  return model::MakeFieldError(ErrorCode::kNotFound, "form");
}

}  // namespace noren::policy
