// Rows of the table of roles: each operation, who alone may call it, and a call of it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/engine/operations/service_fixture.h"

namespace noren::operations {

// What a call needs to exist.
struct World {
  TestService service;
  std::unique_ptr<TestPerson> person;
  model::PostingId posting;
  std::string statement;

  World() : person(service.Register(1, /*with_key=*/true)), posting(service.RegisterPosting()) {
    statement = service.Prepare(*person, "read");
  }
  PersonAct Act() const { return {statement, {}, ""}; }
};

struct OperationRow {
  std::string_view name;
  model::Role role;  // the only one that may
  std::function<Status(World&, const Call&)> call;
};

// Registers, media, access, companies and figures: what officers and analysts do beside people.
std::vector<OperationRow> OfficerRegisters();
std::vector<OperationRow> OfficerMedia();
std::vector<OperationRow> OfficerAccess();
std::vector<OperationRow> MembershipOperations();
std::vector<OperationRow> StatisticsOperations();

}  // namespace noren::operations
