// One handover to a company: a signed manifest and the headers of the consented items, wrapped to
// the company's keys.
// Source:   docs/formats/release.md
// Threads:  free functions concurrently
// Why safe: staged conditional on the consent's version record, so it commits before a withdrawal
//           or not at all; and on its own absence, so one (consent, order key) has one release.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
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

// Why a company downloads, as the ledger keeps it. Values are stored: never renumbered.
enum class DownloadReason : std::uint8_t {
  kScreening = 1,
  kInterview = 2,
  kOffer = 3,
  kOnboarding = 4,
  kAudit = 5,
  kOther = 6,  // the text says what
};
std::string_view DownloadReasonName(DownloadReason reason);  // "screening"
std::optional<DownloadReason> FindDownloadReason(std::string_view name);
// "interview: second round", "interview", or the text alone with kOther: what the person reads.
std::string ReasonText(DownloadReason reason, std::string_view text);

//   errors   kReasonRequired: above 300 characters, or with kOther below 3
Status CheckReason(DownloadReason reason, std::string_view text);

// Who gets it, as the company stated it: for the provision record.
struct RecipientDetails {
  std::string name;
  std::string address;
  std::string representative;
  bool operator==(const RecipientDetails&) const = default;
};

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
  DownloadReason reason_code = DownloadReason::kOther;
  RecipientDetails recipient = {};
  UnixSeconds access_ends_at = {};  // 0: with the consent
};

struct StagedRelease {
  ReleaseRecord record;
  // Release and provision, conditional on the consent's version and on the release's absence.
  Staged staged;
};

// Wraps to the keys that the consent names and that are still live. `scope.time` is the judged
// time.
//   errors   those of CheckReleasable; kReasonRequired: reason above 300 characters, or with kOther
//            below 3; kBadRequest: order key; kNoRecipientKey: none of the consented keys is live;
//            kStateConflict: an item is gone or is not the version consented to
StatusOr<StagedRelease> BuildRelease(const ConsentScope& scope, const ReleaseRequest& request);

StatusOr<Bytes> EncodeRelease(PersonContext person, std::string_view store_key,
                              const ReleaseRecord& record, Random& random);
// The stored answer to the same order.
//   errors   kDataCorrupt
StatusOr<ReleaseRecord> DecodeRelease(PersonContext person, std::string_view store_key,
                                      ByteSpan stored);

// The reason its manifest states.
//   errors   kDataCorrupt
StatusOr<std::string> ReasonOf(const ReleaseRecord& record);

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
  std::string reason;  // layout 1 only: what is kept after the person holds no free text
  ProofLevel proof = ProofLevel::kPortalAsserted;
  Hash256 statement_sha256{};  // StatementDigest of the granting act
  std::uint32_t retention_days = 0;
  std::string policy_version;
  std::vector<std::string> clauses;
  // Since layout 2:
  DownloadReason reason_code = DownloadReason::kOther;
  RecipientDetails recipient;  // as stated then; empty when it was not
  UnixSeconds access_ends_at;
  bool operator==(const ProvisionRecord&) const = default;
};
StatusOr<Bytes> EncodeProvision(const ProvisionRecord& record, const PurposeKeys& purpose_keys,
                                Random& random);
StatusOr<ProvisionRecord> DecodeProvision(std::string_view store_key, ByteSpan stored,
                                          const PurposeKeys& purpose_keys);

}  // namespace noren::personal_data
