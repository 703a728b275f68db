// The calls of the service "register" about media. docs/formats/medium.md
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "engine/model/errors.h"
#include "engine/operations/media.h"
#include "server/services/after_release_wire.h"
#include "server/services/register_service.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_destruction.h"

namespace noren::server {

using operations::Call;

void RegisterService::put_on_medium(wire::MediumPackage& answer, const wire::PutOnMedium& request) {
  calls_.Run("register.put_on_medium", [&](const Call& call) -> noren::Status {
    operations::PutOnMediumRequest wanted;
    wanted.medium = request.medium;
    wanted.reason = request.reason;
    wanted.plain = request.plain;
    for (const std::string& one : request.people) {
      NOREN_ASSIGN_OR_RETURN(auto person, NamedPersonFromWire(one, "people"));
      wanted.people.push_back(std::move(person));
    }
    NOREN_ASSIGN_OR_RETURN(const operations::MediumPackage package,
                           operations::PutOnMedium(calls_.operations(), call, wanted));
    answer.file = std::string(AsText(package.file));
    answer.entry = static_cast<std::int64_t>(package.entry);
    answer.audit = ToWire(package.position);
    return OkStatus();
  });
}

void RegisterService::open_medium_package(wire::OpenedMediumPackage& answer,
                                          const wire::OpenMediumPackage& request) {
  calls_.Run("register.open_medium_package", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const operations::OpenedPackage opened,
                           operations::OpenMediumPackage(calls_.operations(), call,
                                                         {request.medium, ToBytes(request.header),
                                                          request.recipient, request.reason}));
    answer.header = std::string(AsText(opened.header));
    answer.audit = ToWire(opened.position);
    return OkStatus();
  });
}

void RegisterService::lose_medium(wire::LostMedium& answer, const wire::LoseMedium& request) {
  calls_.Run("register.lose_medium", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(
        const operations::LostMedium lost,
        operations::LoseMedium(calls_.operations(), call,
                               {request.idempotency.key, request.medium, {request.at}}));
    answer.entry = static_cast<std::int64_t>(lost.entry);
    answer.incident = static_cast<std::int64_t>(lost.incident);
    answer.people = static_cast<std::int64_t>(lost.people);
    answer.audit = ToWire(lost.position);
    return OkStatus();
  });
}

void RegisterService::list_affected(wire::AffectedPeople& answer, const std::int64_t incident,
                                    const wire::PageRequest& page) {
  calls_.Run("register.list_affected", [&](const Call& call) -> noren::Status {
    operations::AffectedQuery query;
    NOREN_ASSIGN_OR_RETURN(query.incident, CountFromWire(incident, "incident"));
    const std::string argument = std::to_string(incident);
    const Listing listing = calls_.ListingOf("register.list_affected", argument);
    NOREN_ASSIGN_OR_RETURN(query.limit, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    if (!position.mark.empty()) {
      NOREN_ASSIGN_OR_RETURN(query.after, model::PersonId::Parse(position.mark));
    }
    NOREN_ASSIGN_OR_RETURN(const operations::AffectedPeople affected,
                           operations::ListAffected(calls_.operations(), call, query));
    answer.medium = affected.medium;
    for (const operations::AffectedPerson& one : affected.people) {
      wire::AffectedPerson& row = answer.people.emplace_back();
      row.person = one.person.portal + "/" + one.person.handle.ToString();
      row.first_at = one.put.first_at.value;
      row.last_at = one.put.last_at.value;
      constexpr std::uint32_t kMost = std::numeric_limits<std::int32_t>::max();
      row.packages = static_cast<std::int32_t>(std::min(one.put.packages, kMost));
    }
    if (affected.next) {
      answer.next_cursor = calls_.cursors().Seal(
          listing, {position.offset + affected.people.size(), affected.next->ToString()});
    }
    return OkStatus();
  });
}

}  // namespace noren::server
