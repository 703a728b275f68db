// Whether who asks is known well enough.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "engine/model/errors.h"
#include "engine/policy/calendar/civil.h"
#include "engine/policy/rights_rules.h"
#include "engine/policy/stated_names.h"

namespace noren::policy {
namespace {

using model::Right;

Status Insufficient(const Policy& policy, std::string_view what) {
  return RefuseBy(policy, "E_ID_INSUFFICIENT", "papers." + std::string(what));
}

// A list that the operator reads as open takes another paper of the same kind.
bool IsOpenList(const Policy& policy) {
  return policy.statement != nullptr && policy.statement->Choice("identity_list") == "open_list";
}

const SeenPaper* FindPaper(const Policy& policy, const Fact& documents,
                           const std::vector<SeenPaper>& papers) {
  for (const SeenPaper& paper : papers) {
    if (Names(documents, paper.name) || (IsOpenList(policy) && paper.photo)) return &paper;
  }
  return nullptr;
}

// One of the stated documents, as it has to be.
Status PaperSuffices(const Policy& policy, const Entry& entry,
                     const std::vector<SeenPaper>& papers) {
  const Fact* const documents = entry.Find("documents");
  if (documents == nullptr || documents->values.empty()) return OkStatus();
  const SeenPaper* const paper = FindPaper(policy, *documents, papers);
  if (paper == nullptr) return Insufficient(policy, documents->values.front().text);
  const bool has_photo_rule = entry.section->name == "identity";
  if (has_photo_rule && entry.Word("photo") == "yes" && !paper->photo)
    return Insufficient(policy, "photo");
  if (has_photo_rule) {
    for (const Value& value : ValuesOf(&entry, "must_show")) {
      if (!IsAmong(value, paper->shows)) return Insufficient(policy, value.text);
    }
    const Fact* const both = entry.Find("both_sides");
    if (both != nullptr && Names(*both, paper->name) && !paper->both_sides)
      return Insufficient(policy, "both_sides");
  }
  if (Has(&entry, "must_mask") && !paper->masked)
    return RefuseBy(policy, "E_ID_UNMASKED", "papers.masked");
  return OkStatus();
}

// Who failed is not told which fact it was.
Status FactsSuffice(const Policy& policy, const Entry& entry, const IdentityCheck& check) {
  for (const Value& value : ValuesOf(&entry, "match")) {
    if (!IsAmong(value, check.facts)) return RefuseBy(policy, "E_ID_INSUFFICIENT", "facts");
  }
  const std::int64_t least = entry.Number("minimum").value_or(Has(&entry, "match") ? 0 : 2);
  if (static_cast<std::int64_t>(check.facts.size()) < least)
    return RefuseBy(policy, "E_ID_INSUFFICIENT", "facts");
  return OkStatus();
}

Status PersonSuffices(const Policy& policy, Right right, const IdentityCheck& check) {
  const Entry* const entry = One(policy, "identity");
  const bool concerns = entry != nullptr &&
                        (!Has(entry, "rights") || entry->Holds("rights", model::RightName(right)));
  const auto method = concerns ? entry->Word("method") : std::nullopt;
  if (method == "registered_facts") return FactsSuffice(policy, *entry, check);
  if (method == "documents") return PaperSuffices(policy, *entry, check.papers);
  if (method == "facts_and_document") {
    NOREN_RETURN_IF_ERROR(FactsSuffice(policy, *entry, check));
    return PaperSuffices(policy, *entry, check.papers);
  }
  // The source does not say how: something has to be there all the same.
  const bool something = check.proved || !check.facts.empty() || !check.papers.empty();
  return something ? OkStatus() : RefuseBy(policy, "E_IDENTITY", "identity");
}

bool HasPaper(const Value& value, const std::vector<SeenPaper>& papers) {
  return std::ranges::any_of(papers,
                             [&](const SeenPaper& paper) { return IsCalled(value, paper.name); });
}

Status AgentSuffices(const Policy& policy, const IdentityCheck& check) {
  const Entry* const agents = One(policy, "agents");
  if (policy.statement == nullptr)
    return check.papers.empty() ? RefuseBy(policy, "E_POA", "papers") : OkStatus();
  if (!Has(agents, "accepted")) return RefuseBy(policy, "E_AGENT_NOT_ACCEPTED", "requester");
  const std::vector<Value> papers = ValuesOf(agents, "papers");
  const auto missing = std::ranges::find_if(
      papers, [&](const Value& value) { return !HasPaper(value, check.papers); });
  if (missing != papers.end()) {
    const bool has_some = std::ranges::any_of(
        papers, [&](const Value& value) { return HasPaper(value, check.papers); });
    return has_some ? Insufficient(policy, missing->text)
                    : RefuseBy(policy, "E_POA", "papers." + missing->text);
  }
  const Fact* const whose = agents->Find("identity_of");
  if (whose != nullptr && !whose->values.empty()) {
    const bool seen = std::ranges::any_of(
        check.papers, [&](const SeenPaper& paper) { return Names(*whose, paper.of); });
    if (!seen) return RefuseBy(policy, "E_POA", "papers.identity");
  }
  return PaperSuffices(policy, *agents, check.papers);
}

// The birthday counts: who turns fourteen today is not below fourteen.
bool IsBelow(const IdentityCheck& check, std::int64_t age) {
  if (!check.born) return false;
  const calendar::CivilDate born = calendar::DateOf(*check.born);
  const calendar::CivilDate on = calendar::DateOf(check.on);
  const bool had_birthday = on.month > born.month || (on.month == born.month && on.day >= born.day);
  return on.year - born.year - (had_birthday ? 0 : 1) < age;
}

}  // namespace

namespace {

// Of some papers one side alone is taken; of some, nothing that they show is typed in.
Status PapersMayBeTaken(const Policy& policy, const std::vector<SeenPaper>& papers) {
  const Entry* const identity = One(policy, "identity");
  const Fact* const front_only = identity == nullptr ? nullptr : identity->Find("front_only");
  for (const SeenPaper& paper : papers) {
    if (front_only != nullptr && paper.both_sides && Names(*front_only, paper.name))
      return RefuseBy(policy, "E_MY_NUMBER", "papers.both_sides");
    if (!paper.shows.empty() && IsSpecialCarePaper(policy, paper.name))
      return model::MakeFieldError(model::ErrorCode::kForbiddenField, "papers.shows");
  }
  return OkStatus();
}

}  // namespace

Status IdentitySuffices(const Policy& policy, Right right, const IdentityCheck& check) {
  NOREN_RETURN_IF_ERROR(PapersMayBeTaken(policy, check.papers));
  const Entry* const minors = One(policy, "minors");
  const bool minor = minors != nullptr && IsBelow(check, minors->Number("below_age").value_or(0));
  if (check.requester == Requester::kRepresentative && minor) {
    return check.papers.empty() ? RefuseBy(policy, "E_MINOR", "papers") : OkStatus();
  }
  if (check.requester != Requester::kPerson) return AgentSuffices(policy, check);
  if (minor) return RefuseBy(policy, "E_MINOR", "requester");
  return PersonSuffices(policy, right, check);
}

}  // namespace noren::policy
