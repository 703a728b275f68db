// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/release.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::JsonValue;
using model::MakeError;
using model::MakeFieldError;

constexpr std::size_t kMinReasonCharacters = 3;
constexpr std::size_t kMaxReasonCharacters = 300;

// Characters of UTF-8: bytes that do not continue one.
std::size_t CharactersOf(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<std::uint8_t>(c) & 0xC0u) != 0x80u;
  }));
}

Bytes SignedBytes(std::string_view manifest) {
  Bytes bytes = ToBytes(kReleaseSignaturePrefix);
  bytes.insert(bytes.end(), manifest.begin(), manifest.end());
  return bytes;
}

Status CheckRequest(const ReleaseRequest& request, UnixSeconds time) {
  NOREN_RETURN_IF_ERROR(CheckReleasable(request.loaded.version, time));
  if (request.order_key.empty() || request.order_key.size() > kMaxOrderKeySizeBytes) {
    return MakeFieldError(ErrorCode::kBadRequest, "order_key");
  }
  NOREN_RETURN_IF_ERROR(CheckReason(request.reason_code, request.reason));
  const ReleaseConsent& consent = request.loaded.consent;
  const bool belongs =
      consent.terms && consent.answer && consent.invitation == request.invitation.invitation &&
      consent.consent == request.invitation.consent &&
      consent.terms->company_key == FingerprintOf(request.invitation.company_recipients);
  return belongs ? OkStatus() : MakeError(ErrorCode::kDataCorrupt, "consent and invitation");
}

// Whom the consent is wrapped to, or was wrapped to last by the person.
const std::vector<std::string>& NamedRecipients(const ReleaseRequest& request) {
  const ReleaseConsent& consent = request.loaded.consent;
  return consent.rewrap ? consent.rewrap->recipients : request.invitation.company_recipients;
}

// Of these, the keys that the company still holds.
std::vector<std::string> ConsentedRecipients(const ReleaseRequest& request) {
  std::vector<std::string> recipients;
  for (const std::string& recipient : NamedRecipients(request)) {
    const auto& live = request.recipients;
    if (std::find(live.begin(), live.end(), recipient) != live.end()) {
      recipients.push_back(recipient);
    }
  }
  return recipients;
}

// Under person custody the header that the person made; else one made here for the recipients.
StatusOr<Bytes> HeaderFor(const ConsentScope& scope, const ReleaseRequest& request,
                          const ItemRecord& item, const std::vector<std::string>& recipients) {
  if (item.custody == model::Custody::kOperator) {
    return Rewrap(scope.person.keys, item.header, recipients, scope.random);
  }
  const auto& headers = request.loaded.consent.headers;
  const auto made = std::find_if(headers.begin(), headers.end(),
                                 [&item](const ItemHeader& one) { return one.item == item.item; });
  if (made == headers.end()) return MakeError(ErrorCode::kDataCorrupt, "consent without header");
  return made->header;
}

StatusOr<ReleasedItem> WrapItem(const ConsentScope& scope, const ReleaseRequest& request,
                                const ConsentItem& consented,
                                const std::vector<std::string>& recipients) {
  const auto current =
      std::find_if(request.items.begin(), request.items.end(),
                   [&](const ItemRecord& item) { return item.item == consented.item; });
  if (current == request.items.end() || current->payload_sha256 != consented.payload_sha256) {
    return MakeError(ErrorCode::kStateConflict, "an item is not the version consented to");
  }
  ReleasedItem released;
  released.item = current->item;
  released.kind = current->kind;
  released.media_type = current->media_type;
  released.name = current->name;
  released.payload_size_bytes = current->payload_size_bytes;
  released.payload_sha256 = current->payload_sha256;
  NOREN_ASSIGN_OR_RETURN(released.header, HeaderFor(scope, request, *current, recipients));
  return released;
}

JsonValue ManifestItem(const ReleasedItem& item) {
  JsonValue json;
  json.Set("item", std::string_view(item.item.ToString()))
      .Set("kind", model::ItemKindName(item.kind))
      .Set("media_type", std::string_view(item.media_type))
      .Set("name", std::string_view(item.name))
      .Set("header_sha256", std::string_view(HexEncode(primitives::Sha256(item.header))))
      .Set("payload_size_bytes", static_cast<std::int64_t>(item.payload_size_bytes))
      .Set("payload_sha256", std::string_view(HexEncode(item.payload_sha256)));
  return json;
}

// The download ends with the access, and with the consent at the latest.
UnixSeconds AccessEnd(const ReleaseRequest& request) {
  const UnixSeconds consent_end = request.loaded.consent.terms->expires_at;
  if (request.access_ends_at.value == 0) return consent_end;
  return std::min(consent_end, request.access_ends_at);
}

std::string ManifestOf(const ReleaseRecord& record, const ReleaseRequest& request) {
  const GrantTerms& terms = *request.loaded.consent.terms;
  const ActEvidence& answer = *request.loaded.consent.answer;
  JsonValue items = JsonValue::MakeArray();
  for (const ReleasedItem& item : record.items) items.Append(ManifestItem(item));
  JsonValue clauses = JsonValue::MakeArray();
  for (const std::string& clause : request.clauses) clauses.Append(JsonValue::Text(clause));
  JsonValue json;
  json.Set("noren", "release/1")
      .Set("release", std::string_view(record.release.ToString()))
      .Set("candidate", std::string_view(request.candidate.ToString()))
      .Set("company", std::string_view(terms.company))
      .Set("company_key", std::string_view(HexEncode(FingerprintOf(NamedRecipients(request)))))
      .Set("posting", std::string_view(terms.posting.ToString()))
      .Set("consent", std::string_view(record.consent.ToString()))
      .Set("consent_version", static_cast<std::int64_t>(record.consent_version))
      .Set("released_at", record.released_at.value)
      .Set("expires", AccessEnd(request).value)
      .Set("retention_days", std::int64_t{terms.retention_days})
      .Set("purpose", model::PurposeName(terms.purpose))
      .Set("reason", std::string_view(ReasonText(request.reason_code, request.reason)))
      .Set("notice_sha256", std::string_view(HexEncode(terms.notice_sha256)))
      .Set("policy_version", std::string_view(terms.policy_version))
      .Set("clauses", std::move(clauses))
      .Set("proof", ProofLevelName(answer.level))
      .Set("statement_sha256", std::string_view(HexEncode(StatementDigest(answer.statement))))
      .Set("items", std::move(items));
  const ReleaseConsent& consent = request.loaded.consent;
  if (!consent.headers.empty()) {
    json.Set("custody", model::CustodyName(model::Custody::kPerson));
  }
  if (consent.rewrap) {
    const Hash256 digest = StatementDigest(consent.rewrap->evidence.statement);
    json.Set("rewrap_statement_sha256", std::string_view(HexEncode(digest)));
  }
  return model::DumpCanonical(json);
}

ProvisionRecord ProvisionOf(const ReleaseRecord& record, const ReleaseRequest& request) {
  const GrantTerms& terms = *request.loaded.consent.terms;
  const ActEvidence& answer = *request.loaded.consent.answer;
  ProvisionRecord provision;
  provision.release = record.release;
  provision.at = record.released_at;
  provision.company = terms.company;
  provision.posting = terms.posting;
  provision.candidate = request.candidate;
  provision.consent = record.consent;
  for (const ReleasedItem& item : record.items) provision.item_kinds.push_back(item.kind);
  provision.purpose = terms.purpose;
  provision.reason_code = request.reason_code;
  provision.recipient = request.recipient;
  provision.access_ends_at = AccessEnd(request);
  provision.proof = answer.level;
  provision.statement_sha256 = StatementDigest(answer.statement);
  provision.retention_days = terms.retention_days;
  provision.policy_version = terms.policy_version;
  provision.clauses = request.clauses;
  return provision;
}

// The record and the provision, and the two conditions that make it one release of a live consent.
StatusOr<Staged> StageRelease(const ConsentScope& scope, const ReleaseRequest& request,
                              const ReleaseRecord& record) {
  const model::ConsentId consent = record.consent;
  const Hash256 order = Pseudonyms::OrderToken(scope.purpose_keys, consent, request.order_key);
  const std::string release_key = keyspaces::ReleaseKey(consent, order);
  NOREN_ASSIGN_OR_RETURN(Bytes release_bytes,
                         EncodeRelease(scope.person, release_key, record, scope.random));
  NOREN_ASSIGN_OR_RETURN(Bytes provision_bytes, EncodeProvision(ProvisionOf(record, request),
                                                                scope.purpose_keys, scope.random));
  Staged staged;
  staged.Require(keyspaces::ConsentVersionKey(scope.person.person, consent),
                 request.loaded.version_bytes);
  staged.Replace(release_key, std::nullopt, std::move(release_bytes));
  staged.Replace(keyspaces::ProvisionKey(record.released_at.value, record.release), std::nullopt,
                 std::move(provision_bytes));
  return staged;
}

}  // namespace

Status CheckReason(DownloadReason reason, std::string_view text) {
  const std::size_t characters = CharactersOf(text);
  const std::size_t least = reason == DownloadReason::kOther ? kMinReasonCharacters : 0;
  if (characters < least || characters > kMaxReasonCharacters)
    return MakeFieldError(ErrorCode::kReasonRequired, "reason");
  return OkStatus();
}

StatusOr<std::string> ReasonOf(const ReleaseRecord& record) {
  const StatusOr<JsonValue> json = model::ParseJson(record.manifest, {.max_depth = 4});
  if (!json.ok()) return MakeError(ErrorCode::kDataCorrupt, "manifest");
  const JsonValue* const reason = json->Find("reason");
  if (reason == nullptr || reason->text() == nullptr)
    return MakeError(ErrorCode::kDataCorrupt, "manifest");
  return *reason->text();
}

StatusOr<StagedRelease> BuildRelease(const ConsentScope& scope, const ReleaseRequest& request) {
  NOREN_RETURN_IF_ERROR(CheckRequest(request, scope.time));
  const std::vector<std::string> recipients = ConsentedRecipients(request);
  if (recipients.empty()) return MakeError(ErrorCode::kNoRecipientKey);

  StagedRelease built;
  ReleaseRecord& record = built.record;
  record.release = model::ReleaseId::Generate(scope.random);
  record.consent = request.loaded.consent.consent;
  record.consent_version = request.loaded.version.version;
  record.released_at = scope.time;
  for (const ConsentItem& consented : request.loaded.consent.terms->items) {
    NOREN_ASSIGN_OR_RETURN(ReleasedItem item, WrapItem(scope, request, consented, recipients));
    record.items.push_back(std::move(item));
  }
  record.manifest = ManifestOf(record, request);
  NOREN_ASSIGN_OR_RETURN(const primitives::SigningKey signer,
                         primitives::SigningKey::FromSeed(scope.purpose_keys.receipt_sign()));
  record.signature = ToBytes(signer.Sign(SignedBytes(record.manifest)));
  NOREN_ASSIGN_OR_RETURN(built.staged, StageRelease(scope, request, record));
  return built;
}

Status VerifyManifest(std::string_view manifest, ByteSpan signature,
                      ByteSpan receipt_verifying_key) {
  const auto key = primitives::VerifyingKey::FromBytes(receipt_verifying_key);
  if (!key.ok() || !primitives::Verify(*key, SignedBytes(manifest), signature).ok()) {
    return MakeError(ErrorCode::kProofInvalid, "manifest");
  }
  return OkStatus();
}

}  // namespace noren::personal_data
