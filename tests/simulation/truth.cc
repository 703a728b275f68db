// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/truth.h"

namespace noren::simulation {

void Narrow(Truth& truth, const Narrowing& narrowing) {
  for (auto it = truth.people.begin(); it != truth.people.end(); ++it) {
    if (it->second.id != narrowing.person) continue;
    if (narrowing.kind == Narrowing::Kind::kHidden) it->second.discoverable = false;
    if (narrowing.kind != Narrowing::Kind::kDestroyed) break;
    for (const auto& [id, consent] : truth.consents) {
      const bool is_live = consent.state == personal_data::ConsentState::kGranted;
      if (consent.person == it->first && is_live && consent.candidate)
        truth.owed.insert(*consent.candidate);
    }
    std::erase_if(truth.consents,
                  [&](const auto& consent) { return consent.second.person == it->first; });
    truth.people.erase(it);
    break;
  }
  if (narrowing.kind != Narrowing::Kind::kWithdrawn) return;
  const auto consent = truth.consents.find(narrowing.consent);
  if (consent == truth.consents.end()) return;
  consent->second.state = personal_data::ConsentState::kWithdrawn;
  if (consent->second.candidate) truth.owed.insert(*consent->second.candidate);
}

Truth AfterRestore(Truth backup, const std::vector<Narrowing>& narrowed, std::size_t before) {
  for (std::size_t i = before; i < narrowed.size(); ++i) Narrow(backup, narrowed[i]);
  return backup;
}

}  // namespace noren::simulation
