// SPDX-License-Identifier: Apache-2.0
#include "server/services/processor.h"

#include <thrift/processor/TMultiplexedProcessor.h>

#include <set>
#include <string>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/caller_locks.h"
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
namespace {

using apache::thrift::TMultiplexedProcessor;
using apache::thrift::TProcessor;
using apache::thrift::protocol::StoredMessageProtocol;
using apache::thrift::protocol::TMessageType;
using apache::thrift::protocol::TProtocol;

// Counts calls to services that this caller does not have, as refused ones; they are answered as a
// method that does not exist.
class CountingProcessor final : public TProcessor {
 public:
  CountingProcessor(const ServiceParts& parts, const RequestContext& request)
      : parts_(parts), request_(request) {}

  void Add(const std::string& name, std::shared_ptr<TProcessor> service) {
    services_.registerProcessor(name, std::move(service));
    names_.insert(name + ":");
  }

  bool process(std::shared_ptr<TProtocol> in, std::shared_ptr<TProtocol> out,
               void* connection_context) override {
    std::string name;
    TMessageType type{};
    std::int32_t sequence = 0;
    in->readMessageBegin(name, type, sequence);
    if (!names_.contains(name.substr(0, name.find(':') + 1))) {
      const operations::Call call{request_.principal, request_.request_id.ToString(), request_.key};
      const Status refused = operations::RefuseCaller(parts_.operations, call);
      LogEvent event("call.refused", LogLevel::kWarning);
      parts_.log.Write(event.Code(model::CodeOf(refused)).Caller(request_.principal));
    }
    return services_.process(std::make_shared<StoredMessageProtocol>(in, name, type, sequence), out,
                             connection_context);
  }

 private:
  const ServiceParts& parts_;
  const RequestContext& request_;
  TMultiplexedProcessor services_;
  std::set<std::string> names_;  // with the colon
};

}  // namespace

std::shared_ptr<apache::thrift::TProcessor> MakeProcessor(const ServiceParts& parts,
                                                          const RequestContext& request) {
  auto services = std::make_shared<CountingProcessor>(parts, request);
  switch (request.principal.role) {
    case model::Role::kPortal:
      services->Add("portal", std::make_shared<wire::PortalServiceProcessor>(
                                  std::make_shared<PortalService>(parts, request)));
      services->Add("person", std::make_shared<wire::PersonServiceProcessor>(
                                  std::make_shared<PersonService>(parts, request)));
      services->Add("people", std::make_shared<wire::PeopleServiceProcessor>(
                                  std::make_shared<PeopleService>(parts, request)));
      break;
    case model::Role::kCompany:
      services->Add("company", std::make_shared<wire::CompanyServiceProcessor>(
                                   std::make_shared<CompanyService>(parts, request)));
      break;
    case model::Role::kOfficer:
      services->Add("officer", std::make_shared<wire::OfficerServiceProcessor>(
                                   std::make_shared<OfficerService>(parts, request)));
      services->Add("contact", std::make_shared<wire::ContactServiceProcessor>(
                                   std::make_shared<ContactService>(parts, request)));
      services->Add("destruction", std::make_shared<wire::DestructionServiceProcessor>(
                                       std::make_shared<DestructionService>(parts, request)));
      services->Add("register", std::make_shared<wire::RegisterServiceProcessor>(
                                    std::make_shared<RegisterService>(parts, request)));
      services->Add("retention", std::make_shared<wire::RetentionServiceProcessor>(
                                     std::make_shared<RetentionService>(parts, request)));
      services->Add("people", std::make_shared<wire::PeopleServiceProcessor>(
                                  std::make_shared<PeopleService>(parts, request)));
      services->Add("rights", std::make_shared<wire::RightsServiceProcessor>(
                                  std::make_shared<RightsService>(parts, request)));
      services->Add("statistics", std::make_shared<wire::StatisticsServiceProcessor>(
                                      std::make_shared<StatisticsService>(parts, request)));
      break;
    case model::Role::kHandler:
      services->Add("handler", std::make_shared<wire::HandlerServiceProcessor>(
                                   std::make_shared<HandlerService>(parts, request)));
      break;
    case model::Role::kAnalyst:
      services->Add("analyst", std::make_shared<wire::AnalystServiceProcessor>(
                                   std::make_shared<AnalystService>(parts, request)));
      break;
    case model::Role::kPerson:
    case model::Role::kSystem:
      break;
  }
  return services;
}

}  // namespace noren::server
