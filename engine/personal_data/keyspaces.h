// Every key of the data store, built and taken apart in one place. The audit's keys are in
// engine/audit/keyspaces.h.
// Source:   docs/formats/keyspaces.md
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/encoding.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/model/principal.h"

namespace noren::personal_data::keyspaces {

// Prefixes; each ends in '/', and no prefix is the beginning of another.
inline constexpr std::string_view kPerson = "person/";
inline constexpr std::string_view kHandle = "handle/";
inline constexpr std::string_view kSubject = "subject/";
inline constexpr std::string_view kItem = "item/";
inline constexpr std::string_view kPosting = "posting/";
inline constexpr std::string_view kInvitation = "invitation/";
inline constexpr std::string_view kConsent = "consent/";
inline constexpr std::string_view kConsentVersion = "consent-version/";
inline constexpr std::string_view kCandidate = "candidate/";
inline constexpr std::string_view kRelease = "release/";
inline constexpr std::string_view kProvision = "provision/";
inline constexpr std::string_view kDisclosure = "disclosure/";
inline constexpr std::string_view kCompanyKey = "company-key/";
inline constexpr std::string_view kWithdrawal = "withdrawal/";
inline constexpr std::string_view kIdempotency = "idempotency/";
inline constexpr std::string_view kCode = "code/";
inline constexpr std::string_view kNonce = "nonce/";
inline constexpr std::string_view kUpload = "upload/";
inline constexpr std::string_view kCardEpoch = "card-epoch/";
inline constexpr std::string_view kCardQuota = "card-quota/";
inline constexpr std::string_view kErasureRequest = "erasure-request/";
inline constexpr std::string_view kReceipt = "receipt/";
inline constexpr std::string_view kEnrolment = "enrolment/";
inline constexpr std::string_view kEnrolmentKey = "enrolment-key/";
inline constexpr std::string_view kEnrolmentOf = "enrolment-of/";
inline constexpr std::string_view kEnrolmentContact = "enrolment-contact/";
inline constexpr std::string_view kEnrolmentQuota = "enrolment-quota/";
inline constexpr std::string_view kReview = "review/";
inline constexpr std::string_view kReviewOf = "review-of/";
inline constexpr std::string_view kMerge = "merge/";
inline constexpr std::string_view kState = "state/";  // single records of the service itself

// All of the above, in byte order.
const std::vector<std::string_view>& AllPrefixes();

std::string PersonKey(const model::PersonId& person);
std::string HandleKey(std::string_view portal, const model::SeekerHandle& handle);
std::string SubjectKey(const Hash256& token);
std::string ItemKey(const model::PersonId& person, const model::ItemId& item);
std::string ItemPrefix(const model::PersonId& person);
std::string PostingKey(const model::PostingId& posting);
std::string InvitationKey(const model::PersonId& person, const model::InvitationId& invitation);
std::string InvitationPrefix(const model::PersonId& person);
std::string ConsentKey(const model::PersonId& person, const model::ConsentId& consent);
std::string ConsentPrefix(const model::PersonId& person);
std::string ConsentVersionKey(const model::PersonId& person, const model::ConsentId& consent);
std::string ConsentVersionPrefix(const model::PersonId& person);
// Beside the company's own name: another's candidate is as absent as one that never was.
std::string CandidatePrefix(std::string_view company);
std::string CandidateKey(std::string_view company, const model::CandidateRef& candidate);
std::string ReleaseKey(const model::ConsentId& consent, const Hash256& order_token);
std::string ReleasePrefix(const model::ConsentId& consent);
// `time` first, so that a year's provisions are one scan.
std::string ProvisionKey(std::int64_t time_s, const model::ReleaseId& release);
std::string DisclosureKey(const model::PersonId& person, std::int64_t time_s, ByteSpan unique16);
std::string DisclosurePrefix(const model::PersonId& person);
std::string CompanyKeyKey(std::string_view company, const Hash256& fingerprint);
std::string CompanyKeyPrefix(std::string_view company);
std::string WithdrawalKey(std::string_view company, const model::CandidateRef& candidate);
std::string WithdrawalPrefix(std::string_view company);
// `key` is checked by the caller: 1..64 characters of [A-Za-z0-9._:-].
std::string IdempotencyKey(const model::Principal& principal, std::string_view key);
std::string CodeKey(const model::PersonId& person);
// Day first (days since 1970), so that old nonces are one range to drop.
std::string NonceKey(std::int64_t time_s, const model::PersonId& person, ByteSpan nonce16);
std::string UploadKey(const model::UploadId& upload);
std::string CardEpochKey(std::uint64_t epoch, std::string_view part);
std::string ErasureRequestKey(const model::RequestId& request);
std::string ReceiptKey(const model::ReceiptId& receipt);
std::string StateKey(std::string_view name);
// Blind enrolment (docs/formats/enrolment.md). `unique16` is random.
std::string EnrolmentKeyKey(std::uint32_t version);
std::string EnrolmentKey(std::uint32_t version, const Hash256& token, ByteSpan unique16);
std::string EnrolmentPrefix(std::uint32_t version);
std::string EnrolmentPrefix(std::uint32_t version, const Hash256& token);
std::string EnrolmentOfKey(const model::PersonId& person, ByteSpan unique16);
std::string EnrolmentOfPrefix(const model::PersonId& person);
// In the order in which they came; at one time, those of a newer key version later.
std::string EnrolmentContactKey(std::int64_t time_s, std::uint32_t version, ByteSpan unique16);
std::string EnrolmentQuotaKey(std::string_view portal);
std::string ReviewKey(const model::ReviewId& review);
std::string ReviewOfKey(const model::PersonId& person, ByteSpan unique16);
std::string ReviewOfPrefix(const model::PersonId& person);
std::string MergeKey(const model::PersonId& person);

// The parts between the slashes after the prefix: "item/<a>/<b>" gives {"<a>", "<b>"}.
std::vector<std::string_view> Segments(std::string_view key);
//   errors   kDataLoss: not 32 lower-case hex digits
template <typename Id>
StatusOr<Id> ParseIdSegment(std::string_view segment) {
  const StatusOr<Bytes> bytes = HexDecode(segment);
  if (!bytes.ok() || bytes->size() != Id::kSizeBytes)
    return DataLoss("key: an id segment is malformed");
  return Id::FromBytes(*bytes);
}
// Id of the segment number `index` (0 is the first one after the prefix).
template <typename Id>
StatusOr<Id> IdOfKey(std::string_view key, std::size_t index) {
  const std::vector<std::string_view> segments = Segments(key);
  if (index >= segments.size()) return DataLoss("key: too few segments");
  return ParseIdSegment<Id>(segments[index]);
}

}  // namespace noren::personal_data::keyspaces
