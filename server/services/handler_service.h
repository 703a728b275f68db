// The service "handler": handlers open items of one person for a declared purpose.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "gen-cpp/HandlerService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class HandlerService final : public wire::HandlerServiceIf {
 public:
  // Both must outlive the service.
  HandlerService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void use_items(wire::UsedItems& answer, const wire::UseItems& request) override;
  void read_used_item(std::string& answer, const std::string& ticket, const std::string& item,
                      std::int64_t offset) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
