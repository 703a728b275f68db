// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/register_cases.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/policy/register_open.h"
#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/coded.h"
#include "engine/policy/stated/subjects.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

constexpr std::array<std::string_view, 3> kSafeguards = {"pseudonymised", "encrypted", "other"};

Status Forbid(const Basis& basis) { return ToStatus(basis.Refuse(ErrorCode::kPolicyForbids)); }

// The entry that the case of `next` begins with; null: there is none.
const RegisteredStep* FirstOf(std::span<const RegisteredStep> before, const RegisteredStep& next) {
  const auto found = std::ranges::find_if(before, [&](const RegisteredStep& one) {
    return one.kind == next.kind && one.number == next.case_number;
  });
  return found == before.end() ? nullptr : &*found;
}

// The id that a reference of the entry has; empty: it has none, or its section no such key.
std::string_view RefOf(const Entry& entry, std::string_view key) {
  if (FindKey(entry.section->name, key) == nullptr) return "";
  const std::vector<std::string_view> ids = entry.Many(key);
  return ids.empty() ? std::string_view() : ids[0];
}

// What the topic is about in the notice, by the heading of the section in any language: null when
// no section of that heading has a desk of its own.
const Entry* RuleOfTopic(const Statement& statement, std::string_view topic) {
  for (const Entry& entry : statement.entries) {
    if (RefOf(entry, "desk").empty()) continue;
    for (const auto language :
         {model::Language::kEnglish, model::Language::kKorean, model::Language::kJapanese}) {
      if (entry.section->labels.In(language) == topic) return &entry;
    }
  }
  return nullptr;
}

const Entry* RuleOf(const Statement& statement, const RegisteredStep& lodged) {
  const std::string_view topic = lodged.Field("topic");
  return topic.empty() ? statement.One("complaints") : RuleOfTopic(statement, topic);
}

// Who takes what is lodged, as the notice says; empty: it does not.
std::string_view StatedOwner(const Statement& statement, const RegisteredStep& lodged) {
  const Entry* rule = RuleOf(statement, lodged);
  if (rule == nullptr) return "";
  for (const std::string_view section : {"officer", "desk"}) {
    const Entry* entry = statement.ById(section, RefOf(*rule, section));
    if (entry != nullptr) return entry->Title();
  }
  return "";
}

Status CheckPurpose(const Policy& policy, const Entry& subject, std::string_view name) {
  const Entry* purpose = policy.statement->Called("purpose", name);
  if (purpose != nullptr && IsAbout(*purpose, subject)) return OkStatus();
  Basis basis(policy, Rule::kCollectItem);
  basis.RestOnAll("complaints");
  basis.Rest(subject);
  return ToStatus(basis.Refuse(ErrorCode::kPurposeUndeclared));
}

Status CheckLodged(const Policy& policy, const RegisteredStep& next) {
  const Statement& statement = *policy.statement;
  const Entry* rule = RuleOf(statement, next);
  if (rule == nullptr && !next.Field("topic").empty())
    return MakeFieldError(ErrorCode::kBadRequest, "fields.topic", "nothing in the notice");
  const std::string_view owner = StatedOwner(statement, next);
  if (!owner.empty() && next.Field("owner") != owner) {
    Basis basis(policy, Rule::kCollectItem);
    for (const std::string_view key : {"officer", "desk"}) {
      if (!RefOf(*rule, key).empty()) basis.Rest(*rule, key);
    }
    return Forbid(basis);
  }
  const std::string_view people = next.Field("people"), purpose = next.Field("purpose");
  if (people.empty() && purpose.empty()) return OkStatus();
  const Entry* subject = people.empty() ? nullptr : SubjectOf(statement, people);
  if (subject == nullptr)
    return MakeFieldError(ErrorCode::kBadRequest, "fields.people", "no such kind of person");
  return purpose.empty() ? OkStatus() : CheckPurpose(policy, *subject, purpose);
}

// Ok when every technical measure of the register is attested for the device and in its time.
Status CheckDevice(const Policy& policy, std::span<const RegisteredStep> before,
                   const RegisteredStep& next) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<DueRow> rows,
                         DueInRegisters(policy, before, next.at, policy.statement->language));
  for (const DueRow& row : rows) {
    const bool is_wanting = row.state == DueState::kMissing || row.state == DueState::kOverdue;
    if (row.kind != RegisterKind::kMedia || row.subject != next.subject || !row.of_measure ||
        !is_wanting)
      continue;
    Basis basis(policy, Rule::kCollectItem);
    basis.Rest(*MeasureOf(policy, row.kind, row.clause));
    return Forbid(basis);
  }
  return OkStatus();
}

// Names, addresses and numbers, as the notice prints them: what is made of them is no pseudonym.
bool NamesSomebody(const Statement& statement, const std::vector<std::string>& items) {
  for (const model::ItemKind kind : model::AllItemKinds()) {
    if (!model::IsIdentityItem(kind)) continue;
    for (const std::string_view name : PrintedNames(statement, kind)) {
      if (std::ranges::find(items, name) != items.end()) return true;
    }
  }
  return false;
}

// What is said of the safeguards is one of their words, and the items do not belie it.
Status CheckSafeguards(const Policy& policy, const Entry& factor, std::string_view verdict,
                       const RegisteredStep& next) {
  const std::vector<std::string> said = RegisterList(next.Field("safeguards"));
  for (const std::string& safeguard : said) {
    if (std::ranges::find(kSafeguards, safeguard) == kSafeguards.end())
      return MakeFieldError(ErrorCode::kBadRequest, "fields.safeguards",
                            "pseudonymised, encrypted or other");
  }
  if (verdict != factor.Word("favourable")) return OkStatus();
  if (said.empty()) return MakeFieldError(ErrorCode::kMissingField, "fields.safeguards");
  const bool is_pseudonymised = std::ranges::find(said, kSafeguards[0]) != said.end();
  if (!is_pseudonymised || !NamesSomebody(*policy.statement, RegisterList(next.Field("items"))))
    return OkStatus();
  Basis basis(policy, Rule::kRelease);
  basis.Rest(factor);
  return Forbid(basis);
}

Status CheckAssessed(const Policy& policy, const RegisteredStep& next) {
  const std::vector<const Entry*> factors = policy.statement->All("factor");
  const std::vector<std::string> verdicts = RegisterList(next.Field("verdicts"));
  for (std::size_t i = 0; i < factors.size() && i < verdicts.size(); ++i) {
    if (factors[i]->Bool("safeguard") != true) continue;
    NOREN_RETURN_IF_ERROR(CheckSafeguards(policy, *factors[i], verdicts[i], next));
  }
  return OkStatus();
}

// Every point has the answer that speaks for it.
Status CheckApproved(const Policy& policy, const RegisteredStep& assessed) {
  const std::vector<const Entry*> factors = policy.statement->All("factor");
  const std::vector<std::string> verdicts = RegisterList(assessed.Field("verdicts"));
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (i < verdicts.size() && verdicts[i] == factors[i]->Word("favourable")) continue;
    Basis basis(policy, Rule::kRelease);
    basis.Rest(*factors[i]);
    return Forbid(basis);
  }
  return OkStatus();
}

// Whether somebody weighed just this and approved of it, and the day to weigh again is not past.
bool IsAsApproved(const Policy& policy, std::span<const RegisteredStep> before,
                  const RegisteredStep& next) {
  const RegisteredStep* assessed = FirstOf(before, next);
  if (assessed == nullptr || assessed->step != "assessed") return false;
  const bool is_approved = std::ranges::any_of(before, [&](const RegisteredStep& one) {
    return one.kind == next.kind && one.case_number == next.case_number && one.step == "approved";
  });
  const std::string_view review = assessed->Field("review");
  const bool is_over = !review.empty() && model::ToIso(TodayOf(policy, next.at)) > review;
  const std::vector<std::string> weighed = RegisterList(assessed->Field("items"));
  const auto is_weighed = [&](const std::string& item) {
    return std::ranges::find(weighed, item) != weighed.end();
  };
  return is_approved && !is_over && next.Field("purpose") == assessed->Field("purpose") &&
         std::ranges::all_of(RegisterList(next.Field("items")), is_weighed);
}

constexpr std::string_view kDigestBegin = "sha256:";
constexpr std::size_t kDigestDigits = 16;

bool IsDigestText(std::string_view text) {
  const std::string_view digits = text.substr(std::min(text.size(), kDigestBegin.size()));
  return text.starts_with(kDigestBegin) && digits.size() == kDigestDigits &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsApproval(const RegisteredStep& step) {
  return step.kind == RegisterKind::kPolicies && step.step == "approved";
}

Basis BasisOfPolicies(const Policy& policy) {
  Basis basis(policy, Rule::kValidity);
  if (const Entry* measure = FirstMeasureOf(policy, RegisterKind::kPolicies)) basis.Rest(*measure);
  return basis;
}

}  // namespace

void CompleteComplaint(const Policy& policy, RegisteredStep& lodged) {
  const bool is_lodged = lodged.kind == RegisterKind::kComplaints && lodged.step == "lodged";
  if (policy.statement == nullptr || !is_lodged) return;
  const Statement& statement = *policy.statement;
  const std::string_view owner = StatedOwner(statement, lodged);
  if (!owner.empty()) lodged.fields.emplace("owner", owner);
  const Entry* rule = statement.One("complaints");
  if (rule == nullptr) return;
  const std::string_view subject = RefOf(*rule, "subject");
  if (!subject.empty()) lodged.fields.emplace("people", subject);
  const Entry* purpose = statement.ById("purpose", RefOf(*rule, "purpose"));
  const bool is_usual = !subject.empty() && lodged.Field("people") == subject;
  if (purpose != nullptr && is_usual) lodged.fields.emplace("purpose", purpose->Title());
}

Status MayRecordComplaint(const Policy& policy, std::span<const RegisteredStep> before,
                          const RegisteredStep& next) {
  if (next.step == "lodged") return CheckLodged(policy, next);
  if (next.step == "assigned") return OkStatus();
  const RegisteredStep* lodged = FirstOf(before, next);
  if (lodged == nullptr || !IsInConflict(policy, before, *lodged)) return OkStatus();
  Basis basis(policy, Rule::kCollectItem);
  if (const Entry* rule = policy.statement->One("complaints")) basis.Rest(*rule, "officer");
  return Forbid(basis);
}

Status MayRecordMedium(const Policy& policy, std::span<const RegisteredStep> before,
                       const RegisteredStep& next) {
  const bool is_of_one = next.step == "listed" || next.step == "loaded" || next.step == "lost";
  if (is_of_one && next.subject.empty()) return MakeFieldError(ErrorCode::kMissingField, "subject");
  const Entry* measure = FirstMeasureOf(policy, RegisterKind::kMedia);
  if (next.step != "loaded" || measure == nullptr) return OkStatus();
  const auto media = MediaIn(before);
  const auto medium = media.find(next.subject);
  if (medium == media.end()) {
    Basis basis(policy, Rule::kCollectItem);
    basis.Rest(*measure);
    return Forbid(basis);
  }
  return medium->second.kind == kDevice ? CheckDevice(policy, before, next) : OkStatus();
}

Status MayRecordAdditionalUse(const Policy& policy, std::span<const RegisteredStep> before,
                              const RegisteredStep& next) {
  const Entry* rule = policy.statement->One("additional_use");
  const bool is_known = rule != nullptr && !policy.statement->All("factor").empty();
  Basis basis(policy, Rule::kRelease);
  if (rule != nullptr) basis.Rest(*rule, "laws");
  basis.RestOnAll(is_known ? "factor" : "purpose_rule");
  if (!is_known) return Forbid(basis);
  if (next.step == "assessed") return CheckAssessed(policy, next);
  if (next.step == "approved") return CheckApproved(policy, *FirstOf(before, next));
  if (IsAsApproved(policy, before, next)) return OkStatus();
  return ToStatus(basis.Refuse(ErrorCode::kPurposeUndeclared));
}

Status MayRecordPolicy(const Policy& policy, std::span<const RegisteredStep> before,
                       const RegisteredStep& next) {
  if (!IsApproval(next)) return OkStatus();
  if (!IsDigestText(next.Field("digest")))
    return MakeFieldError(ErrorCode::kBadRequest, "fields.digest", "sha256:<16 hex digits>");
  const bool is_first = std::ranges::none_of(before, IsApproval);
  if (!is_first || next.Field("digest") == DigestText(policy)) return OkStatus();
  return Forbid(BasisOfPolicies(policy));
}

Decision IsPolicyApproved(const Policy& policy, std::span<const RegisteredStep> steps) {
  const std::string digest = DigestText(policy);
  bool any = false;
  for (const RegisteredStep& step : steps) {
    if (!IsApproval(step)) continue;
    any = true;
    if (step.Field("digest") == digest) return BasisOfPolicies(policy).Allow();
  }
  return any ? BasisOfPolicies(policy).Refuse(ErrorCode::kPolicyForbids)
             : BasisOfPolicies(policy).Allow();
}

std::string DigestText(const Policy& policy) {
  return std::string(kDigestBegin) + HexEncode(policy.digest).substr(0, kDigestDigits);
}

}  // namespace noren::policy
