// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/register_posting.h"

#include <utility>

#include "engine/audit/operation.h"
#include "engine/intake/contact_data.h"
#include "engine/model/errors.h"
#include "engine/model/principal.h"
#include "engine/operations/authorize.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/market.h"
#include "engine/operations/posting_record.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/stated/postings.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

Status CheckPosting(ServiceContext& context, const model::Posting& posting) {
  NOREN_RETURN_IF_ERROR(model::Validate(posting));
  if (!model::IsPrincipalName(posting.company)) {
    return model::MakeFieldError(ErrorCode::kBadRequest, "posting.company", "a principal name");
  }
  const std::vector<Status> unknown = context.dictionary.UnknownCodesIn(posting);
  return unknown.empty() ? OkStatus() : unknown.front();
}

std::vector<std::string> PersonalFieldsOf(const model::Posting& posting) {
  std::vector<std::string> fields;
  if (intake::HoldsContact(posting.title)) fields.emplace_back("posting.title");
  if (intake::HoldsContact(posting.description)) fields.emplace_back("posting.description");
  return fields;
}

audit::EntryDraft DraftFor(const Call& call, audit::Operation operation,
                           const model::PostingId& posting) {
  audit::EntryDraft draft;
  draft.operation = operation;
  draft.principal = call.principal;
  draft.object = posting.ToString();
  return draft;
}

}  // namespace

StatusOr<RegisteredPosting> RegisterPosting(ServiceContext& context, const Call& call,
                                            const RegisterPostingRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_RETURN_IF_ERROR(CheckPosting(context, request.posting));
  const auto identity = IdentifyRequest(request.idempotency_key, "register_posting",
                                        model::EncodePosting(request.posting));
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        PostingRecord record;
        record.posting = model::PostingId::Generate(context.random);
        record.version = 1;
        record.portal = call.principal.name;
        record.registered_at = context.time.Now();
        record.content = request.posting;
        Attempt attempt;
        NOREN_RETURN_IF_ERROR(RequireCompanyStays(context, request.posting.company, std::nullopt,
                                                  attempt.change.staged));
        NOREN_ASSIGN_OR_RETURN(Bytes stored,
                               EncodePostingRecord(record, context.keys, context.random));
        attempt.change.staged.Replace(personal_data::keyspaces::PostingKey(record.posting),
                                      std::nullopt, std::move(stored));
        attempt.change.entry = DraftFor(call, audit::Operation::kRegisterPosting, record.posting);
        attempt.change.entry.clause_ids = policy::MayBeInPosting(context.policy, true).clauses;
        attempt.change.feed.push_back(PostingChanged(record.posting));
        attempt.answer = {record.posting.ToString()};
        return attempt;
      }));
  NOREN_ASSIGN_OR_RETURN(const model::PostingId posting, model::PostingId::Parse(run.answer.at(0)));
  return RegisteredPosting{posting, std::move(run.position), PersonalFieldsOf(request.posting)};
}

StatusOr<EntryPosition> ClosePosting(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key,
                                     const model::PostingId& posting) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  const auto identity = IdentifyRequest(idempotency_key, "close_posting", posting.bytes());
  const std::string key = personal_data::keyspaces::PostingKey(posting);
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        // Opening another's record would take longer than finding none.
        if (!context.market.FindPostingOfPortal(call.principal.name, posting))
          return MakeError(ErrorCode::kNotFound);
        NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
        if (!stored) return MakeError(ErrorCode::kNotFound);
        NOREN_ASSIGN_OR_RETURN(PostingRecord record,
                               DecodePostingRecord(posting, *stored, context.keys));
        if (record.portal != call.principal.name) return MakeError(ErrorCode::kNotFound);
        record.open = false;
        record.version += 1;
        Attempt attempt;
        NOREN_ASSIGN_OR_RETURN(Bytes closed,
                               EncodePostingRecord(record, context.keys, context.random));
        attempt.change.staged.Replace(key, *stored, std::move(closed));
        attempt.change.entry = DraftFor(call, audit::Operation::kClosePosting, posting);
        attempt.change.feed.push_back(PostingChanged(posting));
        return attempt;
      }));
  return std::move(run.position);
}

}  // namespace noren::operations
