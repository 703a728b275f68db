// JSON Resume, schema.org JobPosting and telling the formats apart.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "tests/engine/intake/context.h"

namespace noren::intake {
namespace {

using model::ErrorCode;
using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

const DocumentSource kSource{"doc-1", "acme"};

const std::string kResume =
    R"({"basics":{"name":"Kim Ara","label":"Software Engineer","email":"ara@example.com",)"
    R"("phone":"010-0000-0000",)"
    R"("summary":"Free text.","location":{"city":"Mapo-gu","region":"Seoul","countryCode":"KR"}},)"
    R"("work":[{"position":"Software Engineer","startDate":"2020-01-01","endDate":"2021-01-01"},)"
    R"({"position":"Software developer","startDate":"2020-07","endDate":"2022-01"},)"
    R"({"position":"Barista","startDate":"2010-01","endDate":"2015-01"},)"
    R"({"position":"Software Engineer","startDate":"2024-01"}],)"
    R"("education":[{"studyType":"Bachelor"},{"studyType":"Master"},{"studyType":"Bootcamp"}],)"
    R"("skills":[{"name":"Web Development","level":"Master","keywords":["HTML","CSS",)"
    R"("Klingon poetry"]}],)"
    R"("languages":[{"language":"Korean","fluency":"Native speaker"},{"language":"Japanese",)"
    R"("fluency":"JLPT N1"}],)"
    R"("certificates":[{"name":"정보처리기사"}],"references":[]})";

const std::string kJob =
    R"({"@context":"https://schema.org","@type":"JobPosting","title":"Nurse, night shift",)"
    R"("identifier":{"value":"N-7"},)"
    R"("description":"<p>Text</p>","occupationalCategory":"29-1141.00 Registered nurse",)"
    R"("employmentType":["FULL_TIME","PER_DIEM"],)"
    R"("baseSalary":{"@type":"MonetaryAmount","currency":"JPY","value":{"minValue":1500,)"
    R"("maxValue":1800.5,"unitText":"HOUR"}},)"
    R"("jobLocation":{"@type":"Place","address":{"addressLocality":"新宿区","addressRegion":"東京都",)"
    R"("addressCountry":"JP"}},)"
    R"("experienceRequirements":{"monthsOfExperience":24},)"
    R"("educationRequirements":{"credentialCategory":"associate degree"},)"
    R"("skills":"Emergency care, patient care, telepathy of the third kind",)"
    R"("jobStartDate":"2027-04-01"})";

Intake Job(const std::string& text) { return ReadJobPostings(text, kSource, TestContext()); }
Intake Resume(const std::string& text) { return ReadJsonResume(text, kSource, TestContext()); }

TEST(JsonResume, MapsWhatExactLabelsAllow) {
  const Intake intake = Resume(kResume);
  ASSERT_EQ(intake.seekers.size(), 1U) << ToText(intake.problems.at(0));
  const ParsedSeeker& seeker = intake.seekers[0];
  EXPECT_EQ(seeker.reference, "doc-1");
  EXPECT_FALSE(seeker.is_discoverable);
  EXPECT_EQ(seeker.profile.occupations.at(0).text(), "ISCO-2512");
  EXPECT_EQ(seeker.profile.regions.at(0).text(), "KR-11440");
  EXPECT_EQ(seeker.profile.experience_months,
            24);  // two overlapping jobs: 2020-01 to 2022-01, each month once
  EXPECT_EQ(seeker.profile.education, model::Education::kMaster);
  ASSERT_EQ(seeker.profile.skills.size(), 3U);
  EXPECT_EQ(seeker.profile.skills[0].code.text(), "SK-web-development");
  EXPECT_EQ(seeker.profile.skills[0].level, 5);
  EXPECT_EQ(seeker.profile.languages.at(1).level, 5);
  EXPECT_EQ(seeker.profile.licences.at(0).text(), "LC-kr-info-processing-engineer");
  EXPECT_EQ(seeker.profile.wage_floor, std::nullopt);
}

TEST(JsonResume, SealsTheWholeTextAndTheIdentityAsItems) {
  const Intake intake = Resume(kResume);
  std::vector<model::ItemKind> kinds;
  for (const ParsedItem& item : intake.seekers.at(0).items) kinds.push_back(item.kind);
  EXPECT_THAT(kinds,
              ElementsAre(model::ItemKind::kName, model::ItemKind::kEmail, model::ItemKind::kPhone,
                          model::ItemKind::kAddress, model::ItemKind::kResume));
  EXPECT_EQ(AsText(intake.seekers[0].items.back().content), kResume);
}

TEST(JsonResume, ReportsUnresolvedWordsAsWarnings) {
  const Intake intake = Resume(kResume);
  EXPECT_THAT(Errors(intake), ElementsAre());
  EXPECT_THAT(
      Problems(intake, Severity::kWarning),
      testing::UnorderedElementsAre(Pair("skills[0].keywords[2]", ErrorCode::kUnresolvedWord),
                                    Pair("education[2].studyType", ErrorCode::kUnresolvedWord),
                                    Pair("work[3]", ErrorCode::kMissingField)));
}

TEST(JsonResume, TakesTheLatestPositionWhenTheLabelIsNoKnownWord) {
  const Intake intake = Resume(
      Replaced(kResume, "\"label\":\"Software Engineer\"", "\"label\":\"Code ninja supreme\""));
  ASSERT_EQ(intake.seekers.size(), 1U);
  EXPECT_EQ(intake.seekers[0].profile.occupations.at(0).text(), "ISCO-2512");
}

TEST(JsonResume, RefusesAPhotoButNotAnEmptyOne) {
  EXPECT_THAT(
      Errors(Resume(Replaced(kResume, "\"basics\":{", "\"basics\":{\"image\":\"me.jpg\","))),
      ElementsAre(Pair("basics.image", ErrorCode::kForbiddenField)));
  EXPECT_EQ(Resume(Replaced(kResume, "\"basics\":{", "\"basics\":{\"image\":\"\",")).seekers.size(),
            1U);
}

TEST(JsonResume, RefusesWithoutOccupationOrRegion) {
  EXPECT_THAT(Errors(Resume(R"({"basics":{"name":"A"}})")),
              ElementsAre(Pair("basics.label", ErrorCode::kMissingField),
                          Pair("basics.location", ErrorCode::kMissingField)));
  EXPECT_THAT(Errors(Resume("{}")), Contains(Pair("basics", ErrorCode::kMissingField)));
  EXPECT_THAT(Errors(Resume("[]")), ElementsAre(Pair("", ErrorCode::kUnsupportedDocument)));
  EXPECT_THAT(Errors(Resume("{\"basics\":{")), ElementsAre(Pair("", ErrorCode::kBadJson)));
}

TEST(JsonResume, RefusesMembersOfAnotherType) {
  EXPECT_THAT(Errors(Resume(Replaced(kResume, "\"email\":\"ara@example.com\"", "\"email\":7"))),
              ElementsAre(Pair("basics.email", ErrorCode::kBadRequest)));
  EXPECT_THAT(
      Errors(Resume(Replaced(kResume, "\"references\":[]", "\"volunteer\":[],\"awards\":{}"))),
      ElementsAre());
  EXPECT_THAT(Errors(Resume(Replaced(kResume, "\"certificates\":[{", "\"certificates\":[3,{"))),
              ElementsAre(Pair("certificates[0]", ErrorCode::kBadRequest)));
}

TEST(JobPosting, MapsWhatExactLabelsAllow) {
  const Intake intake = Job(kJob);
  ASSERT_EQ(intake.postings.size(), 1U) << ToText(intake.problems.at(0));
  const model::Posting& posting = intake.postings[0].posting;
  EXPECT_EQ(posting.company, "acme");
  EXPECT_EQ(posting.reference, "N-7");
  EXPECT_EQ(posting.occupations.at(0).text(), "ISCO-2221");
  EXPECT_EQ(posting.regions.at(0).text(), "JP-13104");
  EXPECT_TRUE(posting.employment_types.Has(model::EmploymentType::kFullTime));
  EXPECT_TRUE(posting.employment_types.Has(model::EmploymentType::kDaily));
  EXPECT_EQ(posting.wage->min_per_month, 260'000);
  EXPECT_EQ(posting.wage->max_per_month, 312'087);  // 1800.5 x 2080 / 12 = 312,086.67
  EXPECT_EQ(posting.wage->currency, model::Currency::kJpy);
  EXPECT_EQ(posting.required.min_experience_months, 24);
  EXPECT_EQ(posting.required.min_education, model::Education::kShortTertiary);
  EXPECT_EQ(model::ToIso(*posting.required.start_by), "2027-04-01");
  EXPECT_EQ(posting.preferred_skills.size(), 2U);
  EXPECT_THAT(Problems(intake, Severity::kWarning),
              ElementsAre(Pair("skills[0]", ErrorCode::kUnresolvedWord)));
}

TEST(JobPosting, TakesAnIscoCodeOfACodeSet) {
  const Intake intake = Job(
      Replaced(kJob, "\"29-1141.00 Registered nurse\"",
               R"({"codeValue":"2512","inCodeSet":{"name":"ISCO-08"},"name":"whatever it is"})"));
  EXPECT_EQ(intake.postings.at(0).posting.occupations.at(0).text(), "ISCO-2512");
}

TEST(JobPosting, ReadsArraysAndGraphs) {
  const std::string other = Replaced(kJob, "\"identifier\":{\"value\":\"N-7\"},", "");
  EXPECT_EQ(Job("[" + kJob + "," + other + "]").postings.size(), 2U);
  const Intake graph = Job(R"({"@graph":[{"@type":"Organization"},)" + other + "," +
                           Replaced(other, "Nurse,", "Nurses,") + "]}");
  ASSERT_EQ(graph.postings.size(), 2U);
  EXPECT_EQ(graph.postings[0].posting.reference, "doc-1");
  EXPECT_EQ(graph.postings[1].posting.reference, "doc-1-2");
}

TEST(JobPosting, RefusesTheSameIdentifierTwice) {
  const Intake intake = Job("[" + kJob + "," + kJob + "]");
  EXPECT_EQ(intake.postings.size(), 1U);
  EXPECT_THAT(Errors(intake), ElementsAre(Pair("identifier", ErrorCode::kDuplicateValue)));
}

TEST(JobPosting, RefusesWithoutOccupationOrPlace) {
  EXPECT_THAT(Errors(Job(R"({"@type":"JobPosting","title":"Zzzz qqqq xxxx"})")),
              ElementsAre(Pair("occupationalCategory", ErrorCode::kMissingField),
                          Pair("jobLocation", ErrorCode::kMissingField)));
  EXPECT_THAT(Errors(Job(R"({"@type":"Person"})")),
              ElementsAre(Pair("", ErrorCode::kUnsupportedDocument)));
}

TEST(JobPosting, RefusesConditionsThatMustNotBeAsked) {
  EXPECT_THAT(Errors(Job(Replaced(kJob, "\"title\"", "\"height\":\"170\",\"title\""))),
              ElementsAre(Pair("height", ErrorCode::kForbiddenField)));
}

TEST(JobPosting, WageWithoutUnitIsAWarningAndIsNotUsed) {
  const Intake intake = Job(Replaced(kJob, "\"unitText\":\"HOUR\"", "\"unitText\":\"\""));
  EXPECT_EQ(intake.postings.at(0).posting.wage, std::nullopt);
  EXPECT_THAT(Problems(intake, Severity::kWarning),
              Contains(Pair("baseSalary", ErrorCode::kUnresolvedWord)));
}

TEST(JobPosting, DefaultRegionStandsInWithAWarning) {
  DocumentSource source = kSource;
  source.default_region = *model::RegionCode::Parse("JP-13");
  const std::string text = R"({"@type":"JobPosting","title":"electrician"})";
  const Intake intake = ReadJobPostings(text, source, TestContext());
  EXPECT_EQ(intake.postings.at(0).posting.regions.at(0).text(), "JP-13");
  EXPECT_THAT(Problems(intake, Severity::kWarning),
              ElementsAre(Pair("jobLocation", ErrorCode::kMissingField)));
}

TEST(JsonResume, DefaultRegionStandsInWithAWarning) {
  DocumentSource source = kSource;
  source.default_region = *model::RegionCode::Parse("KR-11");
  const Intake intake = ReadJsonResume(R"({"basics":{"label":"Barista"}})", source, TestContext());
  EXPECT_EQ(intake.seekers.at(0).profile.regions.at(0).text(), "KR-11");
  EXPECT_THAT(Problems(intake, Severity::kWarning),
              ElementsAre(Pair("basics.location", ErrorCode::kMissingField)));
}

TEST(JobPosting, CountryThatContradictsTheCityWins) {
  const Intake intake =
      Job(Replaced(kJob, "\"addressCountry\":\"JP\"", "\"addressCountry\":\"KR\""));
  EXPECT_EQ(intake.postings.at(0).posting.regions.at(0).text(), "KR");
}

TEST(DetectFormat, TellsTheFormatsApart) {
  EXPECT_EQ(DetectFormat(kResume), DocumentFormat::kJsonResume);
  EXPECT_EQ(DetectFormat("\xEF\xBB\xBF " + kJob), DocumentFormat::kJobPosting);
  EXPECT_EQ(DetectFormat("{\"noren\":\"seeker/1\"}"), DocumentFormat::kNorenJsonLines);
  EXPECT_EQ(DetectFormat("{broken\n{\"noren\":\"x\"}\n"), DocumentFormat::kNorenJsonLines);
  EXPECT_EQ(DetectFormat("{\"noren\":\"seeker/1\",\"ref\":"), DocumentFormat::kNorenJsonLines);
  for (const char* text :
       {"", "  ", "{", "[]", "{\"info\":{},\"meta\":{\"format\":\"FRESH\"}}", "\xFF\xFE{"}) {
    EXPECT_EQ(DetectFormat(text), DocumentFormat::kUnknown) << text;
  }
}

TEST(ReadDocument, ReportsUnknownFormatsAndBrokenText) {
  EXPECT_THAT(Errors(ReadDocument("{\"info\":{}}", kSource, TestContext())),
              ElementsAre(Pair("", ErrorCode::kUnsupportedDocument)));
  EXPECT_THAT(Errors(ReadDocument("{\"basics\":", kSource, TestContext())),
              ElementsAre(Pair("", ErrorCode::kBadJson)));
  EXPECT_THAT(Errors(ReadDocument(std::string("\xFF\xFE{\0}\0", 6), kSource, TestContext())),
              ElementsAre(Pair("", ErrorCode::kBadEncoding)));
  EXPECT_EQ(ReadDocument(kResume, kSource, TestContext()).seekers.size(), 1U);
}

// A changed document is a valid value or a report.
TEST(ReadDocument, ChangedDocumentIsAValidValueOrAReport) {
  EXPECT_TRUE(rc::check([](std::uint8_t byte, bool is_resume) {
    std::string text = is_resume ? kResume : kJob;
    text[*rc::gen::inRange<std::size_t>(0, text.size())] = static_cast<char>(byte);
    const Intake intake = ReadDocument(text, kSource, TestContext());
    RC_ASSERT(intake.rows_count ==
              intake.seekers.size() + intake.postings.size() + intake.refused_rows_count);
    RC_ASSERT((intake.refused_rows_count == 0) == Errors(intake).empty());
    for (const ParsedSeeker& seeker : intake.seekers)
      RC_ASSERT(model::Validate(seeker.profile).ok());
    for (const ParsedPosting& posting : intake.postings)
      RC_ASSERT(model::Validate(posting.posting).ok());
  }));
}

}  // namespace
}  // namespace noren::intake
