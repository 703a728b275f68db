// SPDX-License-Identifier: Apache-2.0
#include "server/services/gated_processor.h"

#include <thrift/processor/TMultiplexedProcessor.h>

#include <string>
#include <string_view>

#include "engine/model/errors.h"
#include "server/services/custody_service.h"
#include "server/services/processor.h"
#include "server/services/service_errors.h"

namespace noren::server {
namespace {

using apache::thrift::TProcessor;
using apache::thrift::protocol::StoredMessageProtocol;
using apache::thrift::protocol::TMessageType;
using apache::thrift::protocol::TProtocol;

constexpr std::string_view kCustodyPrefix = "custody:";

// Every method of every service declares ServiceError as field 1 of its answer; a test holds this.
void AnswerSealed(TProtocol& in, TProtocol& out, const std::string& method,
                  const RequestContext& request) {
  std::string name;
  TMessageType type{};
  std::int32_t sequence = 0;
  in.readMessageBegin(name, type, sequence);
  in.skip(apache::thrift::protocol::T_STRUCT);
  in.readMessageEnd();
  in.getTransport()->readEnd();
  const wire::ServiceError error = ToServiceError(model::MakeError(model::ErrorCode::kSealed),
                                                  request.request_id.ToString(), "en");
  out.writeMessageBegin(method.substr(method.find(':') + 1), apache::thrift::protocol::T_REPLY,
                        sequence);
  out.writeStructBegin("answer");
  out.writeFieldBegin("error", apache::thrift::protocol::T_STRUCT, 1);
  error.write(&out);
  out.writeFieldEnd();
  out.writeFieldStop();
  out.writeStructEnd();
  out.writeMessageEnd();
  out.getTransport()->writeEnd();
  out.getTransport()->flush();
}

class GatedProcessor final : public TProcessor, private SealGate::Keeper {
 public:
  GatedProcessor(const GatedParts& parts, const RequestContext& request)
      : gate_(parts.gate), request_(request) {
    if (request.principal.role == model::Role::kOfficer) {
      custody_ = std::make_shared<wire::CustodyServiceProcessor>(
          std::make_shared<CustodyService>(parts, request));
    }
    gate_.Add(*this);
  }
  ~GatedProcessor() override { gate_.Remove(*this); }
  GatedProcessor(const GatedProcessor&) = delete;
  GatedProcessor& operator=(const GatedProcessor&) = delete;

  bool process(std::shared_ptr<TProtocol> in, std::shared_ptr<TProtocol> out,
               void* connection_context) override {
    std::string name;
    TMessageType type{};
    std::int32_t sequence = 0;
    in->readMessageBegin(name, type, sequence);
    if (custody_ && name.starts_with(kCustodyPrefix)) {
      const std::string method = name.substr(kCustodyPrefix.size());
      return custody_->process(std::make_shared<StoredMessageProtocol>(in, method, type, sequence),
                               out, connection_context);
    }
    const auto again = std::make_shared<StoredMessageProtocol>(in, name, type, sequence);
    const SealGate::Pass pass(gate_);
    if (pass.parts() == nullptr) {
      AnswerSealed(*again, *out, name, request_);
      return true;
    }
    if (!services_) services_ = MakeProcessor(*pass.parts(), request_);
    return services_->process(again, out, connection_context);
  }

 private:
  void Forget() override { services_.reset(); }

  SealGate& gate_;
  const RequestContext& request_;
  std::shared_ptr<TProcessor> custody_;
  std::shared_ptr<TProcessor> services_;  // made inside the gate, forgotten when it closes
};

}  // namespace

std::shared_ptr<TProcessor> MakeGatedProcessor(const GatedParts& parts,
                                               const RequestContext& request) {
  return std::make_shared<GatedProcessor>(parts, request);
}

}  // namespace noren::server
