// Who is in which class of an epoch, and who of them is discoverable now: what lets cards be
// counted without looking at every member.
// Source:   docs/design/0006-market-and-snapshot.md (Cards)
// Threads:  SetLive by one writer; Count from any thread
// Memory:   about 20 bytes a member
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/matching/cards/cards.h"
#include "engine/operations/audience.h"

namespace noren::operations {

class CardRoll {
 public:
  using IsLive = std::function<bool(matching::SeekerRowId)>;
  // `audience`: whom the classes were made for.
  CardRoll(std::shared_ptr<const matching::ClassTable> table, Audience audience,
           const IsLive& is_live);

  const std::shared_ptr<const matching::ClassTable>& table() const { return table_; }
  const Audience& audience() const { return audience_; }
  void SetLive(matching::SeekerRowId row, bool live);
  // `eligible`: everybody who meets the conditions of a posting, each once. By class.
  std::vector<matching::ClassCount> Count(std::span<const matching::SeekerRowId> eligible) const;

 private:
  struct Member {
    std::uint32_t class_id = 0;
    std::uint32_t number = 0;  // of the flag
  };
  std::shared_ptr<const matching::ClassTable> table_;
  Audience audience_;
  absl::flat_hash_map<matching::SeekerRowId, Member> members_;
  std::vector<std::atomic<bool>> live_;
  std::vector<std::atomic<std::uint32_t>> live_counts_;  // by class
};

}  // namespace noren::operations
