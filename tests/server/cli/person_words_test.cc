// What a person reads of who saw what: every form, in every language, and nothing of a stranger's
// text that a terminal would obey.
// SPDX-License-Identifier: Apache-2.0
#include "server/cli/person_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "server/cli/console.h"
#include "server/cli/person_view.h"

namespace noren::cli {
namespace {

using model::Language;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Language kLanguages[] = {Language::kEnglish, Language::kKorean, Language::kJapanese};

wire::DisclosureRecord ShownAs(const std::string& what, const std::string& form) {
  wire::DisclosureRecord shown;
  shown.at = 1767571200;
  shown.what = what;
  shown.who = "company:hangang-care";
  shown.form = form;
  shown.people = 5;
  shown.reason = "to choose whom to invite";
  shown.posting = "posting-33333333333333333333333333333333";
  return shown;
}

std::vector<wire::DisclosureRecord> EveryForm() {
  return {ShownAs("list_cards", "card occupation=ISCO-5322"),
          ShownAs("rank_candidates", "ranking"),
          ShownAs("list_candidates", "applicant"),
          ShownAs("explain_candidate", "explanation"),
          ShownAs("collect_release", "documents"),
          ShownAs("read_released_item", "documents"),
          ShownAs("read_own_item", "documents"),
          ShownAs("list_erasure_requests", "erasure-request")};
}

TEST(PersonWords, SaysEachFormInItsOwnSentenceInEveryLanguage) {
  std::set<std::string> sentences;
  for (const Language language : kLanguages) {
    const PersonWords words(language, nullptr);
    for (const wire::DisclosureRecord& shown : EveryForm()) sentences.insert(words.Shown(shown));
  }
  EXPECT_EQ(sentences.size(), 3 * EveryForm().size());
  for (const std::string& sentence : sentences) {
    EXPECT_EQ(sentence.find("{}"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find('_'), std::string::npos) << "an operation's name: " << sentence;
  }
}

TEST(PersonWords, HasEveryPhraseInEveryLanguage) {
  for (int i = 0; i <= static_cast<int>(Phrase::kWhy); ++i) {
    std::set<std::string> said;
    for (const Language language : kLanguages) {
      said.insert(PersonWords(language, nullptr).Say(static_cast<Phrase>(i), 7));
    }
    EXPECT_EQ(said.size(), 3u) << i;
    EXPECT_FALSE(said.contains("")) << i;
  }
}

// A card is of many, a list of so many: neither is said in the other's words.
TEST(PersonWords, ACardSaysAtLeastHowManyAndWhatWasOnIt) {
  const PersonWords words(Language::kEnglish, nullptr);
  const auto card =
      ShownAs("list_cards", "card education=3..4 experience_months=24..36 region=KR-11");
  EXPECT_THAT(words.Shown(card), HasSubstr("at least 5 people"));
  EXPECT_EQ(words.Card(card), "education 3..4, months of experience 24..36, region KR-11");
  EXPECT_EQ(words.Card(ShownAs("rank_candidates", "ranking")), "");
  EXPECT_THAT(words.Shown(ShownAs("rank_candidates", "ranking")),
              AllOf(HasSubstr("list of 5"), Not(HasSubstr("at least"))));
}

TEST(PersonWords, AReasonThatWasStatedIsMarkedAsStated) {
  const PersonWords words(Language::kEnglish, nullptr);
  EXPECT_EQ(words.Reason("to choose whom to invite"), "to choose whom to invite");
  EXPECT_EQ(words.Reason("first interview"), "stated: first interview");
  EXPECT_EQ(words.Reason(""), "");
}

// Records of before forms were kept.
TEST(PersonWords, SaysWhatWasDoneWhenThereIsNoForm) {
  const PersonWords words(Language::kEnglish, nullptr);
  EXPECT_THAT(words.Shown(ShownAs("collect_release", "")), HasSubstr("received your documents"));
  EXPECT_THAT(words.Shown(ShownAs("something_new", "")), HasSubstr("something_new"));
}

TEST(PersonView, ShowsNoTextThatATerminalObeys) {
  wire::DisclosureRecord shown = ShownAs("collect_release", "documents");
  shown.who = "company:\x1b[31m";
  shown.viewer_name = "Han\x1b]0;x\x07gang";
  shown.posting_title =
      "\xe2\x80\xae"
      "erutcel";
  shown.reason = "a\nb\x1b[2J";
  for (const Language language : kLanguages) {
    const std::string text = ShownText(shown, PersonWords(language, nullptr));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
    EXPECT_EQ(text.find("a\nb"), std::string::npos);
  }
  wire::DisclosureRecord card = ShownAs("list_cards", "card region=\x1b[31m");
  EXPECT_EQ(ShownText(card, PersonWords(Language::kKorean, nullptr)).find('\x1b'),
            std::string::npos);
}

TEST(PersonView, EveryViewSaysThatPortalsDoNotKnowOfOneAnother) {
  wire::PersonRecord record;
  record.discoverable = true;
  record.class_size_at_least = 5;
  for (const Language language : kLanguages) {
    const PersonWords words(language, nullptr);
    EXPECT_THAT(RecordText(record, words), HasSubstr(words.Say(Phrase::kScope)));
    EXPECT_THAT(RecordText(record, words), HasSubstr(words.Say(Phrase::kLikeOthers, 4)));
  }
}

}  // namespace
}  // namespace noren::cli
