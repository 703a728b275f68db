// A year in the life of each operator: what it leaves behind is what the golden files have, and
// what must hold whatever they have.
// Source:   docs/design/0023-a-year-in-the-life.md
// SPDX-License-Identifier: Apache-2.0
#include "tests/year/year.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_plan.h"
#include "engine/policy/calendar/civil.h"
#include "engine/policy/stated_names.h"
#include "engine/policy/stated_rules.h"
#include "tests/support/status_matchers.h"
#include "tests/year/printed.h"

namespace noren::year {
namespace {

using policy::Entry;
using policy::calendar::AddDays;

// Every plan that ended has a receipt that verifies, and the receipts say who is gone.
void CheckReceipts(Year& year, const Printed& printed) {
  const auto receipts = operations::ListRunReceipts(year.context(), year.officer());
  ASSERT_OK(receipts);
  const auto key = personal_data::ReceiptVerifyingKey(year.service().keys());
  ASSERT_OK(key);
  std::uint64_t people = 0;
  for (const operations::ListedReceipt& listed : *receipts) {
    const auto& stored = listed.stored.signed_receipt;
    const auto receipt = personal_data::VerifyRunReceipt(stored.text, stored.signature, *key);
    ASSERT_OK(receipt);
    people += receipt->totals.people;
    const auto one = std::ranges::find(year.executed(), listed.receipt, &Executed::receipt);
    ASSERT_NE(one, year.executed().end()) << "a receipt of no destruction";
    EXPECT_EQ(one->people, receipt->totals.people);
    EXPECT_EQ(one->items, receipt->totals.items);
  }
  EXPECT_EQ(receipts->size() + year.destroyed_at_once(), year.executed().size());
  EXPECT_EQ(printed.rows.at("destructions"), receipts->size());
  const auto gone = std::ranges::count_if(year.people(), [](const auto& one) { return one->gone; });
  EXPECT_EQ(people + year.destroyed_at_once(), static_cast<std::uint64_t>(gone));
  EXPECT_GT(gone, 0);
}

// Nothing that names somebody who is gone is in any register.
void CheckNames(const Year& year, const Printed& printed) {
  EXPECT_FALSE(printed.identified.empty());
  for (const auto& one : year.people()) {
    if (!one->gone) continue;
    for (const std::string& name :
         {one->known.ref, one->known.contact, one->known.handle.ToString()}) {
      EXPECT_EQ(printed.identified.find(name), std::string::npos)
          << "p" << one->number << " is in a register";
    }
  }
}

// A request is answered within its days, or stood in the list of what is overdue. They begin with
// the receipt, or where the operator reads it so when form, fee and papers were there.
void CheckAnswers(Year& year) {
  const bool by_completeness = policy::CountsFromCompleteness(year.context().policy);
  std::size_t late = 0;
  for (const Case& one : year.cases()) {
    if (one.objected) continue;
    const std::string which =
        "request " + std::to_string(one.number) + " of " + model::ToIso(one.received);
    ASSERT_TRUE(one.told) << which << " was never answered";
    std::optional<model::CivilDay> begins = one.received;
    if (by_completeness) begins = one.complete;
    const bool is_late = begins && AddDays(*begins, year.plan().answer_days) < *one.told;
    EXPECT_EQ(is_late, one.was_overdue) << which << " was answered on " << model::ToIso(*one.told);
    late += is_late ? 1 : 0;
  }
  EXPECT_GT(late, 0U) << "nothing was ever late: the list shows nothing";
  EXPECT_LT(late, year.cases().size() / 2);
}

// Each date rule of the statement set a date that somebody kept, missed or saw.
void CheckEveryRule(Year& year) {
  std::map<std::string, std::uint64_t> by_rule;
  for (const auto& [rule, count] : year.bites()) by_rule[rule.substr(rule.find('.') + 1)] += count;
  for (const auto& policy : year.policies()) {
    for (const Entry* rule : policy::All(*policy, "date_rule")) {
      EXPECT_GT(by_rule[rule->id], 0U) << "nothing in the year rests on " << rule->id;
    }
  }
}

// Everything that is open when the year ends is younger than its time.
void CheckErasures(Year& year) {
  const auto all = operations::ListErasureRequests(year.context(), year.officer());
  ASSERT_OK(all);
  std::size_t open = 0;
  for (const operations::ErasureRequest& request : *all)
    open += request.state == operations::ErasureRequest::State::kOpen ? 1 : 0;
  const auto waiting = std::ranges::count_if(
      year.people(), [](const auto& one) { return one->leaves && !one->gone; });
  EXPECT_LE(open, static_cast<std::size_t>(waiting)) << "an erasure of somebody gone is open";
}

std::uint64_t Counted(const Year& year, const std::string& what) {
  const auto found = year.counts().find(what);
  return found == year.counts().end() ? 0 : found->second;
}

class AYear : public testing::TestWithParam<Plan> {};

TEST_P(AYear, LeavesWhatTheGoldenFilesHave) {
  Year year(GetParam());
  year.Live();
  if (HasFatalFailure()) return;
  EXPECT_GE(Counted(year, "days of the year"), 366U);
  year.CountKeptEntries();
  const Printed printed = Print(year);
  ASSERT_FALSE(HasFatalFailure());
  CheckReceipts(year, printed);
  CheckNames(year, printed);
  CheckAnswers(year);
  CheckErasures(year);
  EXPECT_EQ(printed.rows.at("provisions"), Counted(year, "release"));
  EXPECT_GT(Counted(year, "release"), 0U);
  const auto entries = year.service().VerifyExportedLog();
  ASSERT_OK(entries);
  CheckEveryRule(year);
  CompareWithGolden(year, printed);
}

INSTANTIATE_TEST_SUITE_P(Operators, AYear, testing::ValuesIn(Plans()), [](const auto& each) {
  std::string name = each.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace noren::year
