// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "engine/intake/jsonl_reader.h"
#include "tests/engine/intake/context.h"

namespace noren::intake {
namespace {

using model::ErrorCode;
using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

const std::string kSeeker =
    R"({"noren":"seeker/1","ref":"s-1","profile":{"occupations":["소프트웨어 개발자"],)"
    R"("skills":[{"skill":"Python","level":4}],"regions":["KR-11","성남시 분당구"],)"
    R"("licences":["정보처리기사"],)"
    R"("languages":[{"language":"한국어","level":"native"},{"language":"ja","level":"JLPT N2"}],)"
    R"("employment_types":["full_time","계약직"],"wage_floor":{"amount":42000000,"currency":"KRW",)"
    R"("per":"year"},)"
    R"("experience_months":54,"education":"학사","available_from":"2026-12-01",)"
    R"("confirmed_on":"2026-11-20","preferences":{"wage":9}},)"
    R"("items":[{"kind":"resume","name":"CV","media_type":"text/markdown","text":"# CV"},)"
    R"({"kind":"certificate","name":"C","media_type":"application/pdf","base64":"JVBERg=="},)"
    R"({"kind":"other_document","name":"D","file":"documents/a.pdf"}],)"
    R"("identity":{"name":"홍길동","phone":"010-0000-0000"},"consent":{"discoverable":true}})";

const std::string kPosting =
    R"({"noren":"posting/1","ref":"p-1","company":"hanbit-hospital","title":"병동 간호사",)"
    R"("description":"3교대",)"
    R"("posting":{"occupations":["ISCO-2221"],"regions":["서울 마포구"],"employment_types":["정규직"],)"
    R"("wage":{"min":20000,"currency":"KRW","per":"hour"},)"
    R"("required":{"skills":[{"skill":"SK-patient-care","level":3}],)"
    R"("licences":["간호사"],"languages":[{"language":"ko","level":"C1"}],"experience_months":12,)"
    R"("education":6,)"
    R"("start_by":"2027-02-01","occupation":true,"region":false},"preferred":{)"
    R"("education":"석사","start_by":"2027-01-15","skills":[{"skill":"응급 간호","weight":6}],)"
    R"("licences":[{"licence":"1종 보통","weight":2}],"languages":[{"language":"ja","level":"B1",)"
    R"("weight":4}]},)"
    R"("weights":{"occupation":8,"recency":3}}})";

Intake Read(const std::string& text) { return ReadNorenJsonLines(text, TestContext()); }

// The problems of the sample seeker after one replacement; nothing of the row may be left.
std::vector<std::pair<std::string, ErrorCode>> ErrorsWith(const std::string& from,
                                                          const std::string& to) {
  const Intake intake = Read(Replaced(kSeeker, from, to));
  EXPECT_TRUE(intake.seekers.empty());
  EXPECT_EQ(intake.refused_rows_count, 1U);
  return Errors(intake);
}

TEST(NorenJsonLines, ReadsASeekerWithWordsOfThreeLanguages) {
  const Intake intake = Read(kSeeker);
  ASSERT_EQ(intake.seekers.size(), 1U) << ToText(intake.problems.at(0));
  EXPECT_TRUE(intake.problems.empty());
  const ParsedSeeker& seeker = intake.seekers[0];
  EXPECT_EQ(seeker.reference, "s-1");
  EXPECT_TRUE(seeker.is_discoverable);
  EXPECT_EQ(seeker.profile.occupations[0].text(), "ISCO-2512");
  EXPECT_EQ(seeker.profile.regions[1].text(), "KR-41135");
  EXPECT_EQ(seeker.profile.languages[0].level, 6);
  EXPECT_EQ(seeker.profile.languages[1].level, 4);
  EXPECT_EQ(seeker.profile.wage_floor->amount_per_month, 3'500'000);
  EXPECT_EQ(seeker.profile.education, model::Education::kBachelor);
  EXPECT_EQ(seeker.profile.confirmed_on, *model::ParseCivilDay("2026-11-20"));
  EXPECT_EQ(seeker.profile.preferences.wage, 9);
  EXPECT_FALSE(seeker.profile.preferences.region);
  ASSERT_EQ(seeker.items.size(), 5U);
  EXPECT_EQ(seeker.items[0].kind, model::ItemKind::kName);
  EXPECT_EQ(AsText(seeker.items[0].content), "홍길동");
  EXPECT_EQ(seeker.items[1].kind, model::ItemKind::kPhone);
  EXPECT_EQ(AsText(seeker.items[3].content), "%PDF");
  EXPECT_EQ(seeker.items[4].file_path, "documents/a.pdf");
  EXPECT_EQ(seeker.items[4].media_type, "text/plain");
}

TEST(NorenJsonLines, ReadsAPosting) {
  const Intake intake = Read(kPosting);
  ASSERT_EQ(intake.postings.size(), 1U) << ToText(intake.problems.at(0));
  const model::Posting& posting = intake.postings[0].posting;
  EXPECT_EQ(posting.company, "hanbit-hospital");
  EXPECT_EQ(posting.regions[0].text(), "KR-11440");
  EXPECT_EQ(posting.wage->min_per_month, 3'466'667);  // 20,000 x 2080 / 12, rounded
  EXPECT_EQ(posting.wage->max_per_month, 3'466'667);
  EXPECT_EQ(posting.required.licences[0].text(), "LC-kr-nurse");
  EXPECT_EQ(posting.required.min_education, model::Education::kBachelor);
  EXPECT_EQ(posting.preferred_skills[0].code.text(), "SK-emergency-care");
  EXPECT_EQ(posting.preferred_licences[0].code.text(), "LC-kr-driver-class1-ordinary");
  EXPECT_TRUE(posting.required.occupation);
  EXPECT_FALSE(posting.required.region);
  EXPECT_EQ(posting.preferred_education, model::Education::kMaster);
  EXPECT_EQ(posting.preferred_start_by, *model::ParseCivilDay("2027-01-15"));
  EXPECT_EQ(posting.weights.occupation, 8);
  EXPECT_EQ(posting.weights.recency, 3);
  EXPECT_FALSE(posting.weights.skills);
}

TEST(NorenJsonLines, DocumentExamplesAreValid) {
  const std::string document = model::ReadSourceFile("docs/formats/noren_jsonl.md");
  std::string lines;
  for (std::size_t at = document.find("```json\n"); at != std::string::npos;
       at = document.find("```json\n", at)) {
    at += 8;
    std::string example = document.substr(at, document.find("```", at) - at);
    std::ranges::replace(example, '\n', ' ');
    lines += example + "\n";
  }
  const Intake intake = Read(lines);
  EXPECT_THAT(Errors(intake), ElementsAre());
  EXPECT_EQ(intake.seekers.size(), 1U);
  EXPECT_EQ(intake.postings.size(), 1U);
}

TEST(NorenJsonLines, NamesEveryProblemOfARow) {
  const Intake intake =
      Read(R"({"noren":"seeker/1","profile":{"occupations":["Pythn developer"],"regions":["중구"],)"
           R"("skills":[{"skill":"Python","level":9},{"skill":"nothing like it zzzz","level":1}],)"
           R"("experience_months":"54","hobby":"go"},"items":[{"kind":"photo","name":"x",)"
           R"("text":"y"}]})");
  EXPECT_THAT(Errors(intake),
              UnorderedElementsAre(Pair("ref", ErrorCode::kMissingField),
                                   Pair("profile.occupations[0]", ErrorCode::kUnknownCode),
                                   Pair("profile.regions[0]", ErrorCode::kAmbiguousWord),
                                   Pair("profile.skills[0].level", ErrorCode::kOutOfRange),
                                   Pair("profile.skills[1].skill", ErrorCode::kUnknownCode),
                                   Pair("profile.experience_months", ErrorCode::kBadRequest),
                                   Pair("profile.hobby", ErrorCode::kUnknownField),
                                   Pair("items[0].kind", ErrorCode::kUnknownCode)));
  EXPECT_TRUE(intake.seekers.empty());
}

TEST(NorenJsonLines, UnknownWordGetsTheNearestEntries) {
  const Intake intake = Read(Replaced(kSeeker, "\"Python\"", "\"Pyhton\""));
  ASSERT_EQ(intake.problems.size(), 1U);
  EXPECT_THAT(intake.problems[0].fix, testing::HasSubstr("SK-python"));
  EXPECT_THAT(intake.problems[0].fix, testing::Not(testing::HasSubstr("Pyhton")));
}

TEST(NorenJsonLines, RefusesTheSameCodeTwice) {
  EXPECT_THAT(ErrorsWith("[\"KR-11\",", "[\"KR-11\",\"서울\","),
              ElementsAre(Pair("profile.regions[1]", ErrorCode::kDuplicateValue)));
  EXPECT_THAT(ErrorsWith("\"계약직\"", "\"정규직\""),
              ElementsAre(Pair("profile.employment_types[1]", ErrorCode::kDuplicateValue)));
}

TEST(NorenJsonLines, RefusesTestsOfAnotherLanguage) {
  EXPECT_THAT(ErrorsWith("\"JLPT N2\"", "\"TOPIK 4\""),
              ElementsAre(Pair("profile.languages[1].level", ErrorCode::kBadRequest)));
  EXPECT_THAT(ErrorsWith("\"native\"", "\"JLPT N1\""),
              ElementsAre(Pair("profile.languages[0].level", ErrorCode::kBadRequest)));
}

TEST(NorenJsonLines, RefusesDocumentsThatAreNotExactlyOneThing) {
  EXPECT_THAT(ErrorsWith(R"("text":"# CV")", R"("text":"# CV","file":"a")"),
              ElementsAre(Pair("items[0]", ErrorCode::kBadRequest)));
  EXPECT_THAT(ErrorsWith(R"(,"text":"# CV")", ""),
              ElementsAre(Pair("items[0]", ErrorCode::kMissingField)));
  EXPECT_THAT(ErrorsWith("JVBERg==", "JVBERg"),
              ElementsAre(Pair("items[1].base64", ErrorCode::kBadEncoding)));
  EXPECT_THAT(ErrorsWith("application/pdf", "pdf"),
              ElementsAre(Pair("items[1].media_type", ErrorCode::kBadRequest)));
}

TEST(NorenJsonLines, RefusesPathsThatLeaveTheFolder) {
  for (const char* path :
       {"/etc/passwd", "../a", "a/../../b", "a//b", "./a", "a\\\\b", "a/", ".."}) {
    EXPECT_THAT(ErrorsWith("documents/a.pdf", path),
                ElementsAre(Pair("items[2].file", ErrorCode::kBadRequest)))
        << path;
  }
}

TEST(NorenJsonLines, RefusesForbiddenFieldsByNameAnywhere) {
  EXPECT_THAT(ErrorsWith(R"("identity":{)", R"("identity":{"사진":"a.jpg",)"),
              UnorderedElementsAre(Pair("identity.사진", ErrorCode::kForbiddenField),
                                   Pair("identity.?", ErrorCode::kUnknownField)));
  EXPECT_THAT(ErrorsWith(R"("experience_months":54)", R"("marital_status":"x")"),
              UnorderedElementsAre(Pair("profile.marital_status", ErrorCode::kForbiddenField),
                                   Pair("profile.marital_status", ErrorCode::kUnknownField)));
}

TEST(NorenJsonLines, RefusesResidentNumbersInAnyText) {
  EXPECT_THAT(ErrorsWith("# CV", "born 900101-1234567"),
              ElementsAre(Pair("items[0].text", ErrorCode::kForbiddenField)));
  EXPECT_THAT(ErrorsWith("010-0000-0000", "123456789018"),
              ElementsAre(Pair("identity.phone", ErrorCode::kForbiddenField)));
}

TEST(NorenJsonLines, ReportNeverRepeatsTheRowsText) {
  const std::string canary = "Zq7CanaryZq7";
  const Intake intake = Read(Replaced(Replaced(kSeeker, "\"Python\"", "\"" + canary + "\""),
                                      "\"wage\":9", "\"" + canary + " 1\":9,\"wage\":99"));
  ASSERT_FALSE(intake.problems.empty());
  for (const RowProblem& problem : intake.problems) {
    EXPECT_EQ(ToText(problem).find(canary), std::string::npos);
    EXPECT_EQ(model::DumpCanonical(ToJson(problem)).find(canary), std::string::npos);
  }
}

TEST(NorenJsonLines, AcceptsByteOrderMarkCrLfAndEmptyLines) {
  const Intake intake = Read("\xEF\xBB\xBF" + kSeeker + "\r\n\r\n  \n" + kPosting);
  EXPECT_EQ(intake.seekers.size(), 1U);
  EXPECT_EQ(intake.postings.size(), 1U);
  EXPECT_EQ(intake.postings.at(0).line, 4U);
  EXPECT_TRUE(intake.problems.empty());
}

TEST(NorenJsonLines, RefusesUtf16AsAWhole) {
  const std::string utf16("\xFF\xFE{\0\"\0a\0\"\0\n\0}\0\n\0", 16);
  const Intake intake = Read(utf16);
  EXPECT_THAT(Errors(intake), ElementsAre(Pair("", ErrorCode::kBadEncoding)));
  EXPECT_EQ(intake.rows_count, 1U);
}

TEST(NorenJsonLines, ReportsBrokenLinesAndReadsTheOthers) {
  const Intake intake =
      Read(kSeeker.substr(0, 100) +
           "\n\xFF\xFE\xFD\n[1]\n{\"noren\":\"seeker/2\"}\n{\"a\":1,\"a\":2}\n" +
           std::string(40, '[') + "\n{\"noren\":\"seeker/1\",\"ref\":1.5}\n{}\n" + kPosting + "\n");
  EXPECT_EQ(intake.postings.size(), 1U);
  EXPECT_EQ(intake.rows_count, 9U);
  EXPECT_EQ(intake.refused_rows_count, 8U);
  EXPECT_THAT(
      Errors(intake),
      ElementsAre(Pair("", ErrorCode::kBadJson), Pair("", ErrorCode::kBadJson),
                  Pair("noren", ErrorCode::kBadJson),
                  Pair("noren", ErrorCode::kUnsupportedDocument), Pair("", ErrorCode::kBadJson),
                  Pair("", ErrorCode::kTooLarge), Pair("ref", ErrorCode::kBadRequest),
                  Pair("profile", ErrorCode::kMissingField),
                  Pair("noren", ErrorCode::kMissingField)));
}

TEST(NorenJsonLines, NamesTheFieldOfANumberThatIsNotWhole) {
  EXPECT_THAT(ErrorsWith("\"experience_months\":54", "\"experience_months\":54.5"),
              ElementsAre(Pair("profile.experience_months", ErrorCode::kBadRequest)));
  EXPECT_THAT(ErrorsWith("42000000", "99999999999999999999999"),
              ElementsAre(Pair("profile.wage_floor.amount", ErrorCode::kBadRequest)));
  EXPECT_THAT(ErrorsWith("42000000", "1e999"), ElementsAre(Pair("", ErrorCode::kBadRequest)));
}

TEST(NorenJsonLines, RefusesInvalidUtf8InsideAText) {
  EXPECT_THAT(ErrorsWith("# CV", "# \xED\xA0\x80"), ElementsAre(Pair("", ErrorCode::kBadEncoding)));
}

TEST(NorenJsonLines, RefusesTheSecondRowOfOneReference) {
  const Intake intake = Read(kSeeker + "\n" + kSeeker + "\n" + kPosting + "\n" + kPosting + "\n");
  EXPECT_EQ(intake.seekers.size(), 1U);
  EXPECT_EQ(intake.postings.size(), 1U);
  EXPECT_THAT(Errors(intake), ElementsAre(Pair("ref", ErrorCode::kDuplicateValue),
                                          Pair("ref", ErrorCode::kDuplicateValue)));
}

// 64 MiB on one line in chunks of 64 KiB: one report, and the line after it is read.
TEST(JsonlReader, HugeLineIsOneReportAndTheNextLineIsRead) {
  std::vector<JsonlRow> rows;
  JsonlReader reader(TestContext(), [&rows](JsonlRow row) { rows.push_back(std::move(row)); });
  const std::string chunk(65536, 'x');
  for (int i = 0; i < 1024; ++i) reader.Feed(chunk);
  reader.Feed("\n" + kSeeker);
  reader.Finish();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].problems.at(0).cause, ErrorCode::kTooLarge);
  EXPECT_TRUE(std::holds_alternative<ParsedSeeker>(rows[1].value));
  EXPECT_EQ(rows[1].line, 2U);
}

TEST(JsonlReader, ChunksOfAnySizeGiveTheSameRows) {
  const std::string text = "\xEF\xBB\xBF" + kSeeker + "\r\n{broken\n" + kPosting;
  for (const std::size_t size : {1U, 2U, 3U, 7U, 100U, 5000U}) {
    std::vector<std::size_t> kinds;
    JsonlReader reader(TestContext(),
                       [&kinds](const JsonlRow& row) { kinds.push_back(row.value.index()); });
    for (std::size_t at = 0; at < text.size(); at += size)
      reader.Feed(std::string_view(text).substr(at, size));
    reader.Finish();
    EXPECT_THAT(kinds, ElementsAre(1U, 0U, 2U)) << size;
  }
}

// Changing the sample anywhere gives a valid value or a report, never both and never neither.
TEST(NorenJsonLines, ChangedRowIsAValidValueOrAReport) {
  const std::string& row = kPosting;
  EXPECT_TRUE(rc::check([&row](std::uint8_t byte) {
    const auto at = *rc::gen::inRange<std::size_t>(0, row.size());
    std::string changed = row;
    changed[at] = static_cast<char>(byte == '\n' ? 'n' : byte);
    const Intake intake = Read(changed);
    RC_ASSERT(intake.rows_count == 1U);
    RC_ASSERT(intake.postings.size() + intake.refused_rows_count == 1U);
    RC_ASSERT(intake.postings.empty() == !Errors(intake).empty());
    for (const ParsedPosting& posting : intake.postings)
      RC_ASSERT(model::Validate(posting.posting).ok());
  }));
}

TEST(NorenJsonLines, AnyBytesAreRowsOrReports) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    const Intake intake = Read(text);
    RC_ASSERT(intake.seekers.empty() && intake.postings.empty());
    RC_ASSERT(intake.rows_count == intake.refused_rows_count);
    RC_ASSERT(intake.problems.size() >= intake.rows_count);
  }));
}

}  // namespace
}  // namespace noren::intake
