// What the policy says to one request: allowed or not, the stable error code, and the clauses it
// rests on. Operations ask, and act on the answer; no other place decides.
// Source:   docs/formats/policy.md, ARCHITECTURE invariant 10
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/status.h"
#include "engine/model/errors.h"
#include "engine/policy/policy.h"

namespace noren::policy {

struct Decision {
  bool allowed = false;
  model::ErrorCode error = model::ErrorCode::kNone;  // kNone exactly when allowed
  std::vector<std::string> clauses;                  // never empty
};
// The clauses that `rule` rests on, with either answer; for decisions whose facts only operations
// know.
Decision Allow(const Policy& policy, Rule rule);
Decision Refuse(const Policy& policy, Rule rule, model::ErrorCode error);

// Ok, or MakeError(decision.error) with the clause ids as detail.
Status ToStatus(const Decision& decision);
// The clause ids that ToStatus wrote; none for any other refusal.
std::vector<std::string> ClausesOf(const Status& refusal);

// kNoPolicy: before the policy takes effect.
Decision IsInForce(const Policy& policy, UnixSeconds now);

// kPolicyForbids: a kind that is not declared. kTooLarge: over its limit.
Decision MayRegisterItem(const Policy& policy, model::ItemKind kind, std::int64_t size_bytes);
// kPolicyForbids: people of this custody are not registered here.
Decision MayUseCustody(const Policy& policy, model::Custody custody);
// kBadRequest: a required kind is not among `kinds`.
Decision MayCompleteRegistration(const Policy& policy, std::span<const model::ItemKind> kinds);

struct InvitationTerms {
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  std::span<const model::ItemKind> items;
  std::int32_t how_many = 0;         // by this request
  std::int64_t already_invited = 0;  // for this posting
};
// kPolicyForbids: purpose not declared, or an item it does not cover. kBadRequest: no item, or
// how_many not positive. kLimitReached: more than the posting or the request may invite.
Decision MayInvite(const Policy& policy, const InvitationTerms& terms);

// kProofRequired: weaker than the policy asks for this act.
Decision ProofSuffices(const Policy& policy, Act act, Proof proof);

struct ConsentTerms {
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  std::span<const model::ItemKind> items;
  std::int32_t days = 0;            // how long the consent lives
  std::int32_t retention_days = 0;  // how long the company may keep the copy
};
// kPolicyForbids: longer than the policy allows, or an item the purpose does not cover.
// kBadRequest: no item, no day.
Decision MayGrantConsent(const Policy& policy, const ConsentTerms& terms);

// kPolicyForbids: a recipient class the policy does not declare.
Decision MayBeDiscoverableTo(const Policy& policy, std::string_view recipient_class);

// What a company has used of what its postings share.
struct QuotaUse {
  std::int64_t reads_today = 0;  // of the whole company
  // By this posting and those that ask for people of the same kind:
  std::int64_t near_duplicates = 0;  // open at once
  std::int64_t cards_today = 0;
  std::int64_t invitations = 0;  // within cards.quota_days
};
// kLimitReached: the company has used up its reads of today, has too many near-duplicate postings
// open, or was shown enough for postings of this kind today.
Decision MayShowCards(const Policy& policy, const QuotaUse& use);
// kLimitReached: for postings of this kind so many more cannot be asked now.
Decision MayAskForKind(const Policy& policy, const QuotaUse& use, std::int64_t how_many);

// kLimitReached: too many codes sent to the person within the hour.
Decision MaySendCode(const Policy& policy, std::int64_t codes_this_hour);
// kLimitReached: the person has been asked often enough today.
Decision MayAskPerson(const Policy& policy, std::int64_t invitations_today);
// kTooLarge: more rows than a ranking may have. kBadRequest: none.
Decision MayRank(const Policy& policy, std::int64_t rows);

// Whether a portal may have `count` more identifiers evaluated today, and enrol by them.
struct EnrolmentUse {
  std::string_view portal;
  std::int64_t evaluated_today = 0;
  std::int64_t count = 0;
};
// kPolicyForbids: the policy offers no enrolment, or none to this portal. kTooLarge: more at once
// than a whole day has. kEnrolmentQuota: more than what is left of today.
Decision MayEvaluate(const Policy& policy, const EnrolmentUse& use);
// When the operator's next day begins.
UnixSeconds NextDayOf(const Policy& policy, UnixSeconds now);

// kActStale: made longer ago (or further ahead) than the policy allows.
Decision IsFresh(const Policy& policy, UnixSeconds made_at, UnixSeconds now);

// The civil day it is for this operator.
model::CivilDay TodayOf(const Policy& policy, UnixSeconds now);
// The last moment of a release consent given at `granted_at`: the shorter of the purpose's and the
// asked days.
UnixSeconds ConsentExpiry(const Policy& policy, const ConsentTerms& terms, UnixSeconds granted_at);

}  // namespace noren::policy
