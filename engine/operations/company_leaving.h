// A company leaves, or the officer ends its membership. From that commit on nothing is open to it,
// also of what it had a right to before; only what it owes is left. The officer registers it anew,
// and then it begins with nothing.
// Source:   docs/design/0034-companies-that-leave.md, docs/formats/operations_records.md
// Threads:  free functions concurrently
// Why safe: whatever gives a company something is conditional on the record as it was read, so a
//           leaving and a release that race are in one order. What is written down afterwards
//           (postings, invitations, consents, accesses) decides nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/policy/retention_due.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

struct CompanyLeaving {
  std::string company;
  std::uint64_t version = 0;  // 1 for the first; rises with every change
  UnixSeconds left_at;        // the last time
  std::string said_by;        // "company", or "officer kim"
  UnixSeconds returned_at;    // 0: not registered anew since
  bool settled = false;       // all that it had is ended, and who is concerned was told
  bool operator==(const CompanyLeaving&) const = default;
};
// Under the record key.
StatusOr<Bytes> EncodeCompanyLeaving(const CompanyLeaving& leaving,
                                     const personal_data::PurposeKeys& keys, Random& random);
//   errors   kDataCorrupt
StatusOr<CompanyLeaving> DecodeCompanyLeaving(std::string_view company, ByteSpan stored,
                                              const personal_data::PurposeKeys& keys);

// The company's own, and the officer's. Said again, nothing changes.
//   errors   kNotFound: nothing is known of such a company
StatusOr<EntryPosition> LeaveAsCompany(ServiceContext& context, const Call& call,
                                       const std::string& idempotency_key);
StatusOr<EntryPosition> EndCompany(ServiceContext& context, const Call& call,
                                   const std::string& idempotency_key, const std::string& company);

// Ok while the company is a member, and `staged` holds that it stays so. With `begun`: of a right
// that began then, which no later registration brings back.
//   errors   kPolicyForbids: E_EXPIRED with the clauses; kDataCorrupt
Status RequireCompanyStays(ServiceContext& context, std::string_view company,
                           std::optional<UnixSeconds> begun, personal_data::Staged& staged);

// The officer registers it anew: stages that, when it had left.
Status StageReturn(ServiceContext& context, std::string_view company,
                   personal_data::Staged& staged);

// Ends what is still open of companies that have left, and tells whom it concerns: their postings,
// invitations that nobody answered, consents, accesses. Again, it does nothing more.
Status SettleLeavings(ServiceContext& context);

struct CompanyRetention {
  CompanyLeaving leaving;
  std::optional<policy::RetentionDue> due;  // nothing: the policy states no end
};
// The officer's queue: companies that have left and whose data are to be destroyed, by that day.
//   errors   kClockUntrusted
StatusOr<std::vector<CompanyRetention>> ListCompanyRetention(ServiceContext& context,
                                                             const Call& call);

// The journal's act: a restored backup does not bring the company back.
struct CompanyLeavingAct {
  std::string company;
  UnixSeconds at;
  std::string said_by;
  bool operator==(const CompanyLeavingAct&) const = default;
};
storage::NarrowingAct MakeCompanyLeavingAct(const CompanyLeavingAct& act);
bool IsCompanyLeavingAct(const storage::NarrowingAct& act);
//   errors   kDataCorrupt
StatusOr<CompanyLeavingAct> CompanyLeavingActOf(const storage::NarrowingAct& act);
// False: it stands so, or a later leaving does.
StatusOr<bool> ReapplyCompanyLeaving(ServiceContext& context, const storage::NarrowingAct& act,
                                     Change& change);

}  // namespace noren::operations
