// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/keyspaces.h"

#include <charconv>
#include <vector>

#include "engine/personal_data/keyspaces.h"

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
std::string ConsentMapKey(const merkle::MapPlace& place) {
  return std::string(kConsentMap) + std::string(AsText(place.Encode()));
}
std::string ExposureKey(const AudienceOfEpoch& of, std::uint64_t sequence) {
  return Numbered(ExposurePrefix(of), sequence);
}
std::string ExposurePrefix(const AudienceOfEpoch& of) {
  return Numbered(std::string(kExposure), of.epoch) + "/" + of.audience + "/";
}
std::string ExposureClassKey(const AudienceOfEpoch& of, std::uint32_t class_id) {
  return Numbered(Numbered(std::string(kExposureClass), of.epoch) + "/" + of.audience + "/",
                  class_id);
}
std::string ExposureListKey(std::uint64_t day, std::uint64_t sequence) {
  return Numbered(Numbered(std::string(kExposureList), day) + "/", sequence);
}
std::string ExposurePeopleKey(std::uint64_t day, std::uint64_t sequence) {
  return Numbered(ExposurePeoplePrefix(day), sequence);
}
std::string ExposurePeoplePrefix(std::uint64_t day) {
  return Numbered(std::string(kExposurePeople), day) + "/";
}
std::string ShownClassKey(const model::PersonId& person, const AudienceOfEpoch& of) {
  return Numbered(ShownClassPrefix(person), of.epoch) + "/" + of.audience;
}
std::string ShownClassPrefix(const model::PersonId& person) {
  return Under(kShownClass, person) + "/";
}
std::string ShownListKey(const model::PersonId& person, std::uint64_t day) {
  return Numbered(ShownListPrefix(person), day);
}
std::string ShownListPrefix(const model::PersonId& person) {
  return Under(kShownList, person) + "/";
}
StatusOr<std::string> TextInKey(std::string_view key, std::size_t n) {
  const std::vector<std::string_view> segments = personal_data::keyspaces::Segments(key);
  if (n >= segments.size()) return DataLoss("key: a part is missing");
  return std::string(segments[n]);
}
StatusOr<std::uint64_t> NumberInKey(std::string_view key, std::size_t n) {
  NOREN_ASSIGN_OR_RETURN(const std::string text, TextInKey(key, n));
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) return DataLoss("key: a number is malformed");
  return number;
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
