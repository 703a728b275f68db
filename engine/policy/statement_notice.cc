// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/statement_notice.h"

#include <algorithm>
#include <vector>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/policy/page_html.h"
#include "engine/policy/statement_values.h"

namespace noren::policy {
namespace {

using model::Language;

constexpr Labels kYes = {"yes", "예", "はい"};
constexpr Labels kNo = {"no", "아니요", "いいえ"};
constexpr Labels kOperatorValues = {"Set by the operator, not in the source",
                                    "운영자가 정한 값(원문에 없음)",
                                    "事業者が定めた値（本文にないもの）"};
constexpr Labels kReadings = {"How the text was read", "해석과 선택", "読み方と選択"};
constexpr Labels kInvented = {
    "This policy is an invented example; no real operator stands behind it.",
    "이 방침은 예시로 지어낸 것이며 실제 운영자의 것이 아닙니다.",
    "この方針は例として作ったもので、実在の事業者のものではありません。"};

Labels UnitLabels(char unit, bool is_one) {
  switch (unit) {
    case 'Y':
      return {is_one ? " year" : " years", "년", "年"};
    case 'M':
      return {is_one ? " month" : " months", "개월", "か月"};
    case 'W':
      return {is_one ? " week" : " weeks", "주", "週間"};
    default:
      return {is_one ? " day" : " days", "일", "日"};
  }
}

std::string PeriodText(std::string_view period, Language language) {
  const std::optional<std::vector<PeriodPart>> parts = ReadPeriod(period);
  std::string text;
  if (!parts) return text;
  for (const PeriodPart& part : *parts) {
    if (!text.empty()) text += " ";
    text += std::to_string(part.count);
    text += UnitLabels(part.unit, part.count == 1).In(language);
  }
  return text;
}

std::string OneValue(const Statement& statement, const Fact& fact, const Value& value,
                     Language language) {
  switch (fact.row->kind) {
    case ValueKind::kCode:
      return std::string(FindWord(fact.row->of, value.text)->labels.In(language));
    case ValueKind::kBool:
      return std::string((value.text == "yes" ? kYes : kNo).In(language));
    case ValueKind::kName:
    case ValueKind::kWords:
      return language == Language::kEnglish ? value.english : value.text;
    case ValueKind::kRef: {
      const Entry* target = statement.ById(fact.row->of, value.text);
      for (const Fact& title : target->facts) {
        if (title.row->Has('t')) return ValueText(statement, title, language);
      }
      return value.text;
    }
    case ValueKind::kPeriod:
      return PeriodText(value.text, language);
    case ValueKind::kText:
    case ValueKind::kNumber:
    case ValueKind::kDay:
      break;
  }
  return value.text;
}

// Where the source is silent the notice is, too; a cap the source does not promise is not printed.
bool IsPrinted(const Fact& fact) {
  return !fact.row->Has('i') && fact.absence != Absence::kNotStated;
}

bool IsReading(const Entry& entry) { return entry.section->name == "switch"; }

// Where a fact stands on the page: with its clause, or in one of the annexes.
enum class Part { kClause, kOperator, kReading };
Part PartOf(const Entry& entry, const Fact& fact) {
  if (IsReading(entry)) return Part::kReading;
  return fact.origin == Origin::kOperator ? Part::kOperator : Part::kClause;
}

class Page {
 public:
  Page(const Policy& policy, Language language)
      : policy_(policy), statement_(*policy.statement), language_(language) {}

  std::string Render() {
    const Entry* controller = statement_.One("controller");
    text_ = "# " + TextOf(*controller, "name") + "\n";
    if (policy_.invented) text_ += "\n" + std::string(kInvented.In(language_)) + "\n";
    RenderContents();
    for (const Article& article : statement_.articles) RenderArticle(article);
    RenderAnnex(Part::kOperator, kOperatorValues);
    RenderAnnex(Part::kReading, kReadings);
    text_ += "\n---\n" + policy_.id + " " + policy_.version +
             " sha256:" + HexEncode(policy_.digest) + "\n";
    return std::move(text_);
  }

 private:
  std::string TextOf(const Entry& entry, std::string_view key) const {
    const Fact* fact = entry.Find(key);
    return fact == nullptr ? "" : ValueText(statement_, *fact, language_);
  }

  // The articles that have a number, when the notice says that it has a list of contents.
  void RenderContents() {
    const Entry* publication = statement_.One("publication");
    if (publication->Bool("contents_list") != true) return;
    text_ += "\n## " + std::string(FindKey("publication", "contents_list")->labels.In(language_)) +
             "\n\n";
    for (const Article& article : statement_.articles) {
      if (!article.label.empty()) text_ += "- " + HeadingOf(article) + "\n";
    }
  }

  std::string HeadingOf(const Article& article) const {
    const std::string& title =
        language_ == Language::kEnglish ? article.title_english : article.title;
    return (article.label.empty() ? "" : article.label + " ") + title;
  }

  void RenderArticle(const Article& article) {
    text_ += "\n## " + HeadingOf(article) + "\n";
    for (const StatedClause& clause : article.clauses) RenderClause(clause);
  }

  void RenderClause(const StatedClause& clause) {
    text_ += "\n### " + (clause.place.empty() ? "" : clause.place + " ") + "(" + clause.id + ")\n";
    std::vector<std::string> elsewhere;
    for (const Entry& entry : statement_.entries) {
      std::vector<const Fact*> here;
      for (const Fact& fact : entry.facts) {
        if (std::ranges::find(fact.clauses, clause.id) == fact.clauses.end()) continue;
        if (fact.clauses[0] == clause.id && PartOf(entry, fact) == Part::kClause) {
          here.push_back(&fact);
        } else {
          Point(entry, fact, clause.id, elsewhere);
        }
      }
      RenderEntry(entry, here);
    }
    for (const std::string& place : elsewhere) text_ += "- → " + place + "\n";
  }

  // Where else the clause is spoken of, each place once.
  void Point(const Entry& entry, const Fact& fact, const std::string& id,
             std::vector<std::string>& elsewhere) const {
    const Part part = PartOf(entry, fact);
    std::string place = "(" + fact.clauses[0] + ")";
    if (part == Part::kOperator) place = kOperatorValues.In(language_);
    if (part == Part::kReading) place = kReadings.In(language_);
    if (place == "(" + id + ")" || !IsPrinted(fact)) return;
    if (std::ranges::find(elsewhere, place) == elsewhere.end()) elsewhere.push_back(place);
  }

  void RenderEntry(const Entry& entry, const std::vector<const Fact*>& facts) {
    const bool has_printed =
        std::ranges::any_of(facts, [](const Fact* fact) { return IsPrinted(*fact); });
    if (!has_printed) return;
    text_ += "- **" + std::string(entry.section->labels.In(language_));
    for (const Fact& fact : entry.facts) {
      if (fact.row->Has('t')) text_ += ": " + ValueText(statement_, fact, language_);
    }
    text_ += "**\n";
    for (const Fact* fact : facts) {
      if (fact->row->Has('t') || !IsPrinted(*fact)) continue;
      text_ += "  - " + FactText(statement_, *fact, language_) + "\n";
    }
  }

  void RenderAnnex(Part part, const Labels& title) {
    const std::size_t before = text_.size();
    for (const Entry& entry : statement_.entries) {
      std::vector<const Fact*> here;
      for (const Fact& fact : entry.facts) {
        if (PartOf(entry, fact) == part) here.push_back(&fact);
      }
      RenderEntry(entry, here);
    }
    if (text_.size() == before) return;
    text_.insert(before, "\n## " + std::string(title.In(language_)) + "\n\n");
  }

  const Policy& policy_;
  const Statement& statement_;
  Language language_;
  std::string text_;
};

}  // namespace

std::string ValueText(const Statement& statement, const Fact& fact, Language language) {
  if (fact.absence != Absence::kPresent) {
    return std::string(AbsenceLabels(fact.absence).In(language));
  }
  std::string text;
  for (const Value& value : fact.values) {
    if (!text.empty()) text += "; ";
    text += OneValue(statement, fact, value, language);
  }
  return text;
}

std::string FactText(const Statement& statement, const Fact& fact, Language language) {
  return std::string(fact.row->labels.In(language)) + ": " + ValueText(statement, fact, language);
}

StatusOr<std::string> RenderStatement(const Policy& policy, Language language) {
  if (policy.statement == nullptr) {
    return model::MakeError(model::ErrorCode::kBadRequest, "the policy publishes no statement");
  }
  if (language != policy.statement->language && language != Language::kEnglish) {
    return model::MakeError(model::ErrorCode::kBadRequest,
                            "the statement is in its operator's language and in English");
  }
  return Page(policy, language).Render();
}

StatusOr<std::string> RenderStatementHtml(const Policy& policy, Language language) {
  NOREN_ASSIGN_OR_RETURN(const std::string page, RenderStatement(policy, language));
  return PageHtml(page, policy.id, language);
}

}  // namespace noren::policy
