// What every method of every service does around its operation: the caller from the connection, the
// deadline, the answer's error, one log line, the counters.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/audit/signing.h"
#include "engine/operations/backup.h"
#include "engine/operations/service_context.h"
#include "server/auth/request_context.h"
#include "server/services/page_cursor.h"
#include "server/telemetry/event_log.h"
#include "server/telemetry/metrics.h"

namespace noren::server {

// What the services work with; wired once in the daemon. Everything is borrowed and outlives every
// processor.
struct ServiceParts {
  operations::ServiceContext& operations;
  const audit::LogSigner& signer;
  const operations::BackupPlaces& backup;
  EventLog& log;
  MetricsRegistry& metrics;
  std::string version;        // of the program
  std::string restored_from;  // "" or the backup the data came from
};

// One call's log line, counters and refusal; for calls that need no unsealed service as well.
class CallReport {
 public:
  // All must outlive this.
  CallReport(EventLog& log, MetricsRegistry& metrics, const RequestContext& request);

  using Body = std::function<Status()>;
  // Runs the body; what it refuses is thrown as wire::ServiceError, as the generated processor
  // expects it. Something that is thrown inside becomes INTERNAL. Nothing is run when the caller is
  // gone or the deadline has passed.
  //   language   of the error's sentence
  void Run(Literal method, const Body& body, std::string_view language = "en");

 private:
  Status RunBody(const Body& body) const;

  EventLog& log_;
  const RequestContext& request_;
  MetricFamily<Counter>& calls_;
  MetricFamily<Histogram>& seconds_;
};

class ServiceCalls {
 public:
  // `parts` and `request` must outlive this.
  ServiceCalls(const ServiceParts& parts, const RequestContext& request);

  using Body = std::function<Status(const operations::Call& call)>;
  // As CallReport::Run.
  void Run(Literal method, const Body& body, std::string_view language = "en");

  operations::ServiceContext& operations() const { return parts_.operations; }
  const ServiceParts& parts() const { return parts_; }
  const PageCursors& cursors() const { return cursors_; }
  Listing ListingOf(std::string_view method, std::string_view argument = {}) const {
    return {request_.principal, method, argument};
  }

 private:
  const ServiceParts& parts_;
  const RequestContext& request_;
  PageCursors cursors_;
  CallReport report_;
};

}  // namespace noren::server
