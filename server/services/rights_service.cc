// SPDX-License-Identifier: Apache-2.0
#include "server/services/rights_service.h"

#include "engine/model/errors.h"
#include "server/services/after_release_wire.h"
#include "server/services/person_service.h"
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

}  // namespace

void RightsService::receive_right(wire::ReceivedRight& answer, const wire::ReceiveRight& request) {
  calls_.Run("rights.receive_right", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto receive, ReceiveFromWire(request));
    NOREN_ASSIGN_OR_RETURN(const auto received,
                           operations::ReceiveRight(calls_.operations(), call, receive));
    answer = ToWire(received);
    return OkStatus();
  });
}

void RightsService::identify_requester(wire::ReceivedRight& answer,
                                       const wire::IdentifyRight& request) {
  calls_.Run("rights.identify_requester", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto identify, IdentifyFromWire(request));
    NOREN_ASSIGN_OR_RETURN(const auto received,
                           operations::IdentifyRequester(calls_.operations(), call, identify));
    answer = ToWire(received);
    return OkStatus();
  });
}

void RightsService::decide_right(wire::DecidedRight& answer, const wire::DecideRight& request) {
  calls_.Run("rights.decide_right", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto decide, DecideFromWire(request));
    NOREN_ASSIGN_OR_RETURN(const auto decided,
                           operations::DecideRight(calls_.operations(), call, decide));
    answer = ToWire(decided);
    return OkStatus();
  });
}

void RightsService::settle_right(wire::AuditPosition& answer, const wire::SettleRight& request) {
  calls_.Run("rights.settle_right", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto settle, SettleFromWire(request));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::SettleRight(calls_.operations(), call, settle));
    answer = ToWire(position);
    return OkStatus();
  });
}

void RightsService::destroy_right_papers(wire::AuditPosition& answer,
                                         const wire::Idempotency& idempotency,
                                         const std::string& request, const std::string& method) {
  calls_.Run("rights.destroy_right_papers", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseRequest(request));
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::DestroyRightPapers(calls_.operations(), call, idempotency.key, id, method));
    answer = ToWire(position);
    return OkStatus();
  });
}

void RightsService::list_rights(wire::RightPage& answer, const std::string& filter,
                                const wire::PageRequest& page) {
  calls_.Run("rights.list_rights", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto wanted, RightFilterFromWire(filter));
    // A cursor holds for this filter only.
    const Listing listing = calls_.ListingOf("rights.list_rights", filter);
    NOREN_ASSIGN_OR_RETURN(const std::size_t limit, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(const auto rights,
                           operations::ListRights(calls_.operations(), call, wanted));
    const PageRange range = RangeOf(position.offset, limit, rights.size());
    for (std::size_t i = range.begin; i < range.end; ++i)
      answer.rights.push_back(ToWire(rights[i]));
    if (range.has_more) answer.next_cursor = calls_.cursors().Seal(listing, {range.end, ""});
    return OkStatus();
  });
}

void RightsService::show_right(wire::Right& answer, const std::string& request) {
  calls_.Run("rights.show_right", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseRequest(request));
    NOREN_ASSIGN_OR_RETURN(const auto shown, operations::ShowRight(calls_.operations(), call, id));
    answer = ToWire(shown);
    return OkStatus();
  });
}

void RightsService::write_right_letter(std::string& answer, const std::string& request,
                                       const std::string& language, bool html) {
  calls_.Run("rights.write_right_letter", [&](const Call& call) -> noren::Status {
    operations::RightLetterRequest letter;
    NOREN_ASSIGN_OR_RETURN(letter.request, ParseRequest(request));
    if (!language.empty()) {
      NOREN_ASSIGN_OR_RETURN(letter.language, LanguageFromWire(language, "language"));
    }
    letter.html = html;
    NOREN_ASSIGN_OR_RETURN(answer, operations::WriteRightLetter(calls_.operations(), call, letter));
    return OkStatus();
  });
}

void PersonService::ask_for_right(wire::ActAnswer& answer, const wire::Idempotency& idempotency,
                                  const wire::PersonAct& act) {
  calls_.Run("person.ask_for_right", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto carried, ActFromWire(act));
    NOREN_ASSIGN_OR_RETURN(const auto result, operations::AskForRight(calls_.operations(), call,
                                                                      idempotency.key, carried));
    answer = ToWire(result);
    return OkStatus();
  });
}

void PersonService::list_own_rights(wire::RightPage& answer, const wire::PersonAct& act) {
  calls_.Run("person.list_own_rights", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto carried, ActFromWire(act));
    NOREN_ASSIGN_OR_RETURN(const auto rights,
                           operations::ReadOwnRights(calls_.operations(), call, carried));
    for (const operations::ListedRight& one : rights) answer.rights.push_back(ToWire(one));
    return OkStatus();
  });
}

}  // namespace noren::server
