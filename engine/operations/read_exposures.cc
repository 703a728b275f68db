// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/read_exposures.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "engine/audit/log_reader.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/authorize.h"
#include "engine/operations/exposures.h"
#include "engine/operations/market.h"
#include "engine/operations/register_company.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

constexpr auto kOperation = audit::Operation::kReadAccessHistory;

struct Opened {
  LoadedPerson person;
  std::uint64_t sequence = 0;  // of the entry of the first page
};

StatusOr<Opened> OpenFirst(ServiceContext& context, const Call& call, const PersonAct& act) {
  std::optional<AdmittedAct> reader;
  NOREN_ASSIGN_OR_RETURN(const EntryPosition position, Record(context, [&]() -> StatusOr<Attempt> {
                           NOREN_ASSIGN_OR_RETURN(
                               reader, AdmitAct(context, call, act, personal_data::ActKind::kRead));
                           return StartActAttempt(call, *reader, kOperation);
                         }));
  return Opened{std::move(reader->person), position.sequence};
}

// The log says that this very statement was admitted for this; the handle in it is this portal's.
StatusOr<Opened> OpenLater(ServiceContext& context, const Call& call, const PersonAct& act,
                           std::uint64_t sequence) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_ASSIGN_OR_RETURN(const personal_data::Act parsed, personal_data::ParseAct(act.statement));
  NOREN_RETURN_IF_ERROR(personal_data::CheckFresh(parsed, context.time.Now()));
  const Status other = MakeFieldError(ErrorCode::kBadRequest, "page.cursor");
  const auto index = audit::IndexOfSequence(context.pipeline.log_state(), sequence);
  if (!index.ok()) return other;
  const audit::LogReader reader(context.store, kEmbeddedPartition);
  NOREN_ASSIGN_OR_RETURN(const auto page, reader.ReadEntries(*index, *index + 1));
  NOREN_ASSIGN_OR_RETURN(const auto entry, audit::DecodeAuditEntry(page.front().entry));
  const bool same = entry.operation == kOperation && entry.decision == audit::Decision::kAllowed &&
                    entry.statement_digest == personal_data::StatementDigest(act.statement);
  if (!same) return other;
  NOREN_ASSIGN_OR_RETURN(LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, parsed.handle));
  return Opened{std::move(person), sequence};
}

}  // namespace

namespace {

// Names what is only numbered; each company is looked up once.
class Names {
 public:
  explicit Names(ServiceContext& context) : context_(context) {}

  StatusOr<ExposureView> View(personal_data::Disclosure shown) {
    ExposureView view;
    const std::string company = std::string(model::RoleName(model::Role::kCompany)) + ":";
    if (shown.who.starts_with(company)) {
      NOREN_ASSIGN_OR_RETURN(view.viewer_name, NameOf(shown.who.substr(company.size())));
    }
    const auto posting = context_.market.FindPosting(shown.posting);
    if (posting) view.posting_title = posting->title;
    view.shown = std::move(shown);
    return view;
  }

 private:
  StatusOr<std::string> NameOf(const std::string& company) {
    const auto known = legal_names_.find(company);
    if (known != legal_names_.end()) return known->second;
    NOREN_ASSIGN_OR_RETURN(const auto record, FindCompany(context_, company));
    return legal_names_.emplace(company, record ? record->legal_name : "").first->second;
  }

  ServiceContext& context_;
  std::map<std::string, std::string> legal_names_;
};

}  // namespace

StatusOr<ExposurePage> ReadExposures(ServiceContext& context, const Call& call,
                                     const PersonAct& act, const ExposurePosition& at,
                                     std::size_t limit) {
  NOREN_ASSIGN_OR_RETURN(const Opened opened, at.opened == 0
                                                  ? OpenFirst(context, call, act)
                                                  : OpenLater(context, call, act, at.opened));
  NOREN_ASSIGN_OR_RETURN(auto all, LoadExposures(context, opened.person));
  auto begin = all.begin();
  if (at.opened != 0) {
    begin = std::find_if(all.begin(), all.end(), [&at](const personal_data::Disclosure& one) {
      return one.audit_sequence < at.before;
    });
  }
  ExposurePage page;
  page.language = opened.person.record.language;
  Names names(context);
  // Records of one entry stay together, so that the next page begins behind an entry.
  for (; begin != all.end(); ++begin) {
    const bool is_full = page.exposures.size() >= limit;
    if (is_full && begin->audit_sequence != page.exposures.back().shown.audit_sequence) break;
    NOREN_ASSIGN_OR_RETURN(ExposureView view, names.View(std::move(*begin)));
    page.exposures.push_back(std::move(view));
  }
  if (begin != all.end()) {
    page.next = ExposurePosition{opened.sequence, page.exposures.back().shown.audit_sequence};
  }
  return page;
}

}  // namespace noren::operations
