// One handover to a company: a signed manifest and the headers of the consented items, wrapped to
// the company's keys.
// Source:   docs/formats/release.md
// Threads:  free functions concurrently
// Why safe: staged conditional on the consent's version record, so it commits before a withdrawal
//           or not at all; and on its own absence, so one (consent, order key) has one release.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/personal_data/consent.h"
#include "engine/personal_data/pseudonyms.h"
#include "engine/personal_data/staged.h"
#include "engine/personal_data/vault.h"

namespace noren::personal_data {

inline constexpr std::string_view kReleaseSignaturePrefix = "noren/release/1\n";
inline constexpr std::size_t kMaxOrderKeySizeBytes = 256;

struct ReleasedItem {
  model::ItemId item;
  model::ItemKind kind = model::ItemKind::kOtherDocument;
  std::string media_type;
  std::string name;
  Bytes header;  // age header, wrapped to the company
  std::uint64_t payload_size_bytes = 0;
  Hash256 payload_sha256{};
  bool operator==(const ReleasedItem&) const = default;
};

struct ReleaseRecord {
  model::ReleaseId release;
  model::ConsentId consent;
  std::uint64_t consent_version = 0;
  UnixSeconds released_at;
  std::string manifest;  // canonical JSON
  Bytes signature;       // Ed25519 by the receipt key over kReleaseSignaturePrefix and the manifest
  std::vector<ReleasedItem> items;
  bool operator==(const ReleaseRecord&) const = default;
};

struct ReleaseRequest {
  const LoadedConsent& loaded;
  const Invitation& invitation;
  const std::vector<ItemRecord>&
      items;  // the person's current items; those consented to are picked
  const std::vector<std::string>& recipients;  // live keys; those of the invitation are used
  model::CandidateRef candidate;
  std::string_view order_key;
  std::string_view reason;
  std::vector<std::string> clauses;  // of the policy, that the decision rests on
};

struct StagedRelease {
  ReleaseRecord record;
  // Release and provision, conditional on the consent's version and on the release's absence.
  Staged staged;
};

// Wraps to the keys that the consent names and that are still live. `scope.time` is the judged
// time.
//   errors   those of CheckReleasable; kReasonRequired: reason not 3..300 characters; kBadRequest:
//            order key; kNoRecipientKey: none of the consented keys is live; kStateConflict: an
//            item is gone or is not the version consented to
StatusOr<StagedRelease> BuildRelease(const ConsentScope& scope, const ReleaseRequest& request);

StatusOr<Bytes> EncodeRelease(PersonContext person, std::string_view store_key,
                              const ReleaseRecord& record, Random& random);
// The stored answer to the same order.
//   errors   kDataCorrupt
StatusOr<ReleaseRecord> DecodeRelease(PersonContext person, std::string_view store_key,
                                      ByteSpan stored);

//   errors   kProofInvalid: the manifest is not this service's
Status VerifyManifest(std::string_view manifest, ByteSpan signature,
                      ByteSpan receipt_verifying_key);

// The ledger of provisions to third parties: kept after the person is gone, so it names nobody: the
// person is the candidate reference.
struct ProvisionRecord {
  model::ReleaseId release;
  UnixSeconds at;
  std::string company;
  model::PostingId posting;
  model::CandidateRef candidate;
  model::ConsentId consent;
  std::vector<model::ItemKind> item_kinds;
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  std::string reason;
  ProofLevel proof = ProofLevel::kPortalAsserted;
  Hash256 statement_sha256{};  // StatementDigest of the granting act
  std::uint32_t retention_days = 0;
  std::string policy_version;
  std::vector<std::string> clauses;
  bool operator==(const ProvisionRecord&) const = default;
};
StatusOr<Bytes> EncodeProvision(const ProvisionRecord& record, const PurposeKeys& purpose_keys,
                                Random& random);
StatusOr<ProvisionRecord> DecodeProvision(std::string_view store_key, ByteSpan stored,
                                          const PurposeKeys& purpose_keys);

}  // namespace noren::personal_data
