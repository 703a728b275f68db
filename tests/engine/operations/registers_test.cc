// Registers: entries are typed, append-only and in the log; what is missing is asked for, and the
// clocks of an incident run.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/registers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/refusal_signs.h"
#include "engine/operations/register_tables.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::Language;
using policy::DueRow;
using policy::DueState;
using policy::RegisterKind;

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 24 * kHour;

class Registers : public ::testing::Test {
 protected:
  explicit Registers(const std::string& operator_name = "mapo")
      : policy_(policy::OperatorPolicy(operator_name)),
        service_(1, {FixedClock::kDefaultNow}, &policy_) {}
  ServiceContext& context() { return service_.context(); }

  AddRegisterEntryRequest Confirmation() {
    AddRegisterEntryRequest request;
    request.idempotency_key = service_.NextKey();
    request.kind = RegisterKind::kCommitments;
    request.step = "confirmed";
    request.at = context().time.Now();
    request.clauses = {"M-56"};
    request.fields = {{"evidence", "plan 3"}};
    return request;
  }
  AddRegisterEntryRequest Incident(const std::string& step, std::uint64_t follows = 0) {
    AddRegisterEntryRequest request;
    request.idempotency_key = service_.NextKey();
    request.kind = RegisterKind::kIncidents;
    request.step = step;
    request.at = context().time.Now();
    request.subject = follows == 0 ? "laptop 4" : "";
    request.follows = follows;
    if (step == "found") request.fields = {{"kind", "a laptop was lost"}};
    if (step == "reported") request.fields = {{"addressee", "the authority"}};
    return request;
  }
  StatusOr<AddedRegisterEntry> Add(const AddRegisterEntryRequest& request) {
    return AddRegisterEntry(context(), service_.officer(), request);
  }
  std::vector<DueRow> Due(RegisterKind kind) {
    auto rows = ListDue(context(), service_.officer(), Language::kEnglish);
    EXPECT_OK(rows);
    if (!rows.ok()) return {};
    std::erase_if(*rows, [kind](const DueRow& row) { return row.kind != kind; });
    return *std::move(rows);
  }

  policy::Policy policy_;  // outlives the service
  TestService service_;
};

RegisterEntry SampleEntry() {
  RegisterEntry entry;
  entry.step.kind = RegisterKind::kIncidents;
  entry.step.number = 3;
  entry.step.case_number = 1;
  entry.step.at = {1767571200};
  entry.step.subject = "laptop 4";
  entry.step.step = "reported";
  entry.step.clauses = {"O-50"};
  entry.step.parts = {"part"};
  entry.step.fields = {{"addressee", "the authority"}, {"people", "12"}};
  entry.follows = 1;
  entry.recorded_at = {1767574800};
  entry.officer = "privacy";
  entry.policy_version = "openup-it 2023-07-01 (sha256:0123456789abcdef)";
  return entry;
}

TEST(RegisterRecord, IsWhatTheGoldenFileHas) {
  std::ifstream file(SourceFolder() + "/tests/golden/register_entry_v1.hex");
  std::string golden{std::istreambuf_iterator<char>(file), {}};
  while (golden.ends_with('\n')) golden.pop_back();
  EXPECT_EQ(HexEncode(EncodeRegisterEntry(SampleEntry())), golden);
  const auto bytes = HexDecode(golden);
  ASSERT_OK(bytes);
  EXPECT_THAT(DecodeRegisterEntry(*bytes), IsOkAndHolds(SampleEntry()));
}

TEST(RegisterRecord, RefusesEveryCutAndEveryOtherFormat) {
  const Bytes good = EncodeRegisterEntry(SampleEntry());
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(DecodeRegisterEntry(ByteSpan(good).first(size)).ok()) << size;
  for (const std::size_t at : {std::size_t{0}, std::size_t{1}}) {
    Bytes changed = good;
    changed[at] = 0xEE;
    EXPECT_EQ(CodeOf(DecodeRegisterEntry(changed).status()), ErrorCode::kDataCorrupt);
  }
}

TEST(RefusalsRecord, IsReadAsItWasWrittenAndNoOtherwise) {
  const std::vector<UnixSeconds> times = {{1767571200}, {1767571201}};
  const Bytes bytes = EncodeRefusals(times);
  EXPECT_EQ(HexEncode(bytes), "0000000200000000695aff0000000000695aff01");
  EXPECT_THAT(DecodeRefusals(bytes), IsOkAndHolds(times));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(CodeOf(DecodeRefusals(ByteSpan(bytes).first(size)).status()),
              ErrorCode::kDataCorrupt);
  const std::vector<UnixSeconds> too_many(kRefusalsOfASign + 1);
  EXPECT_EQ(CodeOf(DecodeRefusals(EncodeRefusals(too_many)).status()), ErrorCode::kDataCorrupt);
}

TEST_F(Registers, NumberTheirEntriesWithoutGapsAndPutTheirDigestIntoTheLog) {
  for (std::uint64_t number = 1; number <= 3; ++number) {
    const auto added = Add(Confirmation());
    ASSERT_OK(added);
    EXPECT_EQ(added->number, number);
  }
  const auto entries = LoadRegister(context(), RegisterKind::kCommitments);
  ASSERT_OK(entries);
  ASSERT_EQ(entries->size(), 3u);
  const audit::AuditEntry last = service_.Entries().back();
  EXPECT_EQ(last.operation, audit::Operation::kAddRegisterEntry);
  EXPECT_EQ(last.statement_digest, primitives::Sha256(EncodeRegisterEntry(entries->back())));
  EXPECT_THAT(last.clause_ids, ::testing::ElementsAre("M-56"));
  EXPECT_OK(service_.CheckLog());
}

TEST_F(Registers, TakeARepeatedRequestOnceAndAnotherOneUnderItsKeyNever) {
  AddRegisterEntryRequest request = Confirmation();
  ASSERT_OK(Add(request));
  const auto again = Add(request);
  ASSERT_OK(again);
  EXPECT_EQ(again->number, 1u);
  request.fields["evidence"] = "plan 4";
  EXPECT_EQ(CodeOf(Add(request).status()), ErrorCode::kConflict);
  const auto entries = LoadRegister(context(), RegisterKind::kCommitments);
  ASSERT_OK(entries);
  EXPECT_EQ(entries->size(), 1u);
}

TEST_F(Registers, AreSealedAndAGapIsDamage) {
  for (int i = 0; i < 3; ++i) ASSERT_OK(Add(Confirmation()));
  std::string all;
  for (const storage::KeyValue& item : ContentOf(service_.data()))
    all.append(item.value.begin(), item.value.end());
  EXPECT_EQ(all.find("plan 3"), std::string::npos);
  storage::Batch batch;
  batch.mutations.push_back({keyspaces::RegisterKey("commitments", 2), std::nullopt});
  ASSERT_EQ(service_.data().Commit(batch).outcome, storage::Outcome::kCommitted);
  EXPECT_EQ(CodeOf(LoadRegister(context(), RegisterKind::kCommitments).status()),
            ErrorCode::kDataCorrupt);
}

TEST_F(Registers, AreForOfficersAlone) {
  for (const Call& call : {service_.portal(), service_.company()}) {
    EXPECT_EQ(CodeOf(AddRegisterEntry(context(), call, Confirmation()).status()),
              ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(ListRegister(context(), call, RegisterKind::kTraining).status()),
              ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(ListDue(context(), call, Language::kKorean).status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(ReadRegister(context(), call, {"purposes", {0}, {1}}).status()),
              ErrorCode::kNotAllowed);
  }
}

TEST_F(Registers, RefuseWhatTheyDoNotHave) {
  const auto code = [&](auto change) {
    AddRegisterEntryRequest request = Confirmation();
    change(request);
    return CodeOf(Add(request).status());
  };
  EXPECT_EQ(code([](auto& r) { r.step = "held"; }), ErrorCode::kBadRequest);
  EXPECT_EQ(code([](auto& r) { r.fields.clear(); }), ErrorCode::kMissingField);
  EXPECT_EQ(code([](auto& r) { r.fields["weather"] = "fine"; }), ErrorCode::kUnknownField);
  EXPECT_EQ(code([](auto& r) { r.fields["evidence"] = "two\nlines"; }), ErrorCode::kBadRequest);
  EXPECT_EQ(code([](auto& r) { r.fields["evidence"] = std::string(601, 'x'); }),
            ErrorCode::kBadRequest);
  EXPECT_EQ(code([](auto& r) { r.clauses = {"M-58"}; }), ErrorCode::kBadRequest);
  EXPECT_EQ(code([](auto& r) { r.parts = {"a part"}; }), ErrorCode::kBadRequest);
  EXPECT_EQ(code([](auto& r) { r.at.value += 10; }), ErrorCode::kBadRequest);
  EXPECT_EQ(code([](auto& r) { r.follows = 7; }), ErrorCode::kBadRequest);
  EXPECT_EQ(code([](auto& r) { r.subject = "a\tb"; }), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(Add(Incident("reported")).status()), ErrorCode::kBadRequest);
}

TEST_F(Registers, TakeTheEntriesOfTwoOfficersAtOnce) {
  constexpr int kEach = 5;
  const auto work = [&] {
    for (int i = 0; i < kEach; ++i) EXPECT_OK(Add(Confirmation()));
  };
  std::thread other(work);
  work();
  other.join();
  const auto entries = LoadRegister(context(), RegisterKind::kCommitments);
  ASSERT_OK(entries);
  EXPECT_EQ(entries->size(), std::size_t{2 * kEach});
}

TEST_F(Registers, CountSeventyTwoHoursFromTheHourAnIncidentWasFound) {
  service_.clock().AdvanceSeconds(10 * kHour);
  const std::int64_t found = context().time.Now().value;
  ASSERT_OK(Add(Incident("found")));
  const auto table = ReadRegister(context(), service_.officer(),
                                  {"due", {0}, {std::int64_t{1} << 40}, Language::kKorean});
  ASSERT_OK(table);
  EXPECT_EQ(table->rows.back().back(), "2026-01-08 19:00");  // in Korea
  auto rows = Due(RegisterKind::kIncidents);
  ASSERT_EQ(rows.size(), 2u);
  for (const DueRow& row : rows) {
    EXPECT_EQ(row.state, DueState::kOpen);
    EXPECT_EQ(row.clause, "M-63");
    ASSERT_TRUE(row.until);
    EXPECT_EQ(row.until->value, found + 72 * kHour);
    EXPECT_EQ(model::ToIso(*row.last_day), "2026-01-08");
  }
  service_.clock().AdvanceSeconds(72 * kHour);
  EXPECT_EQ(Due(RegisterKind::kIncidents)[0].state, DueState::kOpen);
  service_.clock().AdvanceSeconds(1);
  EXPECT_EQ(Due(RegisterKind::kIncidents)[0].state, DueState::kOverdue);
  ASSERT_OK(Add(Incident("reported", 1)));
  rows = Due(RegisterKind::kIncidents);
  EXPECT_EQ(rows[0].state, DueState::kDone);
  EXPECT_EQ(rows[0].subject, "laptop 4");
  EXPECT_EQ(rows[1].state, DueState::kOverdue);
}

// One row for each processor, in every language, whether the notice names it or only the register.
TEST_F(Registers, ShowWhatIsKnownOfEachProcessorInOneRow) {
  for (const std::string name : {"실명인증(확인)서비스", "a vendor", "another vendor"}) {
    AddRegisterEntryRequest request = Confirmation();
    request.kind = RegisterKind::kProcessors;
    request.step = "contracted";
    request.subject = name;
    request.clauses.clear();
    request.fields = {{"task", "upkeep"}, {"document", "7"}, {"topics", "CT_LAW"}};
    ASSERT_OK(Add(request));
  }
  for (const Language language : {Language::kKorean, Language::kEnglish}) {
    const auto table = ReadRegister(context(), service_.officer(),
                                    {"processor_list", {0}, {std::int64_t{1} << 40}, language});
    ASSERT_OK(table);
    ASSERT_EQ(table->rows.size(), 4u);  // two that the notice names, two that it does not
    EXPECT_EQ(table->rows[0].back(), "");
    for (const std::size_t i : {1u, 2u, 3u}) EXPECT_EQ(table->rows[i].back(), "CT_LAW") << i;
  }
}

// Who is responsible, when and by whom it was attested last, the evidence, and the next day; what
// nobody attested has its row, too.
TEST_F(Registers, ShowEveryMeasureWithWhoIsResponsibleAndItsEvidence) {
  AddRegisterEntryRequest request = Confirmation();
  request.clauses = {"M-62"};
  request.parts = {"전산실"};
  request.fields = {{"evidence", "door log"}, {"responsible", "운영지원팀"}};
  ASSERT_OK(Add(request));
  const auto table = ReadRegister(context(), service_.officer(),
                                  {"measures", {0}, {std::int64_t{1} << 40}, Language::kKorean});
  ASSERT_OK(table);
  std::size_t found = 0;
  for (const auto& row : table->rows) {
    if (row[0] != "M-62") {
      EXPECT_EQ(row[6], "개인정보 보호책임자") << row[0];
      EXPECT_EQ(row[10], "없음") << row[0];
      continue;
    }
    ++found;
    const bool is_attested = row[3] == "전산실";
    EXPECT_EQ(row[6], is_attested ? "운영지원팀" : "개인정보 보호책임자");
    EXPECT_EQ(row[7], is_attested ? "2026-01-05" : "");
    EXPECT_EQ(row[8], is_attested ? service_.officer().principal.name : "");
    EXPECT_EQ(row[9], is_attested ? "door log" : "");
    EXPECT_EQ(row[11], is_attested ? "2027-01-05" : "");
  }
  EXPECT_EQ(found, 2u);  // two places
  EXPECT_EQ(table->rows.size(), 8u);
}

TEST_F(Registers, AreReadByNobodyWithoutAName) {
  Call nameless = service_.officer();
  nameless.principal.name.clear();
  EXPECT_EQ(CodeOf(ListDue(context(), nameless, Language::kEnglish).status()),
            ErrorCode::kNotAllowed);
}

class JapaneseRegisters : public Registers {
 protected:
  JapaneseRegisters() : Registers("sapporo-ui") {}
};

TEST_F(JapaneseRegisters, CountFiveDaysAndThirtyFromTheDayAnIncidentWasFound) {
  ASSERT_OK(Add(Incident("found")));  // 2026-01-05, 09:00 in Japan
  auto rows = Due(RegisterKind::kIncidents);
  std::erase_if(rows, [](const DueRow& row) { return row.number == 0; });
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(model::ToIso(*rows[0].last_day), "2026-01-10");
  EXPECT_EQ(model::ToIso(*rows[1].last_day), "2026-02-04");
  service_.clock().AdvanceSeconds(5 * kDay + 14 * kHour);  // 23:00 of the last day
  rows = Due(RegisterKind::kIncidents);
  std::erase_if(rows, [](const DueRow& row) { return row.number == 0; });
  EXPECT_EQ(rows[0].state, DueState::kOpen);
  service_.clock().AdvanceSeconds(kHour);
  rows = Due(RegisterKind::kIncidents);
  std::erase_if(rows, [](const DueRow& row) { return row.number == 0; });
  EXPECT_EQ(rows[0].state, DueState::kOverdue);
  EXPECT_EQ(rows[1].state, DueState::kOpen);
}

TEST_F(JapaneseRegisters, AskForAnIncidentOfEveryLostMedium) {
  const auto medium = [&](const std::string& step) {
    AddRegisterEntryRequest request = Confirmation();
    request.kind = RegisterKind::kMedia;
    request.step = step;
    request.subject = "laptop 4";
    request.clauses.clear();
    request.fields.clear();
    if (step == "listed") request.fields = {{"kind", "device"}, {"place", "room 2"}};
    return Add(request);
  };
  const auto missing = [&] {
    auto rows = Due(RegisterKind::kIncidents);
    std::erase_if(rows, [](const DueRow& row) { return row.subject != "laptop 4"; });
    return rows;
  };
  ASSERT_OK(medium("listed"));
  EXPECT_TRUE(missing().empty());
  ASSERT_OK(medium("lost"));
  ASSERT_EQ(missing().size(), 1u);
  EXPECT_EQ(missing()[0].state, DueState::kMissing);
  EXPECT_EQ(missing()[0].clause, "S-51");
  ASSERT_OK(Add(Incident("found")));
  for (const DueRow& row : missing()) EXPECT_EQ(row.state, DueState::kOpen);  // its clocks
}

class RegisterTables : public ::testing::TestWithParam<policy::OperatorFile> {};

TEST_P(RegisterTables, AreMadeOfEveryOperatorInThreeLanguages) {
  const policy::Policy policy = policy::OperatorPolicy(GetParam().name);
  TestService service(1, {FixedClock::kDefaultNow}, &policy);
  for (const Language language : {Language::kKorean, Language::kJapanese, Language::kEnglish}) {
    for (const RegisterTitle& title : RegisterTitles(language)) {
      const auto table =
          ReadRegister(service.context(), service.officer(),
                       {std::string(title.name), {0}, {std::int64_t{1} << 40}, language});
      ASSERT_OK(table) << title.name;
      EXPECT_EQ(table->title, title.title);
      EXPECT_FALSE(table->heading.empty());
      for (const auto& row : table->rows) EXPECT_EQ(row.size(), table->heading.size());
    }
  }
}

// Every stated measure is asked for, with its own register.
TEST_P(RegisterTables, AskForEveryStatedMeasure) {
  const policy::Policy policy = policy::OperatorPolicy(GetParam().name);
  TestService service(1, {FixedClock::kDefaultNow}, &policy);
  const auto rows = ListDue(service.context(), service.officer(), Language::kEnglish);
  ASSERT_OK(rows);
  for (const policy::Entry* measure : policy.statement->All("measure")) {
    const std::string clause = policy::ClauseOf(*measure);
    const auto row = std::ranges::find(*rows, clause, &DueRow::clause);
    ASSERT_NE(row, rows->end()) << clause;
    EXPECT_EQ(row->state, DueState::kMissing);
    EXPECT_EQ(policy::RowOf(row->kind).name, measure->Word("register"));
  }
}
INSTANTIATE_TEST_SUITE_P(Operators, RegisterTables, testing::ValuesIn(policy::kOperatorFiles),
                         policy::OperatorName);

}  // namespace
}  // namespace noren::operations
