// SPDX-License-Identifier: Apache-2.0
#include "engine/model/errors.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "absl/strings/cord.h"

namespace noren::model {
namespace {

// Row 0 stands for kNone, so that a code is its row's index.
constexpr std::array kRows = {
    ErrorRow{ErrorCode::kNone, "OK", StatusCode::kOk, 0, false, "", "", ""},
#define NOREN_ERROR(symbol, name, category, exit_code, retryable, en, ko, ja) \
  ErrorRow{ErrorCode::symbol, name, StatusCode::category, exit_code, retryable, en, ko, ja},
#include "engine/model/errors.inc"
#undef NOREN_ERROR
};

constexpr absl::string_view kCodePayload = "noren/code";
constexpr absl::string_view kFieldPayload = "noren/field";
constexpr absl::string_view kDetailPayload = "noren/detail";
constexpr absl::string_view kRetryAfterPayload = "noren/retry-after";

absl::Cord ToCord(std::string_view text) {
  return absl::Cord(absl::string_view(text.data(), text.size()));
}

std::string PayloadOf(const Status& status, absl::string_view url) {
  const auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

std::span<const ErrorRow> AllErrors() { return std::span(kRows).subspan(1); }

const ErrorRow& RowOf(ErrorCode code) {
  const auto index = static_cast<std::size_t>(code);
  return index < kRows.size() ? kRows[index]
                              : kRows[static_cast<std::size_t>(ErrorCode::kInternal)];
}

std::optional<ErrorCode> FindErrorCode(std::string_view name) {
  for (const ErrorRow& row : AllErrors()) {
    if (row.name == name) return row.code;
  }
  return std::nullopt;
}

Status MakeError(ErrorCode code, std::string_view detail) {
  return MakeFieldError(code, {}, detail);
}

Status MakeFieldError(ErrorCode code, std::string_view field, std::string_view detail) {
  const ErrorRow& row = RowOf(code);
  if (row.code == ErrorCode::kNone) return OkStatus();
  std::string message(row.name);
  if (!field.empty()) message.append(": ").append(field);
  if (!detail.empty()) message.append(": ").append(detail);
  Status status = MakeStatus(row.category, message);
  status.SetPayload(kCodePayload, ToCord(row.name));
  if (!field.empty()) status.SetPayload(kFieldPayload, ToCord(field));
  if (!detail.empty()) status.SetPayload(kDetailPayload, ToCord(detail));
  return status;
}

Status WithRetryAfter(Status refusal, std::int64_t seconds) {
  const std::string text = std::to_string(std::max<std::int64_t>(seconds, 1));
  if (!refusal.ok()) refusal.SetPayload(kRetryAfterPayload, ToCord(text));
  return refusal;
}

std::int64_t RetryAfterSecondsOf(const Status& status) {
  const std::string text = PayloadOf(status, kRetryAfterPayload);
  std::int64_t seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return seconds;
}

ErrorCode CodeOf(const Status& status) {
  if (status.ok()) return ErrorCode::kNone;
  return FindErrorCode(PayloadOf(status, kCodePayload)).value_or(ErrorCode::kInternal);
}

std::string FieldOf(const Status& status) { return PayloadOf(status, kFieldPayload); }
std::string DetailOf(const Status& status) { return PayloadOf(status, kDetailPayload); }

}  // namespace noren::model
