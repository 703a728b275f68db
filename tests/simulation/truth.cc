// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/truth.h"

#include <algorithm>

namespace noren::simulation {
namespace {

using personal_data::ConsentState;
using Kind = Narrowing::Kind;

void Owe(Truth& truth, const ConsentTruth& consent) {
  if (consent.candidate) truth.owed.insert(*consent.candidate);
}

void DestroyPerson(Truth& truth, int number) {
  for (const auto& [id, consent] : truth.consents) {
    if (consent.person == number && consent.state == ConsentState::kGranted) Owe(truth, consent);
  }
  std::erase_if(truth.consents,
                [number](const auto& consent) { return consent.second.person == number; });
  truth.people.erase(number);
}

// The consents that name it end with it.
void DestroyItem(Truth& truth, int number, const model::ItemId& item) {
  PersonTruth& person = truth.people.at(number);
  if (person.items.erase(item) == 0) return;
  for (auto& [id, consent] : truth.consents) {
    if (consent.person != number) continue;
    const bool is_granted = consent.state == ConsentState::kGranted;
    if (!is_granted && consent.state != ConsentState::kRequested) continue;
    if (!(is_granted ? consent.items : consent.asked).contains(item)) continue;
    if (is_granted) Owe(truth, consent);
    consent.state = ConsentState::kWithdrawn;
  }
}

void NarrowPerson(Truth& truth, int number, const Narrowing& narrowing) {
  PersonTruth& person = truth.people.at(number);
  if (narrowing.kind == Kind::kHidden) person.discoverable = false;
  if (narrowing.kind == Kind::kErasureAsked) person.erasure = narrowing.request;
  if (narrowing.kind == Kind::kBlocked) person.blocked.insert(narrowing.employer);
  if (narrowing.kind == Kind::kItemDestroyed) DestroyItem(truth, number, narrowing.item);
  if (narrowing.kind == Kind::kDestroyed) DestroyPerson(truth, number);
}

// What the person has of the kinds that the hold keeps.
void Copy(const Truth& truth, HoldTruth& hold) {
  hold.items.clear();
  for (const auto& [number, person] : truth.people) {
    if (person.id != hold.person) continue;
    for (const model::ItemId& item : person.items) {
      if (hold.kinds.contains(person.kinds.at(item))) hold.items.insert(item);
    }
  }
}

void NarrowHold(Truth& truth, const Narrowing& narrowing) {
  if (narrowing.kind == Kind::kHoldDestroyed) truth.holds.erase(narrowing.hold);
  if (narrowing.kind == Kind::kHoldReleased) {
    const auto hold = truth.holds.find(narrowing.hold);
    if (hold != truth.holds.end()) hold->second.released = true;
  }
  if (narrowing.kind != Kind::kHoldPlaced) return;
  HoldTruth hold{narrowing.person, {}, false, narrowing.kinds};
  Copy(truth, hold);
  truth.holds.try_emplace(narrowing.hold, hold);
}

}  // namespace

void Narrow(Truth& truth, const Narrowing& narrowing) {
  NarrowHold(truth, narrowing);
  const auto person = std::ranges::find_if(
      truth.people, [&narrowing](const auto& one) { return one.second.id == narrowing.person; });
  if (person != truth.people.end()) NarrowPerson(truth, person->first, narrowing);
  if (narrowing.kind != Kind::kWithdrawn) return;
  const auto consent = truth.consents.find(narrowing.consent);
  if (consent == truth.consents.end()) return;
  consent->second.state = ConsentState::kWithdrawn;
  Owe(truth, consent->second);
}

// A hold that is placed again copies what still opens: nothing of what was destroyed after it.
Truth AfterRestore(Truth backup, const std::vector<Narrowing>& narrowed, std::size_t before,
                   std::uint64_t restore) {
  std::set<model::PersonId> gone;
  std::set<model::ItemId> destroyed;
  for (std::size_t i = before; i < narrowed.size(); ++i) {
    if (narrowed[i].kind == Kind::kDestroyed) gone.insert(narrowed[i].person);
    if (narrowed[i].kind == Kind::kItemDestroyed) destroyed.insert(narrowed[i].item);
  }
  std::set<model::HoldId> known;
  for (auto& [id, hold] : backup.holds) {
    if (hold.lost) Copy(backup, hold);
    if (!hold.lost) known.insert(id);
  }
  for (std::size_t i = before; i < narrowed.size(); ++i) Narrow(backup, narrowed[i]);
  for (auto& [id, hold] : backup.holds) {
    if (known.contains(id)) continue;
    hold.copy = restore;
    hold.lost = false;
    if (gone.contains(hold.person)) hold.items.clear();
    for (const model::ItemId& item : destroyed) hold.items.erase(item);
  }
  return backup;
}

}  // namespace noren::simulation
