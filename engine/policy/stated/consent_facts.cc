// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/consent_facts.h"

#include <algorithm>
#include <array>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/coded.h"
#include "engine/policy/stated/subjects.h"

namespace noren::policy {
namespace {

constexpr std::string_view kDomain = "noren/consent-facts/1\n";

// Every code of the release: its items, its purpose and the means of the service.
std::vector<std::string_view> CodesOf(const ReleaseTerms& terms) {
  std::vector<std::string_view> codes = {model::PurposeName(terms.purpose), kMeansOfService};
  for (const model::ItemKind kind : terms.items) codes.push_back(model::ItemKindName(kind));
  return codes;
}

bool IsAmong(const std::vector<std::string_view>& all, std::string_view one) {
  return std::ranges::find(all, one) != all.end();
}

// Whether a file of such people lists an item of the release.
bool HoldsItemOf(const Statement& statement, const Entry& file, const ReleaseTerms& terms) {
  const Entry* subject = SubjectOf(statement, terms.subject);
  if (subject == nullptr || !IsAbout(file, *subject)) return false;
  return std::ranges::any_of(terms.items, [&](model::ItemKind kind) {
    const std::vector<std::string_view> names = PrintedNames(statement, kind);
    return std::ranges::any_of(
        std::array{"items", "required", "optional", "open_items", "closed_by"},
        [&](const char* key) { return HoldsOneOf(file, key, names); });
  });
}

bool IsConcerned(const Statement& statement, const Entry& entry, const Entry& recipient,
                 const ReleaseTerms& terms) {
  const std::string_view section = entry.section->name;
  if (section == "recipient") return &entry == &recipient;
  if (section == "recipient_items") return entry.Text("recipient") == recipient.id;
  if (section == "ground") return entry.Word("code") == recipient.Word("ground");
  if (section == "file") return HoldsItemOf(statement, entry, terms);
  if (section == "coded") return IsAmong(CodesOf(terms), entry.Word("code").value_or(""));
  if (section == "retention") {
    return std::ranges::any_of(statement.All("file"), [&](const Entry* file) {
      return file->Text("retention") == entry.id && HoldsItemOf(statement, *file, terms);
    });
  }
  return false;
}

void Write(const Fact& fact, RecordWriter& writer) {
  writer.Field(fact.row->section).Field(fact.row->name);
  writer.U8(static_cast<std::uint8_t>(fact.absence));
  writer.U32(static_cast<std::uint32_t>(fact.values.size()));
  for (const Value& value : fact.values) writer.Field(value.text);
}

}  // namespace

std::vector<const Entry*> EntriesOfConsent(const Policy& policy, const ReleaseTerms& terms) {
  std::vector<const Entry*> entries;
  if (policy.statement == nullptr) return entries;
  const Entry* recipient = AppliedTo(*policy.statement);
  if (recipient == nullptr) return entries;
  for (const Entry& entry : policy.statement->entries) {
    if (IsConcerned(*policy.statement, entry, *recipient, terms)) entries.push_back(&entry);
  }
  return entries;
}

Hash256 ConsentFacts(const Policy& policy, const ReleaseTerms& terms) {
  const std::vector<const Entry*> entries = EntriesOfConsent(policy, terms);
  if (entries.empty()) return {};
  RecordWriter writer;
  for (const Entry* entry : entries) {
    writer.Field(entry->section->name).Field(entry->id);
    // Not in the order of the file: the source's facts and the operator's may change places.
    std::vector<const Fact*> facts;
    for (const Fact& fact : entry->facts) {
      const bool counts = fact.row->Has('c') && fact.absence != Absence::kNotStated;
      if (counts) facts.push_back(&fact);
    }
    std::ranges::sort(facts, {}, [](const Fact* fact) { return fact->row->name; });
    writer.U32(static_cast<std::uint32_t>(facts.size()));
    for (const Fact* fact : facts) Write(*fact, writer);
  }
  return primitives::Sha256Hasher().Update(AsBytes(kDomain)).Update(writer.bytes()).Finish();
}

Decision StillCovers(const Policy& policy, const ReleaseTerms& terms, const Hash256& facts) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kGrantConsent);
  Basis basis(policy, Rule::kGrantConsent);
  if (ConsentFacts(policy, terms) == facts) return basis.Allow();
  if (const Entry* rule = policy.statement->One("purpose_rule")) basis.Rest(*rule, "on_change");
  if (const Entry* recipient = AppliedTo(*policy.statement)) {
    basis.Rest(*recipient);
    basis.Rest(*recipient, "items");
    basis.Rest(*recipient, "ground");
  }
  return basis.Refuse(model::ErrorCode::kConsentAnew);
}

}  // namespace noren::policy
