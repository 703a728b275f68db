// Which member of a joint use first acquired a person's record. It answers requests about these
// data: one that is handed in here is passed on to it, and the requester is told.
// Source:   docs/formats/rights_request.md, section "Passed on"
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/destruction_select.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/rights_record.h"

namespace noren::operations {

struct Origin {
  std::string member;  // as the register of joint use calls it
  UnixSeconds recorded_at;
  std::string said_by;  // "officer kim"
  bool operator==(const Origin&) const = default;
};
inline constexpr std::size_t kMaxMemberBytes = 200;
Bytes EncodeOrigin(const Origin& origin);
//   errors   kDataCorrupt
StatusOr<Origin> DecodeOrigin(ByteSpan plaintext);

struct RecordOriginRequest {
  std::string idempotency_key;
  NamedPerson person;
  std::string member;
};
// The officer's. The first one stays: who acquired a record first does not change.
//   errors   kNotFound; kNotJointMember, kForeignMember: the register has no such member today;
//            kPurposeUndeclared: such people's data are in no joint use; kStateConflict: another
//            member is on record
StatusOr<EntryPosition> RecordOrigin(ServiceContext& context, const Call& call,
                                     const RecordOriginRequest& request);
// Nothing: it was acquired here.
StatusOr<std::optional<Origin>> FindOrigin(ServiceContext& context, const LoadedPerson& person);

// Who has passed a request on, in its head: nobody but the notice.
inline constexpr std::string_view kAskedByJointUse = "joint use";
// A new request about data that another member acquired waits for that member from here on, and
// `staged` holds that it is so. Nothing, and no clauses: it is dealt with here.
StatusOr<std::vector<std::string>> PassOn(ServiceContext& context, const LoadedPerson& person,
                                          RightHead& head, personal_data::Staged& staged);

}  // namespace noren::operations
