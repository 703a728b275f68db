// What happened, for whoever has to act on it: an ordered feed for each portal and company. An
// event is written in the batch of what it tells, and stays until its recipient acknowledges it. It
// names nobody but by the handle or candidate reference that the recipient has already.
// Source:   docs/formats/events.md, docs/design/0012-after-the-release.md
// Threads:  free functions concurrently
// Why safe: a position is made of the audit sequence of the batch: it rises in commit order, and
//           after a restore it goes on behind what was lost, so that none is ever given twice.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"

namespace noren::operations {

// Values are stored: never renumbered.
enum class EventKind : std::uint8_t {
  kInvitation = 1,
  kAnswer = 2,
  kWithdrawal = 3,
  kCorrection = 4,
  kExpiry = 5,
  kDuty = 6,
  kDecision = 7,
  kQuestion = 8,
  kRight = 9,       // a request about one's own data
  kRetention = 10,  // a notice that a period ends
  kContact = 11,    // the person is told something
};
std::string_view EventKindName(EventKind kind);  // "invitation"

struct Event {
  EventKind kind = EventKind::kInvitation;
  UnixSeconds at;
  std::string subject;  // "seeker-..." to a portal, "candidate-..." to a company; "" for none
  model::PostingId posting;
  std::string object;  // printed id, or ""
  std::string detail;  // a word
};
struct AddressedEvent {
  model::Principal recipient;
  Event event;
};
model::Principal PortalOf(const LoadedPerson& person);
model::Principal CompanyNamed(std::string_view company);

// Has `change` write the events as well. Call once all that it stages is known to commit or fail
// as one; may be called several times.
void AddEvents(ServiceContext& context, Change& change, std::vector<AddressedEvent> events);

struct PositionedEvent {
  std::uint64_t position = 0;
  Event event;
};
struct EventPage {
  std::vector<PositionedEvent> events;  // ascending
  bool more = false;
  std::uint64_t acknowledged = 0;
};
inline constexpr std::size_t kMaxEventRows = 200;
// What the caller has not acknowledged, after `after` (0: from the first).
//   errors   kNotAllowed; kBadRequest: limit not 1..kMaxEventRows
StatusOr<EventPage> ReadEvents(ServiceContext& context, const Call& call, std::uint64_t after,
                               std::int32_t limit);
// Everything up to `position` is dealt with and goes away.
//   errors   kOutOfRange: no event can have this position yet
StatusOr<EntryPosition> AcknowledgeEvents(ServiceContext& context, const Call& call,
                                          const std::string& idempotency_key,
                                          std::uint64_t position);

// The value at event/...: for its golden file.
Bytes EncodeEvent(const Event& event);
StatusOr<Event> DecodeEvent(ByteSpan plaintext);

}  // namespace noren::operations
