// A person's own list of employers that must not ask: blind tokens of corporate numbers, in the
// person's record. What an invitation meets is the record, at the commit of the invitation.
// Source:   docs/design/0014-companies-and-audiences.md (5), docs/formats/act.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "engine/operations/company_record.h"
#include "engine/operations/narrowing.h"
#include "engine/operations/person_acts.h"

namespace noren::operations {

// act "block": takes away, and needs no key. What was blocked before stays. Survives a restore.
//   errors   kLimitReached: more than personal_data::kMaxBlockedEmployers with the earlier ones
StatusOr<ActResult> BlockEmployers(ServiceContext& context, const Call& call,
                                   const std::string& idempotency_key, const PersonAct& act);
// act "unblock": what was not blocked stays as it is, so that nobody learns the list by trying.
//   errors   kActStale: stated before the last block, and held back since
StatusOr<ActResult> UnblockEmployers(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key, const PersonAct& act);

// Whether the company is one that the person blocked, by its own number or by one of its
// affiliates'. `company` is what the officer verified about it; of whom nothing is verified nobody
// can say whose affiliate it is, so anybody who blocked anyone is not asked.
bool IsBlocked(ServiceContext& context, const personal_data::PersonRecord& person,
               const std::optional<CompanyRecord>& company);

// As the journal has them, under the key in use now; false when all were there.
//   act      has employers
//   errors   kLimitReached
StatusOr<bool> StageBlocks(ServiceContext& context, const LoadedPerson& person,
                           const NarrowedPerson& act, Change& change);

}  // namespace noren::operations
