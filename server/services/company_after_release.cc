// The methods of "company" for what follows a release: duties, human decisions, questions, events.
// SPDX-License-Identifier: Apache-2.0
#include "server/services/after_release_calls.h"
#include "server/services/after_release_wire.h"
#include "server/services/company_service.h"
#include "server/services/wire_codec.h"

namespace noren::server {

using operations::Call;

void CompanyService::add_signer(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                                const wire::Signer& signer) {
  calls_.Run("company.add_signer", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto parsed, SignerFromWire(signer));
    NOREN_ASSIGN_OR_RETURN(const auto position, operations::AddSigner(calls_.operations(), call,
                                                                      idempotency.key, parsed));
    answer = ToWire(position);
    return OkStatus();
  });
}

void CompanyService::list_duties(wire::DutyPage& answer, const bool overdue_only,
                                 const wire::PageRequest& page) {
  calls_.Run("company.list_duties", [&](const Call& call) -> Status {
    return ListDutiesTo(calls_, call, {"company.list_duties", overdue_only}, page, answer);
  });
}

void CompanyService::acknowledge_duty(wire::AuditPosition& answer,
                                      const wire::Idempotency& idempotency, const std::string& duty,
                                      const wire::SignedStatement& acknowledgement) {
  calls_.Run("company.acknowledge_duty", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::DutyId>(duty, "duty"));
    auto carried = SignedFromWire(acknowledgement);
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::AcknowledgeDuty(
            calls_.operations(), call,
            {idempotency.key, id, std::move(carried.statement), std::move(carried.signature)}));
    answer = ToWire(position);
    return OkStatus();
  });
}

void CompanyService::reject(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                            const std::string& candidate, const wire::SignedStatement& decision) {
  calls_.Run("company.reject", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::CandidateRef>(candidate, "candidate"));
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::RejectCandidate(calls_.operations(), call,
                                    {idempotency.key, id, SignedFromWire(decision)}));
    answer = ToWire(position);
    return OkStatus();
  });
}

void CompanyService::list_questions(wire::QuestionPage& answer, const wire::PageRequest& page) {
  calls_.Run("company.list_questions", [&](const Call& call) -> Status {
    return ListQuestionsTo(calls_, call, "company.list_questions", page, answer);
  });
}

void CompanyService::answer_question(wire::AuditPosition& answer,
                                     const wire::QuestionAnswer& request) {
  calls_.Run("company.answer_question", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto parsed, AnswerFromWire(request));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::AnswerQuestion(calls_.operations(), call, parsed));
    answer = ToWire(position);
    return OkStatus();
  });
}

void CompanyService::read_events(wire::EventPage& answer, const std::int64_t after,
                                 const std::int32_t limit) {
  calls_.Run("company.read_events", [&](const Call& call) -> Status {
    return ReadEventsTo(calls_, call, after, limit, answer);
  });
}

void CompanyService::acknowledge_events(wire::AuditPosition& answer,
                                        const wire::Idempotency& idempotency,
                                        const std::int64_t position) {
  calls_.Run("company.acknowledge_events", [&](const Call& call) -> Status {
    return AcknowledgeEventsTo(calls_, call, idempotency.key, position, answer);
  });
}

}  // namespace noren::server
