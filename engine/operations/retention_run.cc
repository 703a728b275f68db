// Notices before the end, and locks after it.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/events.h"
#include "engine/operations/freezes.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/retention_work.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using policy::NoticeKind;
using policy::calendar::Standing;

std::string NoticeText(std::string_view language, NoticeKind kind) {
  const bool asks_consent = kind == NoticeKind::kReconsent;
  if (language == "ko") {
    return asks_consent ? "개인정보 보유기간이 곧 끝납니다. 계속 이용하시려면 포털에서 다시 동의해 "
                          "주세요. 답이 없으면 정보를 파기합니다."
                        : "등록을 계속하시겠습니까? 포털에서 답해 주세요. 확인이 없으면 등록을 "
                          "취소하고 정보를 파기합니다.";
  }
  if (language == "ja") {
    return asks_consent
               ? "個人情報の保有期間がまもなく終わります。継続するにはポータルで改めて同意して"
                 "ください。お返事がない場合は情報を廃棄します。"
               : "登録を続けますか。ポータルでお答えください。確認できない場合は登録を取り消し、"
                 "情報を廃棄します。";
  }
  return asks_consent ? "Your data are kept for a limited time, which ends soon. Consent again in "
                        "your portal to stay; without an answer they are destroyed."
                      : "Do you want to stay registered? Please answer in your portal. Without an "
                        "answer the registration ends and your data are destroyed.";
}

Event NoticeEvent(ServiceContext& context, const LoadedPerson& person, NoticeKind kind) {
  Event event;
  event.kind = EventKind::kRetention;
  event.at = context.time.Now();
  event.subject = person.record.address.handle.ToString();
  event.detail = std::string(policy::NoticeKindName(kind));
  return event;
}

// The message goes first: its record is a precondition of ending the registration, and must not say
// more than happened. A crash in between has it sent twice.
Status SendNotice(ServiceContext& context, const Call& call, const LoadedPerson& person,
                  NoticeKind kind) {
  NOREN_RETURN_IF_ERROR(
      context.outbox.Send({personal_data::MessageKind::kDestruction, person.record.language,
                           person.record.contact, NoticeText(person.record.language, kind)}));
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  NOREN_ASSIGN_OR_RETURN(const LoadedPerson now,
                                         LoadPerson(context, person.person));
                  NOREN_ASSIGN_OR_RETURN(LoadedNotes loaded, LoadNotes(context, now));
                  loaded.notes.notices.push_back({kind, context.time.Now()});
                  Attempt attempt =
                      RetentionAttempt(call, audit::Operation::kSendRetentionNotice, now);
                  StageNotes(context, now, std::move(loaded), attempt.change.staged);
                  AddEvents(context, attempt.change,
                            {{PortalOf(now), NoticeEvent(context, now, kind)}});
                  return attempt;
                })
      .status();
}

}  // namespace

namespace {

// One lock for each person, under an id that follows from theirs.
StatusOr<model::RequestId> LockIdOf(const model::PersonId& person) {
  const Bytes name = RecordWriter().Field(keyspaces::kRetention).Raw(person.bytes()).Take();
  const Hash256 hash = primitives::Sha256(name);
  return model::RequestId::FromBytes(ByteSpan(hash).first(model::RequestId::kSizeBytes));
}

// False when it stands so.
StatusOr<bool> SetLock(ServiceContext& context, const Call& call, const LoadedPerson& person,
                       bool is_over) {
  NOREN_ASSIGN_OR_RETURN(const model::RequestId lock, LockIdOf(person.person));
  NOREN_ASSIGN_OR_RETURN(const Freezes freezes, ReadFreezes(context, person.person));
  const bool stands = std::ranges::find(freezes.all, lock, &Freeze::request) != freezes.all.end();
  if (stands == is_over) return false;
  const auto stage = [&]() -> StatusOr<Attempt> {
    const UnixSeconds now = context.time.Now();
    std::optional<Freeze> freeze;
    if (is_over) freeze = Freeze{lock, FreezeScope::kUse, FreezeCause::kExpired, now};
    Attempt attempt = RetentionAttempt(
        call, is_over ? audit::Operation::kSuspendPerson : audit::Operation::kResumePerson, person);
    Change& change = attempt.change;
    change.staged.Require(person_keyspaces::PersonKey(person.person), person.stored);
    NOREN_RETURN_IF_ERROR(
        StageFreeze(context, person.person, lock, freeze, change.staged).status());
    change.narrowing = MakeFreezeAct({person.person, lock, freeze, model::Right::kErase, now, now});
    change.feed.push_back(PersonChanged(person.person));
    return attempt;
  };
  NOREN_RETURN_IF_ERROR(Record(context, stage).status());
  return true;
}

}  // namespace

StatusOr<RetentionRun> RunRetention(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(const RetentionLook look, LookAtRetention(context));
  RetentionRun run;
  const auto look_at = [&](const LoadedPerson& person) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto row, RetentionRowOf(look, person));
    if (!row) return OkStatus();
    run.due += row->due.standing == Standing::kDue ? 1 : 0;
    run.overdue += row->due.standing == Standing::kOverdue ? 1 : 0;
    run.blocked += row->due.standing == Standing::kBlocked ? 1 : 0;
    const bool is_over = policy::IsOver(row->due.standing);
    NOREN_ASSIGN_OR_RETURN(const bool changed, SetLock(context, call, person, is_over));
    run.locked += changed && is_over ? 1 : 0;
    if (!row->notice_due) return OkStatus();
    NOREN_RETURN_IF_ERROR(SendNotice(context, call, person, row->notice_due->kind));
    run.notices += 1;
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(ForEachPerson(context, look_at));
  NOREN_RETURN_IF_ERROR(context.market.CatchUp());
  return run;
}

}  // namespace noren::operations
