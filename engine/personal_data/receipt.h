// The receipt of a destruction: signed canonical JSON that person and auditor can check offline.
// Source:   docs/formats/receipt.md
// Threads:  values; free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/personal_data/purpose_keys.h"

namespace noren::personal_data {

inline constexpr std::string_view kReceiptSignaturePrefix = "noren/receipt/1\n";

struct DestructionReceipt {
  model::ReceiptId receipt;
  Hash256 handle_commitment{};  // CommitToHandle
  UnixSeconds destroyed_at;
  std::vector<std::string> what;        // sorted: "profile", "items", "consents", ...
  std::string erasure_claim;            // "device" or "backups-only"
  std::uint64_t generation_before = 0;  // of the key tree
  std::uint64_t generation_after = 0;
  std::uint64_t audit_sequence = 0;
  std::uint64_t kept_under_hold = 0;  // legal holds that keep a minimum of the person
  std::string policy_version;
  bool operator==(const DestructionReceipt&) const = default;
};

struct SignedReceipt {
  std::string text;  // canonical JSON
  Bytes signature;   // Ed25519 over kReceiptSignaturePrefix and the text
};

// SHA-256 over the receipt's id and the handle: whoever has both can check it, the receipt alone
// names nobody.
Hash256 CommitToHandle(const model::ReceiptId& receipt, const model::SeekerHandle& handle);

StatusOr<SignedReceipt> SignReceipt(const DestructionReceipt& receipt,
                                    const PurposeKeys& purpose_keys);
//   errors   kProofInvalid: not signed by that key; kBadRequest: signed, but not a receipt
StatusOr<DestructionReceipt> VerifyReceipt(std::string_view text, ByteSpan signature,
                                           ByteSpan receipt_verifying_key);
// The public half of the receipt key, 32 bytes.
StatusOr<Bytes> ReceiptVerifyingKey(const PurposeKeys& purpose_keys);

// The value at receipt/<id>, under the record key: outlives the person.
StatusOr<Bytes> EncodeReceipt(const model::ReceiptId& receipt, const SignedReceipt& signed_receipt,
                              const PurposeKeys& purpose_keys, Random& random);
StatusOr<SignedReceipt> DecodeReceipt(const model::ReceiptId& receipt, ByteSpan stored,
                                      const PurposeKeys& purpose_keys);

}  // namespace noren::personal_data
