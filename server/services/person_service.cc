// SPDX-License-Identifier: Apache-2.0
#include "server/services/person_service.h"

#include "engine/operations/block_employer.h"
#include "engine/operations/held_items.h"
#include "engine/operations/person_acts.h"
#include "engine/storage/anchor.h"
#include "server/services/wire_codec.h"

namespace noren::server {
namespace {

using operations::Call;

using ActOperation = StatusOr<operations::ActResult> (*)(operations::ServiceContext&, const Call&,
                                                         const std::string&,
                                                         const operations::PersonAct&);

// An act as it came, and where its answer goes.
struct CarriedAct {
  wire::ActAnswer& answer;
  const wire::Idempotency& idempotency;
  const wire::PersonAct& act;
};

void RunAct(ServiceCalls& calls, Literal method, ActOperation operation,
            const CarriedAct& carried) {
  calls.Run(method, [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto act, ActFromWire(carried.act));
    NOREN_ASSIGN_OR_RETURN(const auto result,
                           operation(calls.operations(), call, carried.idempotency.key, act));
    carried.answer = ToWire(result);
    return OkStatus();
  });
}

}  // namespace

void PersonService::prepare_act(std::string& answer, const std::string& act,
                                const std::string& handle,
                                const std::map<std::string, std::string>& fields) {
  calls_.Run("person.prepare_act", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::SeekerHandle>(handle, "handle"));
    NOREN_ASSIGN_OR_RETURN(answer,
                           operations::PrepareAct(calls_.operations(), call, act, id, fields));
    return OkStatus();
  });
}

void PersonService::request_code(const std::string& handle, const std::string& statement) {
  calls_.Run("person.request_code", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::SeekerHandle>(handle, "handle"));
    return operations::RequestCode(calls_.operations(), call, id, statement);
  });
}

void PersonService::set_discoverable(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                                     const wire::PersonAct& act) {
  RunAct(calls_, "person.set_discoverable", operations::SetDiscoverable,
         {answer, idempotency, act});
}

void PersonService::answer_invitation(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                                      const wire::PersonAct& act) {
  RunAct(calls_, "person.answer_invitation", operations::AnswerInvitation,
         {answer, idempotency, act});
}

void PersonService::withdraw(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                             const wire::PersonAct& act) {
  RunAct(calls_, "person.withdraw", operations::Withdraw, {answer, idempotency, act});
}

void PersonService::block_employers(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                                    const wire::PersonAct& act) {
  RunAct(calls_, "person.block_employers", operations::BlockEmployers, {answer, idempotency, act});
}

void PersonService::unblock_employers(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                                      const wire::PersonAct& act) {
  RunAct(calls_, "person.unblock_employers", operations::UnblockEmployers,
         {answer, idempotency, act});
}

void PersonService::rewrap(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                           const wire::PersonAct& act) {
  RunAct(calls_, "person.rewrap", operations::RewrapConsent, {answer, idempotency, act});
}

void PersonService::read_own_item(std::string& answer, const std::string& handle,
                                  const std::string& item, const std::int64_t offset) {
  calls_.Run("person.read_own_item", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto seeker, ParseId<model::SeekerHandle>(handle, "handle"));
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::ItemId>(item, "item"));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t at, CountFromWire(offset, "offset"));
    NOREN_ASSIGN_OR_RETURN(const Bytes bytes,
                           operations::ReadOwnItem(calls_.operations(), call, seeker, id, at));
    answer = BytesToWire(bytes);
    return OkStatus();
  });
}

void PersonService::request_erasure(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                                    const wire::PersonAct& act) {
  RunAct(calls_, "person.request_erasure", operations::RequestErasure, {answer, idempotency, act});
}

void PersonService::read_record(wire::PersonRecord& answer, const wire::PersonAct& act) {
  calls_.Run("person.read_record", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto carried, ActFromWire(act));
    NOREN_ASSIGN_OR_RETURN(const auto record,
                           operations::ReadOwnRecord(calls_.operations(), call, carried));
    answer = ToWire(record, storage::NameOf(calls_.operations().erasure_claim));
    return OkStatus();
  });
}

}  // namespace noren::server
