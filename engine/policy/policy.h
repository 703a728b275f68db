// The operator's rules as the engine reads them: one immutable value per policy version, and
// nothing else decides.
// Source:   docs/formats/policy.md
// Threads:  plain values.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "engine/model/civil_day.h"
#include "engine/model/custody.h"
#include "engine/model/dictionary.h"
#include "engine/model/purposes.h"
#include "engine/policy/statement.h"

namespace noren::policy {

// Every sentence that a person may be shown exists in all three languages.
struct LocalizedText {
  std::string ko, ja, en;
  const std::string& In(model::Language language) const;
  bool operator==(const LocalizedText&) const = default;
};

// What a person can do, each with the least proof that suffices for it.
enum class Act : std::uint8_t {
  kGrantDiscoverability = 0,
  kWithdrawDiscoverability,  // portal_asserted always suffices: withdrawing needs no key
  kGrantConsent,
  kRefuseConsent,    // portal_asserted always suffices
  kWithdrawConsent,  // portal_asserted always suffices
  kRequestErasure,
  kReadOwnRecord
};
inline constexpr std::size_t kActCount = 7;
std::string_view ActName(Act act);  // "grant_consent"

// In rising strength.
enum class Proof : std::uint8_t { kPortalAsserted = 1, kOneTimeCode = 2, kSignature = 3 };
std::string_view ProofName(Proof proof);  // "portal_asserted", "one_time_code", "signature"

// The decisions a policy is asked for; each rests on clauses of the policy.
enum class Rule : std::uint8_t {
  kCollectItem = 0,
  kForbidField,
  kShowCards,
  kInvite,
  kProof,
  kGrantConsent,
  kRelease,
  kRetention,
  kErasure,
  kRanking,
  kValidity
};
inline constexpr std::size_t kRuleCount = 11;
std::string_view RuleName(Rule rule);  // "collect_item"

struct Clause {
  std::string id;  // "E-04"
  LocalizedText text;
};

enum class Subjects : std::uint8_t { kPeopleOnly = 1, kPeopleAndPostings = 2 };
enum class ResidentNumbers : std::uint8_t { kRefuse = 1, kIgnore = 2 };

// A field that must not be collected. The policy owns the list; intake compares the names, after
// folding case, spaces and punctuation, and gets the list as a parameter.
struct ForbiddenField {
  std::string id;                  // "religion"
  std::vector<std::string> names;  // whole field names, in any language
  Subjects subjects = Subjects::kPeopleOnly;
  LocalizedText rule;  // what the sender is told
  std::string clause;
};

enum class Collection : std::uint8_t { kRequired = 1, kOptional = 2 };
struct ItemRule {
  model::ItemKind kind = model::ItemKind::kResume;
  Collection collection = Collection::kOptional;
  std::int64_t max_size_bytes = 0;
  LocalizedText label;
};

struct PurposeRule {
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  std::vector<model::ItemKind> items;  // what may be asked for to this purpose
  std::int32_t max_consent_days = 0;   // at most ConsentRules::max_days
  LocalizedText label;
};

// Which companies are in a class.
enum class ClassMembers : std::uint8_t {
  kEveryCompany,  // whoever has a certificate of this service
  kRegistered,    // whom an officer has registered in it
};
// Who may see cards and invite: what a discoverability consent names ("all", "public").
struct RecipientClass {
  std::string id;
  ClassMembers members = ClassMembers::kRegistered;
  LocalizedText label;
};

struct Processor {  // whom the operator entrusts with processing
  std::string name;
  std::string country;  // ISO 3166-1 alpha-2
  LocalizedText task;
};

struct CardRules {
  std::int32_t k = 0;                   // 2..1000: of people who are not the company's own
  std::int32_t planted = 0;             // 0..1000: how many of a class a company may have planted
  std::int32_t card_reads_per_day = 0;  // per company
  std::int32_t postings_per_quota_key = 0;  // near-duplicates that may be open at once, per company
  // Postings of a company that ask for people of the same kind share these, open or closed:
  std::int32_t cards_per_quota_key = 0;        // shown a day
  std::int32_t invitations_per_quota_key = 0;  // asked for within quota_days
  std::int32_t quota_days = 0;

  // With so many, k are left of a class that a company filled up with people of its own.
  std::int32_t SmallestClass() const { return k + planted; }
};
struct ConsentRules {
  std::int32_t max_days = 0;        // longest release consent
  std::int32_t answer_days = 0;     // an invitation expires after this
  std::int32_t retention_days = 0;  // of a company's copy, from the grant on
};
// Who may hold the keys to a person's items. Without the table: the operator or the person.
struct CustodyRules {
  bool is_stated = false;
  std::array<bool, model::kCustodies.size()> allowed = {true, true};  // in their order
};
struct ReleaseRules {
  std::int32_t access_days = 0;       // a company may read a release as long, from the release on
  std::int32_t acknowledge_days = 0;  // an acknowledgement later than this is overdue
  std::int32_t question_days = 0;     // a person's question is to be answered within this
  bool decisions_signed = true;       // the named human signs; else the company vouches for them
};
struct CodeRules {
  std::int32_t digits = 0;
  std::int32_t valid_minutes = 0;
  std::int32_t attempts = 0;
  std::int32_t act_fresh_minutes = 0;  // an act older (or newer) than this is stale
};
struct LimitRules {
  std::int32_t invitations_per_posting = 0;
  std::int32_t invitations_per_request = 0;
  std::int32_t invitations_per_person_per_day = 0;
  std::int32_t codes_per_person_per_hour = 0;
  std::int32_t ranking_rows = 0;  // longest ranking a portal may ask for
};

// How many identifiers a portal may have evaluated on one day of the operator's.
struct PortalQuota {
  std::string portal;
  std::int32_t elements_per_day = 0;
};
// Without the table nobody may have identifiers evaluated, nor enrol by them.
struct EnrolmentRules {
  bool is_offered = false;
  std::int32_t elements_per_day = 0;  // of each portal that is not named; 0: none
  std::vector<PortalQuota> portals;
  std::vector<std::string> clauses;
  std::int32_t QuotaOf(std::string_view portal) const;
};

// What a feature of the ranking counts where neither the posting nor the person says it, and the
// most that either may give it.
struct FeatureRule {
  std::uint8_t standard = 5;
  std::uint8_t most = 10;
  bool operator==(const FeatureRule&) const = default;
};
inline constexpr std::uint8_t kMostWeight = 10;
// The features of the ranking, by name and in their order (docs/formats/ranking.md).
inline constexpr std::array<std::string_view, 12> kRankedFeatures = {
    "skills",    "occupation",      "region",         "wage",      "experience",   "licences",
    "languages", "employment_type", "related_skills", "education", "availability", "recency"};
struct RankingRules {
  std::array<FeatureRule, kRankedFeatures.size()> features = Standard();
  // Without the table: 5 each, but 0 for recency.
  static std::array<FeatureRule, kRankedFeatures.size()> Standard();
};

// Texts with placeholders. The loader refuses one that lacks a placeholder its kind needs, or has
// another.
struct NoticeTemplates {
  LocalizedText discoverability;  // {operator} {recipient} {k} {policy}
  LocalizedText release;          // {operator} {recipient} {purpose} {items} {days} {policy}
  LocalizedText refusal;          // the right to refuse and what follows from it; ends both notices
};

// How personal data are destroyed. docs/design/0013-destruction.md
struct DestructionRules {
  bool four_eyes = true;             // a plan is approved by another officer than its planner
  bool four_eyes_on_request = true;  // also what a person asked for, with proof
  std::int32_t plan_valid_hours = 0;
};
// What a legal hold may keep, and for how long.
struct HoldRules {
  std::vector<model::ItemKind> items;
  std::int32_t max_days = 0;
};
// A declared personal-information file: the items of some kinds, of everybody.
struct FileRule {
  std::string id;  // "applications"
  std::vector<model::ItemKind> items;
  LocalizedText label;
};

struct Policy {
  std::string id;       // "example"
  std::string version;  // "2026-1"
  model::CivilDay effective_from;
  bool invented = false;  // true for a policy that no operator stands behind
  LocalizedText operator_name;
  std::string operator_contact;
  std::string timezone;  // "Asia/Seoul"
  std::int32_t utc_offset_seconds = 0;
  std::vector<model::Language> languages;  // the first is the default

  CardRules cards;
  ConsentRules consent;
  CustodyRules custody;
  ReleaseRules release;
  CodeRules codes;
  LimitRules limits;
  RankingRules ranking;
  EnrolmentRules enrolment;
  std::array<Proof, kActCount> least_proof{};
  std::vector<Clause> clauses;
  std::array<std::vector<std::string>, kRuleCount> clauses_of_rule;
  ResidentNumbers resident_numbers = ResidentNumbers::kRefuse;
  std::vector<ForbiddenField> forbidden;
  std::vector<ItemRule> items;
  std::vector<PurposeRule> purposes;
  std::vector<RecipientClass> recipient_classes;
  std::vector<Processor> processors;
  NoticeTemplates notices;
  DestructionRules destruction;
  HoldRules holds;
  std::vector<FileRule> files;
  // What the operator publishes; null: the file only enforces.
  std::shared_ptr<const Statement> statement;

  std::string source;          // the file's text
  std::string canonical_json;  // every value of the file, RFC 8785
  Hash256 digest{};            // SHA-256 of canonical_json; records name it

  // "example 2026-1 (sha256:<16 hex digits>)"
  std::string VersionText() const;
  const ItemRule* FindItem(model::ItemKind kind) const;
  const PurposeRule* FindPurpose(model::Purpose purpose) const;
  const FileRule* FindFile(std::string_view id) const;
  const FileRule* FileOf(model::ItemKind kind) const;  // null: in no file
  const RecipientClass* FindRecipientClass(std::string_view id) const;
};

}  // namespace noren::policy
