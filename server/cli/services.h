// Calls of the services over a Session: CallPortal(session, [&](auto& client) { ... }).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gen-cpp/CompanyService.h"
#include "gen-cpp/CustodyService.h"
#include "gen-cpp/OfficerService.h"
#include "gen-cpp/PersonService.h"
#include "gen-cpp/PortalService.h"
#include "gen-cpp/RightsService.h"
#include "server/cli/session.h"

namespace noren::cli {

template <typename Client, typename Function>
Status CallService(Session& session, const char* service, Function function) {
  return session.Call(service, [&function](const Protocol& protocol) {
    Client client(protocol);
    function(client);
  });
}
template <typename Function>
Status CallPortal(Session& session, Function function) {
  return CallService<wire::PortalServiceClient>(session, "portal", function);
}
template <typename Function>
Status CallPerson(Session& session, Function function) {
  return CallService<wire::PersonServiceClient>(session, "person", function);
}
template <typename Function>
Status CallCompany(Session& session, Function function) {
  return CallService<wire::CompanyServiceClient>(session, "company", function);
}
template <typename Function>
Status CallOfficer(Session& session, Function function) {
  return CallService<wire::OfficerServiceClient>(session, "officer", function);
}
template <typename Function>
Status CallRights(Session& session, Function function) {
  return CallService<wire::RightsServiceClient>(session, "rights", function);
}
template <typename Function>
Status CallCustody(Session& session, Function function) {
  return CallService<wire::CustodyServiceClient>(session, "custody", function);
}

}  // namespace noren::cli
