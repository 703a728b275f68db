// SPDX-License-Identifier: Apache-2.0
#include "server/cli/contact_view.h"

#include <utility>

#include "server/cli/console.h"
#include "server/cli/rights_view.h"

namespace noren::cli {

std::string TimeOrNothing(std::int64_t unix_seconds) {
  return unix_seconds == 0 ? "" : TimeText(unix_seconds);
}

model::JsonValue ContactsJson(const wire::PersonContacts& contacts) {
  auto rows = model::JsonValue::MakeArray();
  for (const wire::Contact& one : contacts.contacts) {
    model::JsonValue json;
    json.Set("contact", one.contact).Set("kind", one.kind).Set("purpose", one.purpose);
    json.Set("about", one.about).Set("by", one.by).Set("at", one.at).Set("item", one.item);
    json.Set("item_version", one.item_version).Set("closed_at", one.closed_at);
    rows.Append(json.Set("mark", one.mark));
  }
  model::JsonValue object;
  object.Set("contacts", std::move(rows)).Set("unsubscribed", TextArray(contacts.unsubscribed));
  return object.Set("last_confirmed", contacts.last_confirmed);
}

std::string ContactsText(const wire::PersonContacts& contacts) {
  Table table({"CONTACT", "KIND", "PURPOSE", "ABOUT", "BY", "AT", "CLOSED", "MARK"});
  for (const wire::Contact& one : contacts.contacts) {
    table.Add({one.contact, one.kind, one.purpose, one.about, one.by, TimeText(one.at),
               TimeOrNothing(one.closed_at), one.mark});
  }
  std::string text = table.ToText();
  for (const std::string& purpose : contacts.unsubscribed)
    text += "unsubscribed: " + purpose + "\n";
  if (!contacts.last_confirmed.empty()) text += "last confirmed: " + contacts.last_confirmed + "\n";
  return SafeForTerminal(text);
}

}  // namespace noren::cli
