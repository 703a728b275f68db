// Every good sample is accepted without a single remark, and the samples are as many and as varied
// as they claim.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/datasets/sample_files.h"

namespace noren::datasets {
namespace {

using intake::Intake;
using intake::ParsedSeeker;
using model::ItemKind;

std::string ProblemsText(const Intake& intake) {
  std::string text;
  for (const auto& problem : intake.problems) text.append(ToText(problem)).append("\n");
  return text;
}

const ParsedSeeker* FindSeeker(const Intake& intake, std::string_view reference) {
  for (const ParsedSeeker& seeker : intake.seekers)
    if (seeker.reference == reference) return &seeker;
  return nullptr;
}

TEST(Samples, EveryRowIsAcceptedWithoutAProblem) {
  for (const std::string& language : SampleLanguages()) {
    for (const std::string kind : {"seekers.", "postings."}) {
      const Intake intake = ReadSample(kind + language + ".jsonl");
      EXPECT_EQ(ProblemsText(intake), "") << kind << language;
      EXPECT_EQ(intake.refused_rows_count, 0U);
      EXPECT_EQ(intake.rows_count, intake.seekers.size() + intake.postings.size());
    }
  }
}

TEST(Samples, HoldThreeHundredPeopleAndOneHundredAndTwentyPostingsInThreeLanguages) {
  std::size_t people = 0;
  std::size_t postings = 0;
  for (const std::string& language : SampleLanguages()) {
    const std::size_t people_here = ReadSample("seekers." + language + ".jsonl").seekers.size();
    const std::size_t postings_here = ReadSample("postings." + language + ".jsonl").postings.size();
    EXPECT_GE(people_here, 100U) << language;
    EXPECT_GE(postings_here, 35U) << language;
    people += people_here;
    postings += postings_here;
  }
  EXPECT_GE(people, 300U);
  EXPECT_GE(postings, 120U);
}

TEST(Samples, CompaniesAreManyAndReferencesAreUsedOnce) {
  std::set<std::string> companies;
  std::set<std::string> references;
  std::size_t rows = 0;
  for (const std::string& language : SampleLanguages()) {
    for (const auto& seeker : ReadSample("seekers." + language + ".jsonl").seekers) {
      references.insert(seeker.reference);
      ++rows;
    }
    for (const auto& parsed : ReadSample("postings." + language + ".jsonl").postings) {
      companies.insert(parsed.posting.company);
      references.insert(parsed.posting.reference);
      ++rows;
    }
  }
  EXPECT_GE(companies.size(), 12U);
  EXPECT_EQ(references.size(), rows);
  for (const std::string& reference : references) EXPECT_TRUE(reference.starts_with("invented-"));
}

TEST(Samples, EveryPersonHasAResumeANameAndAnAddressThatReachesNobody) {
  for (const std::string& language : SampleLanguages()) {
    for (const ParsedSeeker& seeker : ReadSample("seekers." + language + ".jsonl").seekers) {
      std::map<ItemKind, std::string> content;
      for (const auto& item : seeker.items)
        content[item.kind] = std::string(item.content.begin(), item.content.end());
      EXPECT_GT(content[ItemKind::kResume].size(), 400U) << seeker.reference;
      EXPECT_FALSE(content[ItemKind::kName].empty()) << seeker.reference;
      EXPECT_THAT(content[ItemKind::kEmail], testing::ContainsRegex("@example\\.(com|jp|kr)$"));
      if (content.contains(ItemKind::kPhone)) {
        EXPECT_THAT(content[ItemKind::kPhone], testing::ContainsRegex("^0[19]0-0000-[0-9]{4}$"));
      }
    }
  }
}

TEST(Samples, DocumentsKeptInFilesAreThere) {
  std::set<std::string> named;
  for (const std::string& language : SampleLanguages()) {
    for (const ParsedSeeker& seeker : ReadSample("seekers." + language + ".jsonl").seekers) {
      for (const auto& item : seeker.items)
        if (!item.file_path.empty()) named.insert(item.file_path);
    }
  }
  EXPECT_GE(named.size(), 10U);
  std::set<std::string> present;
  for (const std::string& name : FilesIn("documents")) present.insert("documents/" + name);
  EXPECT_EQ(named, present);
  for (const std::string& path : named)
    EXPECT_TRUE(ReadFileBytes(SamplesFolder() + "/" + path).starts_with("%PDF-1.4")) << path;
}

TEST(Samples, PeopleDifferInWhatTheyState) {
  std::size_t without_wage = 0;
  std::size_t without_languages = 0;
  std::size_t hidden = 0;
  std::size_t part_time_only = 0;
  std::size_t beginners = 0;
  std::size_t veterans = 0;
  for (const std::string& language : SampleLanguages()) {
    for (const ParsedSeeker& seeker : ReadSample("seekers." + language + ".jsonl").seekers) {
      const model::Profile& profile = seeker.profile;
      without_wage += profile.wage_floor.has_value() ? 0U : 1U;
      without_languages += profile.languages.empty() ? 1U : 0U;
      hidden += seeker.is_discoverable ? 0U : 1U;
      part_time_only += !profile.employment_types.empty() &&
                                !profile.employment_types.Has(model::EmploymentType::kFullTime)
                            ? 1U
                            : 0U;
      const int months = profile.experience_months.value_or(24);
      beginners += months < 12 ? 1U : 0U;
      veterans += months > 120 ? 1U : 0U;
    }
  }
  EXPECT_GE(without_wage, 20U);
  EXPECT_GE(without_languages, 3U);
  EXPECT_GE(hidden, 15U);
  EXPECT_GE(part_time_only, 15U);
  EXPECT_GE(beginners, 30U);
  EXPECT_GE(veterans, 60U);
}

TEST(SampleVariants, EveryVariantIsAcceptedWithoutAnError) {
  const std::map<std::string, std::size_t> rows = {
      {"bare.jsonl", 1},  {"byte-order-mark-and-crlf.jsonl", 2}, {"escaped.jsonl", 1},
      {"nulls.jsonl", 1}, {"mixed-with-empty-lines.jsonl", 3},   {"pays.jsonl", 5},
      {"words.jsonl", 4}};
  std::vector<std::string> names;
  for (const auto& [name, count] : rows) {
    const Intake intake = ReadSample("variants/" + name);
    EXPECT_EQ(ProblemsText(intake), "") << name;
    EXPECT_EQ(intake.seekers.size() + intake.postings.size(), count) << name;
    names.push_back(name);
  }
  EXPECT_THAT(FilesIn("variants"), testing::UnorderedElementsAreArray(names));
}

TEST(SampleVariants, PaysAreComparedByTheMonth) {
  const Intake intake = ReadSample("variants/pays.jsonl");
  std::vector<std::int64_t> amounts;
  for (const ParsedSeeker& seeker : intake.seekers)
    amounts.push_back(seeker.profile.wage_floor.value_or(model::Wage{}).amount_per_month);
  // 42,000,000 / 12; 1,250 x 2080 / 12 = 216,666.67; 11,000 x 260 / 12 = 238,333.33; 900 x 52 / 12
  EXPECT_THAT(amounts, testing::ElementsAre(1, 3500000, 216667, 238333, 3900));
}

TEST(SampleVariants, WordsOfThreeLanguagesMeanOneCode) {
  const Intake intake = ReadSample("variants/words.jsonl");
  for (const std::string reference :
       {"invented-variant-0100", "invented-variant-0101", "invented-variant-0102"}) {
    const ParsedSeeker* seeker = FindSeeker(intake, reference);
    ASSERT_NE(seeker, nullptr) << reference;
    ASSERT_EQ(seeker->profile.occupations.size(), 1U);
    EXPECT_EQ(seeker->profile.occupations[0].text(), "ISCO-2221");
    ASSERT_EQ(seeker->profile.skills.size(), 1U);
    EXPECT_EQ(seeker->profile.skills[0].code.text(), "SK-python");
  }
}

TEST(SampleStandards, JsonResumesBecomeProfilesWithEverythingTheyState) {
  const auto names = FilesIn("json_resume");
  EXPECT_GE(names.size(), 6U);
  for (const std::string& name : names) {
    const Intake intake =
        intake::ReadDocument(ReadFileBytes(SamplesFolder() + "/json_resume/" + name),
                             {"invented-" + name, ""}, Context());
    EXPECT_EQ(ProblemsText(intake), "") << name;
    ASSERT_EQ(intake.seekers.size(), 1U) << name;
    const model::Profile& profile = intake.seekers[0].profile;
    EXPECT_EQ(profile.occupations.size(), 1U) << name;
    EXPECT_FALSE(profile.regions.empty()) << name;
    EXPECT_GE(profile.skills.size(), 3U) << name;
    EXPECT_FALSE(profile.languages.empty()) << name;
    EXPECT_TRUE(profile.education.has_value()) << name;
    EXPECT_TRUE(profile.experience_months.has_value()) << name;
  }
}

TEST(SampleStandards, JobPostingsBecomePostingsWithPayAndPlace) {
  const auto names = FilesIn("job_posting");
  EXPECT_GE(names.size(), 6U);
  for (const std::string& name : names) {
    const Intake intake =
        intake::ReadDocument(ReadFileBytes(SamplesFolder() + "/job_posting/" + name),
                             {"invented-" + name, "quillmere-global"}, Context());
    EXPECT_EQ(ProblemsText(intake), "") << name;
    ASSERT_EQ(intake.postings.size(), 1U) << name;
    const model::Posting& posting = intake.postings[0].posting;
    EXPECT_EQ(posting.occupations.size(), 1U) << name;
    EXPECT_FALSE(posting.regions.empty()) << name;
    EXPECT_TRUE(posting.wage.has_value()) << name;
    EXPECT_FALSE(posting.employment_types.empty()) << name;
  }
}

}  // namespace
}  // namespace noren::datasets
