// SPDX-License-Identifier: Apache-2.0
#include "server/cli/person_view.h"

#include "server/cli/answers.h"
#include "server/cli/console.h"

namespace noren::cli {
namespace {

model::JsonValue ItemsJson(const std::vector<wire::PersonItem>& items) {
  auto rows = model::JsonValue::MakeArray();
  for (const wire::PersonItem& item : items) {
    model::JsonValue row;
    row.Set("item", item.item).Set("kind", item.kind).Set("name", item.name);
    row.Set("version", item.version).Set("payload_sha256", HexOf(item.payload_sha256));
    row.Set("header", HexOf(item.header));
    rows.Append(row.Set("reencrypt", bool{item.reencrypt}));
  }
  return rows;
}

model::JsonValue RewrapsJson(const std::vector<wire::RewrapRequest>& rewraps) {
  auto rows = model::JsonValue::MakeArray();
  for (const wire::RewrapRequest& rewrap : rewraps) {
    model::JsonValue row;
    row.Set("consent", rewrap.consent).Set("company", rewrap.company);
    row.Set("company_key", rewrap.company_key);
    rows.Append(row.Set("company_recipients", ToJson(rewrap.company_recipients)));
  }
  return rows;
}

model::JsonValue InvitationsJson(const std::vector<wire::Invitation>& invitations) {
  auto rows = model::JsonValue::MakeArray();
  for (const wire::Invitation& entry : invitations) {
    model::JsonValue row;
    row.Set("invitation", entry.invitation).Set("posting", entry.posting);
    row.Set("posting_title", entry.posting_title).Set("company", entry.company);
    row.Set("items", ToJson(entry.items)).Set("purpose", entry.purpose);
    row.Set("answer_by", entry.answer_by).Set("retention_days", entry.retention_days);
    row.Set("notice", entry.notice).Set("state", entry.state).Set("consent", entry.consent);
    row.Set("notice_sha256", HexOf(entry.notice_sha256)).Set("company_key", entry.company_key);
    rows.Append(row.Set("policy_version", entry.policy_version));
  }
  return rows;
}

std::string DiscoverableText(const wire::PersonRecord& record, const PersonWords& words) {
  if (!record.discoverable) return words.Say(Phrase::kHiddenByYou);
  if (record.class_size_at_least < 2) return words.Say(Phrase::kOnNoCard);
  return words.Say(Phrase::kLikeOthers, record.class_size_at_least - 1);
}

std::string InvitationsText(const wire::PersonRecord& record, const PersonWords& words) {
  if (record.invitations.empty()) return words.Say(Phrase::kNoInvitations) + "\n";
  std::string text = words.Say(Phrase::kInvitations) + "\n";
  for (const wire::Invitation& entry : record.invitations) {
    text += "  " + SafeForTerminal(entry.company) + ": " + SafeForTerminal(entry.posting_title);
    text += "\n    " + words.State(entry.state);
    if (entry.state == "requested") {
      text += ", " + words.Say(Phrase::kAnswerBy) + " " + TimeText(entry.answer_by);
    }
    text += "\n    " + SafeForTerminal(entry.invitation);
    text += entry.consent.empty() ? "\n" : ", " + SafeForTerminal(entry.consent) + "\n";
  }
  return text;
}

std::string ItemsText(const wire::PersonRecord& record, const PersonWords& words) {
  if (record.items.empty()) return words.Say(Phrase::kNoItems) + "\n";
  std::string text = words.Say(Phrase::kItems) + "\n";
  for (const wire::PersonItem& item : record.items) {
    text += "  " + SafeForTerminal(item.name) + " (" + SafeForTerminal(item.kind) + ", " +
            SafeForTerminal(item.item) + ")";
    text += item.reencrypt ? "\n    " + words.Say(Phrase::kReencrypt) + "\n" : "\n";
  }
  for (const wire::RewrapRequest& rewrap : record.rewraps) {
    text += "  " + SafeForTerminal(rewrap.company) + " " + words.Say(Phrase::kRewrap) +
            SafeForTerminal(rewrap.consent) + "\n";
  }
  return text;
}

}  // namespace

model::JsonValue ShownJson(const wire::DisclosureRecord& shown) {
  model::JsonValue row;
  row.Set("at", shown.at).Set("what", shown.what).Set("who", shown.who);
  row.Set("viewer_name", shown.viewer_name).Set("posting", shown.posting);
  row.Set("posting_title", shown.posting_title).Set("reason", shown.reason);
  row.Set("form", shown.form).Set("people", shown.people);
  if (shown.__isset.processor) row.Set("processor", shown.processor).Set("task", shown.task);
  row.Set("items", ToJson(shown.items));
  return row.Set("audit_sequence", shown.audit_sequence);
}

std::string ShownText(const wire::DisclosureRecord& shown, const PersonWords& words) {
  std::string text = TimeText(shown.at) + "  " + words.Viewer(shown) + "\n";
  text += "  " + words.Shown(shown) + "\n";
  if (!shown.posting_title.empty()) {
    text += "  " + words.Say(Phrase::kFor) + SafeForTerminal(shown.posting_title) + "\n";
  } else if (!shown.posting.empty()) {
    text += "  " + words.Say(Phrase::kFor) + SafeForTerminal(shown.posting) + "\n";
  }
  if (!shown.processor.empty())
    text += "  " + SafeForTerminal(shown.processor + ": " + shown.task) + "\n";
  const std::string card = words.Card(shown);
  if (!card.empty()) text += "  " + words.Say(Phrase::kCardSays) + card + "\n";
  const std::string reason = words.Reason(shown.reason);
  if (!reason.empty()) text += "  " + words.Say(Phrase::kWhy) + reason + "\n";
  return text;
}

model::JsonValue RecordJson(const wire::PersonRecord& record) {
  auto disclosures = model::JsonValue::MakeArray();
  for (const wire::DisclosureRecord& entry : record.disclosures) {
    disclosures.Append(ShownJson(entry));
  }
  model::JsonValue object;
  object.Set("disclosures", std::move(disclosures));
  object.Set("invitations", InvitationsJson(record.invitations));
  object.Set("discoverable", bool{record.discoverable});
  object.Set("class_size_at_least", record.class_size_at_least);
  object.Set("blocked_employers", record.blocked_employers);
  object.Set("custody", record.custody).Set("items", ItemsJson(record.items));
  object.Set("rewraps", RewrapsJson(record.rewraps)).Set("language", record.language);
  return object.Set("erasure_claim", record.erasure_claim);
}

std::string RecordText(const wire::PersonRecord& record, const PersonWords& words) {
  const std::string blocked =
      record.blocked_employers == 0 ? "" : words.Say(Phrase::kBlocked, record.blocked_employers);
  return DiscoverableText(record, words) + "\n" + blocked + (blocked.empty() ? "" : "\n") +
         words.Custody(record.custody) + "\n\n" + ItemsText(record, words) + "\n" +
         InvitationsText(record, words) + "\n" + words.Say(Phrase::kMoreAt) + "\n" +
         words.Say(Phrase::kScope);
}

}  // namespace noren::cli
