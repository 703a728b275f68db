// A service whose answers rest on tokens, and the steps of rotating a key.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/operations/backup.h"
#include "engine/operations/rank.h"
#include "engine/operations/rotate_tokens.h"
#include "engine/policy/policy.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {

inline StatusOr<std::uint32_t> Rotate(TestService& service,
                                      VersionedKey key = VersionedKey::kMatchToken) {
  NOREN_ASSIGN_OR_RETURN(const RotationAnswer answer,
                         RotateKey(service.context(), service.officer(), service.NextKey(), key));
  return answer.version;
}

// One portion; true when it is done.
inline StatusOr<bool> Step(TestService& service, VersionedKey key = VersionedKey::kMatchToken) {
  RewrapPlace place;
  NOREN_ASSIGN_OR_RETURN(const RewrapAnswer step,
                         RewrapKeys(service.context(), service.officer(), key, place));
  return step.done;
}

inline StatusOr<bool> Rewrap(TestService& service, VersionedKey key = VersionedKey::kMatchToken) {
  for (int i = 0; i < 1000; ++i) {
    NOREN_ASSIGN_OR_RETURN(const bool done, Step(service, key));
    if (done) return true;
  }
  return false;
}

inline KeyStatus StatusOf(TestService& service, VersionedKey key = VersionedKey::kMatchToken) {
  const auto all = ReadKeyStatus(service.context(), service.officer(), /*count_left=*/true);
  EXPECT_OK(all);
  return all.ok() ? all->at(static_cast<std::size_t>(key)) : KeyStatus{};
}

inline TokenKeysOfPurpose Recorded(TestService& service, personal_data::TokenPurpose purpose =
                                                             personal_data::TokenPurpose::kMatch) {
  const auto stored = ReadTokenKeys(service.data(), service.keys());
  EXPECT_OK(stored);
  return stored.ok() ? stored->record.at(purpose) : TokenKeysOfPurpose{};
}

// Everything that tokens decide and somebody sees: rankings in both directions with their
// explanations, and a company's cards with their names.
struct TokenScene {
  explicit TokenScene(int count = 12) {
    for (int i = 0; i < count; ++i) {
      people.push_back(service.Register(i));
      service.PutItem(*people.back(), model::ItemKind::kResume,
                      SomeBytes(static_cast<std::uint64_t>(i), 300));
      service.BecomeDiscoverable(*people.back());
    }
    service.AddKey();
    posting = service.RegisterPosting();
  }
  ServiceContext& context() { return service.context(); }

  std::string Answers() {
    std::string text;
    const auto ranked = RankCandidates(context(), service.portal(), posting, 100);
    EXPECT_OK(ranked);
    if (ranked.ok()) {
      text += std::to_string(ranked->considered) + "\n";
      for (const RankedPerson& one : ranked->best) {
        text += one.handle.ToString() + " " + std::to_string(one.score.score) + "\n";
      }
    }
    for (const auto& person : people) {
      const auto explained = ExplainPair(context(), service.portal(), posting, person->handle);
      EXPECT_OK(explained);
      if (explained.ok()) {
        for (const auto& condition : explained->conditions) text += condition.detail + ";";
        text += explained->smallest_change + "\n";
      }
      const auto openings = RankPostings(context(), service.portal(), person->handle, 10);
      EXPECT_OK(openings);
      if (openings.ok()) {
        for (const RankedOpening& one : openings->best) {
          text += one.posting.ToString() + " " + std::to_string(one.score.score) + "\n";
        }
      }
    }
    return text + Cards();
  }
  std::string Cards() {
    std::string text;
    const auto cards = ListCards(context(), service.company(), posting, 0, 100);
    EXPECT_OK(cards);
    if (!cards.ok()) return text;
    text += cards->epoch + "\n";
    for (const CardView& card : cards->cards) {
      text += card.card + " " + card.band + " " + card.qualifying;
      for (const auto& [name, value] : card.class_row) text.append(" ").append(name + "=" + value);
      text += "\n";
    }
    return text;
  }

  TestService service;
  std::vector<std::unique_ptr<TestPerson>> people;
  model::PostingId posting;
};

// Put the data of `backup` in place and let a restore end it.
inline Status RestoreFrom(TestService& service, const storage::MemoryStore& backup) {
  service.Stop();
  service.ReplaceData(backup);
  HeldAnchor held(service.anchor());
  service.set_held_anchor(&held);
  NOREN_RETURN_IF_ERROR(service.Start());
  NOREN_ASSIGN_OR_RETURN(const storage::AnchorRecord anchored, service.anchor().Load());
  NOREN_RETURN_IF_ERROR(
      ReapplyAfterRestore(service.context(), anchored, service.journal()).status());
  NOREN_RETURN_IF_ERROR(held.Release());
  service.set_held_anchor(nullptr);
  return service.Restart();
}

}  // namespace noren::operations
