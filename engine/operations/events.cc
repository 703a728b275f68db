// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/events.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/deadlines.h"
#include "engine/operations/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::uint8_t kFormat = 1;
constexpr unsigned kIndexBits = 12;  // events of one change
constexpr std::uint64_t kMaxEventsPerChange = std::uint64_t{1} << kIndexBits;
constexpr std::size_t kMaxWordBytes = 64;
constexpr std::size_t kDeletesPerCall = 1000;
constexpr std::string_view kKindNames[] = {"invitation", "answer",    "withdrawal", "correction",
                                           "expiry",     "duty",      "decision",   "question",
                                           "right",      "retention", "contact"};

StatusOr<std::uint64_t> ReadMark(ServiceContext& context, const std::string& key) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::uint64_t{0};
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kEventMark, key}, *stored));
  RecordReader reader(opened.plaintext);
  const std::uint64_t mark = reader.U64();
  if (!reader.Finish().ok()) return MakeError(ErrorCode::kDataCorrupt, "event mark");
  return mark;
}

StatusOr<std::uint64_t> PositionOfKey(const std::string& key, std::size_t prefix_size) {
  std::uint64_t position = 0;
  for (const char c : std::string_view(key).substr(prefix_size)) {
    if (c < '0' || c > '9') return MakeError(ErrorCode::kDataCorrupt, "event key");
    position = position * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return position;
}

StatusOr<Event> OpenEvent(ServiceContext& context, const storage::KeyValue& stored) {
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kEvent, stored.key}, stored.value));
  return DecodeEvent(opened.plaintext);
}

StatusOr<personal_data::Staged> SealEvents(ServiceContext& context,
                                           const std::vector<AddressedEvent>& events,
                                           std::uint64_t sequence, std::uint64_t first) {
  if (first + events.size() > kMaxEventsPerChange) return MakeError(ErrorCode::kTooLarge, "events");
  personal_data::Staged staged;
  for (const AddressedEvent& one : events) {
    const std::string key = keyspaces::EventKey(one.recipient, (sequence << kIndexBits) + first++);
    staged.Put(key, storage::SealValue(context.keys.store_seal(), {keyspaces::kEvent, key}, 1,
                                       EncodeEvent(one.event), context.random));
  }
  return staged;
}

// So that a second AddEvents of one change goes on counting where the first ended.
std::uint64_t EventsIn(const personal_data::Staged& staged) {
  return static_cast<std::uint64_t>(
      std::count_if(staged.mutations.begin(), staged.mutations.end(),
                    [](const auto& m) { return m.key.starts_with(keyspaces::kEvent); }));
}

}  // namespace

std::string_view EventKindName(EventKind kind) {
  const auto index = static_cast<std::size_t>(kind) - 1;
  return index < std::size(kKindNames) ? kKindNames[index] : std::string_view();
}

model::Principal PortalOf(const LoadedPerson& person) {
  return {model::Role::kPortal, person.record.address.portal};
}
model::Principal CompanyNamed(std::string_view company) {
  return {model::Role::kCompany, std::string(company)};
}

Bytes EncodeEvent(const Event& event) {
  RecordWriter writer;
  writer.U8(kFormat).U8(static_cast<std::uint8_t>(event.kind)).I64(event.at.value);
  writer.Field(event.subject).Raw(event.posting.bytes()).Field(event.object).Field(event.detail);
  return writer.Take();
}

StatusOr<Event> DecodeEvent(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t format = reader.U8();
  Event event;
  event.kind = static_cast<EventKind>(reader.U8());
  event.at = {reader.I64()};
  event.subject = reader.Text(kMaxWordBytes);
  const ByteSpan posting = reader.Raw(model::PostingId::kSizeBytes);
  event.object = reader.Text(kMaxWordBytes);
  event.detail = reader.Text(kMaxWordBytes);
  if (!reader.Finish().ok() || format != kFormat || EventKindName(event.kind).empty())
    return MakeError(ErrorCode::kDataCorrupt, "event");
  NOREN_ASSIGN_OR_RETURN(event.posting, model::PostingId::FromBytes(posting));
  return event;
}

void AddEvents(ServiceContext& context, Change& change, std::vector<AddressedEvent> events) {
  if (events.empty()) return;
  change.positioned = [&context, before = std::move(change.positioned), events = std::move(events)](
                          std::uint64_t sequence,
                          const audit::EntryOpening& opening) -> StatusOr<personal_data::Staged> {
    personal_data::Staged staged;
    if (before) {
      NOREN_ASSIGN_OR_RETURN(staged, before(sequence, opening));
    }
    NOREN_ASSIGN_OR_RETURN(personal_data::Staged more,
                           SealEvents(context, events, sequence, EventsIn(staged)));
    staged.Append(std::move(more));
    return staged;
  };
}

StatusOr<EventPage> ReadEvents(ServiceContext& context, const Call& call, std::uint64_t after,
                               std::int32_t limit) {
  NOREN_RETURN_IF_ERROR(
      RequireRoleAlsoAfterLeaving(context, call, {model::Role::kPortal, model::Role::kCompany}));
  if (limit < 1 || static_cast<std::size_t>(limit) > kMaxEventRows)
    return MakeFieldError(ErrorCode::kBadRequest, "limit", "1..200");
  NOREN_RETURN_IF_ERROR(PassDeadlines(context).status());
  EventPage page;
  NOREN_ASSIGN_OR_RETURN(page.acknowledged,
                         ReadMark(context, keyspaces::EventMarkKey(call.principal)));
  const std::string prefix = keyspaces::EventPrefix(call.principal);
  const std::uint64_t from = std::max(after, page.acknowledged);
  const auto stored = context.store.Scan(kEmbeddedPartition, prefix,
                                         from == 0 ? "" : keyspaces::EventKey(call.principal, from),
                                         static_cast<std::size_t>(limit));
  if (!stored.ok()) return MakeError(ErrorCode::kStorage);
  for (const storage::KeyValue& item : stored->items) {
    PositionedEvent one;
    NOREN_ASSIGN_OR_RETURN(one.position, PositionOfKey(item.key, prefix.size()));
    NOREN_ASSIGN_OR_RETURN(one.event, OpenEvent(context, item));
    page.events.push_back(std::move(one));
  }
  page.more = stored->more;
  return page;
}

StatusOr<EntryPosition> AcknowledgeEvents(ServiceContext& context, const Call& call,
                                          const std::string& idempotency_key,
                                          std::uint64_t position) {
  NOREN_RETURN_IF_ERROR(
      RequireRoleAlsoAfterLeaving(context, call, {model::Role::kPortal, model::Role::kCompany}));
  const std::uint64_t end = (context.pipeline.log_state().sequence + 1) << kIndexBits;
  if (position == 0 || position >= end) return MakeFieldError(ErrorCode::kOutOfRange, "position");
  const auto identity =
      IdentifyRequest(idempotency_key, "acknowledge_events", RecordWriter().U64(position).bytes());
  const std::string mark_key = keyspaces::EventMarkKey(call.principal);
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        Attempt attempt;
        attempt.change.entry.operation = audit::Operation::kAcknowledgeEvents;
        attempt.change.entry.principal = call.principal;
        NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, mark_key));
        NOREN_ASSIGN_OR_RETURN(const std::uint64_t mark, ReadMark(context, mark_key));
        Bytes marked = storage::SealValue(
            context.keys.store_seal(), {keyspaces::kEventMark, mark_key}, 1,
            RecordWriter().U64(std::max(mark, position)).bytes(), context.random);
        attempt.change.staged.Replace(mark_key, stored, std::move(marked));
        // What more there is goes with later acknowledgements; the mark hides it already.
        const auto done = context.store.Scan(
            kEmbeddedPartition, keyspaces::EventPrefix(call.principal), "", kDeletesPerCall);
        if (!done.ok()) return MakeError(ErrorCode::kStorage);
        const std::string last = keyspaces::EventKey(call.principal, std::max(mark, position));
        for (const storage::KeyValue& item : done->items) {
          if (item.key <= last) attempt.change.staged.Delete(item.key);
        }
        return attempt;
      }));
  return std::move(run.position);
}

}  // namespace noren::operations
