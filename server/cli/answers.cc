// SPDX-License-Identifier: Apache-2.0
#include "server/cli/answers.h"

#include "crypto/base/encoding.h"
#include "server/cli/console.h"

namespace noren::cli {
namespace {

constexpr std::size_t kBarWidth = 20;
constexpr std::int32_t kPageRows = 200;

std::string Fraction(const wire::Term& term) {
  return std::to_string(term.points) + "/" + std::to_string(term.max_points);
}

}  // namespace

model::JsonValue ToJson(const wire::AuditPosition& position) {
  model::JsonValue value;
  value.Set("partition", position.partition).Set("sequence", position.sequence);
  return value.Set("head", HexOf(position.head)).Set("promise", HexOf(position.promise));
}

model::JsonValue ToJson(const std::vector<std::string>& texts) {
  auto value = model::JsonValue::MakeArray();
  for (const std::string& text : texts) value.Append(model::JsonValue::Text(text));
  return value;
}

model::JsonValue ToJson(const std::vector<wire::Term>& terms) {
  auto value = model::JsonValue::MakeArray();
  for (const wire::Term& term : terms) {
    model::JsonValue one;
    one.Set("name", term.name).Set("side", term.side).Set("points", term.points);
    value.Append(one.Set("max_points", term.max_points));
  }
  return value;
}

model::JsonValue ToJson(const wire::Explanation& explanation) {
  auto conditions = model::JsonValue::MakeArray();
  for (const wire::Condition& condition : explanation.conditions) {
    model::JsonValue one;
    one.Set("name", condition.name).Set("side", condition.side).Set("met", bool{condition.met});
    conditions.Append(one.Set("detail", condition.detail));
  }
  model::JsonValue value;
  value.Set("qualifies", bool{explanation.qualifies}).Set("score", explanation.score);
  value.Set("terms", ToJson(explanation.terms)).Set("conditions", std::move(conditions));
  return value.Set("smallest_change", explanation.smallest_change);
}

std::string ToText(const wire::AuditPosition& position) {
  return "audit entry " + std::to_string(position.sequence) + " of partition " +
         std::to_string(position.partition);
}

std::string ToText(const wire::Explanation& explanation) {
  std::string text =
      "score " + std::to_string(explanation.score) +
      (explanation.qualifies ? "; every hard condition is met" : "; a hard condition is not met");
  if (!explanation.terms.empty()) {
    Table terms({"TERM", "WANTED BY", "", "POINTS"});
    for (const wire::Term& term : explanation.terms) {
      terms.Add({term.name, term.side, "[" + Bar(term.points, term.max_points, kBarWidth) + "]",
                 Fraction(term)});
    }
    text += "\n\n" + terms.ToText();
  }
  if (!explanation.conditions.empty()) {
    Table conditions({"CONDITION", "SET BY", "MET", "DETAIL"});
    for (const wire::Condition& condition : explanation.conditions) {
      conditions.Add(
          {condition.name, condition.side, condition.met ? "yes" : "no", condition.detail});
    }
    text += "\n\n" + conditions.ToText();
  }
  if (!explanation.smallest_change.empty()) {
    text += "\n\nsmallest change: " + SafeForTerminal(explanation.smallest_change);
  }
  return text;
}

std::string ToText(const std::vector<wire::Term>& terms) {
  std::vector<std::string> parts;
  for (const wire::Term& term : terms) parts.push_back(term.name + " " + Fraction(term));
  return Join(parts, ", ");
}

std::string Join(const std::vector<std::string>& texts, const char* separator) {
  std::string joined;
  for (std::size_t i = 0; i < texts.size(); ++i) joined += (i == 0 ? "" : separator) + texts[i];
  return joined;
}

std::string HexOf(const std::string& binary) { return HexEncode(AsBytes(binary)); }

wire::Idempotency MakeIdempotency(const std::string& key) {
  wire::Idempotency idempotency;
  idempotency.key = key;
  return idempotency;
}

wire::PageRequest MakePage(const std::string& cursor) {
  wire::PageRequest page;
  page.cursor = cursor;
  page.limit = kPageRows;
  return page;
}

}  // namespace noren::cli
