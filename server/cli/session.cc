// SPDX-License-Identifier: Apache-2.0
#include "server/cli/session.h"

#include <thrift/TApplicationException.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/protocol/TMultiplexedProtocol.h>
#include <thrift/transport/TTransportException.h>

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "engine/model/errors.h"
#include "gen-cpp/common_types.h"
#include "server/cli/failure.h"

namespace noren::cli {
namespace {

using apache::thrift::TApplicationException;
using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::protocol::TMultiplexedProtocol;
using apache::thrift::transport::TTransportException;
using model::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstWait{100};
constexpr milliseconds kLongestWait{5000};
// The server takes requests of 1 MiB at most, and answers of 4 MiB; what is larger is not ours.
constexpr std::string_view kAsked = "retry_after_ms=";

Status FromServiceError(const wire::ServiceError& error) {
  std::string clauses;
  for (const std::string& clause : error.clauses) clauses += (clauses.empty() ? "" : ", ") + clause;
  return WithServerWords(RefusalOf(error.code, error.field, error.detail),
                         {error.public_message, error.request_id, clauses});
}

// "OVERLOADED retry_after_ms=250"
Status FromApplicationError(const TApplicationException& error) {
  const std::string_view text = error.what();
  const std::string_view name = text.substr(0, text.find(' '));
  if (model::FindErrorCode(name)) return RefusalOf(name, "", "");
  if (error.getType() == TApplicationException::UNKNOWN_METHOD) {
    return FailedPrecondition("the server does not know this command; it is of another version");
  }
  return model::MakeError(ErrorCode::kInternal, "the server could not process the call");
}

milliseconds AskedWait(std::string_view text) {
  const std::size_t at = text.find(kAsked);
  if (at == std::string_view::npos) return milliseconds{0};
  int value = 0;
  for (const char c : text.substr(at + kAsked.size())) {
    if (c < '0' || c > '9' || value > 100'000) break;
    value = value * 10 + (c - '0');
  }
  return milliseconds{value};
}

bool MayRepeat(const Status& status) {
  const ErrorCode code = model::CodeOf(status);
  return code == ErrorCode::kRetryLater || code == ErrorCode::kOverloaded;
}

}  // namespace

milliseconds BackoffOf(int attempt, milliseconds asked) {
  milliseconds wait = kFirstWait;
  for (int i = 1; i < attempt && wait < kLongestWait; ++i) wait *= 2;
  return std::clamp(std::max(wait, asked), kFirstWait, kLongestWait);
}

Session::Session(server::TlsClientOptions options, milliseconds timeout)
    : options_(std::move(options)), timeout_(timeout) {
  options_.connect_deadline = std::min(options_.connect_deadline, timeout_);
  options_.request_deadline = timeout_;
}

Session::~Session() = default;

Status Session::Call(const std::string& service, const std::function<void(Protocol)>& call) {
  const auto end = steady_clock::now() + timeout_;
  for (int attempt = 1;; ++attempt) {
    const bool was_used = is_used_;
    server_wait_ = milliseconds{0};
    Status status = Attempt(service, call);
    // A connection that the server closed while it was idle says nothing about the call.
    const bool died = was_used && status.code() == StatusCode::kUnavailable && !transport_;
    if (status.ok() || !(MayRepeat(status) || (died && attempt == 1))) return status;
    const milliseconds wait = died ? milliseconds{0} : BackoffOf(attempt, server_wait_);
    if (steady_clock::now() + wait >= end) return status;
    std::this_thread::sleep_for(wait);
  }
}

Status Session::Attempt(const std::string& service, const std::function<void(Protocol)>& call) {
  if (!transport_) {
    is_used_ = false;
    NOREN_ASSIGN_OR_RETURN(transport_, server::ConnectTls(options_));
  }
  Status status = Run(service, call);
  if (status.ok()) is_used_ = true;
  return status;
}

Status Session::Run(const std::string& service, const std::function<void(Protocol)>& call) {
  try {
    auto binary = std::make_shared<TBinaryProtocol>(transport_);
    call(std::make_shared<TMultiplexedProtocol>(binary, service));
    return OkStatus();
  } catch (const wire::ServiceError& error) {
    is_used_ = true;
    server_wait_ = milliseconds{std::max(error.retry_after_ms, 0)};
    return FromServiceError(error);
  } catch (const TApplicationException& error) {
    server_wait_ = AskedWait(error.what());
    return FromApplicationError(error);
  } catch (const TTransportException& error) {
    transport_.reset();
    if (error.getType() == TTransportException::TIMED_OUT) {
      return model::MakeError(ErrorCode::kDeadline, "no answer within --timeout");
    }
    return Unavailable("the server closed the connection; it may not accept this certificate");
  } catch (const std::exception&) {
    transport_.reset();
    return model::MakeError(ErrorCode::kInternal, "the answer cannot be read");
  }
}

}  // namespace noren::cli
