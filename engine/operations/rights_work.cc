// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rights_work.h"

#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/operations/events.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/personal_numbers.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/statement_diff.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::Right;
using policy::RightEffect;

}  // namespace

StatusOr<LoadedRight> LoadRight(ServiceContext& context, const model::RequestId& request) {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, RightKey(request)));
  if (!stored) return model::MakeError(ErrorCode::kNotFound);
  LoadedRight loaded;
  NOREN_ASSIGN_OR_RETURN(loaded.head, OpenRightHead(request, *stored, context.keys));
  loaded.stored = std::move(*stored);
  if (loaded.head.person.is_none()) return loaded;
  StatusOr<LoadedPerson> person = LoadPerson(context, loaded.head.person);
  if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return loaded;  // destroyed
  NOREN_RETURN_IF_ERROR(person.status());
  loaded.person = std::move(*person);
  const std::string key = RightTextKey(loaded.head.person, request);
  NOREN_ASSIGN_OR_RETURN(loaded.text_stored, ReadOne(context, key));
  if (!loaded.text_stored) return loaded;
  const auto opened = storage::OpenValue(loaded.person->keys->records,
                                         {keyspaces::kRightsText, key}, *loaded.text_stored);
  if (!opened.ok()) return model::MakeError(ErrorCode::kDataCorrupt, "rights text");
  NOREN_ASSIGN_OR_RETURN(loaded.text, DecodeRightText(opened->plaintext));
  return loaded;
}

StatusOr<std::vector<model::RequestId>> RequestsOf(ServiceContext& context,
                                                   const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto texts, ScanAll(context, RightTextPrefix(person.person)));
  std::vector<model::RequestId> requests;
  for (const storage::KeyValue& text : texts) {
    NOREN_ASSIGN_OR_RETURN(requests.emplace_back(),
                           personal_data::keyspaces::IdOfKey<model::RequestId>(text.key, 1));
  }
  return requests;
}

Status StageRightHead(ServiceContext& context, const RightHead& head, std::optional<Bytes> previous,
                      personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(Bytes sealed, SealRightHead(head, context.keys, context.random));
  staged.Replace(RightKey(head.request), std::move(previous), std::move(sealed));
  return OkStatus();
}

Status StageRightText(ServiceContext& context, const LoadedPerson& person,
                      const model::RequestId& request, const RightText& text,
                      std::optional<Bytes> previous, personal_data::Staged& staged) {
  const std::string key = RightTextKey(person.person, request);
  // The person is there until this very commit: nothing of theirs is written after an erasure.
  staged.Require(personal_data::keyspaces::PersonKey(person.person), person.stored);
  staged.Replace(key, std::move(previous),
                 storage::SealValue(person.keys->records, {keyspaces::kRightsText, key}, 1,
                                    EncodeRightText(text), context.random));
  return OkStatus();
}

StatusOr<Attempt> StartRightAttempt(ServiceContext& context, const Call& call,
                                    audit::Operation operation, const LoadedRight& before,
                                    const RightHead& head) {
  Attempt attempt;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = head.request.ToString();
  if (!head.person.is_none()) attempt.change.entry.subject = head.person.ToString();
  if (before.person) {
    attempt.subject = before.person->person;
    attempt.subject_keys = before.person->keys;
  }
  NOREN_ASSIGN_OR_RETURN(const auto rule, policy::RuleOfRight(context.policy, head.right));
  attempt.change.entry.clause_ids = rule.clauses;
  NOREN_RETURN_IF_ERROR(StageRightHead(context, head, before.stored, attempt.change.staged));
  return attempt;
}

Status SetFreeze(ServiceContext& context, const RightHead& head,
                 const std::optional<Freeze>& freeze, Change& change) {
  if (head.person.is_none()) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const bool changes,
                         StageFreeze(context, head.person, head.request, freeze, change.staged));
  if (!changes) return OkStatus();
  change.narrowing = MakeFreezeAct(
      {head.person, head.request, freeze, head.right, head.received_at, context.time.Now()});
  change.feed.push_back(PersonChanged(head.person));
  return OkStatus();
}

Status RecordRightRefusal(ServiceContext& context, const Call& call, audit::Operation operation,
                          const model::RequestId& request, const Status& refusal) {
  if (model::CodeOf(refusal) != ErrorCode::kPolicyForbids) return refusal;
  audit::EntryDraft entry;
  entry.operation = operation;
  entry.principal = call.principal;
  if (!request.is_none()) entry.object = request.ToString();
  const std::string detail = model::DetailOf(refusal);  // "E_IDENTITY G-72"
  if (const auto explained = policy::Explain(context.policy, detail.substr(0, detail.find(' '))))
    entry.clause_ids = explained->clauses;
  if (entry.clause_ids.size() > audit::kMaxClauses) entry.clause_ids.resize(audit::kMaxClauses);
  return RecordRefusal(context, std::move(entry), refusal);
}

Status CheckWritten(ServiceContext& context, const Call& call, audit::Operation operation,
                    const model::RequestId& request, const std::vector<std::string>& texts) {
  const Status may = RequireNoPersonalNumber(context.policy, texts, "text");
  return may.ok() ? may : RecordRightRefusal(context, call, operation, request, may);
}

std::optional<Freeze> PendingFreezeOf(ServiceContext& context, const RightHead& head) {
  const policy::PendingBlock block = policy::BlockWhileOpen(context.policy, head.right);
  if (block == policy::PendingBlock::kNone) return std::nullopt;
  const bool all = block == policy::PendingBlock::kUse;
  return Freeze{head.request, all ? FreezeScope::kUse : FreezeScope::kProvision,
                FreezeCause::kPending, context.time.Now()};
}

void TellOfRight(ServiceContext& context, const LoadedPerson& person, const RightHead& head,
                 std::string_view word, Change& change) {
  Event event;
  event.kind = EventKind::kRight;
  event.at = context.time.Now();
  event.subject = person.record.address.handle.ToString();
  event.object = head.request.ToString();
  event.detail = std::string(word);
  AddEvents(context, change, {{PortalOf(person), std::move(event)}});
}

StatusOr<policy::HandedIn> HandedInOf(ServiceContext& context, const RightHead& head) {
  policy::HandedIn in{head.right, head.requester, head.channel,
                      head.form,  head.parts,     head.fee_paid};
  if (head.on_form_of.is_none()) return in;
  NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, RightKey(head.on_form_of)));
  if (!stored) return model::MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const RightHead first,
                         OpenRightHead(head.on_form_of, *stored, context.keys));
  in.fee_on_form = first.fee_paid;
  return in;
}

Status WhatIsMissing(ServiceContext& context, const RightHead& head,
                     std::optional<model::CivilDay> born) {
  if (head.person.is_none() || head.identity.checked_at.value == 0)
    return policy::RefuseBy(context.policy, "E_IDENTITY", "identity");
  policy::IdentityCheck check{head.requester,
                              head.identity.proved,
                              head.identity.facts,
                              head.identity.papers,
                              born,
                              policy::TodayOf(context.policy, head.received_at)};
  NOREN_RETURN_IF_ERROR(policy::IdentitySuffices(context.policy, head.right, check));
  NOREN_ASSIGN_OR_RETURN(const policy::HandedIn in, HandedInOf(context, head));
  return policy::IsComplete(context.policy, in);
}

StatusOr<Hash256> StateOfPerson(ServiceContext& context, const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, person));
  RecordWriter writer;
  writer.Field(person.record.profile).Field(person.record.contact);
  for (const personal_data::ItemRecord& item : items)
    writer.Raw(item.item.bytes()).Raw(item.payload_sha256);
  return primitives::Sha256(writer.bytes());
}

bool ErasesEverything(const RightHead& head, RightEffect effect) {
  if (effect == RightEffect::kEraseAll || effect == RightEffect::kEraseRegistration) return true;
  return head.right == Right::kErase && head.items.empty();
}

bool ChangesData(const RightHead& head, RightEffect effect) {
  if (effect != RightEffect::kItemLevel || ErasesEverything(head, effect)) return false;
  return head.right == Right::kCorrect || head.right == Right::kAdd ||
         head.right == Right::kDelete || head.right == Right::kErase;
}

}  // namespace noren::operations
