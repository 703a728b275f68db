// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/consent_record.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

void WriteItems(RecordWriter& writer, const std::vector<ConsentItem>& items) {
  writer.U32(static_cast<std::uint32_t>(items.size()));
  for (const ConsentItem& item : items) {
    WriteId(writer, item.item);
    WriteHash(writer, item.payload_sha256);
  }
}

std::vector<ConsentItem> ReadItems(RecordReader& reader) {
  std::vector<ConsentItem> items;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    ConsentItem item;
    item.item = ReadId<model::ItemId>(reader);
    item.payload_sha256 = ReadHash(reader);
    items.push_back(item);
  }
  return items;
}

// Enumerations are checked against their first and last value; model's own tables name the others.
template <typename Enum>
Enum ReadEnum(RecordReader& reader, Enum first, Enum last, bool& known) {
  const std::uint8_t value = reader.U8();
  known = known && value >= static_cast<std::uint8_t>(first) &&
          value <= static_cast<std::uint8_t>(last);
  return static_cast<Enum>(value);
}

model::Purpose ReadPurpose(RecordReader& reader, bool& known) {
  const auto purpose = static_cast<model::Purpose>(reader.U8());
  const auto all = model::AllPurposes();
  known = known && std::find(all.begin(), all.end(), purpose) != all.end();
  return purpose;
}

model::ItemKind ReadItemKind(RecordReader& reader, bool& known) {
  const auto kind = static_cast<model::ItemKind>(reader.U8());
  const auto all = model::AllItemKinds();
  known = known && std::find(all.begin(), all.end(), kind) != all.end();
  return kind;
}

bool ReadFlag(RecordReader& reader, bool& known) {
  const std::uint8_t value = reader.U8();
  known = known && value <= 1;
  return value == 1;
}

void WriteTexts(RecordWriter& writer, const std::vector<std::string>& texts) {
  writer.U32(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) writer.Field(text);
}

std::vector<std::string> ReadTexts(RecordReader& reader) {
  std::vector<std::string> texts;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) texts.push_back(ReadText(reader));
  return texts;
}

void WriteTerms(RecordWriter& writer, const GrantTerms& terms) {
  WriteId(writer, terms.posting);
  writer.Field(terms.company).Raw(terms.company_key);
  WriteItems(writer, terms.items);
  writer.U8(static_cast<std::uint8_t>(terms.purpose)).I64(terms.expires_at.value);
  writer.U32(terms.retention_days).Raw(terms.notice_sha256).Field(terms.policy_version);
}

GrantTerms ReadTerms(RecordReader& reader, bool& known) {
  GrantTerms terms;
  terms.posting = ReadId<model::PostingId>(reader);
  terms.company = ReadText(reader);
  terms.company_key = ReadHash(reader);
  terms.items = ReadItems(reader);
  terms.purpose = ReadPurpose(reader, known);
  terms.expires_at = ReadTime(reader);
  terms.retention_days = reader.U32();
  terms.notice_sha256 = ReadHash(reader);
  terms.policy_version = ReadText(reader);
  return terms;
}

void WriteEvidence(RecordWriter& writer, const std::optional<ActEvidence>& evidence) {
  writer.U8(evidence ? 1 : 0);
  if (!evidence) return;
  writer.U8(static_cast<std::uint8_t>(evidence->level));
  writer.Field(evidence->statement).Field(evidence->signature);
}

std::optional<ActEvidence> ReadEvidence(RecordReader& reader, bool& known) {
  if (!ReadFlag(reader, known)) return std::nullopt;
  ActEvidence evidence;
  evidence.level = ReadEnum(reader, ProofLevel::kPortalAsserted, ProofLevel::kSignature, known);
  evidence.statement = ReadText(reader);
  evidence.signature = ReadBytes(reader);
  return evidence;
}

// What layout 2 adds, at the end of the terms and at the end of the record.
bool HasHeaders(const ReleaseConsent& consent) {
  return !consent.headers.empty() || consent.rewrap ||
         (consent.terms && !consent.terms->headers_sha256.empty());
}

void WriteDigests(RecordWriter& writer, const std::vector<Hash256>& digests) {
  writer.U32(static_cast<std::uint32_t>(digests.size()));
  for (const Hash256& digest : digests) writer.Raw(digest);
}

std::vector<Hash256> ReadDigests(RecordReader& reader) {
  std::vector<Hash256> digests;
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) digests.push_back(ReadHash(reader));
  return digests;
}

void WriteHeaders(RecordWriter& writer, const ReleaseConsent& consent) {
  writer.U32(static_cast<std::uint32_t>(consent.headers.size()));
  for (const ItemHeader& header : consent.headers) {
    WriteId(writer, header.item);
    writer.Field(header.header);
  }
  writer.U8(consent.rewrap ? 1 : 0);
  if (!consent.rewrap) return;
  WriteTexts(writer, consent.rewrap->recipients);
  writer.I64(consent.rewrap->at.value);
  WriteEvidence(writer, consent.rewrap->evidence);
}

void ReadHeaders(RecordReader& reader, ReleaseConsent& consent, bool& known) {
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    const auto item = ReadId<model::ItemId>(reader);
    consent.headers.push_back({item, ReadBytes(reader)});
  }
  if (!ReadFlag(reader, known)) return;
  RewrappedTo& rewrap = consent.rewrap.emplace();
  rewrap.recipients = ReadTexts(reader);
  rewrap.at = ReadTime(reader);
  std::optional<ActEvidence> evidence = ReadEvidence(reader, known);
  known = known && evidence.has_value();
  if (evidence) rewrap.evidence = std::move(*evidence);
}

Status FinishKnown(const RecordReader& reader, bool known) {
  return known ? FinishRecord(reader) : DamagedRecord();
}

}  // namespace

std::string_view ConsentStateName(ConsentState state) {
  switch (state) {
    case ConsentState::kRequested:
      return "requested";
    case ConsentState::kGranted:
      return "granted";
    case ConsentState::kRefused:
      return "refused";
    case ConsentState::kWithdrawn:
      return "withdrawn";
    case ConsentState::kExpired:
      return "expired";
    case ConsentState::kSuperseded:
      return "superseded";
  }
  return "";
}

StatusOr<Bytes> EncodeInvitation(PersonContext person, const Invitation& invitation,
                                 Random& random) {
  const bool stated = invitation.stated_facts != Hash256{};
  RecordWriter writer;
  writer.U8(stated ? kStatedLayout : kRecordLayout);
  WriteId(writer, invitation.consent);
  WriteId(writer, invitation.posting);
  writer.Field(invitation.company);
  WriteTexts(writer, invitation.company_recipients);
  writer.Raw(invitation.company_key);
  writer.U32(static_cast<std::uint32_t>(invitation.item_kinds.size()));
  for (const model::ItemKind kind : invitation.item_kinds) {
    writer.U8(static_cast<std::uint8_t>(kind));
  }
  WriteItems(writer, invitation.items);
  writer.U8(static_cast<std::uint8_t>(invitation.purpose));
  writer.I64(invitation.invited_at.value).I64(invitation.answer_by.value);
  writer.U32(invitation.consent_days).U32(invitation.retention_days);
  writer.Field(invitation.notice).Raw(invitation.notice_sha256);
  writer.Field(invitation.policy_version).Field(invitation.decided_by);
  if (stated) writer.Raw(invitation.stated_facts);
  const std::string key = keyspaces::InvitationKey(person.person, invitation.invitation);
  return SealRecord(person.keys.records, {keyspaces::kInvitation, key}, writer.bytes(), random);
}

StatusOr<Invitation> DecodeInvitation(PersonContext person, const model::InvitationId& id,
                                      ByteSpan stored) {
  const std::string key = keyspaces::InvitationKey(person.person, id);
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(person.keys.records, {keyspaces::kInvitation, key}, stored));
  RecordReader reader(plaintext);
  const std::uint8_t layout = reader.U8();
  bool known = layout == kRecordLayout || layout == kStatedLayout;
  Invitation invitation;
  invitation.invitation = id;
  invitation.consent = ReadId<model::ConsentId>(reader);
  invitation.posting = ReadId<model::PostingId>(reader);
  invitation.company = ReadText(reader);
  invitation.company_recipients = ReadTexts(reader);
  invitation.company_key = ReadHash(reader);
  const std::uint32_t kinds_count = reader.U32();
  for (std::uint32_t i = 0; i < kinds_count && reader.ok(); ++i) {
    invitation.item_kinds.push_back(ReadItemKind(reader, known));
  }
  invitation.items = ReadItems(reader);
  invitation.purpose = ReadPurpose(reader, known);
  invitation.invited_at = ReadTime(reader);
  invitation.answer_by = ReadTime(reader);
  invitation.consent_days = reader.U32();
  invitation.retention_days = reader.U32();
  invitation.notice = ReadText(reader);
  invitation.notice_sha256 = ReadHash(reader);
  invitation.policy_version = ReadText(reader);
  invitation.decided_by = ReadText(reader);
  if (layout == kStatedLayout) {
    invitation.stated_facts = ReadHash(reader);
    known = known && invitation.stated_facts != Hash256{};
  }
  NOREN_RETURN_IF_ERROR(FinishKnown(reader, known));
  return invitation;
}

StatusOr<Bytes> EncodeConsent(PersonContext person, const ReleaseConsent& consent,
                              std::uint64_t version, Random& random) {
  const bool held = HasHeaders(consent);
  RecordWriter writer;
  writer.U8(held ? kCustodyLayout : kRecordLayout);
  WriteId(writer, consent.invitation);
  WriteId(writer, consent.posting);
  writer.Field(consent.company).U8(consent.terms ? 1 : 0);
  if (consent.terms) WriteTerms(writer, *consent.terms);
  if (consent.terms && held) WriteDigests(writer, consent.terms->headers_sha256);
  writer.I64(consent.answered_at.value);
  WriteEvidence(writer, consent.answer);
  writer.I64(consent.withdrawn_at.value);
  WriteEvidence(writer, consent.withdrawal);
  if (held) WriteHeaders(writer, consent);
  const std::string key = keyspaces::ConsentKey(person.person, consent.consent);
  return SealRecord(person.keys.records, {keyspaces::kConsent, key, version}, writer.bytes(),
                    random);
}

StatusOr<ReleaseConsent> DecodeConsent(PersonContext person, const model::ConsentId& id,
                                       ByteSpan stored) {
  const std::string key = keyspaces::ConsentKey(person.person, id);
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      OpenRecordOfAnyVersion(person.keys.records, {keyspaces::kConsent, key}, stored));
  RecordReader reader(opened.plaintext);
  const std::uint8_t layout = reader.U8();
  const bool held = layout == kCustodyLayout;
  bool known = held || layout == kRecordLayout;
  ReleaseConsent consent;
  consent.consent = id;
  consent.invitation = ReadId<model::InvitationId>(reader);
  consent.posting = ReadId<model::PostingId>(reader);
  consent.company = ReadText(reader);
  if (ReadFlag(reader, known)) consent.terms = ReadTerms(reader, known);
  if (held && consent.terms) consent.terms->headers_sha256 = ReadDigests(reader);
  consent.answered_at = ReadTime(reader);
  consent.answer = ReadEvidence(reader, known);
  consent.withdrawn_at = ReadTime(reader);
  consent.withdrawal = ReadEvidence(reader, known);
  if (held) ReadHeaders(reader, consent, known);
  NOREN_RETURN_IF_ERROR(FinishKnown(reader, known));
  return consent;
}

namespace {

void WriteVersion(RecordWriter& writer, const ConsentVersion& version) {
  writer.U8(kRecordLayout).U8(static_cast<std::uint8_t>(version.state));
  writer.I64(version.deadline.value).I64(version.changed_at.value).Raw(version.content_sha256);
}

}  // namespace

Hash256 DigestOf(const ConsentVersion& version) {
  RecordWriter writer;
  writer.Raw(AsBytes("noren/consent-version/1\n")).U64(version.version);
  WriteVersion(writer, version);
  return primitives::Sha256(writer.bytes());
}

StatusOr<Bytes> EncodeConsentVersion(const ConsentAddress& address, const ConsentVersion& version,
                                     const PurposeKeys& purpose_keys, Random& random) {
  RecordWriter writer;
  WriteVersion(writer, version);
  const std::string key = keyspaces::ConsentVersionKey(address.person, address.consent);
  return SealRecord(purpose_keys.store_seal(), {keyspaces::kConsentVersion, key, version.version},
                    writer.bytes(), random);
}

StatusOr<ConsentVersion> DecodeConsentVersion(const ConsentAddress& address, ByteSpan stored,
                                              const PurposeKeys& purpose_keys) {
  const std::string key = keyspaces::ConsentVersionKey(address.person, address.consent);
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      OpenRecordOfAnyVersion(purpose_keys.store_seal(), {keyspaces::kConsentVersion, key}, stored));
  RecordReader reader(opened.plaintext);
  bool known = reader.U8() == kRecordLayout;
  ConsentVersion version;
  version.version = opened.version;
  version.state = ReadEnum(reader, ConsentState::kRequested, ConsentState::kSuperseded, known);
  version.deadline = ReadTime(reader);
  version.changed_at = ReadTime(reader);
  version.content_sha256 = ReadHash(reader);
  NOREN_RETURN_IF_ERROR(FinishKnown(reader, known));
  return version;
}

StatusOr<Bytes> EncodeCandidate(const model::CandidateRef& candidate, const CandidateRecord& record,
                                const PurposeKeys& purpose_keys, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout);
  WriteId(writer, record.person);
  WriteId(writer, record.consent);
  WriteId(writer, record.invitation);
  WriteId(writer, record.posting);
  writer.Field(record.company);
  const std::string key = keyspaces::CandidateKey(record.company, candidate);
  return SealRecord(purpose_keys.store_seal(), {keyspaces::kCandidate, key}, writer.bytes(),
                    random);
}

StatusOr<CandidateRecord> DecodeCandidate(std::string_view company,
                                          const model::CandidateRef& candidate, ByteSpan stored,
                                          const PurposeKeys& purpose_keys) {
  const std::string key = keyspaces::CandidateKey(company, candidate);
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext, OpenRecord(purpose_keys.store_seal(),
                                                           {keyspaces::kCandidate, key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  CandidateRecord record;
  record.person = ReadId<model::PersonId>(reader);
  record.consent = ReadId<model::ConsentId>(reader);
  record.invitation = ReadId<model::InvitationId>(reader);
  record.posting = ReadId<model::PostingId>(reader);
  record.company = ReadText(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  if (record.company != company) return DamagedRecord();
  return record;
}

}  // namespace noren::personal_data
