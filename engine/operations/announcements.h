// What the operator sends to many people: queued by an officer for a purpose that the notice
// declares, then run; each person is told once, through their portal, and no address leaves the
// vault: the portal reads which item of the person's it goes to.
// Source:   docs/design/0031-contacts.md, docs/formats/contact.md
// Threads:  free functions concurrently
// Why safe: that somebody was told is stored in the batch that tells them, on the condition that it
//           was not, and that they have neither unsubscribed nor been frozen since: a run that is
//           interrupted, repeated or doubled tells nobody twice
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/contact_record.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct AnnounceRequest {
  std::string idempotency_key;
  AnnouncementKind kind = AnnouncementKind::kPurpose;
  std::string purpose;  // as the notice prints it, or its id; kProcessor: ""
  std::string subject;  // kind of person, by its id; "": the usual one; kProcessor: "", everybody
  std::string about;    // programme or business; kProcessor: the company
  std::string text;     // 1..kMaxAnnouncementTextBytes, of nobody
};
struct QueuedAnnouncement {
  AnnouncementId announcement;
  EntryPosition position;
};
//   errors   kNotAllowed; kBadRequest with the field; those of policy::MayAnnounce and
//            MayTellOfProcessor, which are in the log
StatusOr<QueuedAnnouncement> Announce(ServiceContext& context, const Call& call,
                                      const AnnounceRequest& request);

inline constexpr std::size_t kMaxPeoplePerRun = 1000;
// Looks at `limit` people more, from where it stands; until `done_at` is set there are more.
//   errors   kNotFound; kBadRequest: limit not 1..kMaxPeoplePerRun; kClockUntrusted; kRetryLater:
//            another run of it took place; those of Announce: the policy has changed since
StatusOr<AnnouncementRecord> RunAnnouncement(ServiceContext& context, const Call& call,
                                             const AnnouncementId& announcement, std::size_t limit);

// Oldest first.
StatusOr<std::vector<AnnouncementRecord>> ListAnnouncements(ServiceContext& context,
                                                            const Call& call);
// What a portal that was told of it passes on.
//   errors   kNotFound
StatusOr<AnnouncementRecord> ReadAnnouncement(ServiceContext& context, const Call& call,
                                              const AnnouncementId& announcement);

// Before a company becomes a processor without the consent of people: where the policy has changes
// made known, the notice in force names it, and who agreed to one that does not has been told.
//   errors   kProcessorUnregistered with the clauses
Status RequireMadeKnown(ServiceContext& context, std::string_view company);

}  // namespace noren::operations
