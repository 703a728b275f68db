// The rendered notice read back: every value of the file, in both languages, once and under its
// clause. What is expected is taken from the TOML tree, not from the model that is rendered.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "engine/policy/loader.h"
#include "engine/policy/statement_loader.h"
#include "engine/policy/statement_notice.h"
#include "engine/policy/toml_tree.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using model::Language;

// "G-70 | Time limit: action | for: 10 days"; the annexes have their title in place of the clause.
using Facts = std::multiset<std::string>;

std::string Line(const std::string& where, const std::string& entry, const std::string& fact) {
  return where + " | " + entry + " | " + fact;
}

// What a reader can take from the page.
Facts FactsOnPage(const std::string& page) {
  Facts facts;
  std::istringstream lines(page);
  std::string where, entry;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) where = line.substr(3);
    if (line.starts_with("### ")) {
      const std::size_t open = line.rfind('(');
      where = line.substr(open + 1, line.size() - open - 2);
    }
    if (line.starts_with("- **")) {
      entry = line.substr(4, line.size() - 6);
      facts.insert(Line(where, entry, ""));
    }
    if (line.starts_with("  - ")) facts.insert(Line(where, entry, line.substr(4)));
  }
  return facts;
}

class Expected {
 public:
  Expected(const TomlNode& stated, Language language) : stated_(stated), language_(language) {}

  Facts All() {
    for (const SectionRow& section : AllSections()) {
      const auto* member = stated_.Find(section.name);
      if (member == nullptr) continue;
      if (!section.is_list) AddEntry(section, member->value);
      for (const TomlNode& entry : member->value.items) AddEntry(section, entry);
    }
    return std::move(facts_);
  }

 private:
  static constexpr Labels kOperator = {"Set by the operator, not in the source",
                                       "운영자가 정한 값(원문에 없음)",
                                       "事業者が定めた値（本文にないもの）"};
  static constexpr Labels kReadings = {"How the text was read", "해석과 선택", "読み方と選択"};

  static std::string FirstClause(const TomlNode& entry, const std::string& key) {
    const TomlNode* from = &entry.Find("from")->value;
    if (from->kind == TomlNode::Kind::kTable) {
      const auto* own = from->Find(key);
      from = own == nullptr ? &from->Find("*")->value : &own->value;
    }
    return from->kind == TomlNode::Kind::kArray ? from->items[0].text : from->text;
  }

  void AddEntry(const SectionRow& section, const TomlNode& entry) {
    const std::string header = std::string(section.labels.In(language_)) + TitleOf(section, entry);
    std::set<std::string> headers;
    const auto add = [&](const TomlNode::Member& member, bool is_operator) {
      const KeyRow* row = FindKey(section.name, member.key);
      if (row == nullptr || row->Has('i') || member.value.text == "not_stated") return;
      std::string where = FirstClause(entry, member.key);
      if (is_operator) where = kOperator.In(language_);
      if (section.name == "switch") where = kReadings.In(language_);
      headers.insert(where);
      if (row->Has('t')) return;
      facts_.insert(
          Line(where, header,
               std::string(row->labels.In(language_)) + ": " + TextOf(*row, member.value)));
    };
    for (const auto& member : entry.members) add(member, false);
    if (const auto* chosen = entry.Find("operator"); chosen != nullptr) {
      for (const auto& member : chosen->value.members) add(member, true);
    }
    for (const std::string& where : headers) facts_.insert(Line(where, header, ""));
  }

  // The operator may name an entry that the source does not have.
  std::string TitleOf(const SectionRow& section, const TomlNode& entry) const {
    const auto* chosen = entry.Find("operator");
    for (const KeyRow& row : KeysOf(section.name)) {
      if (!row.Has('t')) continue;
      const auto* title = entry.Find(row.name);
      if (title == nullptr && chosen != nullptr) title = chosen->value.Find(row.name);
      if (title != nullptr) return ": " + TextOf(row, title->value);
    }
    return "";
  }

  std::string TextOf(const KeyRow& row, const TomlNode& node) const {
    if (node.kind == TomlNode::Kind::kArray) {
      std::string text;
      for (const TomlNode& item : node.items)
        text += (text.empty() ? "" : "; ") + TextOf(row, item);
      return text;
    }
    if (node.text == "none") return std::string(Labels{"none", "없음", "なし"}.In(language_));
    if (node.text == "blank_in_source") {
      return std::string(Labels{"left blank", "원문에 비어 있음", "本文では空欄"}.In(language_));
    }
    if (node.text == "at_deployment") {
      return std::string(
          Labels{"filled in when published", "게시할 때 기재", "公表時に記載"}.In(language_));
    }
    switch (row.kind) {
      case ValueKind::kCode:
        return std::string(FindWord(row.of, node.text)->labels.In(language_));
      case ValueKind::kNumber:
        return std::to_string(node.integer);
      case ValueKind::kBool:
        return std::string(
            (node.boolean ? Labels{"yes", "예", "はい"} : Labels{"no", "아니요", "いいえ"})
                .In(language_));
      case ValueKind::kName:
        return language_ == Language::kEnglish
                   ? stated_.Find("words")->value.Find(node.text)->value.text
                   : node.text;
      case ValueKind::kWords:
        return node.Find(LanguageKey())->value.text;
      case ValueKind::kRef:
        return TargetTitle(row.of, node.text);
      case ValueKind::kPeriod:
        return Period(node.text);
      case ValueKind::kText:
      case ValueKind::kDay:
        break;
    }
    return node.text;
  }

  std::string LanguageKey() const {
    return language_ == Language::kEnglish ? "en" : language_ == Language::kKorean ? "ko" : "ja";
  }

  std::string TargetTitle(std::string_view section, const std::string& id) const {
    for (const TomlNode& entry : stated_.Find(section)->value.items) {
      const auto* own = entry.Find("id");
      if (own != nullptr && own->value.text == id) {
        return TitleOf(*FindSection(section), entry).substr(2);
      }
    }
    return "?";
  }

  // All periods of the files have one part.
  std::string Period(const std::string& iso) const {
    const std::string count = iso.substr(1, iso.size() - 2);
    const std::map<char, Labels> units = {{'Y', {" year", "년", "年"}},
                                          {'M', {" month", "개월", "か月"}},
                                          {'W', {" week", "주", "週間"}},
                                          {'D', {" day", "일", "日"}}};
    const bool is_many = language_ == Language::kEnglish && count != "1";
    return count + std::string(units.at(iso.back()).In(language_)) + (is_many ? "s" : "");
  }

  const TomlNode& stated_;
  Language language_;
  Facts facts_;
};

class Notice : public testing::TestWithParam<OperatorFile> {};

TEST_P(Notice, HasEveryFactOfTheFileOnceAndNothingElse) {
  const std::string name(GetParam().name);
  const Policy policy = OperatorPolicy(name);
  const TomlNode root = std::get<TomlNode>(ParseTomlTree(OperatorText(name)));
  for (const Language language : {policy.statement->language, Language::kEnglish}) {
    ASSERT_OK_AND_ASSIGN(const std::string page, RenderStatement(policy, language));
    const Facts found = FactsOnPage(page);
    const Facts expected = Expected(root.Find("stated")->value, language).All();
    EXPECT_GT(expected.size(), 150U);
    for (const std::string& fact : expected) {
      EXPECT_EQ(found.count(fact), expected.count(fact)) << fact;
    }
    for (const std::string& fact : found) {
      EXPECT_EQ(found.count(fact), expected.count(fact)) << fact;
    }
  }
}

TEST_P(Notice, ShowsEveryClauseInTheOrderOfTheSource) {
  const Policy policy = OperatorPolicy(GetParam().name);
  ASSERT_OK_AND_ASSIGN(const std::string page, RenderStatement(policy, policy.statement->language));
  std::size_t at = 0;
  int clauses_count = 0;
  for (const Article& article : policy.statement->articles) {
    const std::size_t title = page.find(article.title, at);
    ASSERT_NE(title, std::string::npos) << article.title;
    at = title;
    for (const StatedClause& clause : article.clauses) {
      const std::size_t found = page.find("(" + clause.id + ")\n", at);
      ASSERT_NE(found, std::string::npos) << clause.id;
      at = found;
      ++clauses_count;
    }
  }
  EXPECT_EQ(clauses_count, GetParam().clauses_count);
}

TEST_P(Notice, ClauseIdsAreAllThereIsFromOneOn) {
  const Policy policy = OperatorPolicy(GetParam().name);
  for (int i = 1; i <= GetParam().clauses_count; ++i) {
    const std::string id = std::string(GetParam().prefix) + std::to_string(i);
    const StatedClause* clause = policy.statement->FindClause(id);
    ASSERT_NE(clause, nullptr) << id;
    EXPECT_FALSE(policy.statement->FactsOf(id).empty()) << id;
    EXPECT_GE(clause->first_line, 1) << id;
  }
}

TEST_P(Notice, EndsWithVersionAndDigest) {
  const Policy policy = OperatorPolicy(GetParam().name);
  ASSERT_OK_AND_ASSIGN(const std::string page, RenderStatement(policy, Language::kEnglish));
  const std::string last = page.substr(page.rfind("---\n") + 4);
  EXPECT_TRUE(last.starts_with(policy.id + " " + policy.version + " sha256:")) << last;
  EXPECT_EQ(last.size(), policy.id.size() + policy.version.size() + 9 + 64 + 1);
}

TEST_P(Notice, AsHtmlHasTheSameFactsEscaped) {
  const Policy policy = OperatorPolicy(GetParam().name);
  ASSERT_OK_AND_ASSIGN(const std::string page, RenderStatement(policy, Language::kEnglish));
  ASSERT_OK_AND_ASSIGN(const std::string html, RenderStatementHtml(policy, Language::kEnglish));
  const auto count = [](const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count(html, "<p class=\"fact\">"), count(page, "\n  - "));
  EXPECT_EQ(count(html, "<p class=\"entry\">"), count(page, "\n- **"));
  EXPECT_EQ(count(html, "<h3>"), static_cast<std::size_t>(GetParam().clauses_count));
  EXPECT_EQ(count(html, "<script"), 0U);
  EXPECT_EQ(count(html, "http-equiv") + count(html, " src=") + count(html, " href="), 0U);
}

// These operators are no inventions.
TEST_P(Notice, DoesNotSayThatItIsInvented) {
  EXPECT_FALSE(OperatorPolicy(GetParam().name).invented);
}

INSTANTIATE_TEST_SUITE_P(Operators, Notice, testing::ValuesIn(kOperatorFiles), OperatorName);

// Every value of the file that is not only an id or a line of the source.
struct Leaf {
  TomlNode* node = nullptr;
  std::string section, key;
};

void CollectLeaves(TomlNode& node, const Leaf& place, std::vector<Leaf>& leaves) {
  if (place.key == "id") return;
  for (auto& member : node.members) {
    const std::string& section = place.section.empty() ? member.key : place.section;
    const bool is_provenance = place.key == "from";
    CollectLeaves(member.value, {nullptr, section, is_provenance ? place.key : member.key}, leaves);
  }
  for (TomlNode& item : node.items) CollectLeaves(item, place, leaves);
  if (!node.members.empty() || !node.items.empty()) return;
  const bool is_source_line = place.key == "clauses" && node.kind == TomlNode::Kind::kInteger;
  if (!is_source_line) leaves.push_back({&node, place.section, place.key});
}

// Another value of the same type; of a code, another word of its group.
void Mutate(TomlNode& node, TomlNode& words) {
  switch (node.kind) {
    case TomlNode::Kind::kInteger:
      ++node.integer;
      return;
    case TomlNode::Kind::kBool:
      node.boolean = !node.boolean;
      return;
    case TomlNode::Kind::kDay:
      node.text = node.text == "2000-01-02" ? "2000-01-03" : "2000-01-02";
      return;
    default:
      break;
  }
  for (const WordRow& row : AllWords()) {
    if (row.word != node.text) continue;
    const auto other = std::ranges::find_if(AllWords(), [&row](const WordRow& word) {
      return word.group == row.group && word.word != row.word;
    });
    if (other == AllWords().end()) break;  // the only word of its group: another is refused
    node.text = other->word;
    return;
  }
  const std::string old = node.text;
  node.text += "x";
  TomlNode::Member word{node.text, 1, 1, {}};
  word.value.kind = TomlNode::Kind::kText;
  word.value.text = "changed " + old;
  words.members.push_back(word);
}

TomlNode& Child(TomlNode& table, std::string_view key) {
  return std::ranges::find(table.members, key, &TomlNode::Member::key)->value;
}

class NoticeMutation : public testing::TestWithParam<OperatorFile> {};

std::string BothPages(const Policy& policy) {
  return *RenderStatement(policy, policy.statement->language) +
         *RenderStatement(policy, Language::kEnglish);
}

TEST_P(NoticeMutation, OfAPrintedValueChangesThePageOrIsRefused) {
  Policy policy = OperatorPolicy(GetParam().name);
  const std::string page = BothPages(policy);
  TomlNode root = std::get<TomlNode>(ParseTomlTree(OperatorText(GetParam().name)));
  std::vector<Leaf> leaves;
  TomlNode& stated = Child(root, "stated");
  TomlNode& words = Child(stated, "words");
  words.members.reserve(words.members.size() + 1);  // the leaves point into it
  CollectLeaves(stated, {}, leaves);
  EXPECT_GT(leaves.size(), 500U);
  // That the page holds every value is tested above; here, that each kind of value is looked at.
  constexpr std::size_t kStep = 11;
  for (std::size_t i = 0; i < leaves.size(); i += kStep) {
    const KeyRow* row = FindKey(leaves[i].section, leaves[i].key);
    const bool is_cap = row != nullptr && row->Has('i');
    if (is_cap || leaves[i].node->text == "not_stated") continue;
    const TomlNode kept = *leaves[i].node;
    const std::size_t words_count = words.members.size();
    Mutate(*leaves[i].node, words);
    std::vector<PolicyProblem> problems;
    Statement statement = ReadStatement(stated, problems);
    const bool is_reference = row == nullptr || row->kind == ValueKind::kRef;
    if (problems.empty() && is_reference) CheckStatement(statement, stated, problems);
    if (problems.empty()) {
      policy.statement = std::make_shared<const Statement>(std::move(statement));
      EXPECT_TRUE(BothPages(policy) != page) << leaves[i].key << " in line " << kept.line;
    }
    words.members.resize(words_count);
    *leaves[i].node = kept;
  }
}

INSTANTIATE_TEST_SUITE_P(Operators, NoticeMutation, testing::ValuesIn(kOperatorFiles),
                         OperatorName);

}  // namespace
}  // namespace noren::policy
