// Methods of the service "officer" about who may call at all, and what is kept of their calls.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "crypto/base/encoding.h"
#include "engine/model/civil_day.h"
#include "engine/model/errors.h"
#include "engine/operations/access_log_trim.h"
#include "engine/operations/acknowledgements.h"
#include "engine/operations/caller_locks.h"
#include "server/services/officer_service.h"
#include "server/services/wire_codec.h"

namespace noren::server {

using operations::Call;

void OfficerService::list_caller_locks(std::vector<wire::CallerLock>& answer) {
  calls_.Run("officer.list_caller_locks", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto locks,
                           operations::ListCallerLocks(calls_.operations(), call));
    for (const operations::CallerLock& lock : locks) {
      wire::CallerLock& row = answer.emplace_back();
      row.caller = operations::ToText(lock.caller);
      row.role = std::string(model::RoleName(lock.principal.role));
      row.name = lock.principal.name;
      row.since = lock.since.value;
      row.ends_at = lock.until.value;
      row.refusals = static_cast<std::int32_t>(lock.refusals);
    }
    return OkStatus();
  });
}

void OfficerService::unlock_caller(wire::AuditPosition& answer,
                                   const wire::Idempotency& idempotency,
                                   const std::string& caller) {
  calls_.Run("officer.unlock_caller", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto position, operations::UnlockCaller(calls_.operations(), call,
                                                                         idempotency.key, caller));
    answer = ToWire(position);
    return OkStatus();
  });
}

void OfficerService::trim_access_log(wire::TrimAnswer& answer, const wire::Idempotency& idempotency,
                                     const std::string& before) {
  calls_.Run("officer.trim_access_log", [&](const Call& call) -> noren::Status {
    const StatusOr<model::CivilDay> day = model::ParseCivilDay(before);
    if (!day.ok())
      return model::MakeFieldError(model::ErrorCode::kBadRequest, "before", "2026-01-31");
    NOREN_ASSIGN_OR_RETURN(const auto trimmed, operations::TrimAccessLog(calls_.operations(), call,
                                                                         {idempotency.key, *day}));
    answer.entries = static_cast<std::int64_t>(trimmed.entries);
    answer.more = trimmed.more;
    answer.audit = ToWire(trimmed.position);
    return OkStatus();
  });
}

void OfficerService::policy_in_force(wire::PolicyInForce& answer) {
  calls_.Run("officer.policy_in_force", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto read,
                           operations::ReadPolicyInForce(calls_.operations(), call));
    answer.version = read.version;
    answer.digest = HexEncode(read.digest);
    answer.notice = read.notice;
    answer.binds_staff = read.binds_staff;
    answer.acknowledged = read.acknowledged;
    return OkStatus();
  });
}

void OfficerService::acknowledge_policy(wire::AuditPosition& answer,
                                        const wire::Idempotency& idempotency,
                                        const std::string& digest) {
  calls_.Run("officer.acknowledge_policy", [&](const Call& call) -> noren::Status {
    const StatusOr<Bytes> bytes = HexDecode(digest);
    Hash256 read{};
    if (!bytes.ok() || bytes->size() != read.size()) {
      return model::MakeFieldError(model::ErrorCode::kBadRequest, "digest",
                                   "64 hexadecimal digits");
    }
    std::ranges::copy(*bytes, read.begin());
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::AcknowledgePolicy(calls_.operations(), call, idempotency.key, read));
    answer = ToWire(position);
    return OkStatus();
  });
}

}  // namespace noren::server
