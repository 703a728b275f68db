// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/rights_rules.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/model/errors.h"
#include "engine/policy/stated_names.h"
#include "engine/policy/stated_rules.h"
#include "engine/policy/statement_diff.h"

namespace noren::policy {
namespace {

using model::ErrorCode;
using model::Right;

constexpr std::string_view kRequesters[] = {"person", "agent", "representative", "other"};
constexpr std::string_view kAnchor = "request_received";
constexpr std::size_t kMinReasonBytes = 3, kMaxReasonBytes = 1200;

const Entry* FindRightEntry(const Policy& policy, Right right) {
  for (const Entry* entry : All(policy, "right")) {
    if (entry->Word("kind") == model::RightName(right)) return entry;
  }
  return nullptr;
}

}  // namespace

Status RefuseBy(const Policy& policy, std::string_view code, std::string_view field) {
  std::string detail(code);
  const std::optional<Explanation> explained = Explain(policy, code);
  if (explained) {
    for (const std::string& clause : explained->clauses) detail += " " + clause;
  }
  return model::MakeFieldError(ErrorCode::kPolicyForbids, field, detail);
}

StatusOr<RightRule> RuleOfRight(const Policy& policy, Right right) {
  RightRule rule;
  const bool changes = right == Right::kCorrect || right == Right::kAdd ||
                       right == Right::kDelete || right == Right::kErase ||
                       right == Right::kSuspend || right == Right::kStopProvision;
  if (changes) rule.effect = RightEffect::kItemLevel;
  if (policy.statement == nullptr) return rule;
  const Entry* const entry = FindRightEntry(policy, right);
  if (entry == nullptr)
    return model::MakeFieldError(ErrorCode::kPolicyForbids, "right", model::RightName(right));
  if (entry->Word("effect") == "erase_all") rule.effect = RightEffect::kEraseAll;
  if (entry->Word("effect") == "erase_registration") rule.effect = RightEffect::kEraseRegistration;
  rule.clauses = ClausesOf(*entry);
  return rule;
}

std::string_view RequesterName(Requester requester) {
  const auto index = static_cast<std::size_t>(requester) - 1;
  return index < std::size(kRequesters) ? kRequesters[index] : std::string_view();
}
std::optional<Requester> FindRequester(std::string_view name) {
  for (const Requester one :
       {Requester::kPerson, Requester::kAgent, Requester::kRepresentative, Requester::kOther}) {
    if (RequesterName(one) == name) return one;
  }
  return std::nullopt;
}

namespace {

std::vector<Value> StatedChannels(const Policy& policy) {
  std::vector<Value> all;
  const Entry* const rights = One(policy, "rights");
  for (const std::string_view key : {"channels", "added_channels", "submission"}) {
    for (Value& value : ValuesOf(rights, key)) all.push_back(std::move(value));
  }
  for (Value& value : ValuesOf(One(policy, "identity"), "channels"))
    all.push_back(std::move(value));
  return all;
}

}  // namespace

std::vector<std::string> ChannelsOf(const Policy& policy) {
  std::vector<std::string> channels;
  for (Value& value : StatedChannels(policy)) channels.push_back(std::move(value.text));
  return channels;
}

namespace {

std::string JoinedClauses(const Fact& fact) {
  std::string clauses;
  for (const std::string& clause : fact.clauses) clauses += (clauses.empty() ? "" : " ") + clause;
  return clauses;
}

bool AcceptsRequester(const Policy& policy, Requester requester) {
  if (requester == Requester::kPerson) return true;
  if (requester == Requester::kOther) return false;
  return policy.statement == nullptr || Has(One(policy, "agents"), "accepted") ||
         (requester == Requester::kRepresentative && One(policy, "minors") != nullptr);
}

// A way that the operator has closed, and any other way where the list is closed.
Status ChannelIsOpen(const Policy& policy, const Entry* rights, const std::string& channel) {
  if (rights == nullptr) return OkStatus();
  if (const Fact* const closed = rights->Find("closed"); closed != nullptr) {
    if (Names(*closed, channel))
      return model::MakeFieldError(ErrorCode::kPolicyForbids, "channel", JoinedClauses(*closed));
  }
  if (rights->Word("channels_open") != "no") return OkStatus();
  const std::vector<Value> channels = StatedChannels(policy);
  const bool known =
      std::ranges::any_of(channels, [&](const Value& value) { return IsCalled(value, channel); });
  if (known || channels.empty()) return OkStatus();
  const Fact* const fact = rights->Find("channels");
  return model::MakeFieldError(ErrorCode::kPolicyForbids, "channel",
                               fact == nullptr ? "" : JoinedClauses(*fact));
}

}  // namespace

bool RefusesAgents(const Policy& policy) {
  const Entry* const agents = One(policy, "agents");
  return agents != nullptr && agents->AbsenceOf("accepted") == Absence::kNone;
}

Status MayBeHandedIn(const Policy& policy, const HandedIn& request) {
  NOREN_RETURN_IF_ERROR(RuleOfRight(policy, request.right).status());
  const Entry* const rights = One(policy, "rights");
  const Fact* const procedure = rights == nullptr ? nullptr : rights->Find("procedure");
  if (procedure != nullptr && procedure->absence != Absence::kPresent)
    return model::MakeFieldError(ErrorCode::kPolicyIncomplete, "rights.procedure",
                                 JoinedClauses(*procedure));
  if (!AcceptsRequester(policy, request.requester))
    return RefuseBy(policy, "E_AGENT_NOT_ACCEPTED", "requester");
  if (request.channel.empty()) return model::MakeFieldError(ErrorCode::kMissingField, "channel");
  return ChannelIsOpen(policy, rights, request.channel);
}

PendingBlock BlockWhileOpen(const Policy& policy, Right right) {
  const Entry* const rights = One(policy, "rights");
  if (rights == nullptr || !rights->Holds("blocked_on", model::RightName(right)))
    return PendingBlock::kNone;
  return right == Right::kStopProvision ? PendingBlock::kProvision : PendingBlock::kUse;
}

namespace {

Status ConditionsMet(const Policy& policy, const Entry& limit, const RefusalCase& refusal) {
  const Entry* const controller = One(policy, "controller");
  for (const std::string_view condition : limit.Many("all_of")) {
    const bool is_public = controller != nullptr && controller->Word("public_institution") == "yes";
    const bool fails = (condition == "public_institution" && !is_public) ||
                       (condition == "no_intent_to_end" && refusal.ends_contract) ||
                       (condition == "ongoing" && !refusal.ongoing);
    if (fails) return RefuseBy(policy, "E_REFUSAL_GROUND", "ground." + std::string(condition));
  }
  return OkStatus();
}

Status EvidenceIsThere(const Policy& policy, const Entry& limit, const RefusalCase& refusal) {
  for (const std::string_view word : limit.Many("evidence")) {
    // The reason is required of every refusal, and the wish to leave is asked with every request.
    if (word == "reason" || word == "cancel_intent") continue;
    const auto found = refusal.evidence.find(std::string(word));
    const bool is_there = found != refusal.evidence.end() && !found->second.empty();
    const bool is_other = word != "approver" || !is_there || found->second != refusal.decided_by;
    if (!is_there || !is_other)
      return RefuseBy(policy, "E_GROUND_EVIDENCE", "evidence." + std::string(word));
  }
  return OkStatus();
}

// Null: the policy does not list the ground for this right.
const Entry* FindLimit(const Policy& policy, Right right, std::string_view code) {
  for (const Entry* limit : All(policy, "limit")) {
    if (limit->Word("code") == code && limit->Word("right") == model::RightName(right))
      return limit;
  }
  return nullptr;
}

// Grounds that are no list of the policy's: each rests on a part of it that says so.
StatusOr<std::vector<std::string>> MayRefuseOtherwise(const Policy& policy, Right right,
                                                      const std::string& code) {
  const auto clauses_of = [&](std::string_view refusal) {
    const auto explained = Explain(policy, refusal);
    return explained ? explained->clauses : std::vector<std::string>();
  };
  if (code == "E_ID_INSUFFICIENT" || code == "E_HOLD") return clauses_of(code);
  if (code == "E_ENTRUSTED_NO_AUTHORITY" && Has(One(policy, "rights"), "excluded"))
    return clauses_of(code);
  const Entry* const entry = FindRightEntry(policy, right);
  if (code == "CONDITION_NOT_MET" && entry != nullptr) {
    const Fact* const condition = entry->Find("condition");
    if (condition != nullptr && !condition->values.empty()) return condition->clauses;
  }
  return RefuseBy(policy, "E_REFUSAL_GROUND", "ground");
}

}  // namespace

StatusOr<std::vector<std::string>> MayRefuse(const Policy& policy, Right right,
                                             const RefusalCase& refusal) {
  const bool is_said =
      refusal.reason.size() >= kMinReasonBytes && refusal.reason.size() <= kMaxReasonBytes;
  const Entry* const limit = FindLimit(policy, right, refusal.code);
  if (!is_said && limit != nullptr && limit->Holds("evidence", "reason"))
    return RefuseBy(policy, "E_GROUND_EVIDENCE", "evidence.reason");
  if (!is_said) return model::MakeFieldError(ErrorCode::kReasonRequired, "reason", "3..1200 bytes");
  if (limit != nullptr) {
    NOREN_RETURN_IF_ERROR(ConditionsMet(policy, *limit, refusal));
    NOREN_RETURN_IF_ERROR(EvidenceIsThere(policy, *limit, refusal));
    return ClausesOf(*limit);
  }
  return MayRefuseOtherwise(policy, right, refusal.code);
}

std::vector<model::ItemKind> ReviewedFirst(const Policy& policy, Right right) {
  std::vector<model::ItemKind> kinds;
  const Entry* const entry = FindRightEntry(policy, right);
  if (entry == nullptr) return kinds;
  for (const std::string_view code : entry->Many("reviewed")) {
    const auto kind = model::FindItemKind(code);
    if (kind) kinds.push_back(*kind);
  }
  return kinds;
}

bool MayRefuseInPart(const Policy& policy) {
  const Entry* const rights = One(policy, "rights");
  return rights == nullptr || rights->Bool("partial_refusal").value_or(true);
}

bool TakesObjections(const Policy& policy) {
  if (policy.statement == nullptr) return true;
  return Has(One(policy, "rights"), "objection") || One(policy, "complaints") != nullptr;
}

StatusOr<std::vector<calendar::DateRule>> AnswerRules(const Policy& policy) {
  std::vector<calendar::DateRule> rules;
  const Entry* const rights = One(policy, "rights");
  if (rights == nullptr) return rules;
  for (const std::string_view id : rights->Many("limits")) {
    const Entry* const entry = policy.statement->ById("date_rule", id);
    if (entry == nullptr || !entry->Holds("anchor", kAnchor)) continue;
    NOREN_ASSIGN_OR_RETURN(calendar::DateRule rule, StatedDateRule(policy, id));
    rules.push_back(std::move(rule));
  }
  return rules;
}

StatusOr<std::optional<calendar::DateRule>> PapersRule(const Policy& policy) {
  const Entry* const papers = One(policy, "request_papers");
  const std::vector<std::string_view> limits =
      papers == nullptr ? std::vector<std::string_view>() : papers->Many("limit");
  if (limits.empty()) return std::optional<calendar::DateRule>();
  NOREN_ASSIGN_OR_RETURN(calendar::DateRule rule, StatedDateRule(policy, limits.front()));
  return std::optional(std::move(rule));
}

bool CountsFromCompleteness(const Policy& policy) {
  return policy.statement != nullptr && policy.statement->Choice("acceptance") == "complete";
}

}  // namespace noren::policy
