// Calls as a client makes them: its connection to a service, and what it is answered.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "crypto/primitives/hash.h"
#include "gen-cpp/OfficerService.h"
#include "tests/server/services/service_fixture.h"

namespace noren::server {

// Never used before in this process.
inline wire::Idempotency NextKey() {
  static int number = 0;
  wire::Idempotency idempotency;
  idempotency.key = "key-" + std::to_string(++number);
  return idempotency;
}

// One caller's connection. Each name has a TLS key of its own.
template <typename Service>
struct Connection {
  Connection(const ServiceParts& parts, model::Principal principal) {
    request.principal = std::move(principal);
    request.key = primitives::Sha256(AsBytes(request.principal.name));
    request.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    service.emplace(parts, request);
  }
  Service* operator->() { return &*service; }
  RequestContext request;
  std::optional<Service> service;
};

// What a call is answered: "OK" or the code of its refusal.
template <typename Call>
std::string CodeOf(const Call& call) {
  try {
    call();
    return "OK";
  } catch (const wire::ServiceError& error) {
    return error.code;
  }
}

}  // namespace noren::server
