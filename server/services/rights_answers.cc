// The pages of the policy alone, and the client for whom data are held.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/find_registrations.h"
#include "engine/operations/letter_facts.h"
#include "engine/operations/sealed_answers.h"
#include "engine/operations/standard_answers.h"
#include "server/services/after_release_wire.h"
#include "server/services/rights_service.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_rights.h"

namespace noren::server {
namespace {

using operations::Call;

StatusOr<model::RequestId> ParseRequest(const std::string& text) {
  const auto request = model::RequestId::Parse(text);
  if (!request.ok()) return model::MakeFieldError(model::ErrorCode::kBadRequest, "request");
  return *request;
}

// "": nothing is asked for.
StatusOr<std::optional<model::Language>> OptionalLanguage(const std::string& language) {
  std::optional<model::Language> asked;
  if (language.empty()) return asked;
  NOREN_ASSIGN_OR_RETURN(asked, LanguageFromWire(language, "language"));
  return asked;
}

wire::StandardAnswer ToWire(const operations::StandardAnswer& answer) {
  wire::StandardAnswer made;
  made.request = answer.request.ToString();
  made.name = answer.name;
  made.page = answer.page;
  made.clauses = answer.clauses;
  made.audit = server::ToWire(answer.position);
  return made;
}

}  // namespace

void RightsService::answer_return_request(wire::StandardAnswer& answer,
                                          const wire::Idempotency& idempotency,
                                          std::int64_t received_at, const std::string& language,
                                          bool html) {
  calls_.Run("rights.answer_return_request", [&](const Call& call) -> noren::Status {
    operations::ReturnRequest request{idempotency.key, {received_at}, {}, html};
    NOREN_ASSIGN_OR_RETURN(request.language, OptionalLanguage(language));
    NOREN_ASSIGN_OR_RETURN(const auto answered,
                           operations::AnswerReturn(calls_.operations(), call, request));
    answer = ToWire(answered);
    return OkStatus();
  });
}

void RightsService::ask_owner(wire::StandardAnswer& answer, const wire::AskOwner& request) {
  calls_.Run("rights.ask_owner", [&](const Call& call) -> noren::Status {
    operations::AskOwnerRequest asked{request.idempotency.key, {}, request.owner, {}, request.html};
    NOREN_ASSIGN_OR_RETURN(asked.request, ParseRequest(request.request));
    NOREN_ASSIGN_OR_RETURN(asked.language, OptionalLanguage(request.language));
    NOREN_ASSIGN_OR_RETURN(const auto answered,
                           operations::AskOwner(calls_.operations(), call, asked));
    answer = ToWire(answered);
    return OkStatus();
  });
}

void RightsService::record_owner_answer(wire::AuditPosition& answer,
                                        const wire::OwnerAnswer& request) {
  calls_.Run("rights.record_owner_answer", [&](const Call& call) -> noren::Status {
    operations::OwnerAnswer said{request.idempotency.key, {}, request.allows, request.document};
    NOREN_ASSIGN_OR_RETURN(said.request, ParseRequest(request.request));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::RecordOwnerAnswer(calls_.operations(), call, said));
    answer = server::ToWire(position);
    return OkStatus();
  });
}

void RightsService::seal_right_answer(wire::SealedAnswer& answer, const wire::SealAnswer& request) {
  calls_.Run("rights.seal_right_answer", [&](const Call& call) -> noren::Status {
    operations::SealAnswerRequest seal{{}, request.address, request.recipient, {}};
    NOREN_ASSIGN_OR_RETURN(seal.request, ParseRequest(request.request));
    NOREN_ASSIGN_OR_RETURN(seal.language, OptionalLanguage(request.language));
    NOREN_ASSIGN_OR_RETURN(const auto sealed,
                           operations::SealRightAnswer(calls_.operations(), call, seal));
    answer.address = sealed.address;
    answer.file.assign(sealed.file.begin(), sealed.file.end());
    answer.audit = server::ToWire(sealed.position);
    return OkStatus();
  });
}

namespace {

wire::FoundRegistration FoundToWire(const operations::FoundRegistration& one) {
  wire::FoundRegistration row;
  row.person = one.portal + "/" + one.handle.ToString();
  row.registered = model::ToIso(one.registered);
  return row;
}

}  // namespace

void RightsService::link_letter(wire::LinkedLetter& answer, const wire::Idempotency& idempotency,
                                const std::string& request, const wire::LetterFacts& facts) {
  calls_.Run("rights.link_letter", [&](const Call& call) -> noren::Status {
    operations::LinkLetterRequest link{idempotency.key, {}, {}};
    NOREN_ASSIGN_OR_RETURN(link.request, ParseRequest(request));
    NOREN_ASSIGN_OR_RETURN(link.facts, LetterFactsFromWire(facts));
    NOREN_ASSIGN_OR_RETURN(const auto linked,
                           operations::LinkLetter(calls_.operations(), call, link));
    answer.linked = linked.is_linked;
    for (const operations::FoundRegistration& one : linked.candidates)
      answer.candidates.push_back(FoundToWire(one));
    answer.audit = server::ToWire(linked.position);
    return OkStatus();
  });
}

void RightsService::find_registrations(std::vector<wire::FoundRegistration>& answer,
                                       const std::string& around) {
  calls_.Run("rights.find_registrations", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto found,
                           operations::FindRegistrations(calls_.operations(), call, around));
    for (const operations::FoundRegistration& one : found) answer.push_back(FoundToWire(one));
    return OkStatus();
  });
}

}  // namespace noren::server
