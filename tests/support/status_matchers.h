// GoogleTest matchers for Status and StatusOr: IsOk(), IsOkAndHolds(m), StatusIs(code),
// StatusIs(code, message).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "crypto/base/status.h"

namespace noren {

inline const Status& StatusOf(const Status& status) { return status; }
template <typename T>
const Status& StatusOf(const StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, negation ? "is not ok" : "is ok") {
  *result_listener << "which has status " << StatusOf(arg).ToString();
  return arg.ok();
}

MATCHER_P(IsOkAndHolds, inner, "") {
  if (!arg.ok()) {
    *result_listener << "which has status " << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(inner, arg.value(), result_listener);
}

MATCHER_P(StatusIs, code, absl::StatusCodeToString(code)) {
  *result_listener << "which has status " << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

// The message is for tests of log safety and of sentences; callers branch on the code.
MATCHER_P2(StatusIs, code, message, absl::StatusCodeToString(code)) {
  *result_listener << "which has status " << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code &&
         ::testing::ExplainMatchResult(message, std::string(MessageOf(StatusOf(arg))),
                                       result_listener);
}

}  // namespace noren

#define EXPECT_OK(expr) EXPECT_THAT(expr, ::noren::IsOk())
#define ASSERT_OK(expr) ASSERT_THAT(expr, ::noren::IsOk())

// ASSERT_OK_AND_ASSIGN(auto value, Function());
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ASSERT_OK_AND_ASSIGN_INNER(NOREN_CONCAT(noren_test_statusor_, __LINE__), lhs, expr)
#define ASSERT_OK_AND_ASSIGN_INNER(tmp, lhs, expr)          \
  auto tmp = (expr);                                        \
  ASSERT_TRUE(tmp.ok()) << #expr << " is " << tmp.status(); \
  lhs = std::move(tmp).value()
