// SPDX-License-Identifier: Apache-2.0
#include "server/services/people_service.h"

#include "engine/model/errors.h"
#include "engine/operations/hand_over.h"
#include "engine/operations/person_kinds.h"
#include "engine/operations/record_origin.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_destruction.h"

namespace noren::server {
namespace {

using operations::Call;

StatusOr<model::CivilDay> DayFromWire(const std::string& text, std::string_view field) {
  const auto day = model::ParseCivilDay(text);
  if (!day.ok()) return model::MakeFieldError(model::ErrorCode::kBadRequest, field, "2025-04-01");
  return *day;
}

StatusOr<std::optional<model::CivilDay>> OpenDayFromWire(const std::string& text,
                                                         std::string_view field) {
  if (text.empty()) return std::optional<model::CivilDay>();
  NOREN_ASSIGN_OR_RETURN(const model::CivilDay day, DayFromWire(text, field));
  return std::optional(day);
}

std::string ToWire(const std::optional<model::CivilDay>& day) {
  return day ? model::ToIso(*day) : std::string();
}

}  // namespace

void PeopleService::set_person_kind(wire::AuditPosition& answer,
                                    const wire::SetPersonKind& request) {
  calls_.Run("people.set_person_kind", [&](const Call& call) -> noren::Status {
    operations::SetPersonKindRequest set;
    set.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(set.person, NamedPersonFromWire(request.person, "person"));
    set.kind = request.period.kind;
    set.sub_kind = request.period.sub_kind;
    NOREN_ASSIGN_OR_RETURN(set.first_day, DayFromWire(request.period.first_day, "first_day"));
    NOREN_ASSIGN_OR_RETURN(set.last_day, OpenDayFromWire(request.period.last_day, "last_day"));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::SetPersonKind(calls_.operations(), call, set));
    answer = server::ToWire(position);
    return OkStatus();
  });
}

void PeopleService::read_person_kinds(wire::PersonKinds& answer, const std::string& person) {
  calls_.Run("people.read_person_kinds", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto named, NamedPersonFromWire(person, "person"));
    NOREN_ASSIGN_OR_RETURN(const operations::PersonKinds kinds,
                           operations::ReadPersonKinds(calls_.operations(), call, named));
    answer.registered_as = kinds.registered;
    answer.kind = kinds.kind;
    answer.sub_kinds = kinds.sub_kinds;
    for (const personal_data::KindPeriod& one : kinds.periods) {
      wire::KindPeriod& period = answer.periods.emplace_back();
      period.kind = one.kind;
      period.sub_kind = one.sub_kind;
      period.first_day = model::ToIso(one.first_day);
      period.last_day = ToWire(one.last_day);
    }
    return OkStatus();
  });
}

void PeopleService::use_for_purpose(wire::AuditPosition& answer, const std::string& person,
                                    const std::string& purpose) {
  calls_.Run("people.use_for_purpose", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto named, NamedPersonFromWire(person, "person"));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::UseForPurpose(calls_.operations(), call, named, purpose));
    answer = server::ToWire(position);
    return OkStatus();
  });
}

void PeopleService::record_origin(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                                  const std::string& person, const std::string& member) {
  calls_.Run("people.record_origin", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto named, NamedPersonFromWire(person, "person"));
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::RecordOrigin(calls_.operations(), call, {idempotency.key, named, member}));
    answer = server::ToWire(position);
    return OkStatus();
  });
}

void PeopleService::permit_partner(wire::AuditPosition& answer,
                                   const wire::PermitPartner& request) {
  calls_.Run("people.permit_partner", [&](const Call& call) -> noren::Status {
    operations::PermitPartnerRequest permit;
    permit.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(permit.person, NamedPersonFromWire(request.person, "person"));
    permit.partner = request.partner;
    permit.items = request.items;
    NOREN_ASSIGN_OR_RETURN(permit.first_day, DayFromWire(request.first_day, "first_day"));
    NOREN_ASSIGN_OR_RETURN(permit.last_day, OpenDayFromWire(request.last_day, "last_day"));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::PermitPartner(calls_.operations(), call, permit));
    answer = server::ToWire(position);
    return OkStatus();
  });
}

}  // namespace noren::server
