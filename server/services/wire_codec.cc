// SPDX-License-Identifier: Apache-2.0
#include "server/services/wire_codec.h"

#include <algorithm>

#include "crypto/base/encoding.h"

namespace noren::server {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

std::vector<std::string> NamesOf(const std::vector<model::ItemKind>& kinds) {
  std::vector<std::string> names;
  for (const model::ItemKind kind : kinds) names.emplace_back(model::ItemKindName(kind));
  return names;
}

std::int64_t Whole(std::uint64_t value) { return static_cast<std::int64_t>(value); }

wire::ReleasedItem ItemToWire(const personal_data::ReleasedItem& item) {
  wire::ReleasedItem out;
  out.item = item.item.ToString();
  out.kind = std::string(model::ItemKindName(item.kind));
  out.media_type = item.media_type;
  out.name = item.name;
  out.header = BytesToWire(item.header);
  out.payload_size_bytes = Whole(item.payload_size_bytes);
  out.payload_sha256 = BytesToWire(item.payload_sha256);
  return out;
}

}  // namespace

std::string BytesToWire(ByteSpan bytes) { return std::string(AsText(bytes)); }

StatusOr<model::ItemKind> ItemKindFromWire(std::string_view name, std::string_view field) {
  const auto kind = model::FindItemKind(name);
  if (!kind) return MakeFieldError(ErrorCode::kBadRequest, field, "not a kind of item");
  return *kind;
}

StatusOr<std::vector<model::ItemKind>> ItemKindsFromWire(const std::vector<std::string>& names,
                                                         std::string_view field) {
  std::vector<model::ItemKind> kinds;
  if (names.empty()) return MakeFieldError(ErrorCode::kBadRequest, field, "name at least one");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string path = std::string(field) + "[" + std::to_string(i) + "]";
    NOREN_ASSIGN_OR_RETURN(const model::ItemKind kind, ItemKindFromWire(names[i], path));
    if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) {
      return MakeFieldError(ErrorCode::kBadRequest, path, "named twice");
    }
    kinds.push_back(kind);
  }
  return kinds;
}

StatusOr<model::Purpose> PurposeFromWire(std::string_view name, std::string_view field) {
  const auto purpose = model::FindPurpose(name);
  if (!purpose) return MakeFieldError(ErrorCode::kBadRequest, field, "not a purpose");
  return *purpose;
}

StatusOr<std::array<std::uint8_t, 32>> Binary32FromWire(std::string_view bytes,
                                                        std::string_view field) {
  std::array<std::uint8_t, 32> out{};
  if (bytes.size() != out.size()) return MakeFieldError(ErrorCode::kBadRequest, field, "32 bytes");
  const ByteSpan in = AsBytes(bytes);
  std::copy(in.begin(), in.end(), out.begin());
  return out;
}

StatusOr<operations::LetterFacts> LetterFactsFromWire(const wire::LetterFacts& facts) {
  const auto born = model::ParseCivilDay(facts.born);
  if (!born.ok())
    return model::MakeFieldError(model::ErrorCode::kBadRequest, "facts.born", "a day, 1990-02-28");
  return operations::LetterFacts{facts.name, *born, facts.postal_code, facts.address};
}

StatusOr<std::uint64_t> CountFromWire(std::int64_t value, std::string_view field) {
  if (value < 0) return MakeFieldError(ErrorCode::kBadRequest, field, "negative");
  return static_cast<std::uint64_t>(value);
}

StatusOr<operations::PersonAct> ActFromWire(const wire::PersonAct& act) {
  operations::PersonAct out;
  out.statement = act.statement;
  if (act.__isset.signature) {
    if (act.signature.empty())
      return MakeFieldError(ErrorCode::kBadRequest, "act.signature", "empty");
    out.signature = ToBytes(std::string_view(act.signature));
  }
  if (act.__isset.code) {
    if (act.code.empty()) return MakeFieldError(ErrorCode::kBadRequest, "act.code", "empty");
    out.code = act.code;
  }
  for (const wire::ItemHeader& header : act.headers) {
    const std::string field = "act.headers[" + std::to_string(out.headers.size()) + "].item";
    NOREN_ASSIGN_OR_RETURN(const auto item, ParseId<model::ItemId>(header.item, field));
    out.headers.push_back({item, ToBytes(std::string_view(header.header))});
  }
  return out;
}

wire::AuditPosition ToWire(const operations::EntryPosition& position) {
  wire::AuditPosition out;
  out.partition = static_cast<std::int32_t>(position.partition);
  out.sequence = Whole(position.sequence);
  out.head = BytesToWire(position.head);
  out.promise = BytesToWire(position.promise);
  return out;
}

std::vector<wire::Term> ToWire(const matching::PairScore& score) {
  std::vector<wire::Term> terms;
  for (const matching::Term& term : score.terms) {
    wire::Term out;
    out.name = std::string(matching::FeatureName(term.feature));
    out.side = std::string(matching::SideName(term.side));
    out.points = term.contribution;
    out.max_points = term.upper_bound;
    terms.push_back(std::move(out));
  }
  return terms;
}

wire::Explanation ToWire(const operations::PairExplanation& explanation) {
  wire::Explanation out;
  out.qualifies = explanation.qualifies;
  out.score = explanation.score.score;
  out.terms = ToWire(explanation.score);
  for (const operations::ExplainedCondition& condition : explanation.conditions) {
    wire::Condition row;
    row.name = condition.name;
    row.side = condition.side;
    row.met = condition.met;
    row.detail = condition.detail;
    out.conditions.push_back(std::move(row));
  }
  out.smallest_change = explanation.smallest_change;
  return out;
}

wire::Card ToWire(const operations::CardView& card) {
  wire::Card out;
  out.card = card.card;
  out.class_row = card.class_row;
  out.band = card.band;
  out.requirements_met = card.requirements_met;
  out.requirements_open = card.requirements_open;
  out.qualifying = card.qualifying;
  return out;
}

wire::Applicant ToWire(const operations::Applicant& applicant) {
  wire::Applicant out;
  out.candidate = applicant.candidate.ToString();
  out.score = applicant.score.score;
  out.terms = ToWire(applicant.score);
  out.item_kinds = NamesOf(applicant.item_kinds);
  out.granted_at = applicant.granted_at.value;
  out.expires_at = applicant.expires_at.value;
  out.state = std::string(personal_data::ConsentStateName(applicant.state));
  return out;
}

wire::Release ToWire(const operations::CollectedRelease& release) {
  wire::Release out;
  out.release = release.record.release.ToString();
  out.manifest = release.record.manifest;
  out.signature = BytesToWire(release.record.signature);
  for (const personal_data::ReleasedItem& item : release.record.items) {
    out.items.push_back(ItemToWire(item));
  }
  out.audit = ToWire(release.position);
  return out;
}

wire::Withdrawal ToWire(const operations::WithdrawalRecord& withdrawal) {
  wire::Withdrawal out;
  out.candidate = withdrawal.candidate.ToString();
  out.posting = withdrawal.posting.ToString();
  out.withdrawn_at = withdrawal.withdrawn_at.value;
  out.acknowledged = withdrawal.acknowledged_at.value != 0;
  out.destroy_copies = withdrawal.destroy_copies;
  return out;
}

wire::ActAnswer ToWire(const operations::ActResult& result) {
  wire::ActAnswer out;
  out.result = result.result;
  out.proof = std::string(personal_data::ProofLevelName(result.proof));
  out.audit = ToWire(result.position);
  return out;
}

wire::Invitation ToWire(const operations::InvitationView& view) {
  const personal_data::Invitation& invitation = view.invitation;
  wire::Invitation out;
  out.invitation = invitation.invitation.ToString();
  out.posting = invitation.posting.ToString();
  out.posting_title = view.posting_title;
  out.company = invitation.company;
  for (const personal_data::ConsentItem& item : invitation.items) {
    out.items.push_back(item.item.ToString());
    out.item_digests[item.item.ToString()] = HexEncode(item.payload_sha256);
  }
  out.purpose = std::string(model::PurposeName(invitation.purpose));
  out.answer_by = invitation.answer_by.value;
  out.retention_days = static_cast<std::int32_t>(invitation.retention_days);
  out.notice = invitation.notice;
  out.notice_sha256 = BytesToWire(invitation.notice_sha256);
  out.policy_version = invitation.policy_version;
  out.company_key = HexEncode(invitation.company_key);
  out.state = view.state ? std::string(personal_data::ConsentStateName(*view.state)) : "damaged";
  if (view.state != personal_data::ConsentState::kRequested) {
    out.consent = invitation.consent.ToString();
  }
  out.__set_company_recipients(invitation.company_recipients);
  out.__set_consent_days(static_cast<std::int32_t>(invitation.consent_days));
  return out;
}

wire::PersonItem ToWire(const operations::OwnItem& item) {
  const personal_data::ItemRecord& record = item.record;
  wire::PersonItem out;
  out.item = record.item.ToString();
  out.kind = std::string(model::ItemKindName(record.kind));
  out.media_type = record.media_type;
  out.name = record.name;
  out.created_at = record.created_at.value;
  out.version = Whole(record.version);
  out.payload_sha256 = BytesToWire(record.payload_sha256);
  out.payload_size_bytes = Whole(record.payload_size_bytes);
  if (record.custody == model::Custody::kPerson) out.header = BytesToWire(record.header);
  out.reencrypt = item.reencrypt;
  return out;
}

wire::RewrapRequest ToWire(const operations::RewrapNeeded& needed) {
  wire::RewrapRequest out;
  out.consent = needed.consent.ToString();
  out.invitation = needed.invitation.ToString();
  out.posting = needed.posting.ToString();
  out.company = needed.company;
  out.company_key = HexEncode(needed.company_key);
  out.company_recipients = needed.recipients;
  for (const personal_data::ConsentItem& item : needed.items) {
    out.item_digests[item.item.ToString()] = HexEncode(item.payload_sha256);
  }
  return out;
}

wire::DisclosureRecord ToWire(const personal_data::Disclosure& disclosure) {
  wire::DisclosureRecord out;
  out.at = disclosure.at.value;
  out.what = disclosure.what;
  out.who = disclosure.who;
  if (!disclosure.posting.is_none()) out.posting = disclosure.posting.ToString();
  out.reason = disclosure.reason;
  for (const model::ItemId& item : disclosure.items) out.items.push_back(item.ToString());
  out.audit_sequence = Whole(disclosure.audit_sequence);
  if (!disclosure.form.empty()) {
    out.__set_form(disclosure.form);
    out.__set_people(static_cast<std::int32_t>(disclosure.people));
  }
  if (!disclosure.processor.empty()) {
    out.__set_processor(disclosure.processor);
    out.__set_task(disclosure.task);
  }
  return out;
}

wire::DisclosureRecord ToWire(const operations::ExposureView& view) {
  wire::DisclosureRecord out = ToWire(view.shown);
  if (!view.viewer_name.empty()) out.__set_viewer_name(view.viewer_name);
  if (!view.posting_title.empty()) out.__set_posting_title(view.posting_title);
  return out;
}

wire::PersonRecord ToWire(const operations::PersonRecordView& view,
                          std::string_view erasure_claim) {
  wire::PersonRecord out;
  for (const auto& disclosure : view.disclosures) {
    out.disclosures.push_back(ToWire(disclosure));
  }
  for (const auto& invitation : view.invitations) out.invitations.push_back(ToWire(invitation));
  out.discoverable = view.discoverable;
  out.blocked_employers = static_cast<std::int32_t>(view.blocked_employers);
  out.class_size_at_least = static_cast<std::int32_t>(view.class_size_at_least);
  out.erasure_claim = std::string(erasure_claim);
  out.__set_custody(std::string(model::CustodyName(view.custody)));
  if (!view.age_recipient.empty()) out.__set_age_recipient(view.age_recipient);
  out.__isset.items = true;
  for (const auto& item : view.items) out.items.push_back(ToWire(item));
  out.__isset.rewraps = true;
  out.__set_language(view.language);
  for (const auto& needed : view.rewraps) out.rewraps.push_back(ToWire(needed));
  return out;
}

}  // namespace noren::server
