// A sealed service answers every method of every service in the form its client expects.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <thrift/TApplicationException.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gen-cpp/OfficerService.h"
#include "server/services/gated_processor.h"
#include "tests/server/services/service_fixture.h"
#include "tests/support/folders.h"

namespace noren::server {
namespace {

using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::protocol::TMessageType;
using apache::thrift::transport::TMemoryBuffer;
using model::Role;

class NoControl final : public CustodyControl {
 public:
  CustodyState State() override { return {}; }
  noren::Status Seal() override { return OkStatus(); }
  noren::Status Unseal(const SecretBytes&) override { return OkStatus(); }
};

struct Method {
  std::string service, name;
  bool declares_error = false;
};

// Every line of an IDL's service that declares a method.
std::vector<Method> AllMethods() {
  std::vector<Method> methods;
  for (const auto& entry : std::filesystem::directory_iterator(SourceFolder() + "/server/thrift")) {
    if (entry.path().extension() != ".thrift") continue;
    std::ifstream file(entry.path());
    bool is_inside = false;
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("service ")) is_inside = true;
      const std::size_t open = line.find('(');
      const std::size_t first = line.find_first_not_of(' ');
      const bool is_comment =
          first != std::string::npos && (line[first] == '*' || line[first] == '/');
      if (!is_inside || open == std::string::npos || is_comment) continue;
      const std::size_t space = line.rfind(' ', open);
      methods.push_back({entry.path().stem().string(), line.substr(space + 1, open - space - 1),
                         line.find("throws (1: common.ServiceError error)") != std::string::npos});
    }
  }
  return methods;
}

struct Answer {
  std::string name;
  std::int32_t sequence = 0;
  TMessageType type{};
  wire::ServiceError error;
  bool has_error = false;
};

Answer CallEmpty(apache::thrift::TProcessor& processor, const std::string& name) {
  auto in = std::make_shared<TBinaryProtocol>(std::make_shared<TMemoryBuffer>());
  auto out = std::make_shared<TBinaryProtocol>(std::make_shared<TMemoryBuffer>());
  in->writeMessageBegin(name, apache::thrift::protocol::T_CALL, 77);
  in->writeStructBegin("args");
  in->writeFieldStop();
  in->writeStructEnd();
  in->writeMessageEnd();
  processor.process(in, out, nullptr);
  Answer answer;
  out->readMessageBegin(answer.name, answer.type, answer.sequence);
  std::string field_name;
  apache::thrift::protocol::TType field_type{};
  std::int16_t field = 0;
  out->readStructBegin(field_name);
  out->readFieldBegin(field_name, field_type, field);
  answer.has_error = field == 1 && field_type == apache::thrift::protocol::T_STRUCT;
  if (answer.has_error) answer.error.read(out.get());
  return answer;
}

TEST(SealedAnswer, EveryMethodDeclaresTheErrorThatItIsAnsweredWith) {
  const std::vector<Method> methods = AllMethods();
  EXPECT_GT(methods.size(), 40u);
  for (const Method& method : methods) {
    EXPECT_TRUE(method.declares_error) << method.service << "." << method.name;
  }
}

TEST(SealedAnswer, EveryMethodOfEveryServiceIsAnsweredSealedWhoeverCalls) {
  ServiceFixture fixture;
  SealGate gate;
  NoControl control;
  for (const Role role :
       {Role::kPortal, Role::kCompany, Role::kOfficer, Role::kAnalyst, Role::kHandler}) {
    RequestContext request;
    request.principal = {role, "somebody"};
    request.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
    const auto processor =
        MakeGatedProcessor({gate, control, fixture.parts().log, fixture.metrics()}, request);
    for (const Method& method : AllMethods()) {
      if (role == Role::kOfficer && method.service == "custody") continue;
      const Answer answer = CallEmpty(*processor, method.service + ":" + method.name);
      EXPECT_EQ(answer.name, method.name);
      EXPECT_EQ(answer.sequence, 77);
      EXPECT_EQ(answer.type, apache::thrift::protocol::T_REPLY);
      ASSERT_TRUE(answer.has_error) << method.name;
      EXPECT_EQ(answer.error.code, "SEALED");
    }
  }
}

// An open gate changes nothing; what a connection kept is forgotten when it closes.
TEST(SealedAnswer, AConnectionGoesThroughOpenSealedAndOpenAgain) {
  ServiceFixture fixture;
  SealGate gate;
  NoControl control;
  RequestContext request;
  request.principal = {Role::kOfficer, "somebody"};
  request.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
  const auto processor =
      MakeGatedProcessor({gate, control, fixture.parts().log, fixture.metrics()}, request);
  for (int round = 0; round < 3; ++round) {
    gate.Open(fixture.parts());
    EXPECT_FALSE(CallEmpty(*processor, "officer:list_erasure_requests").has_error);
    EXPECT_FALSE(CallEmpty(*processor, "custody:custody_status").has_error);
    gate.Close();
    EXPECT_EQ(CallEmpty(*processor, "officer:list_erasure_requests").error.code, "SEALED");
    EXPECT_FALSE(CallEmpty(*processor, "custody:custody_status").has_error);
  }
}

// Nobody but an officer reaches the service "custody", open or sealed.
TEST(SealedAnswer, OnlyOfficersHaveTheServiceCustody) {
  ServiceFixture fixture;
  SealGate gate;
  NoControl control;
  gate.Open(fixture.parts());
  for (const Role role : {Role::kPortal, Role::kCompany}) {
    RequestContext request;
    request.principal = {role, "somebody"};
    request.deadline = std::chrono::steady_clock::now() + std::chrono::hours(1);
    const auto processor =
        MakeGatedProcessor({gate, control, fixture.parts().log, fixture.metrics()}, request);
    for (const std::string name : {"custody_status", "seal", "unseal", "rotate", "rewrap"}) {
      EXPECT_THROW(CallEmpty(*processor, "custody:" + name), apache::thrift::TException);
    }
  }
}

}  // namespace
}  // namespace noren::server
