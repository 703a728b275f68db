// Reproducible people, keys and records for the tests of engine/personal_data.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/personal_data/consent.h"
#include "engine/personal_data/disclosure.h"
#include "engine/personal_data/person_keys.h"
#include "engine/personal_data/receipt.h"
#include "engine/personal_data/release.h"
#include "tests/support/folders.h"
#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::personal_data {

inline constexpr std::int64_t kNow = 1767571200;  // 2026-01-05 00:00:00 UTC

// An id whose every byte is `value`.
template <typename Id>
Id IdOf(std::uint8_t value) {
  return Id::FromBytes(Bytes(16, value)).value();
}
inline Hash256 HashOf(std::uint8_t value) {
  Hash256 hash;
  hash.fill(value);
  return hash;
}
inline PurposeKeys KeysOf(std::uint8_t value) {
  return PurposeKeys::Derive(SecretBytes::CopyOf(Bytes(32, value))).value();
}
inline PersonKeys PersonKeysOf(std::uint8_t value) {
  return DerivePersonKeys(SecretBytes::CopyOf(Bytes(32, value))).value();
}

// One person with keys of their own.
struct SamplePerson {
  explicit SamplePerson(std::uint8_t value = 0x11)
      : id(IdOf<model::PersonId>(value)), keys(PersonKeysOf(value)) {}
  PersonContext context() const { return {id, keys}; }
  model::PersonId id;
  PersonKeys keys;
};

// An age recipient that the company could hold.
inline std::string SampleRecipient(std::uint8_t value) {
  return PersonKeysOf(value).items_recipient;
}

inline PersonRecord SamplePersonRecord(const model::PersonId& person) {
  PersonRecord record;
  record.person = person;
  record.address = {
      .version = 3, .leaf = 77, .portal = "hanbit", .handle = IdOf<model::SeekerHandle>(0x21)};
  record.person_key.emplace().fill(0x33);
  record.language = "ko";
  record.registered_at = {kNow};
  record.discoverability = {
      .companies_class = "all", .given_at = {kNow + 5}, .consent_version = 2, .live = true};
  record.contact = "seo-yeon@example.kr";
  record.profile = Bytes{1, 2, 3, 4, 5};
  return record;
}

inline Invitation SampleInvitation() {
  Invitation invitation;
  invitation.invitation = IdOf<model::InvitationId>(0x31);
  invitation.consent = IdOf<model::ConsentId>(0x32);
  invitation.posting = IdOf<model::PostingId>(0x33);
  invitation.company = "hangang-care";
  invitation.company_recipients = {SampleRecipient(0x61), SampleRecipient(0x62)};
  invitation.company_key = FingerprintOf(invitation.company_recipients);
  invitation.item_kinds = {model::ItemKind::kResume, model::ItemKind::kEmail};
  invitation.items = {{IdOf<model::ItemId>(0x41), HashOf(0x51)},
                      {IdOf<model::ItemId>(0x42), HashOf(0x52)}};
  invitation.purpose = model::Purpose::kApplicationScreening;
  invitation.invited_at = {kNow};
  invitation.answer_by = {kNow + 7 * 86400};
  invitation.consent_days = 30;
  invitation.retention_days = 90;
  invitation.notice = "한강케어가 이력서와 이메일을 요청합니다.";
  invitation.notice_sha256 = primitives::Sha256(AsBytes(invitation.notice));
  invitation.policy_version = "sample-1";
  invitation.decided_by = "Kim Ha-neul";
  return invitation;
}

inline Invitation SampleStatedInvitation() {
  Invitation invitation = SampleInvitation();
  invitation.stated_facts = HashOf(0x79);
  return invitation;
}

inline GrantTerms SampleTerms(const Invitation& invitation) {
  GrantTerms terms;
  terms.posting = invitation.posting;
  terms.company = invitation.company;
  terms.company_key = invitation.company_key;
  terms.items = invitation.items;
  terms.purpose = invitation.purpose;
  terms.expires_at = {kNow + 20 * 86400};
  terms.retention_days = invitation.retention_days;
  terms.notice_sha256 = invitation.notice_sha256;
  terms.policy_version = invitation.policy_version;
  return terms;
}

inline ActEvidence SampleEvidence(std::string_view statement = "{}") {
  return {.level = ProofLevel::kSignature,
          .statement = std::string(statement),
          .signature = Bytes(64, 9)};
}

inline ReleaseConsent SampleConsent() {
  const Invitation invitation = SampleInvitation();
  ReleaseConsent consent;
  consent.consent = invitation.consent;
  consent.invitation = invitation.invitation;
  consent.posting = invitation.posting;
  consent.company = invitation.company;
  consent.terms = SampleTerms(invitation);
  consent.answered_at = {kNow + 60};
  consent.answer = SampleEvidence();
  consent.withdrawn_at = {kNow + 120};
  consent.withdrawal =
      ActEvidence{.level = ProofLevel::kPortalAsserted, .statement = "{}", .signature = {}};
  return consent;
}

inline ItemRecord SampleItem() {
  ItemRecord item;
  item.item = IdOf<model::ItemId>(0x41);
  item.version = 2;
  item.kind = model::ItemKind::kResume;
  item.media_type = "application/pdf";
  item.name = "이력서.pdf";
  item.header = ToBytes("age-encryption.org/v1\n");
  item.payload_sha256 = HashOf(0x51);
  item.payload_size_bytes = 1234;
  item.plain_size_bytes = 1200;
  item.created_at = {kNow};
  return item;
}

// The same records of a person who holds their own keys: layout 2.
inline PersonRecord SampleHeldPersonRecord(const model::PersonId& person) {
  PersonRecord record = SamplePersonRecord(person);
  record.custody = model::Custody::kPerson;
  record.age_recipient = SampleRecipient(0x63);
  return record;
}

// And of one who blocked two employers: layout 3.
inline PersonRecord SampleBlockingPersonRecord(const model::PersonId& person) {
  PersonRecord record = SamplePersonRecord(person);
  record.blocked_employers = {{HashOf(0x71), std::nullopt, {}}, {HashOf(0x72), std::nullopt, {}}};
  return record;
}

// And with their numbers, one under a key that lies in a leaf, and of whom the notice asked more:
// layout 4. The numbers are not opened.
inline PersonRecord SampleFullPersonRecord(const model::PersonId& person) {
  PersonRecord record = SampleHeldPersonRecord(person);
  record.blocked_employers = {{HashOf(0x71), std::nullopt, Bytes(60, 0x73)},
                              {HashOf(0x72), 9, Bytes(60, 0x74)}};
  record.blocked_at = {kNow + 300};
  record.stated = {.subject = "student", .notice = HashOf(0x78), .child = true};
  return record;
}

// And of one who agreed to the purposes of a policy: layout 5.
inline PersonRecord SampleAgreedPersonRecord(const model::PersonId& person) {
  PersonRecord record = SamplePersonRecord(person);
  record.stated.agreed = HashOf(0x7a);
  return record;
}

inline ItemRecord SampleHeldItem() {
  ItemRecord item = SampleItem();
  item.custody = model::Custody::kPerson;
  return item;
}

inline ReleaseConsent SampleHeldConsent() {
  ReleaseConsent consent = SampleConsent();
  consent.headers = {{IdOf<model::ItemId>(0x41), Bytes(20, 1)},
                     {IdOf<model::ItemId>(0x42), Bytes(30, 2)}};
  for (const ItemHeader& header : consent.headers) {
    consent.terms->headers_sha256.push_back(primitives::Sha256(header.header));
  }
  consent.rewrap = {{SampleRecipient(0x64)}, {kNow + 100}, SampleEvidence("{\"act\":\"rewrap\"}")};
  return consent;
}

inline ReleaseRecord SampleRelease() {
  ReleaseRecord release;
  release.release = IdOf<model::ReleaseId>(0x71);
  release.consent = IdOf<model::ConsentId>(0x32);
  release.consent_version = 2;
  release.released_at = {kNow + 90};
  release.manifest = R"({"noren":"release/1"})";
  release.signature = Bytes(64, 7);
  release.items = {{.item = IdOf<model::ItemId>(0x41),
                    .kind = model::ItemKind::kResume,
                    .media_type = "application/pdf",
                    .name = "이력서.pdf",
                    .header = Bytes(10, 3),
                    .payload_size_bytes = 1234,
                    .payload_sha256 = HashOf(0x51)}};
  return release;
}

inline ProvisionRecord SampleProvision() {
  ProvisionRecord provision;
  provision.release = IdOf<model::ReleaseId>(0x71);
  provision.at = {kNow + 90};
  provision.company = "hangang-care";
  provision.posting = IdOf<model::PostingId>(0x33);
  provision.candidate = IdOf<model::CandidateRef>(0x81);
  provision.consent = IdOf<model::ConsentId>(0x32);
  provision.item_kinds = {model::ItemKind::kResume};
  provision.purpose = model::Purpose::kApplicationScreening;
  provision.reason_code = DownloadReason::kInterview;
  provision.recipient = {"한강돌봄(예시)", "서울 마포구 강변길 1", "박하늘"};
  provision.access_ends_at = {kNow + 90 + 90 * 86400};
  provision.proof = ProofLevel::kCode;
  provision.statement_sha256 = HashOf(0x91);
  provision.retention_days = 90;
  provision.policy_version = "sample-1";
  provision.clauses = {"consent.release", "release.reason"};
  return provision;
}

inline Disclosure SampleDisclosure() {
  return {.at = {kNow + 90},
          .what = "collect_release",
          .who = "company:hangang-care",
          .posting = IdOf<model::PostingId>(0x33),
          .reason = "first reading",
          .items = {IdOf<model::ItemId>(0x41), IdOf<model::ItemId>(0x42)},
          .audit_sequence = 12};
}

inline Disclosure SampleShowing() {
  Disclosure shown = SampleDisclosure();
  shown.what = "rank_candidates";
  shown.who = "portal:first-portal";
  shown.items.clear();
  shown.form = "ranking";
  shown.people = 20;
  return shown;
}

inline Disclosure SampleProcessorUse() {
  Disclosure used = SampleShowing();
  used.processor = "ean-system", used.task = "upkeep";
  return used;
}

inline DestructionReceipt SampleReceipt() {
  DestructionReceipt receipt;
  receipt.receipt = IdOf<model::ReceiptId>(0xA1);
  receipt.handle_commitment = CommitToHandle(receipt.receipt, IdOf<model::SeekerHandle>(0x21));
  receipt.destroyed_at = {kNow + 1000};
  receipt.what = {"consents", "items", "profile"};
  receipt.erasure_claim = "backups-only";
  receipt.generation_before = 4;
  receipt.generation_after = 5;
  receipt.audit_sequence = 99;
  receipt.policy_version = "sample-1";
  return receipt;
}

inline std::string ReadGolden(const std::string& name) {
  std::ifstream in(SourceFolder() + "/tests/golden/" + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// The stable code of what came back.
inline model::ErrorCode CodeOf(const Status& status) { return model::CodeOf(status); }
template <typename T>
model::ErrorCode CodeOf(const StatusOr<T>& result) {
  return model::CodeOf(result.status());
}

}  // namespace noren::personal_data
