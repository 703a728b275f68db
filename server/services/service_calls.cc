// SPDX-License-Identifier: Apache-2.0
#include "server/services/service_calls.h"

#include <chrono>
#include <exception>

#include "engine/model/errors.h"
#include "engine/operations/caller_locks.h"
#include "server/services/service_errors.h"

namespace noren::server {
namespace {

using model::ErrorCode;

constexpr std::size_t kMethodSeriesMax = 256;
constexpr std::size_t kCallSeriesMax = 4096;  // methods times the codes they really give

LogLevel LevelOf(ErrorCode code) {
  const bool is_fault = code == ErrorCode::kInternal || code == ErrorCode::kDataCorrupt ||
                        code == ErrorCode::kStorage || code == ErrorCode::kSealed;
  return is_fault ? LogLevel::kError : LogLevel::kInfo;
}

}  // namespace

CallReport::CallReport(EventLog& log, MetricsRegistry& metrics, const RequestContext& request)
    : log_(log),
      request_(request),
      calls_(metrics.AddCounter({.name = "noren_calls",
                                 .help = "Calls of the services by method and error code.",
                                 .label_names = {"method", "code"},
                                 .series_count_max = kCallSeriesMax})),
      seconds_(metrics.AddHistogram({.name = "noren_call_seconds",
                                     .help = "Seconds from a call's start to its answer.",
                                     .label_names = {"method"},
                                     .series_count_max = kMethodSeriesMax},
                                    LatencyBucketsSeconds())) {}

Status CallReport::RunBody(const Body& body) const {
  if (request_.ShouldStop()) return model::MakeError(ErrorCode::kDeadline);
  try {
    return body();
  } catch (const std::exception&) {
    return model::MakeError(ErrorCode::kInternal);  // its text may hold anything
  }
}

void CallReport::Run(Literal method, const Body& body, std::string_view language) {
  const auto begun = std::chrono::steady_clock::now();
  const Status status = RunBody(body);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;

  const ErrorCode code = model::CodeOf(status);
  calls_.With({method.text(), model::RowOf(code).name}).Increment();
  seconds_.With({method.text()}).Observe(took.count());
  LogEvent event("call.done", LevelOf(code));
  event.Label("method", method).Code(code).Caller(request_.principal).Id(request_.request_id);
  event.Number("microseconds", std::chrono::duration_cast<std::chrono::microseconds>(took).count());
  log_.Write(event);
  if (!status.ok()) throw ToServiceError(status, request_.request_id.ToString(), language);
}

ServiceCalls::ServiceCalls(const ServiceParts& parts, const RequestContext& request)
    : parts_(parts),
      request_(request),
      cursors_(parts.operations.keys.Of(personal_data::KeyPurpose::kCursor),
               parts.operations.random),
      report_(parts.log, parts.metrics, request) {}

void ServiceCalls::Run(Literal method, const Body& body, std::string_view language) {
  const operations::Call call{request_.principal, request_.request_id.ToString(), request_.key};
  report_.Run(
      method,
      [&]() -> Status {
        NOREN_RETURN_IF_ERROR(operations::RequireUnlocked(parts_.operations, call));
        return body(call);
      },
      language);
}

}  // namespace noren::server
