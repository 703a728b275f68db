// JSON line log with an allow-list of fields: literals, codes, ids, callers and numbers. A free
// string cannot get in, because no field takes one: names and labels are compile-time literals.
// Source:   docs/formats/wire.md (events of the transport); STYLE rule "logs carry no personal data
//           at any level"
// Threads:  thread-safe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/model/errors.h"
#include "engine/model/ids.h"
#include "engine/model/principal.h"

namespace noren::server {

// A string that was written in the source: lower-case letters, digits, '.', '_' and '-'.
class Literal {
 public:
  template <std::size_t N>
  consteval Literal(const char (&text)[N]) : text_(text, N - 1) {  // NOLINT: implicit on purpose
    if (N < 2) throw "a literal is not empty";
    for (char c : text_) {
      const bool ok =
          (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
      if (!ok) throw "a literal has lower-case letters, digits, '.', '_' and '-' only";
    }
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

class LogEvent {
 public:
  explicit LogEvent(Literal name, LogLevel level = LogLevel::kInfo);

  LogEvent& Code(model::ErrorCode code);
  LogEvent& Number(Literal name, std::int64_t value);
  LogEvent& Label(Literal name, Literal value);
  LogEvent& Caller(const model::Principal&
                       principal);  // organisations only: the role person is shown without name
  // SHA-256 of a certificate: it says whose it is to nobody who has not seen the certificate.
  LogEvent& Certificate(const Hash256& fingerprint);
  // Ids of people have no place in a log and do not compile.
  template <typename Tag>
  LogEvent& Id(const StrongId<Tag>& id) {
    static_assert(!std::is_same_v<Tag, model::PersonTag> &&
                      !std::is_same_v<Tag, model::SeekerHandleTag> &&
                      !std::is_same_v<Tag, model::CandidateRefTag>,
                  "ids of people are not logged");
    return AppendText(Tag::kPrefix, id.ToString());
  }

  LogLevel level() const { return level_; }
  std::string_view name() const { return name_; }
  const std::string& fields_json() const { return fields_json_; }  // ,"name":value...

 private:
  LogEvent& AppendText(std::string_view name, std::string_view safe_text);

  LogLevel level_;
  std::string_view name_;
  std::string fields_json_;
};

struct LogOptions {
  std::string path;  // empty: standard error
  LogLevel level = LogLevel::kInfo;
  int lines_per_second_max = 1000;  // beyond: counted, and told in one line of the next second
};

class EventLog {
 public:
  //   errors  kFailedPrecondition: the file cannot be opened for appending
  static StatusOr<std::unique_ptr<EventLog>> Open(const LogOptions& options);
  ~EventLog();

  void Write(const LogEvent& event);
  void Flush();
  std::uint64_t suppressed_count() const;

 private:
  struct State;
  explicit EventLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace noren::server
