// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/posting_documents.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/audit/operation.h"
#include "engine/intake/documents.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/stated_gate.h"
#include "engine/policy/stated/postings.h"

namespace noren::operations {
namespace {

using intake::RowProblem;
using model::ErrorCode;
using model::MakeFieldError;

constexpr std::string_view kField = "document";

intake::ForbiddenFields ForbiddenBy(const policy::Policy& policy) {
  std::vector<intake::ForbiddenField> fields;
  for (const policy::ForbiddenField& one : policy.forbidden) {
    const bool people_only = one.subjects == policy::Subjects::kPeopleOnly;
    fields.push_back(
        {one.id, one.names,
         people_only ? intake::Subjects::kPeopleOnly : intake::Subjects::kPeopleAndPostings,
         one.rule.en});
  }
  const bool refuses = policy.resident_numbers == policy::ResidentNumbers::kRefuse;
  return intake::ForbiddenFields(std::move(fields), refuses ? intake::ResidentNumbers::kRefuse
                                                            : intake::ResidentNumbers::kIgnore);
}

// What the report says of the row: what is forbidden comes first, then what is not in the list.
Status CheckRow(ServiceContext& context, const Call& call, const intake::Intake& read) {
  const auto of_cause = [&read](ErrorCode cause) {
    return std::ranges::find_if(read.problems, [cause](const RowProblem& problem) {
      return problem.severity == intake::Severity::kError &&
             (cause == ErrorCode::kNone || problem.cause == cause);
    });
  };
  if (const auto one = of_cause(ErrorCode::kForbiddenField); one != read.problems.end())
    return MakeFieldError(one->cause, one->field);
  if (const auto one = of_cause(ErrorCode::kUnknownField); one != read.problems.end()) {
    const Status refused = RequireStated(context, call, {audit::Operation::kRegisterPosting, ""},
                                         policy::MayBeInPosting(context.policy, false));
    return MakeFieldError(model::CodeOf(refused), one->field, model::DetailOf(refused));
  }
  const auto first = of_cause(ErrorCode::kNone);
  return first == read.problems.end() ? OkStatus() : MakeFieldError(first->cause, first->field);
}

}  // namespace

StatusOr<RegisteredPosting> RegisterPostingDocument(ServiceContext& context, const Call& call,
                                                    const std::string& idempotency_key,
                                                    const std::string& document) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  if (document.size() > kMaxPostingDocumentBytes)
    return MakeFieldError(ErrorCode::kTooLarge, kField);
  const intake::ForbiddenFields forbidden = ForbiddenBy(context.policy);
  intake::Intake read = intake::ReadNorenJsonLines(document, {context.dictionary, forbidden});
  NOREN_RETURN_IF_ERROR(CheckRow(context, call, read));
  if (read.rows_count != 1 || read.postings.size() != 1)
    return MakeFieldError(ErrorCode::kBadRequest, kField, "one posting");
  return RegisterPosting(context, call,
                         {idempotency_key, std::move(read.postings.front().posting)});
}

}  // namespace noren::operations
