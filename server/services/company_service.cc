// SPDX-License-Identifier: Apache-2.0
#include "server/services/company_service.h"

#include "engine/operations/authorize.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/market.h"
#include "engine/operations/rank.h"
#include "engine/operations/withdrawals.h"
#include "server/services/after_release_wire.h"
#include "server/services/wire_codec.h"

namespace noren::server {

using model::ErrorCode;
using operations::Call;

void CompanyService::add_key(wire::AuditPosition& answer, const wire::Idempotency& idempotency,
                             const std::string& recipient) {
  calls_.Run("company.add_key", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::AddCompanyKey(calls_.operations(), call, idempotency.key, recipient));
    answer = ToWire(position);
    return OkStatus();
  });
}

void CompanyService::list_postings(wire::CompanyPostingPage& answer,
                                   const wire::PageRequest& page) {
  calls_.Run("company.list_postings", [&](const Call& call) -> Status {
    NOREN_RETURN_IF_ERROR(
        operations::RequireRole(calls_.operations(), call, {model::Role::kCompany}));
    const Listing listing = calls_.ListingOf("company.list_postings");
    NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    const auto postings = calls_.operations().market.PostingsOf(call.principal.name);
    const PageRange range = RangeOf(position.offset, rows, postings.size());
    for (std::size_t i = range.begin; i < range.end; ++i) {
      wire::CompanyPosting& row = answer.postings.emplace_back();
      row.posting = postings[i].posting.ToString();
      row.title = postings[i].title;
      row.state = postings[i].open ? "open" : "closed";
      row.registered_at = postings[i].registered_at.value;
    }
    if (range.has_more) answer.next_cursor = calls_.cursors().Seal(listing, {range.end, ""});
    return OkStatus();
  });
}

void CompanyService::list_cards(wire::CardPage& answer, const std::string& posting,
                                const wire::PageRequest& page) {
  calls_.Run("company.list_cards", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::PostingId>(posting, "posting"));
    const Listing listing = calls_.ListingOf("company.list_cards", posting);
    NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(const auto cards, operations::ListCards(calls_.operations(), call, id,
                                                                   position.offset, rows));
    // Cards are in another order in another epoch: a page of one does not continue in the next.
    if (!position.mark.empty() && position.mark != cards.epoch) {
      return model::MakeFieldError(ErrorCode::kStateConflict, "page.cursor",
                                   "the cards' epoch has changed");
    }
    for (const operations::CardView& card : cards.cards) answer.cards.push_back(ToWire(card));
    answer.epoch = cards.epoch;
    const std::uint64_t next = position.offset + cards.cards.size();
    if (!cards.cards.empty() && next < cards.total) {
      answer.next_cursor = calls_.cursors().Seal(listing, {next, cards.epoch});
    }
    return OkStatus();
  });
}

void CompanyService::invite(wire::AuditPosition& answer, const wire::InviteRequest& request) {
  calls_.Run("company.invite", [&](const Call& call) -> Status {
    operations::InviteRequest invite;
    invite.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(invite.posting, ParseId<model::PostingId>(request.posting, "posting"));
    invite.card = request.card;
    invite.how_many = request.how_many;
    NOREN_ASSIGN_OR_RETURN(invite.item_kinds, ItemKindsFromWire(request.item_kinds, "item_kinds"));
    NOREN_ASSIGN_OR_RETURN(invite.purpose, PurposeFromWire(request.purpose, "purpose"));
    invite.decided_by = request.decided_by;
    if (request.__isset.decision) invite.decision = SignedFromWire(request.decision);
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::InviteCandidates(calls_.operations(), call, invite));
    answer = ToWire(position);
    return OkStatus();
  });
}

void CompanyService::list_applicants(wire::ApplicantPage& answer, const std::string& posting,
                                     const wire::PageRequest& page) {
  calls_.Run("company.list_applicants", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::PostingId>(posting, "posting"));
    const Listing listing = calls_.ListingOf("company.list_applicants", posting);
    NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    NOREN_ASSIGN_OR_RETURN(const auto applicants,
                           operations::ListApplicants(calls_.operations(), call, id));
    const PageRange range = RangeOf(position.offset, rows, applicants.size());
    for (std::size_t i = range.begin; i < range.end; ++i) {
      answer.applicants.push_back(ToWire(applicants[i]));
    }
    if (range.has_more) answer.next_cursor = calls_.cursors().Seal(listing, {range.end, ""});
    return OkStatus();
  });
}

void CompanyService::explain(wire::Explanation& answer, const std::string& candidate) {
  calls_.Run("company.explain", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::CandidateRef>(candidate, "candidate"));
    NOREN_ASSIGN_OR_RETURN(const auto explanation,
                           operations::ExplainCandidate(calls_.operations(), call, id));
    answer = ToWire(explanation);
    return OkStatus();
  });
}

void CompanyService::collect_release(wire::Release& answer, const wire::CollectRequest& request) {
  calls_.Run("company.collect_release", [&](const Call& call) -> Status {
    operations::CollectRequest collect;
    collect.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(collect.candidate,
                           ParseId<model::CandidateRef>(request.candidate, "candidate"));
    collect.order_key = request.order_key;
    collect.reason = request.reason;
    NOREN_ASSIGN_OR_RETURN(collect.reason_code,
                           DownloadReasonFromWire(request.reason_code, "reason_code"));
    NOREN_ASSIGN_OR_RETURN(const auto release,
                           operations::CollectRelease(calls_.operations(), call, collect));
    answer = ToWire(release);
    return OkStatus();
  });
}

void CompanyService::read_payload(std::string& answer, const std::string& release,
                                  const std::string& item, const std::int64_t offset) {
  calls_.Run("company.read_payload", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto release_id, ParseId<model::ReleaseId>(release, "release"));
    NOREN_ASSIGN_OR_RETURN(const auto item_id, ParseId<model::ItemId>(item, "item"));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t at, CountFromWire(offset, "offset"));
    NOREN_ASSIGN_OR_RETURN(const Bytes chunk, operations::ReadPayload(calls_.operations(), call,
                                                                      release_id, item_id, at));
    answer = BytesToWire(chunk);
    return OkStatus();
  });
}

void CompanyService::list_withdrawals(std::vector<wire::Withdrawal>& answer) {
  calls_.Run("company.list_withdrawals", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto withdrawals,
                           operations::ListWithdrawals(calls_.operations(), call));
    for (const auto& withdrawal : withdrawals) answer.push_back(ToWire(withdrawal));
    return OkStatus();
  });
}

void CompanyService::acknowledge_withdrawal(wire::AuditPosition& answer,
                                            const wire::Idempotency& idempotency,
                                            const std::string& candidate) {
  calls_.Run("company.acknowledge_withdrawal", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::CandidateRef>(candidate, "candidate"));
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::AcknowledgeWithdrawal(calls_.operations(), call, idempotency.key, id));
    answer = ToWire(position);
    return OkStatus();
  });
}

void CompanyService::leave(wire::AuditPosition& answer, const wire::Idempotency& idempotency) {
  calls_.Run("company.leave", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::LeaveAsCompany(calls_.operations(), call, idempotency.key));
    answer = ToWire(position);
    return OkStatus();
  });
}

}  // namespace noren::server
