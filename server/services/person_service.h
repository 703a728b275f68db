// The service "person": the acts of people, carried by their portal.
// Each method: parse, one operation, convert. Methods throw wire::ServiceError, as the generated
// processor expects.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gen-cpp/PersonService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class PersonService final : public wire::PersonServiceIf {
 public:
  // Both must outlive the service.
  PersonService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void prepare_act(std::string& answer, const std::string& act, const std::string& handle,
                   const std::map<std::string, std::string>& fields) override;
  void request_code(const std::string& handle, const std::string& statement) override;
  void set_discoverable(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                        const wire::PersonAct& act) override;
  void answer_invitation(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                         const wire::PersonAct& act) override;
  void withdraw(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                const wire::PersonAct& act) override;
  void block_employers(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                       const wire::PersonAct& act) override;
  void unblock_employers(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                         const wire::PersonAct& act) override;
  void rewrap(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
              const wire::PersonAct& act) override;
  void read_own_item(std::string& answer, const std::string& handle, const std::string& item,
                     std::int64_t offset) override;
  void request_erasure(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                       const wire::PersonAct& act) override;
  void read_record(wire::PersonRecord& answer, const wire::PersonAct& act) override;
  void list_exposures(wire::ExposurePage& answer, const wire::PersonAct& act,
                      const wire::PageRequest& page) override;
  void export_record(wire::PersonExport& answer, const wire::PersonAct& act) override;

  // After releases: after_release_calls.cc.
  void read_provisions(wire::ProvisionPage& answer, const wire::PersonAct& act,
                       const std::string& language) override;
  void ask_for_right(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                     const wire::PersonAct& act) override;
  void list_own_rights(wire::RightPage& answer, const wire::PersonAct& act) override;
  // contact_calls.cc.
  void unsubscribe(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                   const wire::PersonAct& act) override;
  void subscribe(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                 const wire::PersonAct& act) override;
  void answer_continuation(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                           const wire::PersonAct& act) override;
  void list_own_contacts(wire::PersonContacts& answer, const wire::PersonAct& act) override;
  void ask(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
           const wire::PersonAct& act) override;
  void read_decisions(wire::DecisionRecord& answer, const wire::PersonAct& act) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
