// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/person_export_document.h"

#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/canonical_json.h"
#include "engine/model/profile.h"
#include "engine/operations/profile_json.h"

namespace noren::operations {
namespace {

using model::JsonValue;

JsonValue TextsToJson(const std::vector<std::string>& texts) {
  JsonValue list = JsonValue::MakeArray();
  for (const std::string& text : texts) list.Append(JsonValue::Text(text));
  return list;
}

JsonValue ItemsToJson(const std::vector<personal_data::ItemRecord>& items) {
  JsonValue list = JsonValue::MakeArray();
  for (const personal_data::ItemRecord& item : items) {
    JsonValue row;
    row.Set("item", std::string_view(item.item.ToString()));
    row.Set("kind", model::ItemKindName(item.kind)).Set("name", std::string_view(item.name));
    row.Set("media_type", std::string_view(item.media_type));
    row.Set("created_at", item.created_at.value);
    row.Set("version", static_cast<std::int64_t>(item.version));
    row.Set("plain_size_bytes", static_cast<std::int64_t>(item.plain_size_bytes));
    row.Set("payload_sha256", std::string_view(HexEncode(item.payload_sha256)));
    list.Append(std::move(row));
  }
  return list;
}

JsonValue ActsToJson(const std::vector<personal_data::ActEvidence>& evidence) {
  JsonValue list = JsonValue::MakeArray();
  for (const personal_data::ActEvidence& act : evidence) {
    JsonValue row;
    row.Set("statement", std::string_view(act.statement));
    row.Set("proof", personal_data::ProofLevelName(act.level));
    row.Set("signature", std::string_view(HexEncode(act.signature)));
    list.Append(std::move(row));
  }
  return list;
}

// What the person asked about decisions; the answers are among what was received.
JsonValue QuestionsToJson(const std::vector<Question>& questions) {
  JsonValue list = JsonValue::MakeArray();
  for (const Question& question : questions) {
    JsonValue row;
    row.Set("question", std::string_view(question.question.ToString()));
    row.Set("kind", personal_data::QuestionKindName(question.kind));
    row.Set("decision", std::string_view(question.decision.ToString()));
    row.Set("text", std::string_view(question.text)).Set("asked_at", question.asked_at.value);
    list.Append(std::move(row));
  }
  return list;
}

StatusOr<JsonValue> GivenToJson(const ExportParts& parts) {
  const personal_data::PersonRecord& record = parts.record;
  NOREN_ASSIGN_OR_RETURN(const model::Profile profile, model::DecodeProfile(record.profile));
  JsonValue given;
  given.Set("profile", ProfileToJson(profile)).Set("contact", std::string_view(record.contact));
  given.Set("language", std::string_view(record.language));
  given.Set("registered_at", record.registered_at.value);
  given.Set("person_key",
            record.person_key ? JsonValue::Text(HexEncode(*record.person_key)) : JsonValue());
  given.Set("custody", model::CustodyName(record.custody));
  given.Set("age_recipient", std::string_view(record.age_recipient));
  given.Set("items", ItemsToJson(parts.items));
  given.Set("acts", ActsToJson(EvidenceOf(parts.applications)));
  JsonValue discoverable;
  if (record.discoverability.live) {
    discoverable.Set("companies_class", std::string_view(record.discoverability.companies_class));
    discoverable.Set("given_at", record.discoverability.given_at.value);
  }
  given.Set("discoverable", std::move(discoverable));
  given.Set("blocked_employers", static_cast<std::int64_t>(record.blocked_employers.size()));
  given.Set("questions", QuestionsToJson(parts.decisions.questions));
  given.Set("unsubscribed", TextsToJson(parts.contacts.unsubscribed));
  if (!parts.acquired_by.empty()) given.Set("acquired_by", std::string_view(parts.acquired_by));
  if (parts.agreed_version.empty()) return given;
  JsonValue agreed;
  agreed.Set("policy_version", std::string_view(parts.agreed_version));
  if (parts.registration_consent) {
    agreed.Set("consent", std::string_view(parts.registration_consent->consent.ToString()));
    agreed.Set("at", parts.registration_consent->at.value);
  }
  given.Set("agreed", agreed.Set("purposes", TextsToJson(parts.agreed_purposes)));
  return given;
}

// What companies asked.
JsonValue InvitationsToJson(const std::vector<ExportedApplication>& applications) {
  JsonValue list = JsonValue::MakeArray();
  for (const ExportedApplication& application : applications) {
    const personal_data::Invitation& invitation = application.invitation;
    JsonValue row;
    row.Set("invitation", std::string_view(invitation.invitation.ToString()));
    row.Set("posting", std::string_view(invitation.posting.ToString()));
    row.Set("company", std::string_view(invitation.company));
    row.Set("purpose", model::PurposeName(invitation.purpose));
    row.Set("invited_at", invitation.invited_at.value);
    row.Set("answer_by", invitation.answer_by.value);
    row.Set("retention_days", std::int64_t{invitation.retention_days});
    row.Set("decided_by", std::string_view(invitation.decided_by));
    row.Set("notice", std::string_view(invitation.notice));
    row.Set("policy_version", std::string_view(invitation.policy_version));
    list.Append(std::move(row));
  }
  return list;
}

// What named humans decided, with what they signed.
JsonValue DecisionsToJson(const std::vector<DecisionRecord>& decisions) {
  JsonValue list = JsonValue::MakeArray();
  for (const DecisionRecord& decision : decisions) {
    JsonValue row;
    row.Set("decision", std::string_view(decision.decision.ToString()));
    row.Set("statement", std::string_view(decision.statement));
    row.Set("signature", std::string_view(HexEncode(decision.signature)));
    list.Append(std::move(row));
  }
  return list;
}

JsonValue AnswersToJson(const std::vector<Question>& questions) {
  JsonValue list = JsonValue::MakeArray();
  for (const Question& question : questions) {
    if (question.outcome == QuestionOutcome::kOpen) continue;
    JsonValue row;
    row.Set("question", std::string_view(question.question.ToString()));
    row.Set("company", std::string_view(question.company));
    row.Set("outcome", QuestionOutcomeName(question.outcome));
    row.Set("answer", std::string_view(question.answer));
    row.Set("answered_by", std::string_view(question.answered_by));
    row.Set("answered_at", question.answered_at.value);
    list.Append(std::move(row));
  }
  return list;
}

JsonValue ReceivedToJson(const ExportParts& parts) {
  JsonValue received;
  received.Set("invitations", InvitationsToJson(parts.applications));
  received.Set("decisions", DecisionsToJson(parts.decisions.decisions));
  received.Set("answers", AnswersToJson(parts.decisions.questions));
  return received;
}

// What companies were given.
JsonValue ProvisionsToJson(const std::vector<ProvisionLine>& provisions) {
  JsonValue list = JsonValue::MakeArray();
  for (const ProvisionLine& line : provisions) {
    const personal_data::ProvisionRecord& record = line.record;
    JsonValue kinds = JsonValue::MakeArray();
    for (const model::ItemKind kind : record.item_kinds) {
      kinds.Append(JsonValue::Text(model::ItemKindName(kind)));
    }
    JsonValue recipient;
    recipient.Set("name", std::string_view(record.recipient.name));
    recipient.Set("address", std::string_view(record.recipient.address));
    recipient.Set("representative", std::string_view(record.recipient.representative));
    JsonValue row;
    row.Set("release", std::string_view(record.release.ToString())).Set("at", record.at.value);
    row.Set("company", std::string_view(record.company)).Set("recipient", std::move(recipient));
    row.Set("posting", std::string_view(record.posting.ToString()));
    row.Set("consent", std::string_view(record.consent.ToString()));
    row.Set("item_kinds", std::move(kinds)).Set("purpose", model::PurposeName(record.purpose));
    row.Set("reason", personal_data::DownloadReasonName(record.reason_code));
    row.Set("proof", personal_data::ProofLevelName(record.proof));
    row.Set("statement_sha256", std::string_view(HexEncode(record.statement_sha256)));
    row.Set("retention_days", std::int64_t{record.retention_days});
    row.Set("access_ends_at", record.access_ends_at.value);
    row.Set("policy_version", std::string_view(record.policy_version));
    list.Append(std::move(row));
  }
  return list;
}

JsonValue ConsentsToJson(const std::vector<ExportedApplication>& applications) {
  JsonValue list = JsonValue::MakeArray();
  for (const ExportedApplication& application : applications) {
    JsonValue row;
    row.Set("consent", std::string_view(application.invitation.consent.ToString()));
    row.Set("candidate", std::string_view(application.candidate.ToString()));
    row.Set("state", application.consent
                         ? JsonValue::Text(personal_data::ConsentStateName(application.state))
                         : JsonValue());
    row.Set("changed_at",
            application.consent ? JsonValue::Integer(application.changed_at.value) : JsonValue());
    list.Append(std::move(row));
  }
  return list;
}

JsonValue ExposuresToJson(const std::vector<personal_data::Disclosure>& exposures) {
  JsonValue list = JsonValue::MakeArray();
  for (const personal_data::Disclosure& exposure : exposures) {
    JsonValue items = JsonValue::MakeArray();
    for (const model::ItemId& item : exposure.items) items.Append(JsonValue::Text(item.ToString()));
    JsonValue row;
    row.Set("at", exposure.at.value).Set("what", std::string_view(exposure.what));
    row.Set("who", std::string_view(exposure.who)).Set("form", std::string_view(exposure.form));
    row.Set("people", std::int64_t{exposure.people});
    row.Set("reason", std::string_view(exposure.reason)).Set("items", std::move(items));
    row.Set("posting", exposure.posting.is_none() ? JsonValue()
                                                  : JsonValue::Text(exposure.posting.ToString()));
    row.Set("audit_sequence", static_cast<std::int64_t>(exposure.audit_sequence));
    if (!exposure.processor.empty()) {
      row.Set("processor", std::string_view(exposure.processor));
      row.Set("task", std::string_view(exposure.task));
    }
    list.Append(std::move(row));
  }
  return list;
}

JsonValue ScoresToJson(const std::vector<ExportedScore>& scores) {
  JsonValue list = JsonValue::MakeArray();
  for (const ExportedScore& one : scores) {
    JsonValue row;
    row.Set("posting", std::string_view(one.posting.ToString()));
    row.Set("qualifies", bool{one.qualifies}).Set("score", std::int64_t{one.score});
    list.Append(std::move(row));
  }
  return list;
}

// What was handed over outside the service.
JsonValue HandOversToJson(const std::vector<HandOverRecord>& records) {
  JsonValue list = JsonValue::MakeArray();
  for (const HandOverRecord& one : records) {
    JsonValue row;
    row.Set("at", one.at.value).Set("day", std::string_view(model::ToIso(one.day)));
    row.Set("recipient_kind", std::string_view(one.recipient_kind));
    row.Set("recipient", std::string_view(one.recipient));
    row.Set("purpose", std::string_view(one.purpose)).Set("means", std::string_view(one.means));
    row.Set("items", TextsToJson(one.items)).Set("kind", std::string_view(one.kind));
    row.Set("entry", static_cast<std::int64_t>(one.entry));
    list.Append(row.Set("policy_version", std::string_view(one.policy_version)));
  }
  return list;
}

JsonValue DayOrNull(const std::optional<model::CivilDay>& day) {
  return day ? JsonValue::Text(model::ToIso(*day)) : JsonValue();
}

JsonValue TimeOrNull(const std::optional<UnixSeconds>& at) {
  return at ? JsonValue::Integer(at->value) : JsonValue();
}

// What the person was told or talked to about.
JsonValue ContactsToJson(const std::vector<ContactRecord>& contacts) {
  JsonValue list = JsonValue::MakeArray();
  for (const ContactRecord& one : contacts) {
    JsonValue row;
    row.Set("contact", std::string_view(one.contact.ToString()));
    row.Set("kind", ContactKindName(one.kind)).Set("at", one.at.value);
    row.Set("purpose", std::string_view(one.purpose)).Set("about", std::string_view(one.about));
    row.Set("by", std::string_view(one.by)).Set("closed_at", TimeOrNull(one.closed_at));
    row.Set("item", one.item.is_none() ? JsonValue() : JsonValue::Text(one.item.ToString()));
    list.Append(row.Set("mark", ContactMarkName(one.mark)));
  }
  return list;
}

// How long it is kept: what was noted, told and renewed.
JsonValue KeepingToJson(const RetentionNotes& keeping) {
  JsonValue notices = JsonValue::MakeArray(), renewals = JsonValue::MakeArray();
  for (const SentNotice& one : keeping.notices) {
    JsonValue row;
    row.Set("kind", policy::NoticeKindName(one.kind));
    notices.Append(row.Set("at", one.at.value));
  }
  for (const UnixSeconds at : keeping.confirmations) renewals.Append(JsonValue::Integer(at.value));
  JsonValue json;
  json.Set("graduation_year", std::int64_t{keeping.graduation_year});
  json.Set("notices", std::move(notices)).Set("renewals", std::move(renewals));
  json.Set("registered_until", DayOrNull(keeping.registered_until));
  return json.Set("purpose_achieved", DayOrNull(keeping.purpose_achieved));
}

// What the operator has recorded to hold from a day on.
JsonValue FactsToJson(const personal_data::PersonRecord& record) {
  JsonValue kinds = JsonValue::MakeArray();
  for (const personal_data::KindPeriod& one : record.facts.kinds) {
    JsonValue row;
    row.Set("kind", std::string_view(one.kind)).Set("sub_kind", std::string_view(one.sub_kind));
    row.Set("first_day", std::string_view(model::ToIso(one.first_day)));
    kinds.Append(row.Set("last_day", DayOrNull(one.last_day)));
  }
  JsonValue permissions = JsonValue::MakeArray();
  for (const personal_data::PartnerPermission& one : record.facts.permissions) {
    JsonValue row;
    row.Set("partner", std::string_view(one.partner)).Set("items", TextsToJson(one.items));
    row.Set("first_day", std::string_view(model::ToIso(one.first_day)));
    permissions.Append(row.Set("last_day", DayOrNull(one.last_day)));
  }
  JsonValue facts;
  facts.Set("registered_as", std::string_view(record.stated.subject));
  return facts.Set("kinds", std::move(kinds)).Set("permissions", std::move(permissions));
}

JsonValue WithheldToJson(const std::vector<WithheldPart>& withheld) {
  JsonValue list = JsonValue::MakeArray();
  for (const WithheldPart& one : withheld) {
    JsonValue row;
    row.Set("part", std::string_view(one.part)).Set("ground", std::string_view(one.ground));
    row.Set("clauses", TextsToJson(one.clauses));
    row.Set("request",
            one.request.is_none() ? JsonValue() : JsonValue::Text(one.request.ToString()));
    list.Append(std::move(row));
  }
  return list;
}

}  // namespace

std::vector<personal_data::ActEvidence> EvidenceOf(
    const std::vector<ExportedApplication>& applications) {
  std::vector<personal_data::ActEvidence> evidence;
  for (const ExportedApplication& application : applications) {
    if (!application.consent) continue;
    const personal_data::ReleaseConsent& consent = *application.consent;
    if (consent.answer) evidence.push_back(*consent.answer);
    if (consent.rewrap) evidence.push_back(consent.rewrap->evidence);
    if (consent.withdrawal) evidence.push_back(*consent.withdrawal);
  }
  return evidence;
}

StatusOr<JsonValue> ExportToJson(const ExportParts& parts) {
  NOREN_ASSIGN_OR_RETURN(JsonValue given, GivenToJson(parts));
  JsonValue derived;
  derived.Set("consents", ConsentsToJson(parts.applications));
  derived.Set("exposures", ExposuresToJson(parts.exposures));
  derived.Set("provisions", ProvisionsToJson(parts.provisions));
  derived.Set("scores", ScoresToJson(parts.scores));
  derived.Set("contacts", ContactsToJson(parts.contacts.contacts));
  derived.Set("keeping", KeepingToJson(parts.keeping));
  if (!parts.hand_overs.empty()) derived.Set("hand_overs", HandOversToJson(parts.hand_overs));
  if (parts.record.facts != personal_data::PersonFacts())
    derived.Set("facts", FactsToJson(parts.record));
  JsonValue document;
  document.Set("format", kExportFormat).Set("at", parts.at.value);
  document.Set("handle", std::string_view(parts.record.address.handle.ToString()));
  document.Set("scope", "this-portal");
  document.Set("given", std::move(given)).Set("received", ReceivedToJson(parts));
  document.Set("derived", std::move(derived));
  document.Set("withheld", WithheldToJson(parts.withheld));
  return document;
}

StatusOr<std::string> WriteExportDocument(const ExportParts& parts) {
  NOREN_ASSIGN_OR_RETURN(JsonValue document, ExportToJson(parts));
  // A part that is not there any more is withheld all the same: there is nothing to take out.
  for (const WithheldPart& one : parts.withheld)
    document = WithoutPart(document, one.part).value_or(document);
  return model::DumpCanonical(document) + "\n";
}

}  // namespace noren::operations
