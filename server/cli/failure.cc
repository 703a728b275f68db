// SPDX-License-Identifier: Apache-2.0
#include "server/cli/failure.h"

#include <optional>

#include "absl/strings/cord.h"
#include "engine/model/errors.h"
#include "server/daemon/exit_codes.h"

namespace noren::cli {
namespace {

using model::ErrorCode;

constexpr char kMessageUrl[] = "noren/public-message";
constexpr char kRequestUrl[] = "noren/request-id";
constexpr char kClausesUrl[] = "noren/clauses";

void Attach(Status& status, const char* url, std::string_view text) {
  if (!text.empty()) {
    status.SetPayload(url, absl::Cord(absl::string_view(text.data(), text.size())));
  }
}

std::string Attached(const Status& status, const char* url) {
  const auto cord = status.GetPayload(url);
  return cord ? std::string(*cord) : std::string();
}

struct Category {
  StatusCode code;
  std::string_view name;
  int exit_code;
};
constexpr Category kCategories[] = {
    {StatusCode::kInvalidArgument, "USAGE", server::kExitUsage},
    {StatusCode::kNotFound, "NOT_FOUND", server::kExitNotFound},
    {StatusCode::kAlreadyExists, "CONFLICT", server::kExitConflict},
    {StatusCode::kUnauthenticated, "UNAUTHENTICATED", server::kExitDenied},
    {StatusCode::kPermissionDenied, "NOT_ALLOWED", server::kExitDenied},
    {StatusCode::kFailedPrecondition, "MISCONFIGURED", server::kExitMisconfigured},
    {StatusCode::kResourceExhausted, "LIMIT_REACHED", server::kExitRetryLater},
    {StatusCode::kUnavailable, "UNAVAILABLE", server::kExitUnavailable},
    {StatusCode::kDataLoss, "DATA_CORRUPT", server::kExitStorage},
};
constexpr Category kOther = {StatusCode::kUnknown, "INTERNAL", server::kExitFailure};

const Category& CategoryOf(const Status& status) {
  for (const Category& category : kCategories) {
    if (category.code == status.code()) return category;
  }
  return kOther;
}

// CodeOf says kInternal both for that code and for none; the category tells them apart.
std::optional<ErrorCode> TableCode(const Status& status) {
  const ErrorCode code = model::CodeOf(status);
  if (code == ErrorCode::kNone) return std::nullopt;
  if (code == ErrorCode::kInternal && status.code() != StatusCode::kInternal) return std::nullopt;
  return code;
}

std::string SentenceOf(const Status& status, const ServerWords& words) {
  if (!words.public_message.empty()) return words.public_message;
  const auto code = TableCode(status);
  const bool carries_code = code && (*code != ErrorCode::kInternal || !MessageOf(status).empty());
  if (carries_code && *code != ErrorCode::kInternal) {
    return std::string(model::RowOf(*code).sentence_en);
  }
  return std::string(MessageOf(status));
}

}  // namespace

Status WithServerWords(Status status, const ServerWords& words) {
  if (status.ok()) return status;
  Attach(status, kMessageUrl, words.public_message);
  Attach(status, kRequestUrl, words.request_id);
  Attach(status, kClausesUrl, words.clauses);
  return status;
}

ServerWords ServerWordsOf(const Status& status) {
  return {Attached(status, kMessageUrl), Attached(status, kRequestUrl),
          Attached(status, kClausesUrl)};
}

Status RefusalOf(std::string_view code_name, std::string_view field, std::string_view detail) {
  if (const auto code = model::FindErrorCode(code_name)) {
    return model::MakeFieldError(*code, field, detail);
  }
  return model::MakeError(ErrorCode::kInternal, code_name);
}

Status UsageError(std::string_view sentence) { return InvalidArgument(sentence); }

Status FileError(std::string_view action, const std::string& path) {
  return model::MakeError(ErrorCode::kStorage, std::string(action) + ": " + path);
}

int ExitCodeOf(const Status& status) {
  if (status.ok()) return server::kExitOk;
  if (const auto code = TableCode(status)) return model::RowOf(*code).exit_code;
  return CategoryOf(status).exit_code;
}

std::string FailureName(const Status& status) {
  if (const auto code = TableCode(status)) return std::string(model::RowOf(*code).name);
  return std::string(CategoryOf(status).name);
}

int ReportFailure(const Status& status, Console& console) {
  const ServerWords words = ServerWordsOf(status);
  const int exit_code = ExitCodeOf(status);
  const std::string name = FailureName(status);
  const std::string sentence = SafeForTerminal(SentenceOf(status, words));
  const std::string field = SafeForTerminal(model::FieldOf(status));
  const std::string detail = SafeForTerminal(model::DetailOf(status));
  const std::string request_id = SafeForTerminal(words.request_id);
  const std::string clauses = SafeForTerminal(words.clauses);
  if (console.json()) {
    model::JsonValue error;
    error.Set("code", name).Set("message", sentence).Set("exit_code", exit_code);
    error.Set("field", field).Set("detail", detail).Set("request_id", request_id);
    error.Set("clauses", clauses);
    model::JsonValue object;
    console.Error(model::DumpCanonical(object.Set("error", std::move(error))));
    return exit_code;
  }
  std::string text = "noren: " + name + ": " + sentence;
  if (!field.empty()) text += "\n  field:   " + field;
  if (!detail.empty()) text += "\n  detail:  " + detail;
  if (!clauses.empty()) text += "\n  clauses: " + clauses;
  if (!request_id.empty()) text += "\n  request: " + request_id;
  console.Error(text);
  return exit_code;
}

}  // namespace noren::cli
