// Which purposes a policy declares for which kind of people, and so what their data may be used for
// besides being handed over.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/policy/decisions.h"

namespace noren::policy {

// What a ranking is made for. A card or an invitation tells a person about an opening and a company
// about nobody, so a purpose in either direction carries it.
enum class Search : std::uint8_t { kPostingsForPerson = 1, kPeopleForPosting, kEither };

// May people of this kind be ranked?
//   errors   kPolicyIncomplete; kSourceMissing, kNoFile: as MayRegister; kPurposeUndeclared: no
//            purpose of such people is one that ranking rests on, or such people are not ranked
Decision MayBeRanked(const Policy& policy, Search search, std::string_view subject);

// The same for somebody who agreed to the purposes of another version; null: not known which.
//   errors   as above; kConsentAnew: no purpose that this ranking rests on is one they agreed to,
//            as it is now, and the policy has a new purpose consented to
Decision MayBeRankedUnder(const Policy& policy, const Policy* agreed, Search search,
                          std::string_view subject);

// One person on one day, and whose opening it is.
struct RankingOf {
  Search search = Search::kEither;
  std::string_view subject;                               // empty: the usual kind
  std::optional<std::span<const std::string>> sub_kinds;  // nothing: of whichever
  std::optional<std::span<const std::string>> companies;  // classes it is in; nothing: of any
};
//   errors   those of MayBeRanked
Decision MayBeRanked(const Policy& policy, const RankingOf& asked);
Decision MayBeRankedUnder(const Policy& policy, const Policy* agreed, const RankingOf& asked);

// For whose openings somebody may be ranked.
struct RankingReach {
  bool nobody = false;
  std::vector<std::string> classes;  // of companies; with none and not `nobody`: every company
};
RankingReach ReachOf(const Policy& policy, const RankingOf& asked);
// Whether any purpose that ranking rests on holds for some sub-kinds or some companies only.
bool RanksBySubKindOrCompany(const Policy& policy);

// Is the purpose, by its printed name, one of such people's data?
//   errors   as above
Decision MayUseFor(const Policy& policy, std::string_view purpose, std::string_view subject);
// The same for somebody who agreed to the purposes of another version; null: not known which.
//   errors   as above; kConsentAnew: it is not one they agreed to, as it is now, and the policy has
//            a new purpose consented to
Decision MayUseForUnder(const Policy& policy, const Policy* agreed, std::string_view purpose,
                        std::string_view subject);
// Of one person on one day: a purpose of some sub-kinds is of these alone.
Decision MayUseFor(const Policy& policy, std::string_view purpose, std::string_view subject,
                   std::span<const std::string> sub_kinds);

}  // namespace noren::policy
