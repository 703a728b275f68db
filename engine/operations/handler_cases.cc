// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/handler_cases.h"

#include <set>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/keyed_token.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/people.h"
#include "engine/policy/handler_scope.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using policy::RegisteredStep;
using policy::RegisterKind;

constexpr std::string_view kPersonInCase = "person-in-case";

std::string PersonInCase(ServiceContext& context, const model::PersonId& person) {
  return HexEncode(primitives::KeyedToken32(
      context.keys.Of(personal_data::KeyPurpose::kSubjectToken), kPersonInCase, person.bytes()));
}

RequestIdentity Identify(const OpenCaseRequest& request) {
  RecordWriter writer;
  writer.Field(request.reference).Field(request.portal).Raw(request.person.bytes());
  writer.Field(request.handler);
  return IdentifyRequest(request.idempotency_key, "open_case", writer.bytes());
}

StatusOr<Attempt> StageCase(ServiceContext& context, const Call& call,
                            const OpenCaseRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, request.portal, request.person));
  NOREN_ASSIGN_OR_RETURN(const std::vector<RegisteredStep> steps, LoadRegisters(context));
  if (!policy::ScopeOfHandler(steps, request.handler))
    return model::MakeFieldError(ErrorCode::kBadRequest, "handler", "has no access");
  AddRegisterEntryRequest entry;
  entry.kind = RegisterKind::kCases;
  entry.step = "opened";
  entry.at = context.time.Now();
  entry.subject = request.reference;
  entry.fields = {{"handler", request.handler}, {"person", PersonInCase(context, person.person)}};
  NOREN_ASSIGN_OR_RETURN(Attempt attempt, StageRegisterEntry(context, call, entry));
  attempt.change.entry.operation = audit::Operation::kOpenCase;
  attempt.change.entry.subject = person.person.ToString();
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  return attempt;
}

}  // namespace

StatusOr<AddedRegisterEntry> OpenCase(ServiceContext& context, const Call& call,
                                      const OpenCaseRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (request.reference.empty())
    return model::MakeFieldError(ErrorCode::kMissingField, "reference");
  if (!policy::IsRegisterLine(request.reference))
    return model::MakeFieldError(ErrorCode::kBadRequest, "reference");
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, Identify(request),
                                                [&] { return StageCase(context, call, request); }));
  if (run.answer.size() != 1) return model::MakeError(ErrorCode::kDataCorrupt, "case answer");
  return AddedRegisterEntry{std::stoull(run.answer[0]), std::move(run.position)};
}

bool HasOpenCase(ServiceContext& context, std::span<const RegisteredStep> steps,
                 std::string_view handler, const model::PersonId& person) {
  const std::string hash = PersonInCase(context, person);
  std::set<std::uint64_t> open;
  for (const RegisteredStep& step : steps) {
    if (step.kind != RegisterKind::kCases) continue;
    if (step.step == "closed") open.erase(step.case_number);
    const bool is_theirs = step.Field("handler") == handler && step.Field("person") == hash;
    if (step.step == "opened" && is_theirs) open.insert(step.case_number);
  }
  return !open.empty();
}

}  // namespace noren::operations
