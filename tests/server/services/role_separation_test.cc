// Every method of every service, called by every role through the processor its connection gets.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thrift/TApplicationException.h>
#include <thrift/protocol/TBinaryProtocol.h>
#include <thrift/transport/TBufferTransports.h>

#include <fstream>
#include <functional>
#include <optional>
#include <sstream>

#include "gen-cpp/OfficerService.h"
#include "server/services/processor.h"
#include "tests/server/services/service_fixture.h"
#include "tests/support/folders.h"

namespace noren::server {
namespace {

using apache::thrift::TApplicationException;
using apache::thrift::protocol::TBinaryProtocol;
using apache::thrift::protocol::TMessageType;
using apache::thrift::transport::TMemoryBuffer;
using model::Role;

struct Method {
  std::string service;
  std::string name;
};

// Read from the IDL, so that a method cannot be forgotten here.
std::vector<Method> AllMethods() {
  std::vector<Method> methods;
  for (const std::string service :
       {"portal", "person", "company", "officer", "destruction", "register", "rights", "retention",
        "contact", "handler", "people", "statistics", "analyst"}) {
    std::ifstream file(SourceFolder() + "/server/thrift/" + service + ".thrift");
    std::string line;
    bool inside = false;
    while (std::getline(file, line)) {
      if (line.starts_with("service ")) inside = true;
      const std::size_t throws = line.find(" throws (");
      if (!inside || throws == std::string::npos) continue;
      const std::size_t open = line.find('(');
      const std::size_t space = line.rfind(' ', open);
      methods.push_back({service, line.substr(space + 1, open - space - 1)});
    }
  }
  return methods;
}

bool MayReach(Role role, const std::string& service) {
  if (role == Role::kPortal)
    return service == "portal" || service == "person" || service == "people";
  if (role == Role::kCompany) return service == "company";
  if (role == Role::kHandler) return service == "handler";
  if (role == Role::kAnalyst) return service == "analyst";
  return role == Role::kOfficer &&
         (service == "officer" || service == "destruction" || service == "register" ||
          service == "rights" || service == "retention" || service == "contact" ||
          service == "people" || service == "statistics");
}

enum class Reply { kAnswer, kServiceError, kApplicationException };
struct Outcome {
  Reply reply = Reply::kAnswer;
  wire::ServiceError error;
};

// Calls with no arguments at all: every field has its default.
Outcome CallEmpty(apache::thrift::TProcessor& processor, const std::string& name) {
  auto request = std::make_shared<TMemoryBuffer>();
  auto reply = std::make_shared<TMemoryBuffer>();
  auto in = std::make_shared<TBinaryProtocol>(request);
  auto out = std::make_shared<TBinaryProtocol>(reply);
  in->writeMessageBegin(name, apache::thrift::protocol::T_CALL, 1);
  in->writeStructBegin("args");
  in->writeFieldStop();
  in->writeStructEnd();
  in->writeMessageEnd();
  try {
    processor.process(in, out, nullptr);
  } catch (const apache::thrift::TException&) {
    return {Reply::kApplicationException, {}};  // the transport answers it (frame_codec.h)
  }
  std::string replied;
  TMessageType type{};
  std::int32_t sequence = 0;
  out->readMessageBegin(replied, type, sequence);
  if (type == apache::thrift::protocol::T_EXCEPTION) return {Reply::kApplicationException, {}};
  std::string struct_name;
  std::string field_name;
  apache::thrift::protocol::TType field_type{};
  std::int16_t id = 0;
  out->readStructBegin(struct_name);
  out->readFieldBegin(field_name, field_type, id);
  if (field_type == apache::thrift::protocol::T_STOP || id == 0) return {Reply::kAnswer, {}};
  Outcome outcome{Reply::kServiceError, {}};
  outcome.error.read(out.get());
  return outcome;
}

class RoleSeparation : public ::testing::TestWithParam<Role> {};

TEST_P(RoleSeparation, ReachesTheMethodsOfItsServicesAndNoOther) {
  ServiceFixture fixture;
  RequestContext request;
  request.principal = {GetParam(), "somebody"};
  request.request_id = *model::RequestId::FromBytes(Bytes(16, 9));
  request.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  const auto processor = MakeProcessor(fixture.parts(), request);
  const auto methods = AllMethods();
  ASSERT_EQ(methods.size(), 156U);
  for (const Method& method : methods) {
    const std::string name = method.service + ":" + method.name;
    const Outcome outcome = CallEmpty(*processor, name);
    if (!MayReach(GetParam(), method.service)) {
      EXPECT_EQ(outcome.reply, Reply::kApplicationException) << name;
      continue;
    }
    EXPECT_NE(outcome.reply, Reply::kApplicationException) << name;
    if (outcome.reply != Reply::kServiceError) continue;
    EXPECT_NE(outcome.error.code, "INTERNAL") << name;
    EXPECT_NE(outcome.error.code, "NOT_ALLOWED") << name;
    EXPECT_EQ(outcome.error.request_id, "request-09090909090909090909090909090909") << name;
  }
}

TEST_P(RoleSeparation, DoesNotReachAMethodWithoutItsService) {
  ServiceFixture fixture;
  RequestContext request;
  request.principal = {GetParam(), "somebody"};
  request.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  const auto processor = MakeProcessor(fixture.parts(), request);
  for (const Method& method : AllMethods()) {
    EXPECT_EQ(CallEmpty(*processor, method.name).reply, Reply::kApplicationException);
  }
  for (const char* const name : {"nobody:status", "officer:", ":status", "officer:status:status"}) {
    EXPECT_EQ(CallEmpty(*processor, name).reply, Reply::kApplicationException) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Roles, RoleSeparation,
                         ::testing::Values(Role::kPortal, Role::kPerson, Role::kCompany,
                                           Role::kAnalyst, Role::kOfficer, Role::kSystem,
                                           Role::kHandler),
                         [](const auto& param_info) {
                           return std::string(model::RoleName(param_info.param));
                         });

TEST(RefusedCaller, IsLockedForItsOwnServicesToo) {
  ServiceFixture fixture;
  RequestContext company, other;
  company.principal = other.principal = {Role::kCompany, "hangang-care"};
  company.key = Hash256{1};
  other.key = Hash256{2};
  company.deadline = other.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  const auto processor = MakeProcessor(fixture.parts(), company);
  EXPECT_NE(CallEmpty(*processor, "company:list_postings").error.code, "CALLER_LOCKED");
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(CallEmpty(*processor, "officer:status").reply, Reply::kApplicationException);
  }
  EXPECT_EQ(CallEmpty(*processor, "company:list_postings").error.code, "CALLER_LOCKED");
  EXPECT_EQ(CallEmpty(*MakeProcessor(fixture.parts(), company), "company:list_postings").error.code,
            "CALLER_LOCKED");
  EXPECT_NE(CallEmpty(*MakeProcessor(fixture.parts(), other), "company:list_postings").error.code,
            "CALLER_LOCKED")
      << "another certificate of the same name";
}

class ServiceCall : public ::testing::Test {
 protected:
  ServiceCall() {
    request_.principal = {Role::kOfficer, "officer-1"};
    request_.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  }
  ServiceFixture fixture_;
  RequestContext request_;
};

TEST_F(ServiceCall, IsRefusedAfterItsDeadlineWithoutBeingRun) {
  request_.deadline = std::chrono::steady_clock::now() - std::chrono::seconds(1);
  const Outcome outcome = CallEmpty(*MakeProcessor(fixture_.parts(), request_), "officer:status");
  EXPECT_EQ(outcome.error.code, "DEADLINE");
  EXPECT_TRUE(outcome.error.retryable);
}

TEST_F(ServiceCall, IsRefusedWhenTheCallerIsGone) {
  request_.cancelled = true;
  EXPECT_EQ(CallEmpty(*MakeProcessor(fixture_.parts(), request_), "officer:status").error.code,
            "DEADLINE");
}

TEST_F(ServiceCall, IsCountedByMethodAndCode) {
  const auto processor = MakeProcessor(fixture_.parts(), request_);
  EXPECT_EQ(CallEmpty(*processor, "officer:status").reply, Reply::kAnswer);
  EXPECT_EQ(CallEmpty(*processor, "officer:destroy").error.field, "request");
  const std::string text = fixture_.metrics().ExportText();
  EXPECT_THAT(text,
              ::testing::HasSubstr(R"(noren_calls_total{method="officer.status",code="OK"} 1)"));
  EXPECT_THAT(text, ::testing::HasSubstr(
                        R"(noren_calls_total{method="officer.destroy",code="BAD_REQUEST"} 1)"));
  EXPECT_THAT(text, ::testing::HasSubstr(R"(noren_call_seconds_count{method="officer.status"} 1)"));
}

TEST_F(ServiceCall, SaysNothingOfWhatIsThrownInside) {
  ServiceCalls calls(fixture_.parts(), request_);
  try {
    calls.Run("officer.status",
              [](const operations::Call&) -> Status { throw std::runtime_error("secret text"); });
    FAIL() << "nothing was thrown";
  } catch (const wire::ServiceError& error) {
    EXPECT_EQ(error.code, "INTERNAL");
    EXPECT_EQ(error.detail, "");
    EXPECT_EQ(error.field, "");
  }
}

}  // namespace
}  // namespace noren::server
