// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/decisions.h"

#include <algorithm>

namespace noren::policy {
namespace {

using model::ErrorCode;

constexpr std::int64_t kSecondsPerDay = 86400;
// ToStatus writes the clauses into the detail, after this word.
constexpr std::string_view kClausesWord = "clauses";

bool Covers(const PurposeRule& rule, std::span<const model::ItemKind> items) {
  return std::ranges::all_of(items, [&](model::ItemKind kind) {
    return std::ranges::find(rule.items, kind) != rule.items.end();
  });
}

}  // namespace

Decision Allow(const Policy& policy, Rule rule) {
  return {true, ErrorCode::kNone, policy.clauses_of_rule[static_cast<std::size_t>(rule)]};
}

Decision Refuse(const Policy& policy, Rule rule, ErrorCode error) {
  return {false, error, policy.clauses_of_rule[static_cast<std::size_t>(rule)]};
}

Status ToStatus(const Decision& decision) {
  if (decision.allowed) return OkStatus();
  std::string detail(kClausesWord);
  for (const std::string& clause : decision.clauses) detail += " " + clause;
  return model::MakeError(decision.error, detail);
}

std::vector<std::string> ClausesOf(const Status& refusal) {
  std::vector<std::string> clauses;
  const std::string detail = model::DetailOf(refusal);
  std::string_view rest = detail;
  if (!rest.starts_with(kClausesWord)) return clauses;
  rest.remove_prefix(kClausesWord.size());
  while (rest.starts_with(' ')) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (end > 0) clauses.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  return clauses;
}

Decision IsInForce(const Policy& policy, UnixSeconds now) {
  if (TodayOf(policy, now) < policy.effective_from) {
    return Refuse(policy, Rule::kValidity, ErrorCode::kNoPolicy);
  }
  return Allow(policy, Rule::kValidity);
}

Decision MayRegisterItem(const Policy& policy, model::ItemKind kind, std::int64_t size_bytes) {
  const ItemRule* item = policy.FindItem(kind);
  if (item == nullptr) return Refuse(policy, Rule::kCollectItem, ErrorCode::kPolicyForbids);
  if (size_bytes > item->max_size_bytes) {
    return Refuse(policy, Rule::kCollectItem, ErrorCode::kTooLarge);
  }
  return Allow(policy, Rule::kCollectItem);
}

Decision MayUseCustody(const Policy& policy, model::Custody custody) {
  const auto found = std::ranges::find(model::kCustodies, custody);
  const auto index = static_cast<std::size_t>(found - model::kCustodies.begin());
  const bool allowed = found != model::kCustodies.end() && policy.custody.allowed[index];
  return allowed ? Allow(policy, Rule::kCollectItem)
                 : Refuse(policy, Rule::kCollectItem, ErrorCode::kPolicyForbids);
}

Decision MayCompleteRegistration(const Policy& policy, std::span<const model::ItemKind> kinds) {
  const bool complete = std::ranges::all_of(policy.items, [&](const ItemRule& item) {
    return item.collection == Collection::kOptional ||
           std::ranges::find(kinds, item.kind) != kinds.end();
  });
  return complete ? Allow(policy, Rule::kCollectItem)
                  : Refuse(policy, Rule::kCollectItem, ErrorCode::kBadRequest);
}

Decision MayInvite(const Policy& policy, const InvitationTerms& terms) {
  if (terms.items.empty() || terms.how_many <= 0) {
    return Refuse(policy, Rule::kInvite, ErrorCode::kBadRequest);
  }
  const PurposeRule* purpose = policy.FindPurpose(terms.purpose);
  if (purpose == nullptr || !Covers(*purpose, terms.items)) {
    return Refuse(policy, Rule::kInvite, ErrorCode::kPolicyForbids);
  }
  const std::int64_t left = policy.limits.invitations_per_posting - terms.already_invited;
  if (terms.how_many > policy.limits.invitations_per_request || terms.how_many > left) {
    return Refuse(policy, Rule::kInvite, ErrorCode::kLimitReached);
  }
  return Allow(policy, Rule::kInvite);
}

Decision ProofSuffices(const Policy& policy, Act act, Proof proof) {
  if (proof < policy.least_proof[static_cast<std::size_t>(act)]) {
    return Refuse(policy, Rule::kProof, ErrorCode::kProofRequired);
  }
  return Allow(policy, Rule::kProof);
}

Decision MayGrantConsent(const Policy& policy, const ConsentTerms& terms) {
  if (terms.items.empty() || terms.days <= 0 || terms.retention_days <= 0) {
    return Refuse(policy, Rule::kGrantConsent, ErrorCode::kBadRequest);
  }
  const PurposeRule* purpose = policy.FindPurpose(terms.purpose);
  if (purpose == nullptr || !Covers(*purpose, terms.items) ||
      terms.days > purpose->max_consent_days) {
    return Refuse(policy, Rule::kGrantConsent, ErrorCode::kPolicyForbids);
  }
  if (terms.retention_days > policy.consent.retention_days) {
    return Refuse(policy, Rule::kRetention, ErrorCode::kPolicyForbids);
  }
  return Allow(policy, Rule::kGrantConsent);
}

Decision MayBeDiscoverableTo(const Policy& policy, std::string_view recipient_class) {
  return policy.FindRecipientClass(recipient_class) == nullptr
             ? Refuse(policy, Rule::kShowCards, ErrorCode::kPolicyForbids)
             : Allow(policy, Rule::kShowCards);
}

Decision MayShowCards(const Policy& policy, const QuotaUse& use) {
  const CardRules& rules = policy.cards;
  const bool within = use.reads_today < rules.card_reads_per_day &&
                      use.near_duplicates <= rules.postings_per_quota_key &&
                      use.cards_today < rules.cards_per_quota_key;
  return within ? Allow(policy, Rule::kShowCards)
                : Refuse(policy, Rule::kShowCards, ErrorCode::kLimitReached);
}

Decision MayAskForKind(const Policy& policy, const QuotaUse& use, std::int64_t how_many) {
  return how_many <= policy.cards.invitations_per_quota_key - use.invitations
             ? Allow(policy, Rule::kInvite)
             : Refuse(policy, Rule::kInvite, ErrorCode::kLimitReached);
}

Decision MaySendCode(const Policy& policy, std::int64_t codes_this_hour) {
  return codes_this_hour < policy.limits.codes_per_person_per_hour
             ? Allow(policy, Rule::kProof)
             : Refuse(policy, Rule::kProof, ErrorCode::kLimitReached);
}

Decision MayAskPerson(const Policy& policy, std::int64_t invitations_today) {
  return invitations_today < policy.limits.invitations_per_person_per_day
             ? Allow(policy, Rule::kInvite)
             : Refuse(policy, Rule::kInvite, ErrorCode::kLimitReached);
}

Decision MayRank(const Policy& policy, std::int64_t rows) {
  if (rows <= 0) return Refuse(policy, Rule::kRanking, ErrorCode::kBadRequest);
  if (rows > policy.limits.ranking_rows) {
    return Refuse(policy, Rule::kRanking, ErrorCode::kTooLarge);
  }
  return Allow(policy, Rule::kRanking);
}

Decision MayEvaluate(const Policy& policy, const EnrolmentUse& use) {
  const std::int64_t quota = policy.enrolment.QuotaOf(use.portal);
  if (!policy.enrolment.is_offered) {
    return Refuse(policy, Rule::kCollectItem, ErrorCode::kPolicyForbids);
  }
  const auto refuse = [&](ErrorCode error) {
    return Decision{false, error, policy.enrolment.clauses};
  };
  if (quota == 0) return refuse(ErrorCode::kPolicyForbids);
  if (use.count > quota) return refuse(ErrorCode::kTooLarge);
  if (use.evaluated_today > quota - use.count) return refuse(ErrorCode::kEnrolmentQuota);
  return {true, ErrorCode::kNone, policy.enrolment.clauses};
}

UnixSeconds NextDayOf(const Policy& policy, UnixSeconds now) {
  const std::int64_t next = std::int64_t{TodayOf(policy, now).days_since_1970} + 1;
  return {next * kSecondsPerDay - policy.utc_offset_seconds};
}

Decision IsFresh(const Policy& policy, UnixSeconds made_at, UnixSeconds now) {
  const std::int64_t window = std::int64_t{60} * policy.codes.act_fresh_minutes;
  // Compared without subtracting: made_at comes from outside and may be any number.
  const bool fresh = made_at.value >= now.value - window && made_at.value <= now.value + window;
  return fresh ? Allow(policy, Rule::kProof) : Refuse(policy, Rule::kProof, ErrorCode::kActStale);
}

model::CivilDay TodayOf(const Policy& policy, UnixSeconds now) {
  return model::CivilDayAt(now, policy.utc_offset_seconds);
}

UnixSeconds ConsentExpiry(const Policy& policy, const ConsentTerms& terms, UnixSeconds granted_at) {
  const PurposeRule* purpose = policy.FindPurpose(terms.purpose);
  const std::int32_t most = purpose == nullptr ? 0 : purpose->max_consent_days;
  return {granted_at.value + kSecondsPerDay * std::min(terms.days, most)};
}

}  // namespace noren::policy
