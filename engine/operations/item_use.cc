// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/item_use.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/exposures.h"
#include "engine/operations/freezes.h"
#include "engine/operations/handler_cases.h"
#include "engine/operations/item_use_record.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/stated_gate.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"
#include "engine/policy/stated/item_use.h"
#include "engine/policy/stated/purposes.h"
#include "engine/policy/stated/subjects.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using policy::RegisteredStep;
using policy::RegisterKind;

constexpr std::uint8_t kTicketFormat = 1;
constexpr std::int64_t kDaySeconds = 86400;
constexpr std::size_t kMaxNameBytes = 600;

// The registers as one use was judged by them.
struct Registers {
  std::vector<RegisteredStep> steps;
  personal_data::Staged stay;  // that nothing is added to them until the use is durable
};
StatusOr<Registers> ReadRegisters(ServiceContext& context) {
  Registers registers;
  for (const RegisterKind kind : {RegisterKind::kHandlers, RegisterKind::kProcessors,
                                  RegisterKind::kMedia, RegisterKind::kCases}) {
    NOREN_ASSIGN_OR_RETURN(auto entries, LoadRegister(context, kind));
    registers.stay.Require(keyspaces::RegisterKey(policy::RowOf(kind).name, entries.size() + 1),
                           std::nullopt);
    for (RegisterEntry& entry : entries) registers.steps.push_back(std::move(entry.step));
  }
  std::ranges::stable_sort(registers.steps, {}, &RegisteredStep::at);
  return registers;
}

// Who opens something, what for, and by which task.
struct AdmittedHandler {
  policy::HandlerScope handler;
  std::string task;  // of the processor; empty: of the operator
  policy::JudgedUse use;
  std::vector<std::string> clauses;
};

bool Covers(const policy::DataScope& scope, const policy::JudgedUse& use) {
  const auto names = [](const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  const bool is_purpose =
      names(scope.purposes, use.purpose->id) || names(scope.purposes, use.purpose->Title());
  return is_purpose && names(scope.people, use.subject) &&
         std::ranges::all_of(use.items, [&](const policy::NamedItem& item) {
           return policy::IsNamedIn(scope.items, item);
         });
}

Status CheckTerminal(ServiceContext& context, const Call& call, const Registers& registers,
                     const policy::HandlerScope& handler) {
  const policy::Terminals terminals = policy::TerminalsOf(registers.steps);
  if (!terminals.any_listed && handler.terminals.empty()) return OkStatus();
  const std::string key = HexEncode(call.key);
  for (const policy::Terminal& terminal : terminals.bound) {
    const bool is_theirs =
        handler.terminals.empty() ||
        std::ranges::find(handler.terminals, terminal.name) != handler.terminals.end();
    if (terminal.tls_key == key && is_theirs) return OkStatus();
  }
  return policy::ToStatus(policy::RefuseTerminal(context.policy));
}

// The task, when the handler works for a processor whose contract covers what is asked for.
StatusOr<std::string> TaskOf(ServiceContext& context, const Registers& registers,
                             const AdmittedHandler& admitted) {
  if (admitted.handler.processor.empty()) return std::string();
  const auto contract = policy::ScopeOfProcessor(registers.steps, admitted.handler.processor);
  if (!contract || !Covers(contract->scope, admitted.use))
    return policy::ToStatus(policy::RefuseProcessor(context.policy));
  return contract->task;
}

// Everything that does not depend on the person.
StatusOr<AdmittedHandler> AdmitHandler(ServiceContext& context, const Call& call,
                                       const UseItemsRequest& request, const Registers& registers) {
  const Status refused = policy::ToStatus(policy::RefuseHandler(context.policy));
  auto scope = policy::ScopeOfHandler(registers.steps, call.principal.name);
  if (!scope) return refused;
  AdmittedHandler admitted;
  admitted.handler = *std::move(scope);
  NOREN_ASSIGN_OR_RETURN(const UnixSeconds since,
                         IdleSince(context, call.principal.name, admitted.handler));
  if (since.value + kIdleAccessDays * kDaySeconds < context.time.Now().value) return refused;
  NOREN_RETURN_IF_ERROR(CheckTerminal(context, call, registers, admitted.handler));
  admitted.use = policy::JudgeUse(context.policy, {request.file, request.purpose, request.items});
  NOREN_RETURN_IF_ERROR(policy::ToStatus(admitted.use.decision));
  NOREN_ASSIGN_OR_RETURN(admitted.task, TaskOf(context, registers, admitted));
  if (!Covers(admitted.handler.scope, admitted.use)) return refused;
  admitted.clauses = admitted.use.decision.clauses;
  return admitted;
}

struct AdmittedPerson {
  LoadedPerson person;
  std::vector<LoadedItem> items;
  personal_data::Staged stays;
};

// Whoever is not in the file is as absent as nobody.
StatusOr<LoadedPerson> FindInFile(ServiceContext& context, const UseItemsRequest& request,
                                  const policy::JudgedUse& use) {
  NOREN_ASSIGN_OR_RETURN(LoadedPerson person,
                         LoadPersonByHandle(context, request.portal, request.person));
  const policy::Entry* kind =
      policy::SubjectOf(*context.policy.statement, KindNameToday(context, person));
  if (kind == nullptr || !policy::IsAbout(*use.file, *kind)) return MakeError(ErrorCode::kNotFound);
  return person;
}

Status CheckAgreed(ServiceContext& context, const LoadedPerson& person,
                   const policy::Entry& purpose) {
  const KindToday today = KindOfToday(context, person);
  NOREN_RETURN_IF_ERROR(policy::ToStatus(
      policy::MayUseFor(context.policy, purpose.Title(), today.kind, today.sub_kinds)));
  const auto agreed = AgreedVersion(context, person);
  const bool is_lost = model::CodeOf(agreed.status()) == ErrorCode::kDataCorrupt;
  if (!is_lost) NOREN_RETURN_IF_ERROR(agreed.status());
  return policy::ToStatus(
      policy::MayUseUnder(context.policy, is_lost ? nullptr : agreed->get(), purpose));
}

// Those of the person's items that were asked for; each name has to stand for one at least.
StatusOr<std::vector<LoadedItem>> SelectItems(ServiceContext& context, const LoadedPerson& person,
                                              const policy::JudgedUse& use) {
  NOREN_ASSIGN_OR_RETURN(const auto records, LoadItems(context, person));
  std::set<model::ItemId> chosen;
  for (const policy::NamedItem& named : use.items) {
    const std::size_t before = chosen.size();
    for (const personal_data::ItemRecord& record : records) {
      if (std::ranges::find(named.kinds, record.kind) == named.kinds.end()) continue;
      if (record.custody == model::Custody::kPerson)
        return MakeError(ErrorCode::kStateConflict, "person custody: nobody here can open it");
      chosen.insert(record.item);
    }
    if (chosen.size() == before) return MakeError(ErrorCode::kNotFound);
  }
  if (chosen.size() > kMaxItemsOfUse) return MakeFieldError(ErrorCode::kTooLarge, "items");
  std::vector<LoadedItem> items;
  for (const model::ItemId& item : chosen) {
    NOREN_ASSIGN_OR_RETURN(items.emplace_back(), LoadItem(context, person, item));
  }
  return items;
}

StatusOr<AdmittedPerson> AdmitPerson(ServiceContext& context, const Call& call,
                                     const UseItemsRequest& request, const Registers& registers,
                                     const AdmittedHandler& admitted) {
  StatusOr<LoadedPerson> found = FindInFile(context, request, admitted.use);
  const bool is_absent = model::CodeOf(found.status()) == ErrorCode::kNotFound;
  if (!is_absent) NOREN_RETURN_IF_ERROR(found.status());
  // Without a case nobody learns whether there is such a person.
  const bool has_case =
      !admitted.use.case_needed ||
      (!is_absent && HasOpenCase(context, registers.steps, call.principal.name, found->person));
  if (!has_case) {
    policy::Decision refusal = policy::RefuseHandler(context.policy);
    refusal.clauses = JoinClauses(admitted.clauses, refusal.clauses);
    return policy::ToStatus(refusal);
  }
  NOREN_RETURN_IF_ERROR(found.status());
  AdmittedPerson person{*std::move(found), {}, {}};
  NOREN_RETURN_IF_ERROR(RequireMayUse(context, person.person, person.stays));
  NOREN_RETURN_IF_ERROR(CheckAgreed(context, person.person, *admitted.use.purpose));
  NOREN_ASSIGN_OR_RETURN(person.items, SelectItems(context, person.person, admitted.use));
  person.stays.Require(personal_data::keyspaces::PersonKey(person.person.person),
                       person.person.stored);
  for (const LoadedItem& item : person.items) {
    person.stays.Require(personal_data::keyspaces::ItemKey(person.person.person, item.record.item),
                         item.stored);
  }
  return person;
}

// --- what is handed out ---

struct Ticket {
  UseItemsRequest request;
  UnixSeconds until;
};

storage::ValueAddress TicketAddress(const std::string& handler) {
  return {"item-use-ticket", handler};
}

Bytes SealTicket(ServiceContext& context, const std::string& handler, const Ticket& ticket) {
  RecordWriter writer;
  writer.U8(kTicketFormat).I64(ticket.until.value).Field(ticket.request.portal);
  writer.Raw(ticket.request.person.bytes()).Field(ticket.request.file);
  writer.Field(ticket.request.purpose);
  writer.U32(static_cast<std::uint32_t>(ticket.request.items.size()));
  for (const std::string& item : ticket.request.items) writer.Field(item);
  return storage::SealValue(context.keys.store_seal(), TicketAddress(handler), 1, writer.bytes(),
                            context.random);
}

//   errors   kNotFound: another handler's, or none of this service
StatusOr<Ticket> OpenTicket(ServiceContext& context, const std::string& handler, ByteSpan sealed) {
  const auto opened = storage::OpenValue(context.keys.store_seal(), TicketAddress(handler), sealed);
  if (!opened.ok()) return MakeError(ErrorCode::kNotFound);
  RecordReader reader(opened->plaintext);
  const bool is_format = reader.U8() == kTicketFormat;
  Ticket ticket;
  ticket.until = {reader.I64()};
  ticket.request.portal = reader.Text(kMaxNameBytes);
  ticket.request.person = personal_data::ReadId<model::SeekerHandle>(reader);
  ticket.request.file = reader.Text(kMaxNameBytes);
  ticket.request.purpose = reader.Text(kMaxNameBytes);
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i)
    ticket.request.items.push_back(reader.Text(kMaxNameBytes));
  if (!is_format || !reader.Finish().ok()) return MakeError(ErrorCode::kNotFound);
  return ticket;
}

Status CheckRequest(const UseItemsRequest& request) {
  if (request.items.empty()) return MakeFieldError(ErrorCode::kMissingField, "items");
  if (request.items.size() > kMaxItemsOfUse) return MakeFieldError(ErrorCode::kTooLarge, "items");
  const std::set<std::string> once(request.items.begin(), request.items.end());
  if (once.size() != request.items.size())
    return MakeFieldError(ErrorCode::kDuplicateValue, "items");
  std::vector<std::string> texts = request.items;
  texts.insert(texts.end(), {request.file, request.purpose, request.portal});
  for (const std::string& text : texts) {
    if (!policy::IsRegisterLine(text)) return MakeFieldError(ErrorCode::kBadRequest, "request");
  }
  return OkStatus();
}

audit::EntryDraft DraftFor(ServiceContext& context, const Call& call,
                           const UseItemsRequest& request) {
  audit::EntryDraft entry;
  entry.operation = audit::Operation::kUseItems;
  entry.principal = call.principal;
  // What was typed stays out of the log; the policy's own id of the file does not.
  const policy::JudgedUse use = policy::JudgeUse(context.policy, {request.file, "", {}});
  if (use.file != nullptr) entry.object = use.file->id;
  return entry;
}

personal_data::Disclosure DisclosureOf(ServiceContext& context, const Call& call,
                                       const AdmittedHandler& admitted,
                                       const AdmittedPerson& person) {
  personal_data::Disclosure disclosure;
  disclosure.at = context.time.Now();
  disclosure.what = std::string(audit::NameOf(audit::Operation::kUseItems));
  disclosure.who = ViewerOf(call.principal);
  disclosure.form = std::string(kFormDocuments);
  disclosure.reason = std::string(admitted.use.purpose->Title());
  disclosure.processor = admitted.handler.processor;
  disclosure.task = admitted.task;
  for (const LoadedItem& item : person.items) disclosure.items.push_back(item.record.item);
  return disclosure;
}

Status HandOut(ServiceContext& context, const UseItemsRequest& request,
               const AdmittedPerson& person, std::vector<UsedItem>& used) {
  used.clear();
  for (const LoadedItem& item : person.items) {
    const personal_data::ItemRecord& record = item.record;
    UsedItem& one = used.emplace_back();
    one.item = record.item;
    one.kind = record.kind;
    one.media_type = record.media_type;
    one.name = record.name;
    one.payload_size_bytes = record.payload_size_bytes;
    NOREN_ASSIGN_OR_RETURN(one.header, personal_data::Rewrap(*person.person.keys, record.header,
                                                             {request.recipient}, context.random));
  }
  return OkStatus();
}

StatusOr<Attempt> StageUse(ServiceContext& context, const Call& call,
                           const UseItemsRequest& request, std::vector<UsedItem>& used) {
  NOREN_ASSIGN_OR_RETURN(Registers registers, ReadRegisters(context));
  NOREN_ASSIGN_OR_RETURN(const AdmittedHandler admitted,
                         AdmitHandler(context, call, request, registers));
  NOREN_ASSIGN_OR_RETURN(AdmittedPerson person,
                         AdmitPerson(context, call, request, registers, admitted));
  NOREN_ASSIGN_OR_RETURN(
      personal_data::Staged counted,
      CountItemUse(context, {call.principal.name, admitted.handler.processor, admitted.task,
                             admitted.use.purpose->id,
                             static_cast<std::uint32_t>(person.items.size()), context.time.Now()}));
  NOREN_RETURN_IF_ERROR(HandOut(context, request, person, used));
  Attempt attempt;
  attempt.change.entry = DraftFor(context, call, request);
  attempt.change.entry.clause_ids = admitted.clauses;
  attempt.change.entry.subject = person.person.person.ToString();
  attempt.subject = person.person.person;
  attempt.subject_keys = person.person.keys;
  attempt.change.staged.Append(std::move(registers.stay));
  attempt.change.staged.Append(std::move(person.stays));
  attempt.change.staged.Append(std::move(counted));
  StageDisclosureOf(context, person.person, DisclosureOf(context, call, admitted, person), attempt);
  return attempt;
}

// A refusal that says nothing of what is stored wrong is in the log.
Status Refuse(ServiceContext& context, const Call& call, const UseItemsRequest& request,
              const Status& refusal) {
  const ErrorCode code = model::CodeOf(refusal);
  if (code == ErrorCode::kRetryLater || code == ErrorCode::kStorage) return refusal;
  return RecordRefusal(context, DraftFor(context, call, request), refusal);
}

}  // namespace

StatusOr<UnixSeconds> IdleSince(ServiceContext& context, std::string_view handler,
                                const policy::HandlerScope& scope) {
  NOREN_ASSIGN_OR_RETURN(const HandlerUses uses, LoadUses(context, handler));
  UnixSeconds since = scope.granted_at;
  if (!uses.days.empty() && uses.days.back().last_at > since) since = uses.days.back().last_at;
  return since;
}

StatusOr<UsedItems> UseItems(ServiceContext& context, const Call& call,
                             const UseItemsRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kHandler}));
  NOREN_RETURN_IF_ERROR(CheckRequest(request));
  NOREN_RETURN_IF_ERROR(personal_data::CheckRecipient(request.recipient));
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  UsedItems used;
  auto position = Record(context, [&] { return StageUse(context, call, request, used.items); });
  if (!position.ok()) return Refuse(context, call, request, position.status());
  used.position = *std::move(position);
  used.until = {context.time.Now().value + kUseLifeSeconds};
  used.ticket = SealTicket(context, call.principal.name, {request, used.until});
  return used;
}

StatusOr<Bytes> ReadUsedItem(ServiceContext& context, const Call& call, ByteSpan ticket,
                             const model::ItemId& item, std::uint64_t offset) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kHandler}));
  NOREN_ASSIGN_OR_RETURN(const Ticket opened, OpenTicket(context, call.principal.name, ticket));
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  if (opened.until < context.time.Now()) return MakeError(ErrorCode::kAccessExpired);
  const auto judge = [&]() -> StatusOr<AdmittedPerson> {
    NOREN_ASSIGN_OR_RETURN(const Registers registers, ReadRegisters(context));
    NOREN_ASSIGN_OR_RETURN(const AdmittedHandler admitted,
                           AdmitHandler(context, call, opened.request, registers));
    return AdmitPerson(context, call, opened.request, registers, admitted);
  };
  StatusOr<AdmittedPerson> first = judge();
  if (!first.ok()) return Refuse(context, call, opened.request, first.status());
  const auto found =
      std::ranges::find(first->items, item, [](const LoadedItem& one) { return one.record.item; });
  if (found == first->items.end()) return MakeError(ErrorCode::kNotFound);
  if (offset >= found->record.payload_size_bytes) return Bytes();
  NOREN_ASSIGN_OR_RETURN(
      Bytes bytes, context.blobs.ReadAt(found->record.payload_sha256, offset, kMaxUseChunkBytes));
  // Once more with the bytes at hand: what ends in between ends this chunk, too.
  const Status still = judge().status();
  if (!still.ok()) return Refuse(context, call, opened.request, still);
  return bytes;
}

Status RefuseHandlersRelease(ServiceContext& context, const Call& call) {
  NOREN_ASSIGN_OR_RETURN(const Registers registers, ReadRegisters(context));
  const auto scope = policy::ScopeOfHandler(registers.steps, call.principal.name);
  if (!scope || scope->processor.empty()) return MakeError(ErrorCode::kNotAllowed);
  return RequireStated(context, call, {audit::Operation::kCollectRelease, "", nullptr},
                       policy::RefuseProcessor(context.policy));
}

}  // namespace noren::operations
