// SPDX-License-Identifier: Apache-2.0
#include "server/services/service_errors.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/errors.h"
#include "engine/policy/decisions.h"

namespace noren::server {
namespace {

using model::ErrorCode;

constexpr std::int32_t kRetryAfterMs = 250;

std::string_view SentenceOf(const model::ErrorRow& row, std::string_view language) {
  if (language == "ko") return row.sentence_ko;
  if (language == "ja") return row.sentence_ja;
  return row.sentence_en;
}

// Faults of the service itself: their details are about stored records, which are nobody's business
// outside.
bool IsFault(ErrorCode code) {
  return code == ErrorCode::kInternal || code == ErrorCode::kDataCorrupt ||
         code == ErrorCode::kStorage || code == ErrorCode::kSealed;
}

// What says itself when, and what passes by itself, and soon.
std::int32_t RetryAfterMs(const Status& refusal, ErrorCode code) {
  constexpr std::int64_t kMostSeconds = 7 * 86'400;  // fits the wire's 32 bits
  const std::int64_t seconds = std::min(model::RetryAfterSecondsOf(refusal), kMostSeconds);
  if (seconds > 0) return static_cast<std::int32_t>(seconds * 1000);
  const bool is_brief = code == ErrorCode::kOverloaded || code == ErrorCode::kRetryLater ||
                        code == ErrorCode::kDeadline;
  return is_brief ? kRetryAfterMs : 0;
}

struct Renamed {
  std::string_view model_prefix;
  std::string_view wire_prefix;
};
constexpr std::array kRenamed = {
    Renamed{"posting.required.experience_months", "posting.min_experience_months"},
    Renamed{"posting.required.education", "posting.min_education"},
    Renamed{"posting.required.start_by", "posting.start_by"},
    Renamed{"posting.required.", "posting.required_"},
    Renamed{"posting.preferred.", "posting.preferred_"},
    Renamed{"posting.wage.min", "posting.wage_min.amount"},
    Renamed{"posting.wage.max", "posting.wage_max.amount"},
    Renamed{"posting.wage.currency", "posting.wage_min.currency"},
};

}  // namespace

wire::ServiceError ToServiceError(const Status& refusal, std::string_view request_id,
                                  std::string_view language) {
  const ErrorCode code = model::CodeOf(refusal);
  const model::ErrorRow& row = model::RowOf(code);
  wire::ServiceError error;
  error.code = std::string(row.name);
  error.public_message = std::string(SentenceOf(row, language));
  error.retryable = row.retryable;
  error.retry_after_ms = RetryAfterMs(refusal, code);
  error.request_id = std::string(request_id);
  if (IsFault(code)) return error;
  error.field = model::FieldOf(refusal);
  error.detail = model::DetailOf(refusal);
  error.clauses = policy::ClausesOf(refusal);
  return error;
}

Status WithWireField(const Status& refusal) {
  if (refusal.ok()) return refusal;
  const std::string field = model::FieldOf(refusal);
  for (const Renamed& renamed : kRenamed) {
    if (!field.starts_with(renamed.model_prefix)) continue;
    std::string wire_field(renamed.wire_prefix);
    wire_field += field.substr(renamed.model_prefix.size());
    return model::MakeFieldError(model::CodeOf(refusal), wire_field, model::DetailOf(refusal));
  }
  return refusal;
}

}  // namespace noren::server
