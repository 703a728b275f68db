// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/company_forms.h"

#include <algorithm>
#include <set>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/dictionary.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/scan.h"
#include "engine/operations/stated_gate.h"
#include "engine/policy/stated/forms.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::size_t kMaxIdBytes = 40;
constexpr std::size_t kMaxReasonBytes = 1000;

bool IsQuestionId(std::string_view id) {
  return !id.empty() && id.size() <= kMaxIdBytes && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string FieldOf(std::size_t question, std::string_view key) {
  return "questions[" + std::to_string(question) + "]." + std::string(key);
}

Status CheckQuestions(const std::vector<FormQuestion>& questions) {
  if (questions.empty() || questions.size() > kMaxFormQuestions)
    return MakeFieldError(ErrorCode::kBadRequest, "questions", "1..50");
  std::set<std::string_view> ids;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const FormQuestion& one = questions[i];
    if (!IsQuestionId(one.id) || !ids.insert(one.id).second)
      return MakeFieldError(ErrorCode::kBadRequest, FieldOf(i, "id"), "1..40 of a-z 0-9 -, once");
    if (one.label.size() > kMaxFormLabelBytes || model::FoldName(one.label).empty())
      return MakeFieldError(ErrorCode::kBadRequest, FieldOf(i, "label"), "1..300 bytes of UTF-8");
  }
  return OkStatus();
}

// A refusal is in the log, and says at which question.
Status RequireMayAsk(ServiceContext& context, const Call& call, audit::Operation operation,
                     const model::PostingId& posting, const std::vector<FormQuestion>& questions) {
  NOREN_RETURN_IF_ERROR(RequireStated(context, call, {operation, posting.ToString()},
                                      policy::MayHaveForms(context.policy)));
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Status asked = RequireStated(context, call, {operation, posting.ToString()},
                                       policy::MayFormAsk(context.policy, questions[i].label));
    if (!asked.ok())
      return MakeFieldError(model::CodeOf(asked), FieldOf(i, "label"), model::DetailOf(asked));
  }
  return OkStatus();
}

struct StoredForm {
  FormRecord form;
  std::string key;
  Bytes stored;
};

StatusOr<FormRecord> OpenForm(ServiceContext& context, const std::string& key, ByteSpan stored) {
  const auto opened =
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kForm, key}, stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "form");
  return DecodeForm(opened->plaintext);
}

// Rising versions.
StatusOr<std::vector<StoredForm>> FormsOf(ServiceContext& context,
                                          const model::PostingId& posting) {
  NOREN_ASSIGN_OR_RETURN(const auto rows, ScanAll(context, keyspaces::FormPrefix(posting)));
  std::vector<StoredForm> forms;
  for (const storage::KeyValue& row : rows) {
    NOREN_ASSIGN_OR_RETURN(FormRecord form, OpenForm(context, row.key, row.value));
    forms.push_back({std::move(form), row.key, row.value});
  }
  return forms;
}

Bytes Sealed(ServiceContext& context, const std::string& key, const FormRecord& form) {
  return storage::SealValue(context.keys.store_seal(), {keyspaces::kForm, key}, 1, EncodeForm(form),
                            context.random);
}

Attempt StartFormAttempt(ServiceContext& context, const Call& call, audit::Operation operation,
                         const model::PostingId& posting) {
  Attempt attempt;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = posting.ToString();
  attempt.change.entry.clause_ids = policy::MayHaveForms(context.policy).clauses;
  return attempt;
}

StatusOr<Attempt> StagePut(ServiceContext& context, const Call& call,
                           const PutFormRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const auto before, FormsOf(context, request.posting));
  if (before.size() >= kMaxFormVersions) return MakeError(ErrorCode::kLimitReached, "versions");
  FormRecord form;
  form.posting = request.posting;
  form.version = before.empty() ? 1 : before.back().form.version + 1;
  form.company = call.principal.name;
  form.questions = request.questions;
  form.put_at = context.time.Now();
  Attempt attempt = StartFormAttempt(context, call, audit::Operation::kPutForm, request.posting);
  const std::string key = keyspaces::FormKey(form.posting, form.version);
  attempt.change.staged.Replace(key, std::nullopt, Sealed(context, key, form));
  attempt.answer = {std::to_string(form.version)};
  return attempt;
}

StatusOr<Attempt> StageReview(ServiceContext& context, const Call& call,
                              const ReviewFormRequest& request) {
  NOREN_ASSIGN_OR_RETURN(auto forms, FormsOf(context, request.posting));
  if (forms.empty()) return MakeError(ErrorCode::kNotFound);
  StoredForm& newest = forms.back();
  if (newest.form.version != request.version || newest.form.state != FormState::kWaiting)
    return MakeFieldError(ErrorCode::kStateConflict, "version", "reviewed, or not the newest");
  if (request.publishes) {
    NOREN_RETURN_IF_ERROR(RequireMayAsk(context, call, audit::Operation::kReviewForm,
                                        request.posting, newest.form.questions));
  }
  FormRecord form = newest.form;
  form.state = request.publishes ? FormState::kPublished : FormState::kRefused;
  form.reviewed_at = context.time.Now();
  form.reviewed_by = "officer " + call.principal.name;
  form.reason = request.reason;
  Attempt attempt = StartFormAttempt(context, call, audit::Operation::kReviewForm, request.posting);
  attempt.change.staged.Replace(newest.key, std::move(newest.stored),
                                Sealed(context, newest.key, form));
  return attempt;
}

// Whether the caller may see this version at all.
bool IsFor(const Call& call, const FormRecord& form) {
  switch (call.principal.role) {
    case model::Role::kPortal:
      return form.state == FormState::kPublished;
    case model::Role::kCompany:
      return form.company == call.principal.name;
    default:
      return true;
  }
}

Status RecordRead(ServiceContext& context, const Call& call, const model::PostingId& posting) {
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  return StartFormAttempt(context, call, audit::Operation::kReadForms, posting);
                })
      .status();
}

}  // namespace

StatusOr<PutForm> PutCompanyForm(ServiceContext& context, const Call& call,
                                 const PutFormRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  NOREN_RETURN_IF_ERROR(CheckQuestions(request.questions));
  if (!context.market.FindPostingOfCompany(call.principal.name, request.posting))
    return MakeError(ErrorCode::kNotFound);
  NOREN_RETURN_IF_ERROR(
      RequireMayAsk(context, call, audit::Operation::kPutForm, request.posting, request.questions));
  RecordWriter encoded;
  encoded.Raw(request.posting.bytes());
  for (const FormQuestion& one : request.questions)
    encoded.Field(one.id).Field(one.label).U8(one.is_required ? 1 : 0);
  const auto identity = IdentifyRequest(request.idempotency_key, "put_form", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity,
                                                [&] { return StagePut(context, call, request); }));
  return PutForm{static_cast<std::uint32_t>(std::stoul(run.answer.at(0))), std::move(run.position)};
}

StatusOr<EntryPosition> ReviewCompanyForm(ServiceContext& context, const Call& call,
                                          const ReviewFormRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (request.reason.size() > kMaxReasonBytes)
    return MakeFieldError(ErrorCode::kBadRequest, "reason", "at most 1000 bytes");
  if (!request.publishes && request.reason.empty()) return MakeError(ErrorCode::kReasonRequired);
  RecordWriter encoded;
  encoded.Raw(request.posting.bytes()).U32(request.version).U8(request.publishes ? 1 : 0);
  encoded.Field(request.reason);
  const auto identity = IdentifyRequest(request.idempotency_key, "review_form", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageReview(context, call, request);
                         }));
  return std::move(run.position);
}

StatusOr<FormRecord> ReadCompanyForm(ServiceContext& context, const Call& call,
                                     const model::PostingId& posting) {
  NOREN_RETURN_IF_ERROR(RequireRole(
      context, call, {model::Role::kPortal, model::Role::kCompany, model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(auto forms, FormsOf(context, posting));
  std::erase_if(forms, [&](const StoredForm& one) { return !IsFor(call, one.form); });
  if (forms.empty()) return MakeError(ErrorCode::kNotFound);
  NOREN_RETURN_IF_ERROR(RecordRead(context, call, posting));
  return std::move(forms.back().form);
}

StatusOr<WaitingForms> ListWaitingForms(ServiceContext& context, const Call& call,
                                        const std::optional<model::PostingId>& after,
                                        std::size_t limit) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (limit < 1 || limit > kMaxWaitingForms)
    return MakeFieldError(ErrorCode::kBadRequest, "limit", "1..200");
  // Of the last posting every version is behind this key.
  const std::string behind =
      after ? keyspaces::FormKey(*after, kMaxFormVersions + 1) : std::string();
  WaitingForms waiting;
  const auto look = [&](const storage::KeyValue& row) -> Status {
    if (row.key <= behind || waiting.next) return OkStatus();
    NOREN_ASSIGN_OR_RETURN(FormRecord form, OpenForm(context, row.key, row.value));
    if (form.state != FormState::kWaiting) return OkStatus();
    // An older version that waits is overtaken by the newer one.
    if (!waiting.forms.empty() && waiting.forms.back().posting == form.posting)
      waiting.forms.pop_back();
    if (waiting.forms.size() == limit) {
      waiting.next = waiting.forms.back().posting;
      return OkStatus();
    }
    waiting.forms.push_back(std::move(form));
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(VisitAll(context, keyspaces::kForm, look));
  NOREN_RETURN_IF_ERROR(RecordRead(context, call, {}));
  return waiting;
}

}  // namespace noren::operations
