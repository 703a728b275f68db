// A notice that has changed since a person confirmed it: nothing more of theirs is released until
// they confirm the present one, or an officer declares that the change does not matter.
// Source:   docs/design/0031-contacts.md (The notice has changed), docs/formats/contact.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/operations/idempotent_run.h"
#include "engine/policy/decisions.h"

namespace noren::operations {

struct DeclareNoticeChangeRequest {
  std::string idempotency_key;
  Hash256 from{};      // the public notice that people confirmed
  std::string reason;  // 3..300 characters: why nothing changes for them
};
// To the notice in force.
//   errors   kNotAllowed; kReasonRequired; kNotFound: nobody registered under such a notice;
//            kStateConflict: it is the one in force, or the policy asks nobody to confirm
StatusOr<EntryPosition> DeclareNoticeChange(ServiceContext& context, const Call& call,
                                            const DeclareNoticeChangeRequest& request);

// Has the person confirmed the notice in force, or one from which it does not differ?
//   errors   of the decision: kNoAcknowledgement
StatusOr<policy::Decision> JudgeConfirmed(ServiceContext& context, const LoadedPerson& person);

// The value at notice-change/...: for its golden file.
struct NoticeChange {
  std::string declared_by, reason;
  UnixSeconds at;
  bool operator==(const NoticeChange&) const = default;
};
Bytes EncodeNoticeChange(const NoticeChange& change);
//   errors   kDataCorrupt
StatusOr<NoticeChange> DecodeNoticeChange(ByteSpan plaintext);

}  // namespace noren::operations
