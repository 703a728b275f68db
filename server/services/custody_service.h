// The service "custody": whether the service is sealed, and its keys. The only one that a sealed
// service has; its officer is known by the certificate, as everywhere.
// Methods throw wire::ServiceError, as the generated processor expects.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "engine/operations/rotate_keys.h"
#include "gen-cpp/CustodyService.h"
#include "server/services/gated_processor.h"

namespace noren::server {

class CustodyService final : public wire::CustodyServiceIf {
 public:
  // What `parts` refers to, and `request`, must outlive the service.
  CustodyService(const GatedParts& parts, const RequestContext& request)
      : parts_(parts), request_(request), report_(parts.log, parts.metrics, request) {}

  void custody_status(wire::CustodyStatus& answer, bool count_left) override;
  void seal(wire::CustodyStatus& answer) override;
  void unseal(wire::CustodyStatus& answer, const std::string& secret) override;
  void rotate(wire::RotateKeyAnswer& answer, const wire::Idempotency& idempotency,
              const std::string& purpose) override;
  void rewrap(wire::RewrapKeysAnswer& answer, const std::string& purpose) override;

 private:
  void Fill(wire::CustodyStatus& answer);
  operations::Call MakeCall() const;
  // Runs the body on the open service; kSealed when it is not.
  using OpenBody = std::function<Status(operations::ServiceContext& context)>;
  Status WhileOpen(const OpenBody& body);

  const GatedParts parts_;
  const RequestContext& request_;
  CallReport report_;
  std::map<std::string, operations::RewrapPlace> rewraps_;  // by purpose, of this connection
};

}  // namespace noren::server
