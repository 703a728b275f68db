// Bodies of methods that two services have: each pages one listing, or passes one call on.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "gen-cpp/after_release_types.h"
#include "server/services/service_calls.h"

namespace noren::server {

struct DutyListing {
  std::string_view method;
  bool overdue_only = false;
};
Status ListDutiesTo(const ServiceCalls& calls, const operations::Call& call,
                    const DutyListing& listing, const wire::PageRequest& page,
                    wire::DutyPage& answer);
Status ListQuestionsTo(const ServiceCalls& calls, const operations::Call& call,
                       std::string_view method, const wire::PageRequest& page,
                       wire::QuestionPage& answer);
Status ReadEventsTo(const ServiceCalls& calls, const operations::Call& call, std::int64_t after,
                    std::int32_t limit, wire::EventPage& answer);
Status AcknowledgeEventsTo(const ServiceCalls& calls, const operations::Call& call,
                           const std::string& idempotency_key, std::int64_t position,
                           wire::AuditPosition& answer);

}  // namespace noren::server
