// The acts of a person: canonical JSON statements, and what proves that the person made them.
// Source:   docs/formats/act.md
// Threads:  values; free functions concurrently
// Why safe: a statement has one text only (RFC 8785, every field named): what is signed is done.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/corporate_number.h"
#include "engine/model/ids.h"
#include "engine/model/purposes.h"
#include "engine/model/rights.h"
#include "engine/personal_data/staged.h"

namespace noren::personal_data {

inline constexpr std::size_t kMaxStatementSizeBytes = 16 * 1024;
inline constexpr std::int64_t kActFreshnessSeconds = 600;
inline constexpr std::string_view kActSignaturePrefix = "noren/act/1\n";
inline constexpr std::size_t kMaxConsentItems = 32;
inline constexpr std::size_t kMaxEmployersPerAct = 32;

// Values are stored: never renumbered.
enum class ActKind : std::uint8_t {
  kDiscoverable = 1,
  kAnswer = 2,
  kWithdraw = 3,
  kErase = 4,
  kRead = 5,
  kRewrap = 6,        // person custody: new headers for a live consent
  kReplace = 7,       // person custody: a new version of an item
  kBlock = 8,         // employers that must not ask
  kUnblock = 9,       // and may again
  kAsk = 10,          // about a decision: an explanation, or a review by another human
  kRight = 11,        // a request about one's own data
  kUnsubscribe = 12,  // from what is sent for one purpose
  kSubscribe = 13,    // to it again
  kContinue = 14,     // answers the question whether to stay registered
};
std::string_view ActKindName(ActKind kind);  // "discoverable"
std::optional<ActKind> FindActKind(std::string_view name);

// What stands behind an act; ordered: a higher level suffices where a lower one does.
enum class ProofLevel : std::uint8_t { kPortalAsserted = 1, kCode = 2, kSignature = 3 };
std::string_view ProofLevelName(ProofLevel level);  // "portal-asserted", "code", "signature"
std::optional<ProofLevel> FindProofLevel(std::string_view name);

enum class Decision : std::uint8_t { kGrant = 1, kRefuse = 2 };

// One item as consented to: this version of it and no other.
struct ConsentItem {
  model::ItemId item;
  Hash256 payload_sha256{};  // of the stored payload
  bool operator==(const ConsentItem&) const = default;
};

// One item's age header, made in the person's client (person custody).
struct ItemHeader {
  model::ItemId item;
  Bytes header;
  bool operator==(const ItemHeader&) const = default;
};

// What a grant repeats of its invitation, and fixes.
struct GrantTerms {
  model::PostingId posting;
  std::string company;
  Hash256 company_key{};           // fingerprint of the company's key ring
  std::vector<ConsentItem> items;  // 1..kMaxConsentItems, by item id, none twice
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  UnixSeconds expires_at;
  std::uint32_t retention_days = 0;
  Hash256 notice_sha256{};
  std::string policy_version;
  std::vector<Hash256> headers_sha256;  // person custody: one for each item; else empty
  bool operator==(const GrantTerms&) const = default;
};

// New headers for a consent, to the keys the company has now.
struct RewrapTerms {
  std::string company;
  Hash256 company_key{};           // fingerprint of these keys
  std::vector<ConsentItem> items;  // as in GrantTerms
  std::vector<Hash256> headers_sha256;
  bool operator==(const RewrapTerms&) const = default;
};

// A new version of an item.
struct ReplaceTerms {
  model::ItemId item;
  Hash256 payload_sha256{};
  Hash256 header_sha256{};
  bool operator==(const ReplaceTerms&) const = default;
};

// What a person asks about a human's decision on them.
enum class QuestionKind : std::uint8_t { kExplanation = 1, kReview = 2 };
std::string_view QuestionKindName(QuestionKind kind);  // "explanation", "review"
std::optional<QuestionKind> FindQuestionKind(std::string_view name);
inline constexpr std::size_t kMaxQuestionSizeBytes = 2000;
struct AskTerms {
  model::DecisionId decision;
  QuestionKind kind = QuestionKind::kExplanation;
  std::string text;  // the person's own words; may be empty
  bool operator==(const AskTerms&) const = default;
};

// A request about one's own data, or an objection to how one was answered.
inline constexpr std::size_t kMaxRightTextBytes = 2000;
struct RightTerms {
  model::Right right = model::Right::kAccess;
  std::string text;             // which data, and why; the person's own words, may be empty
  bool ends_contract = false;   // the person says that they leave the service
  model::RequestId objects_to;  // the answered request; none: a request of its own
  bool operator==(const RightTerms&) const = default;
};

// Whether to stay registered. Leaving is said twice: the second time with what the first made.
struct ContinueTerms {
  bool stays = false;
  std::string confirms;  // "contact-..." of the first time; empty: it is the first
  bool operator==(const ContinueTerms&) const = default;
};
inline constexpr std::size_t kMaxPurposeNameBytes = 200;

// Only the fields of its kind are set.
struct Act {
  ActKind kind = ActKind::kRead;
  UnixSeconds at;
  model::SeekerHandle handle;
  std::array<std::uint8_t, 16> nonce{};

  std::string companies_class;     // kDiscoverable
  model::InvitationId invitation;  // kAnswer
  Decision decision = Decision::kRefuse;
  std::optional<GrantTerms> terms;      // kAnswer with kGrant
  model::ConsentId consent;             // kRewrap, kWithdraw; none: discoverability is withdrawn
  std::optional<RewrapTerms> rewrap;    // kRewrap
  std::optional<ReplaceTerms> replace;  // kReplace
  std::optional<AskTerms> ask;          // kAsk, of the consent that the decision is about
  std::optional<RightTerms> right;      // kRight
  std::string purpose;                  // kUnsubscribe, kSubscribe: as the notice prints it
  std::optional<ContinueTerms> stay;    // kContinue
  // kBlock, kUnblock: 1..kMaxEmployersPerAct, ascending as printed, none twice
  std::vector<model::CorporateNumber> employers;
  bool operator==(const Act&) const = default;
};

// The canonical statement of an act; `act` is one that ParseAct would give.
std::string StatementOf(const Act& act);
// As StatementOf, with `at` and a fresh nonce filled in: what a client signs.
//   errors   kBadRequest with the field: the act is not complete
StatusOr<std::string> PrepareStatement(Act act, UnixSeconds now, Random& random);
//   errors   kTooLarge; kBadRequest with the field: not a statement of a known act, not canonical,
//            a field too many, too few or out of its limits
StatusOr<Act> ParseAct(std::string_view statement);

// SHA-256 of kActSignaturePrefix and the statement: what a code is bound to and what records keep.
Hash256 StatementDigest(std::string_view statement);

//   errors   kActStale: made more than 10 minutes before or after `now`
Status CheckFresh(const Act& act, UnixSeconds now);
// Uses the nonce up: requires that it was never used, and stores it.
Staged StageNonce(const model::PersonId& person, const Act& act);

//   signature   64 bytes, Ed25519 over kActSignaturePrefix and the statement
//   person_key  32 bytes
//   errors      kProofInvalid
Status VerifyActSignature(std::string_view statement, ByteSpan signature, ByteSpan person_key);

// What is kept of an act: enough to show later that the person made it.
struct ActEvidence {
  ProofLevel level = ProofLevel::kPortalAsserted;
  std::string statement;
  Bytes signature;  // empty unless kSignature
  bool operator==(const ActEvidence&) const = default;
};

}  // namespace noren::personal_data
