// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/keyspaces.h"

#include <algorithm>
#include <initializer_list>

namespace noren::personal_data::keyspaces {
namespace {

constexpr std::int64_t kSecondsPerDay = 86400;

std::string Join(std::string_view prefix, std::initializer_list<std::string_view> segments) {
  std::string key(prefix);
  for (const std::string_view segment : segments) {
    if (key.back() != '/') key += '/';
    key += segment;
  }
  return key;
}

template <typename Id>
std::string Hex(const Id& id) {
  return HexEncode(id.bytes());
}

// 16 hex digits of the value moved up by 2^63, so that negative times sort before positive ones.
std::string SortableHex(std::int64_t value) {
  const std::uint64_t moved = static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63);
  return HexEncode(RecordWriter().U64(moved).bytes());
}

std::string VersionHex(std::uint32_t version) {
  return HexEncode(RecordWriter().U64(version).bytes());
}

std::int64_t DayOf(std::int64_t time_s) {
  const std::int64_t day = time_s / kSecondsPerDay;
  return time_s % kSecondsPerDay < 0 ? day - 1 : day;
}

}  // namespace

const std::vector<std::string_view>& AllPrefixes() {
  static const std::vector<std::string_view>& prefixes = *[] {
    auto* sorted =
        new std::vector<std::string_view>{kPerson,         kHandle,      kSubject,
                                          kItem,           kPosting,     kInvitation,
                                          kConsent,        kCandidate,   kRelease,
                                          kProvision,      kDisclosure,  kConsentVersion,
                                          kCompanyKey,     kWithdrawal,  kIdempotency,
                                          kCode,           kNonce,       kUpload,
                                          kCardEpoch,      kCardQuota,   kReceipt,
                                          kErasureRequest, kState,       kEnrolment,
                                          kEnrolmentKey,   kEnrolmentOf, kEnrolmentContact,
                                          kEnrolmentQuota, kReview,      kReviewOf,
                                          kMerge};
    std::sort(sorted->begin(), sorted->end());
    return sorted;
  }();
  return prefixes;
}

std::string PersonKey(const model::PersonId& person) { return Join(kPerson, {Hex(person)}); }
std::string HandleKey(std::string_view portal, const model::SeekerHandle& handle) {
  return Join(kHandle, {portal, Hex(handle)});
}
std::string SubjectKey(const Hash256& token) { return Join(kSubject, {HexEncode(token)}); }

std::string ItemPrefix(const model::PersonId& person) { return Join(kItem, {Hex(person), ""}); }
std::string ItemKey(const model::PersonId& person, const model::ItemId& item) {
  return Join(kItem, {Hex(person), Hex(item)});
}
std::string PostingKey(const model::PostingId& posting) { return Join(kPosting, {Hex(posting)}); }

std::string InvitationPrefix(const model::PersonId& person) {
  return Join(kInvitation, {Hex(person), ""});
}
std::string InvitationKey(const model::PersonId& person, const model::InvitationId& invitation) {
  return Join(kInvitation, {Hex(person), Hex(invitation)});
}
std::string ConsentPrefix(const model::PersonId& person) {
  return Join(kConsent, {Hex(person), ""});
}
std::string ConsentKey(const model::PersonId& person, const model::ConsentId& consent) {
  return Join(kConsent, {Hex(person), Hex(consent)});
}
std::string ConsentVersionPrefix(const model::PersonId& person) {
  return Join(kConsentVersion, {Hex(person), ""});
}
std::string ConsentVersionKey(const model::PersonId& person, const model::ConsentId& consent) {
  return Join(kConsentVersion, {Hex(person), Hex(consent)});
}

std::string CandidatePrefix(std::string_view company) { return Join(kCandidate, {company, ""}); }
std::string CandidateKey(std::string_view company, const model::CandidateRef& candidate) {
  return Join(kCandidate, {company, Hex(candidate)});
}
std::string ReleasePrefix(const model::ConsentId& consent) {
  return Join(kRelease, {Hex(consent), ""});
}
std::string ReleaseKey(const model::ConsentId& consent, const Hash256& order_token) {
  return Join(kRelease, {Hex(consent), HexEncode(order_token)});
}
std::string ProvisionKey(std::int64_t time_s, const model::ReleaseId& release) {
  return Join(kProvision, {SortableHex(time_s), Hex(release)});
}
std::string DisclosurePrefix(const model::PersonId& person) {
  return Join(kDisclosure, {Hex(person), ""});
}
std::string DisclosureKey(const model::PersonId& person, std::int64_t time_s, ByteSpan unique16) {
  return Join(kDisclosure, {Hex(person), SortableHex(time_s), HexEncode(unique16)});
}

std::string CompanyKeyPrefix(std::string_view company) { return Join(kCompanyKey, {company, ""}); }
std::string CompanyKeyKey(std::string_view company, const Hash256& fingerprint) {
  return Join(kCompanyKey, {company, HexEncode(fingerprint)});
}
std::string WithdrawalPrefix(std::string_view company) { return Join(kWithdrawal, {company, ""}); }
std::string WithdrawalKey(std::string_view company, const model::CandidateRef& candidate) {
  return Join(kWithdrawal, {company, Hex(candidate)});
}

std::string IdempotencyKey(const model::Principal& principal, std::string_view key) {
  return Join(kIdempotency, {model::RoleName(principal.role), principal.name, key});
}
std::string CodeKey(const model::PersonId& person) { return Join(kCode, {Hex(person)}); }
std::string NonceKey(std::int64_t time_s, const model::PersonId& person, ByteSpan nonce16) {
  return Join(kNonce, {SortableHex(DayOf(time_s)), Hex(person), HexEncode(nonce16)});
}
std::string UploadKey(const model::UploadId& upload) { return Join(kUpload, {Hex(upload)}); }
std::string CardEpochKey(std::uint64_t epoch, std::string_view part) {
  return Join(kCardEpoch, {HexEncode(RecordWriter().U64(epoch).bytes()), part});
}
std::string ErasureRequestKey(const model::RequestId& request) {
  return Join(kErasureRequest, {Hex(request)});
}
std::string ReceiptKey(const model::ReceiptId& receipt) { return Join(kReceipt, {Hex(receipt)}); }
std::string StateKey(std::string_view name) { return Join(kState, {name}); }

std::string EnrolmentKeyKey(std::uint32_t version) {
  return Join(kEnrolmentKey, {VersionHex(version)});
}
std::string EnrolmentPrefix(std::uint32_t version) {
  return Join(kEnrolment, {VersionHex(version), ""});
}
std::string EnrolmentPrefix(std::uint32_t version, const Hash256& token) {
  return Join(kEnrolment, {VersionHex(version), HexEncode(token), ""});
}
std::string EnrolmentKey(std::uint32_t version, const Hash256& token, ByteSpan unique16) {
  return Join(kEnrolment, {VersionHex(version), HexEncode(token), HexEncode(unique16)});
}
std::string EnrolmentOfPrefix(const model::PersonId& person) {
  return Join(kEnrolmentOf, {Hex(person), ""});
}
std::string EnrolmentOfKey(const model::PersonId& person, ByteSpan unique16) {
  return Join(kEnrolmentOf, {Hex(person), HexEncode(unique16)});
}
std::string EnrolmentContactKey(std::int64_t time_s, std::uint32_t version, ByteSpan unique16) {
  return Join(kEnrolmentContact, {SortableHex(time_s), VersionHex(version), HexEncode(unique16)});
}
std::string EnrolmentQuotaKey(std::string_view portal) { return Join(kEnrolmentQuota, {portal}); }
std::string ReviewKey(const model::ReviewId& review) { return Join(kReview, {Hex(review)}); }
std::string ReviewOfPrefix(const model::PersonId& person) {
  return Join(kReviewOf, {Hex(person), ""});
}
std::string ReviewOfKey(const model::PersonId& person, ByteSpan unique16) {
  return Join(kReviewOf, {Hex(person), HexEncode(unique16)});
}
std::string MergeKey(const model::PersonId& person) { return Join(kMerge, {Hex(person)}); }

std::vector<std::string_view> Segments(std::string_view key) {
  std::vector<std::string_view> segments;
  std::size_t begin = key.find('/');
  while (begin != std::string_view::npos) {
    const std::size_t end = key.find('/', begin + 1);
    segments.push_back(
        key.substr(begin + 1, end == std::string_view::npos ? end : end - begin - 1));
    begin = end;
  }
  return segments;
}

}  // namespace noren::personal_data::keyspaces
