// The answers to a company's form, as an item of the person.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/model/canonical_json.h"
#include "engine/model/dictionary.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/company_forms.h"
#include "engine/operations/market.h"
#include "engine/operations/personal_numbers.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

constexpr const char* kMediaType = "application/json";
constexpr const char* kFileName = "form.json";

Status CheckAnswers(ServiceContext& context, const FormRecord& form,
                    const std::map<std::string, std::string>& answers) {
  for (const auto& [id, answer] : answers) {
    const std::string field = "answers." + id;
    const bool is_asked =
        std::ranges::find(form.questions, id, &FormQuestion::id) != form.questions.end();
    // What the form does not ask is not named back: it is the sender's word.
    if (!is_asked) return MakeFieldError(ErrorCode::kBadRequest, "answers", "not asked");
    if (answer.size() > kMaxAnswerBytes || model::FoldName(answer).empty())
      return MakeFieldError(ErrorCode::kBadRequest, field, "1..4000 bytes of UTF-8");
    NOREN_RETURN_IF_ERROR(RequireNoPersonalNumber(context.policy, answer, field));
  }
  for (const FormQuestion& one : form.questions) {
    if (one.is_required && !answers.contains(one.id))
      return MakeFieldError(ErrorCode::kMissingField, "answers." + one.id);
  }
  return OkStatus();
}

// In the order of the form, with the words that the person read.
std::string DocumentOf(const FormRecord& form, const std::map<std::string, std::string>& answers) {
  auto list = model::JsonValue::MakeArray();
  for (const FormQuestion& one : form.questions) {
    const auto found = answers.find(one.id);
    if (found == answers.end()) continue;
    model::JsonValue row;
    row.Set("question", std::string_view(one.label));
    list.Append(row.Set("answer", std::string_view(found->second)));
  }
  model::JsonValue document;
  document.Set("posting", std::string_view(form.posting.ToString()));
  document.Set("form", std::int64_t{form.version}).Set("answers", std::move(list));
  return model::DumpCanonical(document);
}

}  // namespace

StatusOr<FinishedItem> AnswerCompanyForm(ServiceContext& context, const Call& call,
                                         const AnswerFormRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, request.handle));
  if (person.record.custody == model::Custody::kPerson)
    return MakeFieldError(ErrorCode::kStateConflict, "handle", "the person keeps the keys");
  if (!context.market.FindPosting(request.posting)) return model::MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const FormRecord form, ReadCompanyForm(context, call, request.posting));
  if (form.version != request.version)
    return MakeFieldError(ErrorCode::kStateConflict, "version", "another one is published");
  NOREN_RETURN_IF_ERROR(CheckAnswers(context, form, request.answers));
  const std::string document = DocumentOf(form, request.answers);
  const Bytes bytes(document.begin(), document.end());
  BeginItemRequest begin{request.idempotency_key, request.handle, model::ItemKind::kOtherDocument,
                         kMediaType, kFileName};
  begin.form = FormTie{form.posting, form.version};
  NOREN_ASSIGN_OR_RETURN(const model::UploadId upload, BeginItem(context, call, begin));
  NOREN_RETURN_IF_ERROR(AppendItem(context, call, upload, 0, bytes).status());
  return FinishItem(context, call,
                    {request.idempotency_key, upload, bytes.size(), primitives::Sha256(bytes)});
}

}  // namespace noren::operations
