// The one table of errors: stable code, canonical category, exit code, and a sentence in three
// languages that says what to do. Rows are in errors.inc; docs/formats/errors.md is checked against
// them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/base/status.h"

namespace noren::model {

enum class ErrorCode : std::uint16_t {
  kNone = 0,
#define NOREN_ERROR(symbol, name, category, exit_code, retryable, en, ko, ja) symbol,
#include "engine/model/errors.inc"
#undef NOREN_ERROR
};

struct ErrorRow {
  ErrorCode code;
  std::string_view name;  // "CONSENT_WITHDRAWN": stable, what clients branch on
  StatusCode category;
  int exit_code;  // of the command line
  bool retryable;
  std::string_view sentence_en, sentence_ko, sentence_ja;
};

std::span<const ErrorRow> AllErrors();
const ErrorRow& RowOf(ErrorCode code);
std::optional<ErrorCode> FindErrorCode(std::string_view name);

// A refusal with a stable code. `detail` is log-safe: literals, ids, numbers, field paths; never a
// person's text.
Status MakeError(ErrorCode code, std::string_view detail = {});
// As MakeError, naming the field that is wrong ("profile.skills[3].level").
Status MakeFieldError(ErrorCode code, std::string_view field, std::string_view detail = {});

// The same refusal, saying after how many seconds it may be tried again (at least 1).
Status WithRetryAfter(Status refusal, std::int64_t seconds);
// 0 when the refusal does not say.
std::int64_t RetryAfterSecondsOf(const Status& status);

// kNone for an ok status; kInternal for one that carries no code.
ErrorCode CodeOf(const Status& status);
std::string FieldOf(const Status& status);
std::string DetailOf(const Status& status);

}  // namespace noren::model
