// Of which kind somebody is on which day, who may say it, and what comes back with a restore.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/person_kinds.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/operations/market.h"
#include "engine/operations/person_fact_acts.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/engine/personal_data/dated_sample.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CivilDay;
using model::CodeOf;
using model::ErrorCode;
using ::testing::ElementsAre;

constexpr std::string_view kEmployed = "従業員";

CivilDay Day(std::string_view text) { return model::ParseCivilDay(text).value(); }

// One employee under openup-it, at noon of 1 March 2025 in Tokyo.
struct KindScene {
  KindScene() : policy(policy::OperatorPolicy("openup-it")), service(1, {1740798000}, &policy) {
    RegisterSeekerRequest request;
    request.idempotency_key = service.NextKey();
    request.ref = "ref-1";
    request.profile = SomeProfile(0);
    request.contact = "haru@mail.example";
    request.language = "ja";
    request.subject = "employee";
    request.notice = PublicNoticeOf(policy);
    const auto registered = RegisterSeeker(service.context(), service.portal(), request);
    EXPECT_OK(registered);
    if (registered.ok()) handle = registered->handle;
    posting = service.RegisterPosting();
  }
  void GoTo(std::string_view day) {
    const std::int64_t noon = std::int64_t{Day(day).days_since_1970} * 86400 + 3 * 3600;
    service.clock().Set({noon});
  }
  SetPersonKindRequest Of(std::string kind, std::string sub_kind, std::string_view from) {
    return {service.NextKey(), {"first-portal", handle},
            std::move(kind),   std::move(sub_kind),
            Day(from),         std::nullopt};
  }
  Status Set(const SetPersonKindRequest& request) {
    return SetPersonKind(service.context(), service.officer(), request).status();
  }
  std::size_t Ranked() {
    const auto ranked = RankCandidates(service.context(), service.portal(), posting, 10);
    EXPECT_OK(ranked);
    return ranked.ok() ? ranked->best.size() : 99;
  }
  PersonKinds Kinds() {
    const auto kinds =
        ReadPersonKinds(service.context(), service.officer(), {"first-portal", handle});
    EXPECT_OK(kinds);
    return kinds.ok() ? *kinds : PersonKinds();
  }

  policy::Policy policy;
  TestService service;
  model::SeekerHandle handle;
  model::PostingId posting;
};

TEST(PersonKinds, APartOfTheKindMakesSomebodyPresentOnItsDaysOnly) {
  KindScene scene;
  EXPECT_EQ(scene.Ranked(), 0U) << "an employee of whom it is not known which";
  SetPersonKindRequest employed = scene.Of("employee", std::string(kEmployed), "2025-03-03");
  employed.last_day = Day("2025-03-05");
  ASSERT_OK(scene.Set(employed));
  EXPECT_EQ(scene.Ranked(), 0U);
  for (const auto& [day, ranked] : std::map<std::string, std::size_t>{{"2025-03-02", 0},
                                                                      {"2025-03-03", 1},
                                                                      {"2025-03-04", 1},
                                                                      {"2025-03-05", 1},
                                                                      {"2025-03-06", 0}}) {
    scene.GoTo(day);
    EXPECT_EQ(scene.Ranked(), ranked) << day;
  }
}

// The same with a service that starts anew on the day.
TEST(PersonKinds, PresenceOfADayIsThatOfARestartOnThatDay) {
  KindScene scene;
  ASSERT_OK(scene.Set(scene.Of("employee", std::string(kEmployed), "2025-03-03")));
  ASSERT_OK(scene.Set(scene.Of("retiree", "", "2025-03-06")));
  for (const auto& [day, ranked] : std::map<std::string, std::size_t>{
           {"2025-03-02", 0}, {"2025-03-03", 1}, {"2025-03-05", 1}, {"2025-03-06", 0}}) {
    scene.GoTo(day);
    EXPECT_EQ(scene.Ranked(), ranked) << day;
    ASSERT_OK(scene.service.Restart());
    EXPECT_EQ(scene.Ranked(), ranked) << day << ", started then";
  }
}

TEST(PersonKinds, TheKindOfADayIsTheOneThatBeganLast) {
  KindScene scene;
  ASSERT_OK(scene.Set(scene.Of("retiree", "", "2025-04-01")));
  ASSERT_OK(scene.Set(scene.Of("applicant", "", "2025-06-01")));
  SetPersonKindRequest again = scene.Of("applicant", "", "2025-06-01");
  again.last_day = Day("2025-07-31");
  ASSERT_OK(scene.Set(again));
  EXPECT_EQ(scene.Kinds().kind, "employee");
  EXPECT_EQ(scene.Kinds().periods.size(), 2U);
  scene.GoTo("2025-05-31");
  EXPECT_EQ(scene.Kinds().kind, "retiree");
  scene.GoTo("2025-07-31");
  EXPECT_EQ(scene.Kinds().kind, "applicant");
  scene.GoTo("2025-08-01");
  EXPECT_EQ(scene.Kinds().kind, personal_data::kNoKind) << "nothing was recorded after it";
  EXPECT_EQ(CodeOf(UseForPurpose(scene.service.context(), scene.service.officer(),
                                 {"first-portal", scene.handle}, "採用選考及び関連するご連絡")
                       .status()),
            ErrorCode::kNoFile);
}

TEST(PersonKinds, NobodyElseSaysWhatSomebodyIs) {
  KindScene scene;
  ServiceContext& context = scene.service.context();
  const SetPersonKindRequest request = scene.Of("retiree", "", "2025-03-01");
  EXPECT_EQ(CodeOf(SetPersonKind(context, scene.service.company(), request).status()),
            ErrorCode::kNotAllowed);
  EXPECT_EQ(CodeOf(SetPersonKind(context, scene.service.portal("second-portal"), request).status()),
            ErrorCode::kNotFound);
  SetPersonKindRequest claimed = request;
  claimed.person.portal = "second-portal";
  EXPECT_EQ(CodeOf(SetPersonKind(context, scene.service.portal("second-portal"), claimed).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(
      CodeOf(
          ReadPersonKinds(context, scene.service.portal("second-portal"), request.person).status()),
      ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(UseForPurpose(context, scene.service.company(), request.person, "x").status()),
            ErrorCode::kNotAllowed);
  EXPECT_THAT(scene.Kinds().periods, testing::IsEmpty());
  EXPECT_OK(SetPersonKind(context, scene.service.portal(), request));
  EXPECT_EQ(scene.Kinds().periods.size(), 1U);
}

TEST(PersonKinds, WhatThePolicyDoesNotNameIsRefused) {
  KindScene scene;
  EXPECT_EQ(CodeOf(scene.Set(scene.Of("president", "", "2025-03-01"))), ErrorCode::kNoFile);
  EXPECT_EQ(CodeOf(scene.Set(scene.Of("employee", "president", "2025-03-01"))), ErrorCode::kNoFile);
  EXPECT_EQ(CodeOf(scene.Set(scene.Of("applicant", std::string(kEmployed), "2025-03-01"))),
            ErrorCode::kNoFile)
      << "a part of another kind";
  EXPECT_EQ(CodeOf(scene.Set(scene.Of("", "", "2025-03-01"))), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(scene.Set(scene.Of("employee", std::string(201, 'x'), "2025-03-01"))),
            ErrorCode::kBadRequest);
  SetPersonKindRequest ends_before = scene.Of("retiree", "", "2025-03-02");
  ends_before.last_day = Day("2025-03-01");
  EXPECT_EQ(CodeOf(scene.Set(ends_before)), ErrorCode::kOutOfRange);
  SetPersonKindRequest nowhere = scene.Of("retiree", "", "2025-03-02");
  nowhere.first_day = {model::kLastCivilDay.days_since_1970 + 1};
  EXPECT_EQ(CodeOf(scene.Set(nowhere)), ErrorCode::kOutOfRange);
  EXPECT_THAT(scene.Kinds().periods, testing::IsEmpty());
}

TEST(PersonKinds, AreLimitedAndReplaysAddNothing) {
  KindScene scene;
  const SetPersonKindRequest first = scene.Of("retiree", "", "2025-03-01");
  ASSERT_OK(scene.Set(first));
  ASSERT_OK(scene.Set(first));
  SetPersonKindRequest other = first;
  other.kind = "applicant";
  EXPECT_EQ(CodeOf(scene.Set(other)), ErrorCode::kConflict) << "the key of another request";
  EXPECT_EQ(scene.Kinds().periods.size(), 1U);
  for (std::size_t i = 1; i < personal_data::kMaxKindPeriods; ++i) {
    SetPersonKindRequest next = scene.Of("retiree", "", "2025-03-01");
    next.first_day.days_since_1970 += static_cast<std::int32_t>(i);
    ASSERT_OK(scene.Set(next)) << i;
  }
  EXPECT_EQ(CodeOf(scene.Set(scene.Of("retiree", "", "2030-01-01"))), ErrorCode::kLimitReached);
}

TEST(PersonKinds, AChangeAndAUseLeaveEntriesWithTheirClauses) {
  KindScene scene;
  ASSERT_OK(scene.Set(scene.Of("employee", std::string(kEmployed), "2025-03-01")));
  const auto set = scene.service.Entries().back();
  EXPECT_EQ(set.operation, audit::Operation::kSetPersonKind);
  EXPECT_THAT(set.clause_ids, testing::Contains("O-22"));
  EXPECT_EQ(CodeOf(UseForPurpose(scene.service.context(), scene.service.officer(),
                                 {"first-portal", scene.handle}, "退職手続き及び関連する通知")
                       .status()),
            ErrorCode::kPurposeUndeclared);
  const auto refused = scene.service.Entries().back();
  EXPECT_EQ(refused.operation, audit::Operation::kUseForPurpose);
  EXPECT_EQ(refused.decision, audit::Decision::kRefused);
}

TEST(PersonFacts, TheJournalsActIsAsItsFirstVersionWroteIt) {
  const personal_data::SamplePerson person(0x11);
  SeededRandom random(5);
  const auto facts = personal_data::SampleDatedPersonRecord(person.id).facts;
  const auto act = MakeFactAct(person.context(), facts, random);
  ASSERT_OK(act);
  EXPECT_EQ(act->kind, storage::NarrowingKind::kFacts);
  std::ifstream file(SourceFolder() + "/tests/golden/journal_facts_v1.txt");
  const std::string golden{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ("facts = " + HexEncode(act->payload) + "\n", golden);
}

TEST(PersonFacts, AnActOfTheJournalThatWasChangedIsRefused) {
  KindScene scene;
  ASSERT_OK(scene.Set(scene.Of("retiree", "", "2025-04-01")));
  storage::NarrowingAct made;
  ASSERT_OK(scene.service.journal().Replay([&made](const storage::NarrowingAct& act) {
    if (act.kind == storage::NarrowingKind::kFacts) made = act;
    return OkStatus();
  }));
  ASSERT_FALSE(made.payload.empty());
  Change change;
  const auto again = ReapplyFacts(scene.service.context(), made, change);
  ASSERT_OK(again);
  EXPECT_FALSE(*again) << "the store has it";
  storage::NarrowingAct changed = made;
  changed.payload.back() ^= 1;
  EXPECT_EQ(CodeOf(ReapplyFacts(scene.service.context(), changed, change).status()),
            ErrorCode::kDataCorrupt);
  for (std::size_t size = 0; size < made.payload.size(); ++size) {
    storage::NarrowingAct cut = made;
    cut.payload.resize(size);
    EXPECT_EQ(CodeOf(ReapplyFacts(scene.service.context(), cut, change).status()),
              ErrorCode::kDataCorrupt)
        << size;
  }
}

}  // namespace
}  // namespace noren::operations
