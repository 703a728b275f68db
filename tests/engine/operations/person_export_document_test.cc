// The document that a person takes away, byte for byte.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/person_export_document.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/operations/profile_json.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

namespace data = personal_data;

model::Profile SmallProfile() {
  model::Profile profile;
  profile.occupations = {model::OccupationCode::Parse("ISCO-2512").value()};
  profile.regions = {model::RegionCode::Parse("KR-11").value()};
  profile.skills = {{model::SkillCode::Parse("SK-python").value(), 4}};
  profile.employment_types.Add(model::EmploymentType::kFullTime);
  profile.wage_floor = model::Wage{3'500'000, model::Currency::kKrw};
  profile.experience_months = 54;
  profile.education = model::Education::kBachelor;
  profile.preferences.region = 5;
  return profile;
}

ExportParts SampleParts() {
  ExportParts parts;
  parts.at = {data::kNow};
  parts.record = data::SamplePersonRecord(data::IdOf<model::PersonId>(0x11));
  parts.record.profile = model::EncodeProfile(SmallProfile());
  parts.items = {data::SampleItem()};
  ExportedApplication granted;
  granted.invitation = data::SampleInvitation();
  granted.candidate = data::IdOf<model::CandidateRef>(0x71);
  granted.consent = data::SampleConsent();
  granted.state = data::ConsentState::kGranted;
  granted.changed_at = {data::kNow + 10};
  ExportedApplication damaged = granted;
  damaged.consent.reset();
  parts.applications = {granted, damaged};
  parts.exposures = {data::SampleDisclosure(), data::SampleShowing()};
  parts.provisions = {{data::SampleProvision(), {}, ""}};
  parts.decisions.decisions = {{data::IdOf<model::DecisionId>(0x51), {}, "{}", Bytes(64, 8)}};
  Question answered;
  answered.question = data::IdOf<model::QuestionId>(0x52);
  answered.decision = data::IdOf<model::DecisionId>(0x51);
  answered.company = "hangang-care";
  answered.asked_at = {data::kNow + 20};
  answered.outcome = QuestionOutcome::kExplained;
  answered.answered_at = {data::kNow + 30};
  answered.text = "why not?";
  answered.answer = "another was nearer";
  answered.answered_by = "Kim Ha-neul";
  Question open = answered;
  open.question = data::IdOf<model::QuestionId>(0x53);
  open.outcome = QuestionOutcome::kOpen;
  parts.decisions.questions = {answered, open};
  parts.scores = {{granted.invitation.posting, true, 7200}};
  ContactRecord talk;
  talk.contact = data::IdOf<ContactId>(0x54);
  talk.kind = ContactKind::kTalk;
  talk.purpose = "counselling";
  talk.by = "officer";
  talk.at = {data::kNow - 50};
  talk.closed_at = UnixSeconds{data::kNow - 40};
  talk.mark = ContactMark::kUnchanged;
  ContactRecord told = talk;
  told.contact = data::IdOf<ContactId>(0x55);
  told.kind = ContactKind::kTold;
  told.about = "a course";
  told.by.clear();
  told.item = data::IdOf<model::ItemId>(0x41);
  told.closed_at.reset();
  told.mark = ContactMark::kNone;
  parts.contacts.contacts = {talk, told};
  parts.contacts.unsubscribed = {"announcements"};
  parts.keeping.notices = {{policy::NoticeKind::kContinuation, {data::kNow - 30}}};
  parts.keeping.confirmations = {{data::kNow - 20}};
  parts.keeping.registered_until = model::CivilDay{21274};
  parts.withheld = {
      {"received.answers", data::IdOf<model::RequestId>(0x31), "RL_ACCESS_HARM", {"G-55"}}};
  return parts;
}

TEST(PersonExportDocument, WritesTheGoldenFile) {
  std::ifstream file(SourceFolder() + "/tests/golden/person_export_v1.json", std::ios::binary);
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  const auto written = WriteExportDocument(SampleParts());
  ASSERT_OK(written);
  EXPECT_EQ(*written, golden);
}

// A consent whose record is damaged has no state, and its evidence is not given out.
TEST(PersonExportDocument, SaysNothingOfADamagedConsent) {
  ExportParts parts = SampleParts();
  EXPECT_EQ(EvidenceOf(parts.applications).size(), 2u) << "the answer and the withdrawal";
  parts.applications.erase(parts.applications.begin());
  EXPECT_TRUE(EvidenceOf(parts.applications).empty());
  const auto written = WriteExportDocument(parts);
  ASSERT_OK(written);
  const std::string text = written->substr(0, written->size() - 1);
  const auto document = model::ParseJson(text);
  ASSERT_OK(document);
  EXPECT_TRUE(
      document->Find("derived")->Find("consents")->array()->front().Find("state")->is_null());
}

// A part is a member, a member of every row, or one row by its item; nothing else is taken out.
TEST(PersonExportDocument, LeavesOutExactlyWhatIsWithheld) {
  ExportParts parts = SampleParts();
  parts.withheld.clear();
  const auto whole = ExportToJson(parts);
  ASSERT_OK(whole);
  const std::string item = parts.items[0].item.ToString();
  for (const std::string& part :
       {std::string("derived.scores"), std::string("received.decisions.statement"),
        "given.items." + item}) {
    const auto less = WithoutPart(*whole, part);
    ASSERT_TRUE(less) << part;
    EXPECT_NE(model::DumpCanonical(*less), model::DumpCanonical(*whole)) << part;
    EXPECT_FALSE(WithoutPart(*less, part)) << part << " is not there a second time";
  }
  const auto less = WithoutPart(*whole, "received.decisions.statement");
  const model::JsonValue& row = less->Find("received")->Find("decisions")->array()->front();
  EXPECT_EQ(row.Find("statement"), nullptr);
  EXPECT_NE(row.Find("decision"), nullptr);
  for (const char* part : {"derived.nothing", "nothing", "given.items.item-1", "given.", "", "."})
    EXPECT_FALSE(WithoutPart(*whole, part)) << part;
}

TEST(PersonExportDocument, RefusesAProfileThatDoesNotDecode) {
  ExportParts parts = SampleParts();
  parts.record.profile = ToBytes("no profile");
  EXPECT_EQ(model::CodeOf(WriteExportDocument(parts).status()), model::ErrorCode::kDataCorrupt);
}

// What is not stated is absent, never zero.
TEST(ProfileJson, LeavesOutWhatIsNotStated) {
  model::Profile profile;
  profile.occupations = {model::OccupationCode::Parse("ISCO-25").value()};
  profile.regions = {model::RegionCode::Parse("JP-13").value()};
  const model::JsonValue json = ProfileToJson(profile);
  for (const char* name : {"wage_floor", "experience_months", "education", "available_from"}) {
    EXPECT_EQ(json.Find(name), nullptr) << name;
  }
  EXPECT_TRUE(json.Find("preferences")->object()->empty());
}

}  // namespace
}  // namespace noren::operations
