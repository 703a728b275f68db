// "About when" on a form: which days may be meant, and what is no time.
// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/about_when.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/model/errors.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

std::string Span(std::string_view text) {
  const auto span = AboutWhen(text);
  return span.ok() ? model::ToIso(span->first) + "/" + model::ToIso(span->last)
                   : std::string(model::RowOf(model::CodeOf(span.status())).name);
}

TEST(AboutWhen, AMonthHasAMonthBeforeAndAfterIt) {
  EXPECT_EQ(Span("2023-04頃"), "2023-03-01/2023-05-31");
  EXPECT_EQ(Span("2023年4月頃"), "2023-03-01/2023-05-31");
  EXPECT_EQ(Span(" 2023 년 "), "BAD_REQUEST") << "a number ends where its word begins";
  EXPECT_EQ(Span("2023년 4월경"), "2023-03-01/2023-05-31");
  EXPECT_EQ(Span("2024-01"), "2023-12-01/2024-02-29");
  EXPECT_EQ(Span("2023/12"), "2023-11-01/2024-01-31");
}

TEST(AboutWhen, ADayAndAYearHaveOneToo) {
  EXPECT_EQ(Span("2023-04-15"), "2023-03-15/2023-05-15");
  EXPECT_EQ(Span("2023年3月31日頃"), "2023-02-28/2023-04-30");
  EXPECT_EQ(Span("2023"), "2022-12-01/2024-01-31");
}

TEST(AboutWhen, WhatIsNoTimeIsRefused) {
  for (const char* text :
       {"", "頃", "2023-13", "2023-00", "2023-02-30", "20234-01", "2023-04-15-01", "1899-01",
        "2199-12", "last spring", "2023-04 and later", "-2023", "2023-04\n", "99999999999999999"})
    EXPECT_EQ(Span(text), "BAD_REQUEST") << text;
  EXPECT_EQ(Span(std::string(100, '2')), "BAD_REQUEST");
}

}  // namespace
}  // namespace noren::policy
