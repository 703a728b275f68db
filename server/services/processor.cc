// SPDX-License-Identifier: Apache-2.0
#include "server/services/processor.h"

#include <thrift/processor/TMultiplexedProcessor.h>

#include "server/services/company_service.h"
#include "server/services/contact_service.h"
#include "server/services/destruction_service.h"
#include "server/services/handler_service.h"
#include "server/services/officer_service.h"
#include "server/services/people_service.h"
#include "server/services/person_service.h"
#include "server/services/portal_service.h"
#include "server/services/register_service.h"
#include "server/services/retention_service.h"
#include "server/services/rights_service.h"
#include "server/services/statistics_service.h"

namespace noren::server {

std::shared_ptr<apache::thrift::TProcessor> MakeProcessor(const ServiceParts& parts,
                                                          const RequestContext& request) {
  auto services = std::make_shared<apache::thrift::TMultiplexedProcessor>();
  switch (request.principal.role) {
    case model::Role::kPortal:
      services->registerProcessor("portal", std::make_shared<wire::PortalServiceProcessor>(
                                                std::make_shared<PortalService>(parts, request)));
      services->registerProcessor("person", std::make_shared<wire::PersonServiceProcessor>(
                                                std::make_shared<PersonService>(parts, request)));
      services->registerProcessor("people", std::make_shared<wire::PeopleServiceProcessor>(
                                                std::make_shared<PeopleService>(parts, request)));
      break;
    case model::Role::kCompany:
      services->registerProcessor("company", std::make_shared<wire::CompanyServiceProcessor>(
                                                 std::make_shared<CompanyService>(parts, request)));
      break;
    case model::Role::kOfficer:
      services->registerProcessor("officer", std::make_shared<wire::OfficerServiceProcessor>(
                                                 std::make_shared<OfficerService>(parts, request)));
      services->registerProcessor("contact", std::make_shared<wire::ContactServiceProcessor>(
                                                 std::make_shared<ContactService>(parts, request)));
      services->registerProcessor("destruction",
                                  std::make_shared<wire::DestructionServiceProcessor>(
                                      std::make_shared<DestructionService>(parts, request)));
      services->registerProcessor("register",
                                  std::make_shared<wire::RegisterServiceProcessor>(
                                      std::make_shared<RegisterService>(parts, request)));
      services->registerProcessor("retention",
                                  std::make_shared<wire::RetentionServiceProcessor>(
                                      std::make_shared<RetentionService>(parts, request)));
      services->registerProcessor("people", std::make_shared<wire::PeopleServiceProcessor>(
                                                std::make_shared<PeopleService>(parts, request)));
      services->registerProcessor("rights", std::make_shared<wire::RightsServiceProcessor>(
                                                std::make_shared<RightsService>(parts, request)));
      services->registerProcessor("statistics",
                                  std::make_shared<wire::StatisticsServiceProcessor>(
                                      std::make_shared<StatisticsService>(parts, request)));
      break;
    case model::Role::kHandler:
      services->registerProcessor("handler", std::make_shared<wire::HandlerServiceProcessor>(
                                                 std::make_shared<HandlerService>(parts, request)));
      break;
    case model::Role::kAnalyst:
      services->registerProcessor("analyst", std::make_shared<wire::AnalystServiceProcessor>(
                                                 std::make_shared<AnalystService>(parts, request)));
      break;
    case model::Role::kPerson:
    case model::Role::kSystem:
      break;
  }
  return services;
}

}  // namespace noren::server
