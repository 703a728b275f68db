// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/provisions.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/act_run.h"
#include "engine/operations/authorize.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

ProvisionLine LineOf(ServiceContext& context, personal_data::ProvisionRecord record,
                     model::Language language) {
  ProvisionLine line;
  for (const model::ItemKind kind : record.item_kinds) {
    const policy::ItemRule* const rule = context.policy.FindItem(kind);
    line.item_names.push_back(rule != nullptr ? rule->label.In(language)
                                              : std::string(model::ItemKindName(kind)));
  }
  const policy::PurposeRule* const purpose = context.policy.FindPurpose(record.purpose);
  line.purpose_name = purpose != nullptr ? purpose->label.In(language)
                                         : std::string(model::PurposeName(record.purpose));
  line.record = std::move(record);
  return line;
}

// The least key of a time: no release sorts before it.
std::string FirstKeyOf(UnixSeconds time) {
  return keyspaces::ProvisionKey(time.value, model::ReleaseId());
}

Status RecordReading(ServiceContext& context, const Call& call) {
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  Attempt attempt;
                  attempt.change.entry.operation = audit::Operation::kReadProvisions;
                  attempt.change.entry.principal = call.principal;
                  return attempt;
                })
      .status();
}

}  // namespace

StatusOr<ProvisionPage> ListProvisions(ServiceContext& context, const Call& call,
                                       const ProvisionQuery& query) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (query.from >= query.to) return MakeFieldError(ErrorCode::kBadRequest, "from_time");
  NOREN_RETURN_IF_ERROR(RecordReading(context, call));
  const std::string prefix(keyspaces::kProvision);
  // An id of nothing is never given, so that nothing stands at the very first key.
  const std::string after = query.mark.empty() ? FirstKeyOf(query.from) : prefix + query.mark;
  const auto stored = context.store.Scan(kEmbeddedPartition, prefix, after, query.rows);
  if (!stored.ok()) return MakeError(ErrorCode::kStorage);
  ProvisionPage page;
  const std::string end = FirstKeyOf(query.to);
  for (const storage::KeyValue& item : stored->items) {
    if (item.key >= end) return page;
    NOREN_ASSIGN_OR_RETURN(auto record,
                           personal_data::DecodeProvision(item.key, item.value, context.keys));
    page.lines.push_back(LineOf(context, std::move(record), query.language));
  }
  if (stored->more) page.next_mark = stored->items.back().key.substr(prefix.size());
  return page;
}

StatusOr<std::vector<ProvisionLine>> ReadOwnProvisions(ServiceContext& context, const Call& call,
                                                       const PersonAct& act,
                                                       model::Language language) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson reader, AdmitOwnReading(context, call, act));
  return LoadProvisions(context, reader, language);
}

StatusOr<std::vector<ProvisionLine>> LoadProvisions(ServiceContext& context,
                                                    const LoadedPerson& person,
                                                    model::Language language) {
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  std::vector<ProvisionLine> lines;
  for (const personal_data::Invitation& invitation : invitations) {
    NOREN_ASSIGN_OR_RETURN(const auto releases,
                           ScanAll(context, keyspaces::ReleasePrefix(invitation.consent)));
    for (const storage::KeyValue& item : releases) {
      NOREN_ASSIGN_OR_RETURN(const auto release,
                             personal_data::DecodeRelease(person.context(), item.key, item.value));
      const std::string key = keyspaces::ProvisionKey(release.released_at.value, release.release);
      NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
      if (!stored) return MakeError(ErrorCode::kDataCorrupt, "a release without its provision");
      NOREN_ASSIGN_OR_RETURN(auto record,
                             personal_data::DecodeProvision(key, *stored, context.keys));
      lines.push_back(LineOf(context, std::move(record), language));
    }
  }
  std::sort(lines.begin(), lines.end(), [](const ProvisionLine& a, const ProvisionLine& b) {
    return std::tie(a.record.at, a.record.release) < std::tie(b.record.at, b.record.release);
  });
  return lines;
}

}  // namespace noren::operations
