// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/act_run.h"

#include <optional>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"

namespace noren::operations {
namespace {

RequestIdentity IdentifyAct(const std::string& key, std::string_view method, const PersonAct& act) {
  RecordWriter writer;
  writer.Field(act.statement).Field(act.signature).Field(act.code);
  for (const personal_data::ItemHeader& header : act.headers) {
    writer.Raw(header.item.bytes()).Field(header.header);
  }
  return IdentifyRequest(key, method, writer.bytes());
}

}  // namespace

Attempt StartActAttempt(const Call& call, const AdmittedAct& admitted, audit::Operation operation) {
  Attempt attempt;
  attempt.change.staged = admitted.staged;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = admitted.person.person.ToString();
  attempt.change.entry.clause_ids = admitted.clauses;
  attempt.change.entry.statement_digest =
      personal_data::StatementDigest(admitted.evidence.statement);
  attempt.subject = admitted.person.person;
  attempt.subject_keys = admitted.person.keys;
  return attempt;
}

StatusOr<LoadedPerson> AdmitOwnReading(ServiceContext& context, const Call& call,
                                       const PersonAct& act) {
  std::optional<AdmittedAct> reader;
  const auto recorded = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(reader, AdmitAct(context, call, act, personal_data::ActKind::kRead));
    return StartActAttempt(call, *reader, audit::Operation::kReadOwnRecord);
  });
  NOREN_RETURN_IF_ERROR(recorded.status());
  return std::move(reader->person);
}

StatusOr<ActResult> RunAct(ServiceContext& context, const Call& call,
                           const std::string& idempotency_key, const PersonAct& act,
                           ActMethod method,
                           const std::function<StatusOr<Attempt>(AdmittedAct&)>& stage) {
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, IdentifyAct(idempotency_key, method.name, act),
                             [&]() -> StatusOr<Attempt> {
                               NOREN_ASSIGN_OR_RETURN(AdmittedAct admitted,
                                                      AdmitAct(context, call, act, method.kind));
                               NOREN_ASSIGN_OR_RETURN(Attempt attempt, stage(admitted));
                               attempt.answer.resize(1);
                               attempt.answer.push_back(std::string(
                                   personal_data::ProofLevelName(admitted.evidence.level)));
                               return attempt;
                             }));
  const auto level = personal_data::FindProofLevel(run.answer.at(1));
  if (!level) return model::MakeError(model::ErrorCode::kInternal, "proof level");
  return ActResult{run.answer.at(0), *level, std::move(run.position)};
}

personal_data::ConsentScope ConsentScopeOf(ServiceContext& context, const LoadedPerson& person) {
  return {person.context(), context.keys, context.time.Now(), context.random};
}

}  // namespace noren::operations
