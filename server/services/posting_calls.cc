// Postings as documents, and as anybody may see them.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/open_postings.h"
#include "engine/operations/posting_documents.h"
#include "server/services/portal_service.h"
#include "server/services/wire_codec.h"

namespace noren::server {
namespace {

using operations::Call;

wire::Money ToWire(std::int64_t amount, model::Currency currency) {
  wire::Money money;
  money.amount = amount;
  money.currency = std::string(model::CurrencyName(currency));
  return money;
}

wire::OpenPosting ToWire(const operations::OpenPosting& posting) {
  wire::OpenPosting row;
  row.posting = posting.posting.ToString();
  row.company = posting.company;
  row.title = posting.title;
  row.description = posting.description;
  row.personal = posting.is_personal;
  for (const model::OccupationCode& one : posting.occupations)
    row.occupations.push_back(one.text());
  for (const model::RegionCode& one : posting.regions) row.regions.push_back(one.text());
  for (int i = 0; i < model::kEmploymentTypeCount; ++i) {
    const auto type = static_cast<model::EmploymentType>(i);
    if (posting.employment_types.Has(type))
      row.employment_types.emplace_back(model::EmploymentTypeName(type));
  }
  if (posting.wage) {
    row.__set_wage_min(ToWire(posting.wage->min_per_month, posting.wage->currency));
    row.__set_wage_max(ToWire(posting.wage->max_per_month, posting.wage->currency));
  }
  row.registered_at = posting.registered_at.value;
  return row;
}

}  // namespace

void PortalService::register_posting_document(wire::RegisterPostingAnswer& answer,
                                              const wire::Idempotency& idempotency,
                                              const std::string& document) {
  calls_.Run("portal.register_posting_document", [&](const Call& call) -> Status {
    NOREN_ASSIGN_OR_RETURN(
        const auto registered,
        operations::RegisterPostingDocument(calls_.operations(), call, idempotency.key, document));
    answer.posting = registered.posting.ToString();
    answer.audit = server::ToWire(registered.position);
    answer.personal = registered.personal;
    return OkStatus();
  });
}

// A page begins behind the posting that the cursor holds.
void PortalService::list_open_postings(wire::OpenPostingPage& answer,
                                       const wire::PageRequest& page) {
  calls_.Run("portal.list_open_postings", [&](const Call& call) -> Status {
    const Listing listing = calls_.ListingOf("portal.list_open_postings");
    NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    std::optional<model::PostingId> after;
    if (!position.mark.empty()) {
      NOREN_ASSIGN_OR_RETURN(after, ParseId<model::PostingId>(position.mark, "page.cursor"));
    }
    NOREN_ASSIGN_OR_RETURN(const auto open,
                           operations::ListOpenPostings(calls_.operations(), call, after, rows));
    for (const operations::OpenPosting& one : open.postings) answer.postings.push_back(ToWire(one));
    if (open.next)
      answer.next_cursor = calls_.cursors().Seal(
          listing, {position.offset + open.postings.size(), open.next->ToString()});
    return OkStatus();
  });
}

}  // namespace noren::server
