// Keys of records that belong to operations as a whole; people's records are in
// engine/personal_data/keyspaces.h.
// Source:   docs/formats/keyspaces.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/encoding.h"
#include "crypto/base/status.h"
#include "crypto/merkle/map.h"
#include "engine/model/ids.h"
#include "engine/model/principal.h"
#include "engine/operations/audience.h"

namespace noren::operations::keyspaces {

inline constexpr std::string_view kAnnouncement = "announcement/";   // + announcement
inline constexpr std::string_view kContact = "contact/";             // + person / contact
inline constexpr std::string_view kNoticeChange = "notice-change/";  // + digest of the later notice
inline constexpr std::string_view kUnsubscribed = "unsubscribed/";   // + person
inline constexpr std::string_view kEdition = "edition/";  // + kind of person / number, 20 digits
inline constexpr std::string_view kFiguresReleased = "figures-released/";  // + as edition, number
inline constexpr std::string_view kFileKey = "file-key/";                  // + file of the policy
inline constexpr std::string_view kHandOver = "hand-over/";  // + person / time / 16 bytes
inline constexpr std::string_view kHold = "hold/";           // + hold
inline constexpr std::string_view kHoldOf = "hold-of/";      // + person / hold
inline constexpr std::string_view kDestructionPlan = "destruction-plan/";        // + plan
inline constexpr std::string_view kDestructionPart = "destruction-part/";        // + plan / part
inline constexpr std::string_view kDestructionReceipt = "destruction-receipt/";  // + receipt
inline constexpr std::string_view kOwedDestruction = "owed-destruction/";        // + audit sequence
inline constexpr std::string_view kAccess = "access/";                           // + release
inline constexpr std::string_view kApplicant = "applicant/";        // + posting / candidate
inline constexpr std::string_view kConsentMap = "consent-map/";     // + place of the node
inline constexpr std::string_view kCompany = "company/";            // + name
inline constexpr std::string_view kCompanyLeft = "company-left/";   // + name
inline constexpr std::string_view kDeadline = "deadline/";          // + time / kind / id
inline constexpr std::string_view kDecided = "decided/";            // + consent / decision
inline constexpr std::string_view kDecision = "decision/";          // + decision
inline constexpr std::string_view kDuty = "duty/";                  // + company / duty
inline constexpr std::string_view kAcknowledged = "acknowledged/";  // + officer
inline constexpr std::string_view kCallerLock = "caller-lock/";     // + caller
inline constexpr std::string_view kEvent = "event/";  // + role / name / position, 20 decimal digits
inline constexpr std::string_view kEventMark = "event-mark/";  // + role / name
inline constexpr std::string_view kExposure = "exposure/";  // + epoch / audience / audit sequence
inline constexpr std::string_view kExposureClass = "exposure-class/";  // + epoch / audience / class
inline constexpr std::string_view kExposureList = "exposure-list/";    // + day / audit sequence
inline constexpr std::string_view kExposurePeople = "exposure-people/";  // + day / audit sequence
inline constexpr std::string_view kForm = "form/";               // + posting / version, 20 digits
inline constexpr std::string_view kFormAnswer = "form-answer/";  // + person / item
inline constexpr std::string_view kItemUse = "item-use/";        // + handler / day
inline constexpr std::string_view kMediumKey = "medium-key/";    // + hash of its name
inline constexpr std::string_view kNarrowing = "narrowing/";  // + audit sequence, 20 decimal digits
inline constexpr std::string_view kOnMedium = "on-medium/";   // + person / hash of its name
inline constexpr std::string_view kOpening = "opening/";      // + audit sequence, 20 decimal digits
inline constexpr std::string_view kKeptByConsent = "kept-by-consent/";  // + person
inline constexpr std::string_view kLetter = "letter/";                  // + token / 16 random bytes
inline constexpr std::string_view kLetterOf = "letter-of/";             // + person
inline constexpr std::string_view kOrigin = "origin/";                  // + person
inline constexpr std::string_view kPolicyVersion = "policy-version/";   // + digest of the file
inline constexpr std::string_view kQuestion = "question/";              // + company / question
inline constexpr std::string_view kQuestionText =
    "question-text/";                                            // + person / company / question
inline constexpr std::string_view kReencrypt = "reencrypt/";     // + person / item
inline constexpr std::string_view kRefusals = "refusals/";       // + company
inline constexpr std::string_view kRegister = "register/";       // + register / number, 20 digits
inline constexpr std::string_view kReleaseOf = "release-of/";    // + company / release
inline constexpr std::string_view kFreeze = "freeze/";           // + person
inline constexpr std::string_view kRetention = "retention/";     // + person
inline constexpr std::string_view kRights = "rights/";           // + request
inline constexpr std::string_view kRightsText = "rights-text/";  // + person / request
inline constexpr std::string_view kShownClass = "shown-class/";  // + person / epoch / audience
inline constexpr std::string_view kShownList = "shown-list/";    // + person / day
inline constexpr std::string_view kSigner = "signer/";         // + company / fingerprint of the key
inline constexpr std::string_view kSubjectOf = "subject-of/";  // + person
inline constexpr std::string_view kSubjectOpening =
    "subject-opening/";  // + person / audit sequence

std::string HandOverPrefix(const model::PersonId& person);
// Times before `time_s` sort before it.
std::string HandOverKey(const model::PersonId& person, std::int64_t time_s, ByteSpan unique16);
std::string EditionPrefix(std::string_view subject);
std::string EditionKey(std::string_view subject, std::uint64_t edition);
std::string FiguresReleasedPrefix(std::string_view subject, std::uint64_t edition);
std::string FiguresReleasedKey(std::string_view subject, std::uint64_t edition,
                               std::uint64_t number);
std::string AccessKey(const model::ReleaseId& release);
std::string AcknowledgedKey(std::string_view officer);
std::string CallerLockKey(std::string_view caller);
std::string RefusalsKey(std::string_view company);
// Times before `time_s` sort before it.
std::string DeadlineKey(std::int64_t time_s, std::uint8_t kind, ByteSpan id);
std::string DecidedKey(const model::ConsentId& consent, const model::DecisionId& decision);
std::string DecidedPrefix(const model::ConsentId& consent);
std::string DecisionKey(const model::DecisionId& decision);
std::string DutyKey(std::string_view company, const model::DutyId& duty);
std::string DutyPrefix(std::string_view company);
std::string EventKey(const model::Principal& recipient, std::uint64_t position);
std::string EventPrefix(const model::Principal& recipient);
std::string EventMarkKey(const model::Principal& recipient);
std::string QuestionKey(std::string_view company, const model::QuestionId& question);
std::string QuestionPrefix(std::string_view company);
std::string QuestionTextKey(const model::PersonId& person, std::string_view company,
                            const model::QuestionId& question);
std::string QuestionTextPrefix(const model::PersonId& person);
std::string SignerKey(std::string_view company, const Hash256& fingerprint);
std::string SignerPrefix(std::string_view company);
std::string ApplicantKey(const model::PostingId& posting, const model::CandidateRef& candidate);
std::string ApplicantPrefix(const model::PostingId& posting);
std::string FileKeyKey(std::string_view file);
std::string HoldKey(const model::HoldId& hold);
std::string HoldOfKey(const model::PersonId& person, const model::HoldId& hold);
std::string HoldOfPrefix(const model::PersonId& person);
std::string DestructionPlanKey(const model::PlanId& plan);
std::string DestructionPartKey(const model::PlanId& plan, std::uint32_t part);
std::string DestructionPartPrefix(const model::PlanId& plan);
std::string DestructionReceiptKey(const model::ReceiptId& receipt);
std::string OwedDestructionKey(std::uint64_t sequence);
std::string ConsentMapKey(const merkle::MapPlace& place);
std::string ExposureKey(const AudienceOfEpoch& of, std::uint64_t sequence);
std::string ExposurePrefix(const AudienceOfEpoch& of);
std::string ExposureClassKey(const AudienceOfEpoch& of, std::uint32_t class_id);
std::string ExposureListKey(std::uint64_t day, std::uint64_t sequence);
std::string ExposurePeopleKey(std::uint64_t day, std::uint64_t sequence);
std::string ExposurePeoplePrefix(std::uint64_t day);
std::string ShownClassKey(const model::PersonId& person, const AudienceOfEpoch& of);
std::string ShownClassPrefix(const model::PersonId& person);
std::string ShownListKey(const model::PersonId& person, std::uint64_t day);
std::string ShownListPrefix(const model::PersonId& person);
// Segment `n` after the prefix (from 0) of a key.
//   errors   kDataLoss: there is none
StatusOr<std::string> TextInKey(std::string_view key, std::size_t n);
//   errors   kDataLoss: it is no number
StatusOr<std::uint64_t> NumberInKey(std::string_view key, std::size_t n);
// `day`: days since 1970-01-01.
std::string ItemUseKey(std::string_view handler, std::uint64_t day);
std::string ItemUsePrefix(std::string_view handler);
// A medium is known by the SHA-256 of the name that the register has.
std::string MediumKeyKey(const Hash256& medium);
std::string OnMediumKey(const model::PersonId& person, const Hash256& medium);
std::string OnMediumPrefix(const model::PersonId& person);
std::string NarrowingKey(std::uint64_t sequence);
std::string OpeningKey(std::uint64_t sequence);
std::string FormPrefix(const model::PostingId& posting);
std::string FormKey(const model::PostingId& posting, std::uint32_t version);
std::string FormAnswerPrefix(const model::PersonId& person);
std::string FormAnswerKey(const model::PersonId& person, const model::ItemId& item);
std::string KeptByConsentKey(const model::PersonId& person);
std::string LetterPrefix(const Hash256& token);
std::string LetterKey(const Hash256& token, ByteSpan unique16);
std::string LetterOfKey(const model::PersonId& person);
std::string OriginKey(const model::PersonId& person);
std::string ReencryptKey(const model::PersonId& person, const model::ItemId& item);
std::string ReencryptPrefix(const model::PersonId& person);
std::string RegisterKey(std::string_view name, std::uint64_t number);
std::string RegisterPrefix(std::string_view name);
std::string ReleaseOfKey(std::string_view company, const model::ReleaseId& release);
std::string ReleaseOfPrefix(std::string_view company);
std::string CompanyLeftKey(std::string_view company);
std::string SubjectOfKey(const model::PersonId& person);
std::string SubjectOpeningKey(const model::PersonId& person, std::uint64_t sequence);
std::string SubjectOpeningPrefix(const model::PersonId& person);

}  // namespace noren::operations::keyspaces
