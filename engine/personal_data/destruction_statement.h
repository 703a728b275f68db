// The two signed or approved texts of a destruction by plan: the plan's statement, whose digest is
// approved, and the receipt of its execution. Counts and hashes; nobody is named.
// Source:   docs/formats/destruction.md
// Threads:  values; free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/personal_data/receipt.h"

namespace noren::personal_data {

inline constexpr std::string_view kDestructionSignaturePrefix = "noren/destruction/1\n";

struct DestructionTotals {
  std::uint64_t people = 0;
  std::uint64_t items = 0;
  std::uint64_t held_people = 0;  // of the people: a minimum of them is kept under a hold
  std::uint64_t held_items = 0;   // level "held": destroyed; else: kept
  bool operator==(const DestructionTotals&) const = default;
};

struct PlanStatement {
  model::PlanId plan;
  std::string level;  // "people"
  std::string by;     // "requests"
  std::string file;   // "" unless level is "file"
  Hash256 targets{};  // digest of what was selected
  DestructionTotals totals;
  UnixSeconds created_at, expires_at;
  Hash256 planned_by{};  // SHA-256 of the officer's TLS key
  std::string policy_version;
};
std::string TextOf(const PlanStatement& statement);

struct RunReceipt {
  model::ReceiptId receipt;
  model::PlanId plan;
  Hash256 plan_sha256{};  // of its statement
  std::string level;
  std::string file;
  DestructionTotals totals;
  std::uint64_t spared = 0;  // selected by time, and active again before their turn
  Hash256 planned_by{}, approved_by{}, executed_by{};  // TLS keys; zeros: nobody
  UnixSeconds begun_at, completed_at;
  std::uint64_t generation_before = 0, generation_after = 0;  // of the key tree
  std::string erasure_claim;
  std::string policy_version;
  bool operator==(const RunReceipt&) const = default;
};
StatusOr<SignedReceipt> SignRunReceipt(const RunReceipt& receipt, const PurposeKeys& purpose_keys);
//   errors   kProofInvalid: not signed by that key; kBadRequest: signed, but not such a receipt
StatusOr<RunReceipt> VerifyRunReceipt(std::string_view text, ByteSpan signature,
                                      ByteSpan receipt_verifying_key);

// At destruction-receipt/<id>, under the record key.
struct StoredRunReceipt {
  std::uint64_t audit_sequence = 0;  // of the entry that has the text's digest
  SignedReceipt signed_receipt;
};
StatusOr<Bytes> EncodeRunReceipt(std::string_view store_key, const StoredRunReceipt& receipt,
                                 const PurposeKeys& purpose_keys, Random& random);
StatusOr<StoredRunReceipt> DecodeRunReceipt(std::string_view store_key, ByteSpan stored,
                                            const PurposeKeys& purpose_keys);

}  // namespace noren::personal_data
