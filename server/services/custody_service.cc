// SPDX-License-Identifier: Apache-2.0
#include "server/services/custody_service.h"

#include "crypto/base/wiped_text.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/custody_acts.h"
#include "server/services/wire_codec.h"

namespace noren::server {

operations::Call CustodyService::MakeCall() const {
  return {request_.principal, request_.request_id.ToString(), request_.key};
}

void CustodyService::Fill(wire::CustodyStatus& answer) {
  const CustodyState state = parts_.control.State();
  answer.state = state.sealed ? "sealed" : "ready";
  answer.custody = state.custody;
  answer.erasure_claim = state.erasure_claim;
  answer.shares_needed = static_cast<std::int32_t>(state.shares_needed);
  answer.shares_given = static_cast<std::int32_t>(state.shares_given);
}

Status CustodyService::WhileOpen(const OpenBody& body) {
  const SealGate::Pass pass(parts_.gate);
  if (pass.parts() == nullptr) return model::MakeError(model::ErrorCode::kSealed);
  return body(pass.parts()->operations);
}

void CustodyService::custody_status(wire::CustodyStatus& answer, const bool count_left) {
  report_.Run("custody.status", [&]() -> Status {
    Fill(answer);
    const SealGate::Pass pass(parts_.gate);
    if (pass.parts() == nullptr) return OkStatus();
    NOREN_ASSIGN_OR_RETURN(const auto keys, operations::ReadKeyStatus(pass.parts()->operations,
                                                                      MakeCall(), count_left));
    for (const operations::KeyStatus& key : keys) {
      wire::KeyVersions& row = answer.keys.emplace_back();
      row.purpose = std::string(operations::NameOf(key.key));
      row.current = static_cast<std::int32_t>(key.current);
      row.oldest = static_cast<std::int32_t>(key.oldest);
      row.left = key.left;
    }
    return OkStatus();
  });
}

// The service is sealed even when the disk cannot take the entry that says so.
void CustodyService::seal(wire::CustodyStatus& answer) {
  report_.Run("custody.seal", [&]() -> Status {
    {
      const SealGate::Pass pass(parts_.gate);
      if (pass.parts() != nullptr) {
        (void)operations::RecordCustodyAct(pass.parts()->operations, MakeCall(),
                                           audit::Operation::kSealService);
      }
    }
    NOREN_RETURN_IF_ERROR(parts_.control.Seal());
    Fill(answer);
    return OkStatus();
  });
}

void CustodyService::unseal(wire::CustodyStatus& answer, const std::string& secret) {
  const SecretBytes taken = TakeSecret(secret);
  report_.Run("custody.unseal", [&]() -> Status {
    const bool was_sealed = parts_.control.State().sealed;
    NOREN_RETURN_IF_ERROR(parts_.control.Unseal(taken));
    Fill(answer);
    const SealGate::Pass pass(parts_.gate);
    if (!was_sealed || pass.parts() == nullptr) return OkStatus();
    return operations::RecordCustodyAct(pass.parts()->operations, MakeCall(),
                                        audit::Operation::kUnsealService);
  });
}

void CustodyService::rotate(wire::RotateKeyAnswer& answer, const wire::Idempotency& idempotency,
                            const std::string& purpose) {
  report_.Run("custody.rotate", [&] {
    return WhileOpen([&](operations::ServiceContext& context) -> Status {
      NOREN_ASSIGN_OR_RETURN(const auto key, operations::FindVersionedKey(purpose));
      NOREN_ASSIGN_OR_RETURN(const auto rotated,
                             operations::RotateKey(context, MakeCall(), idempotency.key, key));
      answer.version = static_cast<std::int32_t>(rotated.version);
      answer.audit = ToWire(rotated.position);
      return OkStatus();
    });
  });
}

void CustodyService::rewrap(wire::RewrapKeysAnswer& answer, const std::string& purpose) {
  report_.Run("custody.rewrap", [&] {
    return WhileOpen([&](operations::ServiceContext& context) -> Status {
      NOREN_ASSIGN_OR_RETURN(const auto key, operations::FindVersionedKey(purpose));
      NOREN_ASSIGN_OR_RETURN(const auto step,
                             operations::RewrapKeys(context, MakeCall(), key, rewraps_[purpose]));
      answer.rewrapped = static_cast<std::int64_t>(step.rewrapped);
      answer.done = step.done;
      return OkStatus();
    });
  });
}

}  // namespace noren::server
