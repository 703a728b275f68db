// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/keyspaces.h"

namespace noren::operations::keyspaces {
namespace {

// Decimal with leading zeros, so that byte order is number order.
std::string Numbered(std::string prefix, std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return prefix.append(20 - digits.size(), '0').append(digits);
}

template <typename Id>
std::string Under(std::string_view prefix, const Id& id) {
  return std::string(prefix) + HexEncode(id.bytes());
}

}  // namespace

std::string ApplicantKey(const model::PostingId& posting, const model::CandidateRef& candidate) {
  return ApplicantPrefix(posting) + HexEncode(candidate.bytes());
}
std::string ApplicantPrefix(const model::PostingId& posting) {
  return Under(kApplicant, posting) + "/";
}
std::string FileKeyKey(std::string_view file) { return std::string(kFileKey).append(file); }
std::string HoldKey(const model::HoldId& hold) { return Under(kHold, hold); }
std::string HoldOfKey(const model::PersonId& person, const model::HoldId& hold) {
  return HoldOfPrefix(person) + HexEncode(hold.bytes());
}
std::string HoldOfPrefix(const model::PersonId& person) { return Under(kHoldOf, person) + "/"; }
std::string DestructionPlanKey(const model::PlanId& plan) { return Under(kDestructionPlan, plan); }
std::string DestructionPartKey(const model::PlanId& plan, std::uint32_t part) {
  return Numbered(DestructionPartPrefix(plan), part);
}
std::string DestructionPartPrefix(const model::PlanId& plan) {
  return Under(kDestructionPart, plan) + "/";
}
std::string DestructionReceiptKey(const model::ReceiptId& receipt) {
  return Under(kDestructionReceipt, receipt);
}
std::string OwedDestructionKey(std::uint64_t sequence) {
  return Numbered(std::string(kOwedDestruction), sequence);
}
std::string ConsentMapKey(const merkle::MapPlace& place) {
  return std::string(kConsentMap) + std::string(AsText(place.Encode()));
}
std::string NarrowingKey(std::uint64_t sequence) {
  return Numbered(std::string(kNarrowing), sequence);
}
std::string OpeningKey(std::uint64_t sequence) { return Numbered(std::string(kOpening), sequence); }
std::string ReencryptKey(const model::PersonId& person, const model::ItemId& item) {
  return ReencryptPrefix(person) + HexEncode(item.bytes());
}
std::string ReencryptPrefix(const model::PersonId& person) {
  return Under(kReencrypt, person) + "/";
}
std::string ReleaseOfKey(const model::ReleaseId& release) { return Under(kReleaseOf, release); }
std::string SubjectOfKey(const model::PersonId& person) { return Under(kSubjectOf, person); }
std::string SubjectOpeningKey(const model::PersonId& person, std::uint64_t sequence) {
  return Numbered(SubjectOpeningPrefix(person), sequence);
}
std::string SubjectOpeningPrefix(const model::PersonId& person) {
  return Under(kSubjectOpening, person) + "/";
}

}  // namespace noren::operations::keyspaces
