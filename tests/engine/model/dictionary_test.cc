// SPDX-License-Identifier: Apache-2.0
#include "engine/model/dictionary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/model/errors.h"
#include "tests/engine/model/taxonomies.h"

namespace noren::model {
namespace {

std::string CodeFor(CodeKind kind, std::string_view text) {
  const DictionaryEntry* entry = TestDictionary().Find(kind, text);
  return entry != nullptr ? entry->code : "";
}

// The real files with one of them changed by `change`; the error's detail.
template <typename Change>
std::string ErrorAfter(std::string_view file_name, Change change) {
  std::vector<TaxonomyFile> files = ReadTaxonomies();
  change(std::ranges::find(files, file_name, &TaxonomyFile::name)->text);
  const auto loaded = Dictionary::Load(files);
  EXPECT_EQ(CodeOf(loaded.status()), ErrorCode::kDataCorrupt);
  return DetailOf(loaded.status());
}

TEST(Dictionary, FilesOfTheTreeLoad) {
  const auto loaded = Dictionary::Load(ReadTaxonomies());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->Entries(CodeKind::kOccupation).size(), 619U);  // 10 + 43 + 130 + 436
  EXPECT_GE(loaded->Entries(CodeKind::kSkill).size(), 500U);
  EXPECT_GE(loaded->Entries(CodeKind::kLicence).size(), 300U);
}

TEST(Dictionary, CountsOfRegionsAreThoseOfTheTwoCountries) {
  int provinces_kr = 0;
  int prefectures_jp = 0;
  int municipalities_jp = 0;
  for (const DictionaryEntry& entry : TestDictionary().Entries(CodeKind::kRegion)) {
    if (entry.code.size() == 5) (entry.code.starts_with("KR") ? provinces_kr : prefectures_jp) += 1;
    if (entry.code.size() == 8 && entry.code.starts_with("JP")) ++municipalities_jp;
  }
  EXPECT_EQ(provinces_kr, 17);
  EXPECT_EQ(prefectures_jp, 47);
  EXPECT_GE(municipalities_jp, 1741);
}

TEST(Dictionary, EveryCodeLabelAndAliasFindsItsEntryOrIsAmbiguous) {
  const Dictionary& dictionary = TestDictionary();
  for (int k = 0; k < kCodeKindCount; ++k) {
    const auto kind = static_cast<CodeKind>(k);
    for (const DictionaryEntry& entry : dictionary.Entries(kind)) {
      EXPECT_EQ(dictionary.FindCode(kind, entry.code), &entry);
      EXPECT_EQ(dictionary.Find(kind, entry.code), &entry);
      for (const std::string& alias : entry.aliases) {
        const auto all = dictionary.FindAll(kind, alias);
        EXPECT_NE(std::ranges::find(all, &entry), all.end()) << entry.code << " " << alias;
      }
    }
  }
}

TEST(Dictionary, FindsWordsOfThreeLanguages) {
  EXPECT_EQ(CodeFor(CodeKind::kOccupation, "소프트웨어 개발자"), "ISCO-2512");
  EXPECT_EQ(CodeFor(CodeKind::kOccupation, "ソフトウェア開発者"), "ISCO-2512");
  EXPECT_EQ(CodeFor(CodeKind::kOccupation, "software DEVELOPERS"), "ISCO-2512");
  EXPECT_EQ(CodeFor(CodeKind::kSkill, "ｐｙｔｈｏｎ"), "SK-python");
  EXPECT_EQ(CodeFor(CodeKind::kLicence, "정보처리 기사"), "LC-kr-info-processing-engineer");
  EXPECT_EQ(CodeFor(CodeKind::kLicence, "介護福祉士"), "LC-jp-certified-care-worker");
  EXPECT_EQ(CodeFor(CodeKind::kLanguageLevel, "JLPT N2"), "4");
  EXPECT_EQ(CodeFor(CodeKind::kEmploymentType, "派遣社員"), "dispatched");
  EXPECT_EQ(CodeFor(CodeKind::kEducation, "초대졸"), "short_tertiary");
}

TEST(Dictionary, FindsRegionsWithAndWithoutWhatIsAboveThem) {
  EXPECT_EQ(CodeFor(CodeKind::kRegion, "서울 마포구"), "KR-11440");
  EXPECT_EQ(CodeFor(CodeKind::kRegion, "東京都新宿区"), "JP-13104");
  EXPECT_EQ(CodeFor(CodeKind::kRegion, "横浜市鶴見区"), "JP-14101");
  EXPECT_EQ(CodeFor(CodeKind::kRegion, "분당구"), "KR-41135");
  EXPECT_EQ(CodeFor(CodeKind::kRegion, "Jung-gu, Seoul"), "KR-11140");
  EXPECT_EQ(CodeFor(CodeKind::kRegion, "KR-42150"), "KR-51150");  // the number before 2023
}

TEST(Dictionary, NameOfSeveralRegionsIsNone) {
  EXPECT_EQ(CodeFor(CodeKind::kRegion, "중구"), "");
  EXPECT_EQ(TestDictionary().FindAll(CodeKind::kRegion, "중구").size(), 6U);
  EXPECT_EQ(CodeFor(CodeKind::kRegion, "府中市"), "");
  EXPECT_EQ(CodeFor(CodeKind::kRegion, "広島県府中市"), "JP-34208");
}

TEST(Dictionary, NameSharedAlongOneLineMeansTheLowestGroup) {
  EXPECT_EQ(TestDictionary().FindAll(CodeKind::kOccupation, "장교").size(), 3U);
  EXPECT_EQ(CodeFor(CodeKind::kOccupation, "장교"), "ISCO-0110");
}

TEST(Dictionary, UnknownWordIsNoneAndGetsSuggestions) {
  EXPECT_EQ(CodeFor(CodeKind::kSkill, "Pyhton"), "");
  const auto nearest = TestDictionary().Suggest(CodeKind::kSkill, "Pyhton", 3);
  ASSERT_FALSE(nearest.empty());
  EXPECT_EQ(nearest[0]->code, "SK-python");
  EXPECT_TRUE(TestDictionary().Suggest(CodeKind::kSkill, "", 3).empty());
  EXPECT_TRUE(TestDictionary().Suggest(CodeKind::kSkill, "zzzzzzzzqqqqqqqqq", 3).empty());
  EXPECT_EQ(CodeFor(CodeKind::kSkill, "\xFF"), "");
}

TEST(Dictionary, ForeignGroupsOfBothClassificationsAreThere) {
  std::size_t keco = 0;
  std::size_t mhlw = 0;
  for (const ForeignGroup& group : TestDictionary().ForeignGroups()) {
    (group.scheme == "keco-2018" ? keco : mhlw) += 1;
    EXPECT_FALSE(group.occupations.empty()) << group.code;
  }
  EXPECT_EQ(keco, 10U + 35U + 136U);
  EXPECT_EQ(mhlw, 15U + 99U);
}

TEST(Dictionary, LabelFallsBackToEnglish) {
  const DictionaryEntry* entry = TestDictionary().FindCode(CodeKind::kRegion, "JP-28201");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->Label(Language::kKorean), "Himeji-shi");
  EXPECT_EQ(entry->Label(Language::kJapanese), "姫路市");
  EXPECT_EQ(entry->latitude_e6, 34815278);
}

TEST(DictionaryLoad, RefusesBrokenFiles) {
  EXPECT_EQ(ErrorAfter("skills.tsv", [](std::string& text) { text.clear(); }),
            "skills.tsv line 0: no rows");
  EXPECT_THAT(ErrorAfter("skills.tsv", [](std::string& text) { text += "SK-zz\t\tx\n"; }),
              testing::HasSubstr("number of cells"));
  EXPECT_THAT(ErrorAfter("skills.tsv", [](std::string& text) { text += "SK-a\t\ta\tb\tc\t\n"; }),
              testing::HasSubstr("order of codes"));
  EXPECT_THAT(ErrorAfter("skills.tsv", [](std::string& text) { text += "SK-zz\t\t\tb\tc\t\n"; }),
              testing::HasSubstr("empty label"));
  EXPECT_THAT(ErrorAfter("skills.tsv", [](std::string& text) { text += "SL-zz\t\ta\tb\tc\t\n"; }),
              testing::HasSubstr("malformed code"));
  EXPECT_THAT(
      ErrorAfter("skills.tsv", [](std::string& text) { text += "SK-zz\tSK-none\ta\tb\tc\t\n"; }),
      testing::HasSubstr("no such parent"));
  EXPECT_THAT(ErrorAfter("skills.tsv",
                         [](std::string& text) { text += "SK-zz\t\tfresh1\tfresh2\tPYTHON\t\n"; }),
              testing::HasSubstr("have the same name"));
  EXPECT_THAT(ErrorAfter("skills.tsv", [](std::string& text) { text += "SK-zz\t\ta\tb\tc\t|\n"; }),
              testing::HasSubstr("empty alias"));
  EXPECT_THAT(
      ErrorAfter("skills.tsv", [](std::string& text) { text += "SK-zz\t\t\xFF\tb\tc\t\n"; }),
      testing::HasSubstr("not UTF-8"));
  EXPECT_THAT(
      ErrorAfter("mhlw_2022.tsv", [](std::string& text) { text += "999\t\tx\tISCO-9999\n"; }),
      testing::HasSubstr("no such occupation"));
}

TEST(DictionaryLoad, RefusesAMissingFile) {
  std::vector<TaxonomyFile> files = ReadTaxonomies();
  files.erase(files.begin());
  EXPECT_EQ(CodeOf(Dictionary::Load(files).status()), ErrorCode::kDataCorrupt);
}

TEST(Dictionary, NamesEveryCodeOfAProfileThatIsNotInTheLists) {
  Profile profile;
  profile.occupations = {*OccupationCode::Parse("ISCO-2512"), *OccupationCode::Parse("ISCO-9999")};
  profile.skills = {{*SkillCode::Parse("SK-nothing-of-this-name"), 3}};
  profile.regions = {*RegionCode::Parse("KR-42150")};
  std::vector<std::string> fields;
  for (const Status& problem : TestDictionary().UnknownCodesIn(profile)) {
    EXPECT_EQ(CodeOf(problem), ErrorCode::kUnknownCode);
    fields.push_back(FieldOf(problem));
  }
  EXPECT_THAT(fields, testing::ElementsAre("profile.occupations[1]", "profile.skills[0].skill",
                                           "profile.regions[0]"));
}

TEST(Dictionary, NamesEveryCodeOfAPostingThatIsNotInTheLists) {
  Posting posting;
  posting.required.licences = {*LicenceCode::Parse("LC-none-such")};
  posting.preferred_languages = {{*LanguageCode::Parse("zz"), 3, 1}};
  std::vector<std::string> fields;
  for (const Status& problem : TestDictionary().UnknownCodesIn(posting))
    fields.push_back(FieldOf(problem));
  EXPECT_THAT(fields, testing::ElementsAre("posting.required.licences[0]",
                                           "posting.preferred.languages[0].language"));
}

TEST(FoldName, IgnoresWidthCaseSpaceAndMiddleDots) {
  EXPECT_EQ(FoldName(" Ｗｅｂ  Design "), "webdesign");
  EXPECT_EQ(FoldName("UI·UX"), FoldName("ui・ux"));
  EXPECT_EQ(FoldName("ﾊﾟｰﾄ"), "パート");
  EXPECT_EQ(FoldName("\xFF"), "");
}

}  // namespace
}  // namespace noren::model
