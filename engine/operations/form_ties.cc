// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/form_ties.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/stated/forms.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {

using model::ErrorCode;

StatusOr<std::optional<FormTie>> FindFormTie(ServiceContext& context, const LoadedPerson& person,
                                             const model::ItemId& item) {
  const std::string key = keyspaces::FormAnswerKey(person.person, item);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::optional<FormTie>();
  const auto opened =
      storage::OpenValue(person.keys->records, {keyspaces::kFormAnswer, key}, *stored);
  if (!opened.ok()) return model::MakeError(ErrorCode::kDataCorrupt, "form-answer");
  NOREN_ASSIGN_OR_RETURN(FormTie tie, DecodeFormTie(opened->plaintext));
  return std::optional<FormTie>(tie);
}

void StageFormTie(ServiceContext& context, const LoadedPerson& person, const model::ItemId& item,
                  const FormTie& tie, personal_data::Staged& staged) {
  const std::string key = keyspaces::FormAnswerKey(person.person, item);
  staged.Replace(key, std::nullopt,
                 storage::SealValue(person.keys->records, {keyspaces::kFormAnswer, key}, 1,
                                    EncodeFormTie(tie), context.random));
}

namespace {

// Nobody's answers to `posting`.
StatusOr<bool> IsOfAnother(ServiceContext& context, const LoadedPerson& person,
                           const model::PostingId& posting, const model::ItemId& item) {
  NOREN_ASSIGN_OR_RETURN(const auto tie, FindFormTie(context, person, item));
  return tie && tie->posting != posting;
}

}  // namespace

Status LeaveOutOthers(ServiceContext& context, const LoadedPerson& person,
                      const model::PostingId& posting,
                      std::vector<personal_data::ConsentItem>& items) {
  std::vector<personal_data::ConsentItem> kept;
  for (const personal_data::ConsentItem& item : items) {
    NOREN_ASSIGN_OR_RETURN(const bool is_other, IsOfAnother(context, person, posting, item.item));
    if (!is_other) kept.push_back(item);
  }
  items = std::move(kept);
  return OkStatus();
}

Status RequireOfPosting(ServiceContext& context, const Call& call, const LoadedPerson& person,
                        const model::PostingId& posting,
                        const std::vector<personal_data::ConsentItem>& items) {
  for (const personal_data::ConsentItem& item : items) {
    NOREN_ASSIGN_OR_RETURN(const bool is_other, IsOfAnother(context, person, posting, item.item));
    if (!is_other) continue;
    return RequireStated(context, call,
                         {audit::Operation::kGrantConsent, item.item.ToString(), &person},
                         policy::MayReleaseAnswers(context.policy, false));
  }
  return OkStatus();
}

Status StageIntoInvitations(ServiceContext& context, const LoadedPerson& person,
                            const model::PostingId& posting, const personal_data::ItemRecord& item,
                            personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (personal_data::Invitation invitation : invitations) {
    const auto& kinds = invitation.item_kinds;
    const bool asks = invitation.posting == posting &&
                      std::ranges::find(kinds, item.kind) != kinds.end() &&
                      invitation.items.size() < personal_data::kMaxConsentItems;
    if (!asks || context.time.Now() >= invitation.answer_by) continue;
    const std::string key =
        personal_data::keyspaces::InvitationKey(person.person, invitation.invitation);
    NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> before, ReadOne(context, key));
    // In the order of the ids, as a statement has them.
    const auto place = std::ranges::lower_bound(invitation.items, item.item, {},
                                                &personal_data::ConsentItem::item);
    invitation.items.insert(place, {item.item, item.payload_sha256});
    NOREN_ASSIGN_OR_RETURN(
        Bytes after, personal_data::EncodeInvitation(person.context(), invitation, context.random));
    staged.Replace(key, std::move(before), std::move(after));
  }
  return OkStatus();
}

}  // namespace noren::operations
