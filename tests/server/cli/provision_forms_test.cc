// The two forms of the provision record: their fields, and that no text in them does anything.
// SPDX-License-Identifier: Apache-2.0
#include "server/cli/provision_forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace noren::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// 2026-11-22 23:30 UTC is the 23rd in Seoul and Tokyo.
constexpr std::int64_t kLate = 1795390200;

wire::Provision Line() {
  wire::Provision line;
  line.release = "release-71";
  line.at = kLate;
  line.company = "hangang-care";
  line.recipient.name = "Hangang Care (invented)";
  line.recipient.address = "1, River Road, Seoul";
  line.recipient.representative = "Park Haneul";
  line.person = "candidate-81";
  line.item_names = {"resume", "name"};
  line.purpose_name = "screening";
  line.consent = "consent-32";
  line.proof = "signature";
  line.retention_days = 90;
  line.method = "age-download";
  return line;
}

TEST(ProvisionForms, TheJapaneseOneHasTheFieldsOfTheRule) {
  const FormTable form = MakeForm(ProvisionForm::kJapan, {Line()}, "Bridge Island", {0, kLate});
  EXPECT_EQ(form.title, "第三者提供記録");
  EXPECT_THAT(form.heading, ElementsAre("提供年月日", "提供先の氏名・名称", "提供先の住所",
                                        "代表者の氏名", "本人を特定する事項",
                                        "提供した個人データの項目", "本人の同意の旨", "記録番号"));
  ASSERT_EQ(form.rows.size(), 1u);
  EXPECT_THAT(form.rows[0],
              ElementsAre("2026-11-23", "Hangang Care (invented)", "1, River Road, Seoul",
                          "Park Haneul", "candidate-81", "resume、name",
                          "本人の同意を得ている（本人の署名、consent-32）", "release-71"));
  EXPECT_THAT(form.operator_line, HasSubstr("Bridge Island"));
}

TEST(ProvisionForms, TheKoreanOneHasTheFieldsOfTheRegister) {
  const FormTable form = MakeForm(ProvisionForm::kKorea, {Line()}, "Bridge Island", {0, kLate});
  EXPECT_EQ(form.title, "개인정보 제3자 제공 대장");
  ASSERT_EQ(form.rows.size(), 1u);
  EXPECT_EQ(form.rows[0].size(), form.heading.size());
  EXPECT_THAT(form.rows[0],
              ElementsAre("2026-11-23", "Hangang Care (invented)", "screening", "resume, name",
                          "정보주체의 동의(본인 서명, consent-32)", "동의일부터 90일",
                          "암호화 파일 내려받기(age)", "candidate-81", "release-71"));
}

TEST(ProvisionForms, SayWhatTheCompanyHasNotStated) {
  wire::Provision line = Line();
  line.recipient = {};
  const FormTable form = MakeForm(ProvisionForm::kJapan, {line}, "", {0, kLate});
  EXPECT_EQ(form.rows[0][1], "hangang-care");
  EXPECT_EQ(form.rows[0][2], "届出なし");
  EXPECT_EQ(form.rows[0][3], "届出なし");
}

TEST(ProvisionForms, ASpreadsheetComputesNothingOfACell) {
  for (const std::string text : {"=1+1", "+1", "-1", "@A1", "\tx", "\rx"}) {
    wire::Provision line = Line();
    line.recipient.name = text;
    const std::string csv = ToCsv(MakeForm(ProvisionForm::kKorea, {line}, "", {0, kLate}));
    EXPECT_THAT(csv, HasSubstr("'" + text)) << text;
    EXPECT_THAT(csv, Not(HasSubstr("," + text))) << text;
  }
}

TEST(ProvisionForms, ACellWithCommasQuotesAndLinesStaysOneCell) {
  wire::Provision line = Line();
  line.recipient.address = "1, \"River\" Road\nSeoul";
  const std::string csv = ToCsv(MakeForm(ProvisionForm::kJapan, {line}, "", {0, kLate}));
  EXPECT_THAT(csv, HasSubstr("\"1, \"\"River\"\" Road\nSeoul\""));
  EXPECT_TRUE(csv.starts_with("\xEF\xBB\xBF"));
  EXPECT_TRUE(csv.ends_with("release-71\r\n"));
}

TEST(ProvisionForms, APageRunsNothingThatACompanyWrote) {
  wire::Provision line = Line();
  line.recipient.name = "<script>alert(1)</script>";
  line.recipient.address = "\" onmouseover='x' & \xE2\x80\xAE";
  const std::string html =
      ToHtml(MakeForm(ProvisionForm::kJapan, {line}, "<b>", {0, kLate}), ProvisionForm::kJapan);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(html, HasSubstr("&quot; onmouseover=&#39;x&#39; &amp;"));
  EXPECT_THAT(html, HasSubstr("<html lang=\"ja\">"));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
}

TEST(ProvisionForms, DaysAreThoseOfTheCountry) {
  const auto begin = DayBegin(ProvisionForm::kKorea, "2026-11-23");
  ASSERT_TRUE(begin.has_value());
  EXPECT_EQ(DayText(ProvisionForm::kKorea, *begin), "2026-11-23");
  EXPECT_EQ(DayText(ProvisionForm::kKorea, *begin - 1), "2026-11-22");
  for (const char* const bad : {"", "2026-02-30", "22.11.2026", "2026-11-23 "})
    EXPECT_FALSE(DayBegin(ProvisionForm::kJapan, bad).has_value()) << bad;
  EXPECT_EQ(FindProvisionForm("jp"), ProvisionForm::kJapan);
  EXPECT_EQ(FindProvisionForm("us"), std::nullopt);
}

}  // namespace
}  // namespace noren::cli
