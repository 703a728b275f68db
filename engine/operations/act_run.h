// How every act of a person is run: once per idempotency key, admitted by the gate, committed with
// its entry.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/operations/act_gate.h"
#include "engine/operations/person_acts.h"

namespace noren::operations {

struct ActMethod {
  std::string_view name;
  personal_data::ActKind kind;
};

// What every act's change has: the gate's own writes, the entry, and whose it is.
Attempt StartActAttempt(const Call& call, const AdmittedAct& admitted, audit::Operation operation);

// Whoever reads their own record by an act "read": admitted, and in the log, before anything is
// read.
//   errors   those of AdmitAct
StatusOr<LoadedPerson> AdmitOwnReading(ServiceContext& context, const Call& call,
                                       const PersonAct& act);

// Admission happens inside the run, so that a repeated call is answered before its used nonce is
// looked at. The attempt's first answer is the act's result.
StatusOr<ActResult> RunAct(ServiceContext& context, const Call& call,
                           const std::string& idempotency_key, const PersonAct& act,
                           ActMethod method,
                           const std::function<StatusOr<Attempt>(AdmittedAct&)>& stage);

// A person asks to be erased: from that commit on they are used and provided no more. The attempt's
// answer is the request.
StatusOr<Attempt> StageErasureRequest(ServiceContext& context, const Call& call,
                                      const AdmittedAct& admitted);

personal_data::ConsentScope ConsentScopeOf(ServiceContext& context, const LoadedPerson& person);

}  // namespace noren::operations
