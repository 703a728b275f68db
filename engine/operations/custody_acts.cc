// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/custody_acts.h"

#include "engine/model/errors.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

Status RecordCustodyAct(ServiceContext& context, const Call& call, audit::Operation operation) {
  if (call.principal.role != model::Role::kOfficer) {
    return model::MakeError(model::ErrorCode::kNotAllowed);
  }
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  Attempt attempt;
                  attempt.change.entry.operation = operation;
                  attempt.change.entry.principal = call.principal;
                  return attempt;
                })
      .status();
}

}  // namespace noren::operations
