// Invitations and release consents as they are stored. A consent is two records: its content, under
// the person's key, and its state in a small version record under the store key, which every
// release is conditional on.
// Source:   docs/formats/consent.md
// Threads:  values
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
#include "engine/model/purposes.h"
#include "engine/personal_data/act.h"
#include "engine/personal_data/person_record.h"
#include "engine/personal_data/purpose_keys.h"

namespace noren::personal_data {

// Values are stored: never renumbered.
enum class ConsentState : std::uint8_t {
  kRequested = 1,
  kGranted = 2,
  kRefused = 3,
  kWithdrawn = 4,
  kExpired = 5,
  kSuperseded = 6,
};
std::string_view ConsentStateName(ConsentState state);  // "requested"

// What a company asks one person for. Never changed after it is stored.
struct Invitation {
  model::InvitationId invitation;
  model::ConsentId consent;  // made together with it, in the state requested
  model::PostingId posting;
  std::string company;
  std::vector<std::string> company_recipients;  // its live age recipients at that time
  Hash256 company_key{};                        // FingerprintOf(company_recipients)
  std::vector<model::ItemKind> item_kinds;
  std::vector<ConsentItem> items;  // the person's items of these kinds
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  UnixSeconds invited_at;
  UnixSeconds answer_by;
  std::uint32_t consent_days = 0;    // a grant may last at most this long
  std::uint32_t retention_days = 0;  // how long the company may keep what it gets
  std::string notice;                // as shown, in the person's language
  Hash256 notice_sha256{};
  std::string policy_version;
  std::string decided_by;  // the human at the company, in the company's own terms
  // policy::ConsentFacts of what was asked for; zeros: asked for before they were kept.
  Hash256 stated_facts{};
  bool operator==(const Invitation&) const = default;
};

// Person custody: whom a consent's headers were last made for, after the grant.
struct RewrappedTo {
  std::vector<std::string> recipients;  // of the company, sorted
  UnixSeconds at;
  ActEvidence evidence;
  bool operator==(const RewrappedTo&) const = default;
};

struct ReleaseConsent {
  model::ConsentId consent;
  model::InvitationId invitation;
  model::PostingId posting;
  std::string company;
  std::optional<GrantTerms> terms;        // set once granted
  UnixSeconds answered_at;                // 0 before
  std::optional<ActEvidence> answer;      // the act that granted or refused
  UnixSeconds withdrawn_at;               // 0 unless withdrawn
  std::optional<ActEvidence> withdrawal;  // the act that withdrew
  std::vector<ItemHeader> headers;        // person custody: what a release hands out, by item
  std::optional<RewrappedTo> rewrap;      // the last one, when `headers` are not the grant's
  bool operator==(const ReleaseConsent&) const = default;
};

// The state, and the deadline at which it turns into expired by itself.
struct ConsentVersion {
  std::uint64_t version = 0;  // 1 for the first; rises with every transition
  ConsentState state = ConsentState::kRequested;
  UnixSeconds deadline;  // answer_by while requested, expires_at once granted, else 0
  UnixSeconds changed_at;
  Hash256 content_sha256{};  // of the stored content record that belongs to it
  bool operator==(const ConsentVersion&) const = default;
};

StatusOr<Bytes> EncodeInvitation(PersonContext person, const Invitation& invitation,
                                 Random& random);
//   errors   kDataCorrupt: another person's or invitation's, changed, or the person's keys are
//            destroyed
StatusOr<Invitation> DecodeInvitation(PersonContext person, const model::InvitationId& invitation,
                                      ByteSpan stored);

// `version` is bound to the bytes; it is that of the version record.
StatusOr<Bytes> EncodeConsent(PersonContext person, const ReleaseConsent& consent,
                              std::uint64_t version, Random& random);
StatusOr<ReleaseConsent> DecodeConsent(PersonContext person, const model::ConsentId& consent,
                                       ByteSpan stored);

// What the Merkle map of consent versions holds for a record. Over what it says, not over the
// sealed bytes: sealing it anew changes nothing.
Hash256 DigestOf(const ConsentVersion& version);

// Which consent of which person a version record is about.
struct ConsentAddress {
  model::PersonId person;
  model::ConsentId consent;
};
StatusOr<Bytes> EncodeConsentVersion(const ConsentAddress& address, const ConsentVersion& version,
                                     const PurposeKeys& purpose_keys, Random& random);
StatusOr<ConsentVersion> DecodeConsentVersion(const ConsentAddress& address, ByteSpan stored,
                                              const PurposeKeys& purpose_keys);

// The record at candidate/: where a candidate reference leads. Under the store key: ids only.
struct CandidateRecord {
  model::PersonId person;
  model::ConsentId consent;
  model::InvitationId invitation;
  model::PostingId posting;
  std::string company;
  bool operator==(const CandidateRecord&) const = default;
};
StatusOr<Bytes> EncodeCandidate(const model::CandidateRef& candidate, const CandidateRecord& record,
                                const PurposeKeys& purpose_keys, Random& random);
//   errors   kDataCorrupt: another company's or candidate's, or changed
StatusOr<CandidateRecord> DecodeCandidate(std::string_view company,
                                          const model::CandidateRef& candidate, ByteSpan stored,
                                          const PurposeKeys& purpose_keys);

}  // namespace noren::personal_data
