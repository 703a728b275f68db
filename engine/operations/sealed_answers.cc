// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/sealed_answers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/agefile/agefile.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/export_person.h"
#include "engine/operations/rights_answer.h"
#include "engine/operations/rights_work.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::size_t kMaxAddressBytes = 254;
constexpr std::string_view kDataFollow = "\n---\n\n";

Status CheckAddress(const std::string& address) {
  const std::size_t at = address.find('@');
  const bool is_plain = std::ranges::all_of(address, [](char c) { return c > ' ' && c != 0x7f; });
  const bool is_address = at != std::string::npos && at > 0 && at + 1 < address.size() &&
                          address.find('@', at + 1) == std::string::npos &&
                          address.size() <= kMaxAddressBytes && is_plain;
  return is_address ? OkStatus() : MakeFieldError(ErrorCode::kBadRequest, "address");
}

StatusOr<agefile::Recipient> RecipientOf(const SealAnswerRequest& request,
                                         const LoadedPerson& person) {
  const std::string& text =
      request.recipient.empty() ? person.record.age_recipient : request.recipient;
  if (text.empty()) return MakeFieldError(ErrorCode::kMissingField, "recipient");
  const auto recipient = agefile::Recipient::Parse(text);
  if (!recipient.ok() || !recipient->IsUsable())
    return MakeFieldError(ErrorCode::kBadRequest, "recipient", "not an age X25519 recipient");
  return *recipient;
}

// What is given of the person's data, without what is withheld.
StatusOr<std::string> GivenData(ServiceContext& context, const LoadedRight& loaded) {
  const RightHead& head = loaded.head;
  const bool gives =
      head.right == model::Right::kAccess && head.decision.outcome != RightOutcome::kRefused;
  if (!gives) return std::string();
  NOREN_ASSIGN_OR_RETURN(model::JsonValue document, WholeExport(context, *loaded.person));
  NOREN_ASSIGN_OR_RETURN(const auto withheld, LoadWithheld(context, *loaded.person));
  for (const WithheldPart& one : withheld) {
    std::optional<model::JsonValue> rest = WithoutPart(document, one.part);
    if (rest) document = *std::move(rest);
  }
  return std::string(kDataFollow) + model::DumpCanonical(document) + "\n";
}

}  // namespace

StatusOr<SealedAnswer> SealRightAnswer(ServiceContext& context, const Call& call,
                                       const SealAnswerRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckAddress(request.address));
  NOREN_ASSIGN_OR_RETURN(const LoadedRight loaded, LoadRight(context, request.request));
  if (loaded.head.decision.outcome == RightOutcome::kOpen)
    return MakeError(ErrorCode::kStateConflict, "not decided");
  if (!loaded.person) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const policy::HandedIn in, HandedInOf(context, loaded.head));
  NOREN_RETURN_IF_ERROR(policy::MayAnswerByMail(context.policy, in));
  NOREN_ASSIGN_OR_RETURN(const agefile::Recipient recipient, RecipientOf(request, *loaded.person));
  NOREN_ASSIGN_OR_RETURN(const std::string letter,
                         LetterOfRight(context, call, {request.request, request.language, false}));
  NOREN_ASSIGN_OR_RETURN(const std::string data, GivenData(context, loaded));
  const std::string text = "<" + request.address + ">\n\n" + letter + data;
  SealedAnswer answer{request.address, {}, {}};
  NOREN_ASSIGN_OR_RETURN(answer.file,
                         agefile::EncryptFile(ToBytes(text), {&recipient, 1}, context.random));
  NOREN_ASSIGN_OR_RETURN(answer.position, Record(context, [&]() -> StatusOr<Attempt> {
                           Attempt attempt;
                           attempt.change.entry.operation = audit::Operation::kSealRightAnswer;
                           attempt.change.entry.principal = call.principal;
                           attempt.change.entry.object = request.request.ToString();
                           attempt.change.entry.subject = loaded.person->person.ToString();
                           attempt.change.entry.clause_ids =
                               policy::ClausesOfAnswerWay(context.policy);
                           attempt.subject = loaded.person->person;
                           attempt.subject_keys = loaded.person->keys;
                           return attempt;
                         }));
  return answer;
}

}  // namespace noren::operations
