// What portals and people do about contacts.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/continuation_answer.h"
#include "engine/operations/subscriptions.h"
#include "server/services/person_service.h"
#include "server/services/portal_service.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_contact.h"

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

void PersonService::unsubscribe(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                                const wire::PersonAct& act) {
  RunAct(calls_, "person.unsubscribe", operations::Unsubscribe, {answer, idempotency, act});
}

void PersonService::subscribe(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                              const wire::PersonAct& act) {
  RunAct(calls_, "person.subscribe", operations::Subscribe, {answer, idempotency, act});
}

void PersonService::answer_continuation(wire::ActAnswer& answer,
                                        const wire::Idempotency& idempotency,
                                        const wire::PersonAct& act) {
  RunAct(calls_, "person.answer_continuation", operations::AnswerContinuation,
         {answer, idempotency, act});
}

void PersonService::list_own_contacts(wire::PersonContacts& answer, const wire::PersonAct& act) {
  calls_.Run("person.list_own_contacts", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto carried, ActFromWire(act));
    NOREN_ASSIGN_OR_RETURN(const auto contacts,
                           operations::ReadOwnContacts(calls_.operations(), call, carried));
    answer = ToWire(contacts);
    return OkStatus();
  });
}

void PortalService::read_announcement(wire::Announcement& answer, const std::string& announcement) {
  calls_.Run("portal.read_announcement", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id,
                           ParseId<operations::AnnouncementId>(announcement, "announcement"));
    NOREN_ASSIGN_OR_RETURN(const auto record,
                           operations::ReadAnnouncement(calls_.operations(), call, id));
    answer = ToWire(record);
    return OkStatus();
  });
}

}  // namespace noren::server
