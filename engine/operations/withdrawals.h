// What a company is told after a withdrawal, and its acknowledgement. Holds nothing about the
// person but the reference.
// Source:   docs/formats/operations_records.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct WithdrawalRecord {
  model::CandidateRef candidate;
  model::PostingId posting;
  UnixSeconds withdrawn_at;
  bool destroy_copies = false;  // something had been handed over
  UnixSeconds acknowledged_at;  // 0: not yet
};
StatusOr<Bytes> EncodeWithdrawal(std::string_view store_key, const WithdrawalRecord& record,
                                 const personal_data::PurposeKeys& keys, Random& random);
StatusOr<WithdrawalRecord> DecodeWithdrawal(std::string_view store_key, ByteSpan stored,
                                            const personal_data::PurposeKeys& keys);

StatusOr<std::vector<WithdrawalRecord>> ListWithdrawals(ServiceContext& context, const Call& call);
StatusOr<EntryPosition> AcknowledgeWithdrawal(ServiceContext& context, const Call& call,
                                              const std::string& idempotency_key,
                                              const model::CandidateRef& candidate);

}  // namespace noren::operations
