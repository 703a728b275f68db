// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/open_postings.h"

#include <utility>

#include "engine/audit/operation.h"
#include "engine/intake/contact_data.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/posting_record.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/stated/postings.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;

OpenPosting PublishedOf(PostingRecord record) {
  model::Posting& content = record.content;
  OpenPosting open;
  open.posting = record.posting;
  open.company = std::move(content.company);
  open.title = std::move(content.title);
  open.is_personal = intake::HoldsContact(content.description);
  if (!open.is_personal) open.description = std::move(content.description);
  open.occupations = std::move(content.occupations);
  open.regions = std::move(content.regions);
  open.employment_types = content.employment_types;
  open.wage = content.wage;
  open.registered_at = record.registered_at;
  return open;
}

// A title that tells how to reach somebody is not shown at all.
bool IsShown(const PostingRecord& record) {
  return record.open && !intake::HoldsContact(record.content.title);
}

}  // namespace

StatusOr<OpenPostingPage> ListOpenPostings(ServiceContext& context, const Call& call,
                                           const std::optional<model::PostingId>& after,
                                           std::size_t limit) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  if (limit < 1 || limit > kMaxOpenPostings)
    return model::MakeFieldError(ErrorCode::kBadRequest, "limit", "1..200");
  const policy::Decision open = policy::ArePostingsOpen(context.policy);
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kListOpenPostings, ""}, open));
  OpenPostingPage page;
  const std::string prefix(keyspaces::kPosting);
  std::string behind = after ? keyspaces::PostingKey(*after) : std::string();
  for (bool more = true; more && !page.next;) {
    const auto read = context.store.Scan(kEmbeddedPartition, prefix, behind, limit);
    if (!read.ok()) return model::MakeError(ErrorCode::kStorage);
    more = read->more;
    for (const storage::KeyValue& item : read->items) {
      behind = item.key;
      NOREN_ASSIGN_OR_RETURN(const auto id, keyspaces::IdOfKey<model::PostingId>(item.key, 0));
      NOREN_ASSIGN_OR_RETURN(PostingRecord record,
                             DecodePostingRecord(id, item.value, context.keys));
      if (!IsShown(record)) continue;
      if (page.postings.size() == limit) {
        page.next = page.postings.back().posting;
        break;
      }
      page.postings.push_back(PublishedOf(std::move(record)));
    }
  }
  NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                          Attempt attempt;
                          attempt.change.entry.operation = audit::Operation::kListOpenPostings;
                          attempt.change.entry.principal = call.principal;
                          attempt.change.entry.clause_ids = open.clauses;
                          return attempt;
                        }).status());
  return page;
}

}  // namespace noren::operations
