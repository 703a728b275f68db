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

std::string EditionPrefix(std::string_view subject) {
  return std::string(kEdition) + std::string(subject) + "/";
}
std::string EditionKey(std::string_view subject, std::uint64_t edition) {
  return Numbered(EditionPrefix(subject), edition);
}
std::string FiguresReleasedPrefix(std::string_view subject, std::uint64_t edition) {
  return Numbered(std::string(kFiguresReleased) + std::string(subject) + "/", edition) + "/";
}
std::string FiguresReleasedKey(std::string_view subject, std::uint64_t edition,
                               std::uint64_t number) {
  return Numbered(FiguresReleasedPrefix(subject, edition), number);
}

std::string HandOverPrefix(const model::PersonId& person) { return Under(kHandOver, person) + "/"; }
std::string HandOverKey(const model::PersonId& person, std::int64_t time_s, ByteSpan unique16) {
  const std::uint64_t sortable = static_cast<std::uint64_t>(time_s) ^ (std::uint64_t{1} << 63);
  return HandOverPrefix(person) + HexEncode(RecordWriter().U64(sortable).bytes()) + "/" +
         HexEncode(unique16);
}
std::string AccessKey(const model::ReleaseId& release) { return Under(kAccess, release); }
std::string DeadlineKey(std::int64_t time_s, std::uint8_t kind, ByteSpan id) {
  const std::uint64_t sortable = static_cast<std::uint64_t>(time_s) ^ (std::uint64_t{1} << 63);
  return std::string(kDeadline) + HexEncode(RecordWriter().U64(sortable).bytes()) + "/" +
         std::to_string(kind) + "/" + HexEncode(id);
}
std::string DecidedKey(const model::ConsentId& consent, const model::DecisionId& decision) {
  return DecidedPrefix(consent) + HexEncode(decision.bytes());
}
std::string DecidedPrefix(const model::ConsentId& consent) {
  return Under(kDecided, consent) + "/";
}
std::string DecisionKey(const model::DecisionId& decision) { return Under(kDecision, decision); }
std::string DutyKey(std::string_view company, const model::DutyId& duty) {
  return DutyPrefix(company) + HexEncode(duty.bytes());
}
std::string DutyPrefix(std::string_view company) {
  return std::string(kDuty).append(company).append("/");
}
std::string EventKey(const model::Principal& recipient, std::uint64_t position) {
  return Numbered(EventPrefix(recipient), position);
}
std::string EventPrefix(const model::Principal& recipient) {
  return std::string(kEvent).append(model::RoleName(recipient.role)) + "/" + recipient.name + "/";
}
std::string EventMarkKey(const model::Principal& recipient) {
  return std::string(kEventMark).append(model::RoleName(recipient.role)) + "/" + recipient.name;
}
std::string QuestionKey(std::string_view company, const model::QuestionId& question) {
  return QuestionPrefix(company) + HexEncode(question.bytes());
}
std::string QuestionPrefix(std::string_view company) {
  return std::string(kQuestion).append(company).append("/");
}
std::string QuestionTextKey(const model::PersonId& person, std::string_view company,
                            const model::QuestionId& question) {
  return QuestionTextPrefix(person).append(company) + "/" + HexEncode(question.bytes());
}
std::string QuestionTextPrefix(const model::PersonId& person) {
  return Under(kQuestionText, person) + "/";
}
std::string SignerKey(std::string_view company, const Hash256& fingerprint) {
  return SignerPrefix(company) + HexEncode(fingerprint);
}
std::string SignerPrefix(std::string_view company) {
  return std::string(kSigner).append(company).append("/");
}
std::string ApplicantKey(const model::PostingId& posting, const model::CandidateRef& candidate) {
  return ApplicantPrefix(posting) + HexEncode(candidate.bytes());
}
std::string ApplicantPrefix(const model::PostingId& posting) {
  return Under(kApplicant, posting) + "/";
}
std::string MediumKeyKey(const Hash256& medium) {
  return std::string(kMediumKey) + HexEncode(medium);
}
std::string OnMediumKey(const model::PersonId& person, const Hash256& medium) {
  return OnMediumPrefix(person) + HexEncode(medium);
}
std::string OnMediumPrefix(const model::PersonId& person) { return Under(kOnMedium, person) + "/"; }
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
std::string ItemUseKey(std::string_view handler, std::uint64_t day) {
  return Numbered(ItemUsePrefix(handler), day);
}
std::string ItemUsePrefix(std::string_view handler) {
  return std::string(kItemUse) + std::string(handler) + "/";
}
std::string NarrowingKey(std::uint64_t sequence) {
  return Numbered(std::string(kNarrowing), sequence);
}
std::string AcknowledgedKey(std::string_view officer) {
  return std::string(kAcknowledged).append(officer);
}
std::string CallerLockKey(std::string_view caller) {
  return std::string(kCallerLock).append(caller);
}
std::string RefusalsKey(std::string_view company) { return std::string(kRefusals).append(company); }
std::string RegisterKey(std::string_view name, std::uint64_t number) {
  return Numbered(RegisterPrefix(name), number);
}
std::string RegisterPrefix(std::string_view name) {
  return std::string(kRegister) + std::string(name) + "/";
}
std::string OpeningKey(std::uint64_t sequence) { return Numbered(std::string(kOpening), sequence); }
std::string FormPrefix(const model::PostingId& posting) { return Under(kForm, posting) + "/"; }
std::string FormKey(const model::PostingId& posting, std::uint32_t version) {
  return Numbered(FormPrefix(posting), version);
}
std::string FormAnswerPrefix(const model::PersonId& person) {
  return Under(kFormAnswer, person) + "/";
}
std::string FormAnswerKey(const model::PersonId& person, const model::ItemId& item) {
  return FormAnswerPrefix(person) + HexEncode(item.bytes());
}
std::string KeptByConsentKey(const model::PersonId& person) {
  return Under(kKeptByConsent, person);
}
std::string LetterPrefix(const Hash256& token) {
  return std::string(kLetter) + HexEncode(token) + "/";
}
std::string LetterKey(const Hash256& token, ByteSpan unique16) {
  return LetterPrefix(token) + HexEncode(unique16);
}
std::string LetterOfKey(const model::PersonId& person) { return Under(kLetterOf, person); }
std::string OriginKey(const model::PersonId& person) { return Under(kOrigin, person); }
std::string ReencryptKey(const model::PersonId& person, const model::ItemId& item) {
  return ReencryptPrefix(person) + HexEncode(item.bytes());
}
std::string ReencryptPrefix(const model::PersonId& person) {
  return Under(kReencrypt, person) + "/";
}
std::string ReleaseOfKey(std::string_view company, const model::ReleaseId& release) {
  return Under(std::string(kReleaseOf).append(company).append("/"), release);
}
std::string ReleaseOfPrefix(std::string_view company) {
  return std::string(kReleaseOf).append(company).append("/");
}
std::string CompanyLeftKey(std::string_view company) {
  return std::string(kCompanyLeft).append(company);
}
std::string SubjectOfKey(const model::PersonId& person) { return Under(kSubjectOf, person); }
std::string SubjectOpeningKey(const model::PersonId& person, std::uint64_t sequence) {
  return Numbered(SubjectOpeningPrefix(person), sequence);
}
std::string SubjectOpeningPrefix(const model::PersonId& person) {
  return Under(kSubjectOpening, person) + "/";
}

}  // namespace noren::operations::keyspaces
