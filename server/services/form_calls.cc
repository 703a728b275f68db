// Forms of companies: set, reviewed, read, answered.
// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "engine/operations/company_forms.h"
#include "server/services/company_service.h"
#include "server/services/officer_service.h"
#include "server/services/portal_service.h"
#include "server/services/wire_codec.h"

namespace noren::server {
namespace {

using operations::Call;

wire::CompanyForm FormToWire(const operations::FormRecord& form, bool with_reviewer) {
  wire::CompanyForm answer;
  answer.posting = form.posting.ToString();
  answer.version = static_cast<std::int32_t>(form.version);
  answer.company = form.company;
  answer.state = std::string(operations::FormStateName(form.state));
  for (const operations::FormQuestion& one : form.questions) {
    wire::FormQuestion& row = answer.questions.emplace_back();
    row.id = one.id;
    row.label = one.label;
    row.is_required = one.is_required;
  }
  answer.put_at = form.put_at.value;
  answer.reviewed_at = form.reviewed_at.value;
  if (with_reviewer) answer.reviewed_by = form.reviewed_by;
  answer.reason = form.reason;
  return answer;
}

StatusOr<std::uint32_t> VersionFromWire(std::int32_t version) {
  if (version < 1) return model::MakeFieldError(model::ErrorCode::kBadRequest, "version");
  return static_cast<std::uint32_t>(version);
}

Status ReadFor(ServiceCalls& calls, const Call& call, const std::string& posting,
               wire::CompanyForm& answer) {
  NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::PostingId>(posting, "posting"));
  NOREN_ASSIGN_OR_RETURN(const auto form,
                         operations::ReadCompanyForm(calls.operations(), call, id));
  answer = FormToWire(form, call.principal.role == model::Role::kOfficer);
  return OkStatus();
}

}  // namespace

void CompanyService::put_form(wire::PutFormAnswer& answer, const wire::Idempotency& idempotency,
                              const std::string& posting,
                              const std::vector<wire::FormQuestion>& questions) {
  calls_.Run("company.put_form", [&](const Call& call) -> Status {
    operations::PutFormRequest request{idempotency.key, {}, {}};
    NOREN_ASSIGN_OR_RETURN(request.posting, ParseId<model::PostingId>(posting, "posting"));
    for (const wire::FormQuestion& one : questions)
      request.questions.push_back({one.id, one.label, one.is_required});
    NOREN_ASSIGN_OR_RETURN(const auto put,
                           operations::PutCompanyForm(calls_.operations(), call, request));
    answer.version = static_cast<std::int32_t>(put.version);
    answer.audit = server::ToWire(put.position);
    return OkStatus();
  });
}

void CompanyService::read_form(wire::CompanyForm& answer, const std::string& posting) {
  calls_.Run("company.read_form",
             [&](const Call& call) { return ReadFor(calls_, call, posting, answer); });
}

void PortalService::read_form(wire::CompanyForm& answer, const std::string& posting) {
  calls_.Run("portal.read_form",
             [&](const Call& call) { return ReadFor(calls_, call, posting, answer); });
}

void PortalService::answer_form(wire::ItemAnswer& answer, const wire::AnswerForm& request) {
  calls_.Run("portal.answer_form", [&](const Call& call) -> Status {
    operations::AnswerFormRequest form{request.idempotency.key, {}, {}, 0, request.answers};
    NOREN_ASSIGN_OR_RETURN(form.handle, ParseId<model::SeekerHandle>(request.handle, "handle"));
    NOREN_ASSIGN_OR_RETURN(form.posting, ParseId<model::PostingId>(request.posting, "posting"));
    NOREN_ASSIGN_OR_RETURN(form.version, VersionFromWire(request.version));
    NOREN_ASSIGN_OR_RETURN(const auto finished,
                           operations::AnswerCompanyForm(calls_.operations(), call, form));
    answer.item = finished.item.ToString();
    answer.audit = ToWire(finished.position);
    answer.__set_payload_sha256(
        std::string(finished.payload_sha256.begin(), finished.payload_sha256.end()));
    return OkStatus();
  });
}

void OfficerService::read_form(wire::CompanyForm& answer, const std::string& posting) {
  calls_.Run("officer.read_form",
             [&](const Call& call) { return ReadFor(calls_, call, posting, answer); });
}

void OfficerService::review_form(wire::AuditPosition& answer, const wire::ReviewForm& request) {
  calls_.Run("officer.review_form", [&](const Call& call) -> noren::Status {
    operations::ReviewFormRequest review{
        request.idempotency.key, {}, 0, request.publishes, request.reason};
    NOREN_ASSIGN_OR_RETURN(review.posting, ParseId<model::PostingId>(request.posting, "posting"));
    NOREN_ASSIGN_OR_RETURN(review.version, VersionFromWire(request.version));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::ReviewCompanyForm(calls_.operations(), call, review));
    answer = server::ToWire(position);
    return OkStatus();
  });
}

// A page begins behind the posting that the cursor holds.
void OfficerService::list_waiting_forms(wire::FormPage& answer, const wire::PageRequest& page) {
  calls_.Run("officer.list_waiting_forms", [&](const Call& call) -> noren::Status {
    const Listing listing = calls_.ListingOf("officer.list_waiting_forms");
    NOREN_ASSIGN_OR_RETURN(const std::size_t rows, PageRows(page.limit));
    NOREN_ASSIGN_OR_RETURN(const PagePosition position,
                           calls_.cursors().Open(listing, page.cursor));
    std::optional<model::PostingId> after;
    if (!position.mark.empty()) {
      NOREN_ASSIGN_OR_RETURN(after, ParseId<model::PostingId>(position.mark, "page.cursor"));
    }
    NOREN_ASSIGN_OR_RETURN(const auto waiting,
                           operations::ListWaitingForms(calls_.operations(), call, after, rows));
    if (waiting.next)
      answer.next_cursor = calls_.cursors().Seal(
          listing, {position.offset + waiting.forms.size(), waiting.next->ToString()});
    for (const operations::FormRecord& form : waiting.forms)
      answer.forms.push_back(FormToWire(form, true));
    return OkStatus();
  });
}

}  // namespace noren::server
