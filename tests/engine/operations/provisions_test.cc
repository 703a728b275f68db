// The record of provisions: one line for each release, for those who may read it.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/provisions.h"

#include <gmock/gmock.h>

#include <set>

#include "engine/audit/operation.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/register_company.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/operations/after_release_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::Language;
using personal_data::DownloadReason;
using ::testing::ElementsAre;

class Provisions : public AfterRelease {
 protected:
  StatusOr<std::vector<ProvisionLine>> List(Language language = Language::kEnglish,
                                            std::size_t rows = 50) {
    std::vector<ProvisionLine> lines;
    ProvisionQuery query{{0}, {std::int64_t{1} << 40}, language, "", rows};
    do {
      NOREN_ASSIGN_OR_RETURN(ProvisionPage page,
                             ListProvisions(context(), service_.officer(), query));
      EXPECT_LE(page.lines.size(), rows);
      std::move(page.lines.begin(), page.lines.end(), std::back_inserter(lines));
      query.mark = page.next_mark;
    } while (!query.mark.empty());
    return lines;
  }
  void RegisterAt(const std::string& address) {
    ASSERT_OK(RegisterCompany(context(), service_.officer(), service_.NextKey(),
                              {"hangang-care",
                               "Hangang Care (invented)",
                               address,
                               "Park Haneul",
                               "kr-business:123-45-67891",
                               {},
                               {"public"}}));
  }
  std::size_t ReleasesIn(storage::Store& store) {
    std::size_t count = 0;
    for (const auto& item : ContentOf(store))
      count += item.key.starts_with(personal_data::keyspaces::kRelease) ? 1 : 0;
    return count;
  }
};

TEST_F(Provisions, HaveOneLineForEachReleaseWhateverIsRepeated) {
  const TestApplication first = Apply(0);
  const TestApplication second = Apply(1);
  ASSERT_OK(Collect(first, "order-1"));
  ASSERT_OK(Collect(first, "order-1", DownloadReason::kAudit));
  ASSERT_OK(Collect(first, "order-2"));
  ASSERT_OK(Collect(second, "order-1"));
  EXPECT_EQ(CodeOf(Collect(second, "order-3", DownloadReason::kOther, "").status()),
            ErrorCode::kReasonRequired);
  const auto lines = List();
  ASSERT_OK(lines);
  EXPECT_EQ(lines->size(), 3u);
  EXPECT_EQ(ReleasesIn(service_.data()), 3u);
}

// The power fails at every write: a release and its line are there together, or neither is.
TEST_F(Provisions, AreWrittenInTheCommitOfTheRelease) {
  const TestApplication application = Apply(0);
  for (std::uint64_t write = 0; write < 4; ++write) {
    service_.power().CrashAt(write, storage::CrashPoint::LastWrite::kLost);
    const auto done = Collect(application, "order-" + std::to_string(write));
    service_.Stop();
    service_.power().PowerOn();
    ASSERT_OK(service_.Start());
    const auto lines = List();
    ASSERT_OK(lines);
    EXPECT_EQ(lines->size(), ReleasesIn(service_.data())) << write;
    if (done.ok()) return;
  }
  FAIL() << "no release ever came through";
}

TEST_F(Provisions, SayWhoGotWhatForWhatAndThatConsentWasHad) {
  RegisterAt("1, River Road, Seoul");
  const TestApplication application = Apply(0);
  const auto release = Collect(application, "order-1", DownloadReason::kInterview, "on Monday");
  ASSERT_OK(release);
  RegisterAt("2, River Road, Seoul");
  const auto lines = List(Language::kJapanese);
  ASSERT_OK(lines);
  ASSERT_EQ(lines->size(), 1u);
  const personal_data::ProvisionRecord& record = lines->front().record;
  EXPECT_EQ(record.release, release->record.release);
  EXPECT_EQ(record.at, release->record.released_at);
  EXPECT_EQ(record.company, "hangang-care");
  EXPECT_EQ(record.recipient.address, "1, River Road, Seoul");  // as it was registered then
  EXPECT_EQ(record.recipient.representative, "Park Haneul");
  EXPECT_EQ(record.candidate, application.candidate);
  EXPECT_EQ(record.consent, application.consent);
  EXPECT_EQ(record.proof, personal_data::ProofLevel::kSignature);
  EXPECT_EQ(record.reason_code, DownloadReason::kInterview);
  EXPECT_EQ(record.reason, "");  // free text is not kept after the person
  EXPECT_EQ(record.retention_days, 90u);
  const policy::ItemRule* const item = context().policy.FindItem(model::ItemKind::kResume);
  ASSERT_NE(item, nullptr);
  EXPECT_THAT(lines->front().item_names, ElementsAre(item->label.ja));
}

TEST_F(Provisions, AreReadInPagesOfATime) {
  const TestApplication application = Apply(0);
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK(Collect(application, "order-" + std::to_string(i)));
    PassDays(1);
  }
  const auto all = List(Language::kEnglish, 2);
  ASSERT_OK(all);
  ASSERT_EQ(all->size(), 5u);
  std::set<model::ReleaseId> releases;
  for (const ProvisionLine& line : *all) releases.insert(line.record.release);
  EXPECT_EQ(releases.size(), 5u);
  const UnixSeconds second = (*all)[1].record.at;
  const UnixSeconds fourth = (*all)[3].record.at;
  const auto between =
      ListProvisions(context(), service_.officer(), {second, fourth, Language::kEnglish, "", 50});
  ASSERT_OK(between);
  ASSERT_EQ(between->lines.size(), 2u);  // the beginning is within, the end is not
  EXPECT_EQ(between->lines[0].record.at, second);
  EXPECT_EQ(CodeOf(ListProvisions(context(), service_.officer(),
                                  {fourth, fourth, Language::kEnglish, "", 50})
                       .status()),
            ErrorCode::kBadRequest);
}

TEST_F(Provisions, AreForTheOfficerAndAPersonsOwnLinesForThePerson) {
  const TestApplication first = Apply(0);
  const TestApplication second = Apply(1);
  ASSERT_OK(Collect(first));
  ASSERT_OK(Collect(second));
  for (const Call& call : {service_.portal(), service_.company()}) {
    EXPECT_EQ(
        CodeOf(ListProvisions(context(), call, {{0}, {1}, Language::kEnglish, "", 50}).status()),
        ErrorCode::kNotAllowed);
  }
  const auto own = ReadOwnProvisions(context(), service_.portal(), ReadAct(0), Language::kKorean);
  ASSERT_OK(own);
  ASSERT_EQ(own->size(), 1u);
  EXPECT_EQ(own->front().record.candidate, first.candidate);
  const auto none = ReadOwnProvisions(context(), service_.portal(), ReadAct(3), Language::kKorean);
  ASSERT_OK(none);
  EXPECT_TRUE(none->empty());
  // Without proof of the person, nobody's.
  PersonAct unproved{service_.Prepare(*people_[0], "read"), {}, ""};
  EXPECT_EQ(
      CodeOf(ReadOwnProvisions(context(), service_.portal(), unproved, Language::kKorean).status()),
      ErrorCode::kProofRequired);
}

TEST_F(Provisions, StayWhenThePersonIsGoneAndNameNobody) {
  const TestApplication application = Apply(0);
  ASSERT_OK(Collect(application, "order-1", DownloadReason::kOther, "asked Kim Haneul herself"));
  const auto request = service_.AskForErasure(*people_[0]);
  ASSERT_OK(DestroyPerson(context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  const auto lines = List();
  ASSERT_OK(lines);
  ASSERT_EQ(lines->size(), 1u);
  EXPECT_EQ(lines->front().record.candidate, application.candidate);
  EXPECT_EQ(lines->front().record.reason, "");
}

TEST_F(Provisions, LeaveAnEntryWhenRead) {
  ASSERT_OK(List());
  EXPECT_EQ(service_.Entries().back().operation, audit::Operation::kReadProvisions);
}

}  // namespace
}  // namespace noren::operations
