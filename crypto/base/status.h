// Error type of the whole project: Abseil's Status and StatusOr, with constructors that take
// std::string_view. Debian's Abseil is built with its own string_view, so its constructors do not
// take ours; they are wrapped here once. Messages are log-safe: literals, ids and numbers only;
// never text that came from a person.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace noren {

using absl::Status;
using absl::StatusCode;
using absl::StatusOr;

inline Status OkStatus() { return absl::OkStatus(); }

inline Status MakeStatus(StatusCode code, std::string_view message) {
  return Status(code, absl::string_view(message.data(), message.size()));
}
inline Status InvalidArgument(std::string_view m) {
  return MakeStatus(StatusCode::kInvalidArgument, m);
}
inline Status NotFound(std::string_view m) { return MakeStatus(StatusCode::kNotFound, m); }
inline Status AlreadyExists(std::string_view m) {
  return MakeStatus(StatusCode::kAlreadyExists, m);
}
inline Status Unauthenticated(std::string_view m) {
  return MakeStatus(StatusCode::kUnauthenticated, m);
}
inline Status PermissionDenied(std::string_view m) {
  return MakeStatus(StatusCode::kPermissionDenied, m);
}
inline Status FailedPrecondition(std::string_view m) {
  return MakeStatus(StatusCode::kFailedPrecondition, m);
}
inline Status ResourceExhausted(std::string_view m) {
  return MakeStatus(StatusCode::kResourceExhausted, m);
}
inline Status Unavailable(std::string_view m) { return MakeStatus(StatusCode::kUnavailable, m); }
inline Status DataLoss(std::string_view m) { return MakeStatus(StatusCode::kDataLoss, m); }
inline Status Internal(std::string_view m) { return MakeStatus(StatusCode::kInternal, m); }

inline std::string_view MessageOf(const Status& status) {
  const absl::string_view m = status.message();
  return {m.data(), m.size()};
}

}  // namespace noren

#define NOREN_CONCAT_INNER(a, b) a##b
#define NOREN_CONCAT(a, b) NOREN_CONCAT_INNER(a, b)

// Returns from the enclosing function when `expr` is not ok.
#define NOREN_RETURN_IF_ERROR(expr)                \
  do {                                             \
    ::noren::Status noren_status_ = (expr);        \
    if (!noren_status_.ok()) return noren_status_; \
  } while (false)

// NOREN_ASSIGN_OR_RETURN(auto value, Function());
#define NOREN_ASSIGN_OR_RETURN(lhs, expr) \
  NOREN_ASSIGN_OR_RETURN_INNER(NOREN_CONCAT(noren_statusor_, __LINE__), lhs, expr)
#define NOREN_ASSIGN_OR_RETURN_INNER(tmp, lhs, expr) \
  auto tmp = (expr);                                 \
  if (!tmp.ok()) return std::move(tmp).status();     \
  lhs = std::move(tmp).value()
