// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/event_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <chrono>
#include <exception>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "crypto/base/encoding.h"

namespace noren::server {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      break;
  }
  return "error";
}

}  // namespace

LogEvent::LogEvent(Literal name, LogLevel level) : level_(level), name_(name.text()) {}

LogEvent& LogEvent::AppendText(std::string_view name, std::string_view safe_text) {
  absl::StrAppend(&fields_json_, ",\"", View(name), "\":\"", View(safe_text), "\"");
  return *this;
}

LogEvent& LogEvent::Code(model::ErrorCode code) {
  return AppendText("code", code == model::ErrorCode::kNone ? "OK" : model::RowOf(code).name);
}

LogEvent& LogEvent::Number(Literal name, std::int64_t value) {
  absl::StrAppend(&fields_json_, ",\"", View(name.text()), "\":", value);
  return *this;
}

LogEvent& LogEvent::Label(Literal name, Literal value) {
  return AppendText(name.text(), value.text());
}

LogEvent& LogEvent::Caller(const model::Principal& principal) {
  AppendText("role", model::RoleName(principal.role));
  const bool shown =
      principal.role != model::Role::kPerson && model::IsPrincipalName(principal.name);
  return shown ? AppendText("caller", principal.name) : *this;
}

LogEvent& LogEvent::Certificate(const Hash256& fingerprint) {
  return AppendText("certificate", HexEncode(fingerprint));
}

struct EventLog::State {
  std::unique_ptr<spdlog::logger> logger;
  int lines_per_second_max = 0;
  std::mutex mutex;  // guards the rest
  std::int64_t second = 0;
  int lines_in_second = 0;
  std::uint64_t suppressed_in_second = 0;
  std::uint64_t suppressed = 0;
};

namespace {

void Emit(spdlog::logger& logger, LogLevel level, std::string_view name, std::string_view fields) {
  const absl::Time now = absl::Now();
  const std::string line = absl::StrCat(
      "{\"time\":\"", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", now, absl::UTCTimeZone()),
      "\",\"level\":\"", View(LevelName(level)), "\",\"event\":\"", View(name), "\"", View(fields),
      "}");
  logger.log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

StatusOr<std::unique_ptr<EventLog>> EventLog::Open(const LogOptions& options) {
  auto state = std::make_unique<State>();
  state->lines_per_second_max = options.lines_per_second_max;
  try {
    spdlog::sink_ptr sink;
    if (options.path.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.path);
    }
    state->logger = std::make_unique<spdlog::logger>("noren", std::move(sink));
    state->logger->set_pattern("%v");
    state->logger->set_level(ToSpdlog(options.level));
    state->logger->flush_on(spdlog::level::info);
    // A full disk must not stop the service; the loss shows in the file.
    state->logger->set_error_handler([](const std::string&) {});
  } catch (const std::exception&) {
    return FailedPrecondition(
        "log: the file cannot be opened for appending; check its folder and owner");
  }
  return std::unique_ptr<EventLog>(new EventLog(std::move(state)));
}

EventLog::EventLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
EventLog::~EventLog() { Flush(); }

void EventLog::Write(const LogEvent& event) {
  if (!state_->logger->should_log(ToSpdlog(event.level()))) return;
  std::uint64_t told = 0;
  {
    const std::lock_guard lock(state_->mutex);
    const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
    const std::int64_t second =
        std::chrono::duration_cast<std::chrono::seconds>(since_start).count();
    if (second != state_->second) {
      state_->second = second;
      state_->lines_in_second = 0;
      told = state_->suppressed_in_second;
      state_->suppressed_in_second = 0;
    }
    if (state_->lines_in_second >= state_->lines_per_second_max) {
      ++state_->suppressed_in_second;
      ++state_->suppressed;
      return;
    }
    ++state_->lines_in_second;
  }
  if (told != 0) {
    LogEvent lost("log.suppressed", LogLevel::kWarning);
    lost.Number("lines", static_cast<std::int64_t>(told));
    Emit(*state_->logger, lost.level(), lost.name(), lost.fields_json());
  }
  Emit(*state_->logger, event.level(), event.name(), event.fields_json());
}

void EventLog::Flush() { state_->logger->flush(); }

std::uint64_t EventLog::suppressed_count() const {
  const std::lock_guard lock(state_->mutex);
  return state_->suppressed;
}

}  // namespace noren::server
