// Officers who say that they have read the policy in force: where the policy binds everybody who
// works with the data, an officer who has not may not act.
// Source:   docs/design/0035-refused-callers.md (Officers), docs/formats/operations_records.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/operations/idempotent_run.h"

namespace noren::operations {

// Whether the policy binds those who work with the data (`stated.controller`, key `staff`).
bool BindsStaff(const policy::Policy& policy);

// Ok for who is no officer, under a policy that binds nobody, and after the acknowledgement of
// exactly this version.
//   cost     one read of a small record, under such a policy
//   errors   kPolicyUnread, with the clause; kDataCorrupt
Status RequireAcknowledged(ServiceContext& context, const Call& call);

struct PolicyInForce {
  std::string version;  // as the policy calls itself
  Hash256 digest{};     // of its file
  std::string notice;   // in the operator's language
  bool binds_staff = false;
  bool acknowledged = false;  // by the caller
};
// Open to every officer, acknowledged or not; leaves an entry in the log.
//   errors   kNotAllowed; those of the notice
StatusOr<PolicyInForce> ReadPolicyInForce(ServiceContext& context, const Call& call);

// The officer of the certificate has read the version with this digest.
//   errors   kNotAllowed; kStateConflict: another version is in force
StatusOr<EntryPosition> AcknowledgePolicy(ServiceContext& context, const Call& call,
                                          const std::string& idempotency_key,
                                          const Hash256& digest);

// The value at acknowledged/...: for its tests.
struct Acknowledgement {
  Hash256 policy{};
  UnixSeconds at;
  bool operator==(const Acknowledgement&) const = default;
};
Bytes EncodeAcknowledgement(const Acknowledgement& one);
//   errors   kDataCorrupt
StatusOr<Acknowledgement> DecodeAcknowledgement(ByteSpan plaintext);

}  // namespace noren::operations
