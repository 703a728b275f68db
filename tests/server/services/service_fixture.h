// Everything the services work with, in memory: an empty service under the example policy.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "server/services/service_calls.h"

namespace noren::server {

class ServiceFixture {
 public:
  ServiceFixture();
  ~ServiceFixture();
  const ServiceParts& parts() const;
  MetricsRegistry& metrics();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace noren::server
