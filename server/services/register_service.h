// The service "register": the registers of privacy officers.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gen-cpp/RegisterService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class RegisterService final : public wire::RegisterServiceIf {
 public:
  // Both must outlive the service.
  RegisterService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void add_register_entry(wire::AddedRegisterEntry& answer,
                          const wire::AddRegisterEntry& request) override;
  void read_register(wire::RegisterTable& answer, const std::string& register_name,
                     std::int64_t from_time, std::int64_t to_time, const std::string& language,
                     const wire::PageRequest& page) override;
  void list_registers(std::vector<wire::RegisterTitle>& answer,
                      const std::string& language) override;
  void hand_over(wire::HandedOver& answer, const wire::HandOver& request) override;
  void put_on_medium(wire::MediumPackage& answer, const wire::PutOnMedium& request) override;
  void open_medium_package(wire::OpenedMediumPackage& answer,
                           const wire::OpenMediumPackage& request) override;
  void lose_medium(wire::LostMedium& answer, const wire::LoseMedium& request) override;
  void list_affected(wire::AffectedPeople& answer, std::int64_t incident,
                     const wire::PageRequest& page) override;

  void open_case(wire::AddedRegisterEntry& answer, const wire::OpenCase& request) override;
  void review_handlers(wire::HandlerReview& answer, const std::string& clause) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
