// What a market does when nobody waits for it.
// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "engine/model/errors.h"
#include "engine/operations/market_state.h"

namespace noren::operations {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

bool Market::Maintain(std::chrono::microseconds budget) {
  const Clock::time_point until = Clock::now() + budget;
  TendRelatedness();
  const bool postings_left = RefreshPostings(until);
  const bool portals_left = TendPortals(until);
  return postings_left || portals_left;
}

// The writer's lock is held for one step only, so that no change waits for more than that.
bool Market::TendPortals(Clock::time_point until) {
  bool more = true;
  while (more) {
    more = false;
    const std::size_t portals = people_->portals_count();
    for (std::uint16_t portal = 0; portal < portals; ++portal) {
      if (Clock::now() >= until) return true;
      const std::lock_guard lock(writer_);
      more |= people_->At(portal).index.MaintainStep();
    }
  }
  return false;
}

// Who has which skills, as the indexes say now.
matching::TokenBaskets Market::Baskets() const {
  matching::TokenBaskets baskets;
  matching::SeekerRow row;
  const std::size_t portals = people_->portals_count();
  for (std::uint16_t portal = 0; portal < portals; ++portal) {
    const matching::SeekerIndex::View view = people_->At(portal).index.Read();
    for (std::uint32_t b = 0; b < view.block_count(); ++b) {
      for (std::uint64_t lanes = view.block(b).live(); lanes != 0; lanes &= lanes - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(lanes));
        view.ReadRow(static_cast<matching::Slot>(b * matching::kLanes + lane), row);
        baskets.AddSkills(row);
      }
    }
  }
  return baskets;
}

// Training runs on a thread of its own; what it brings, and a new day, make the rows of the
// postings outdated.
void Market::TendRelatedness() {
  matching::RelatednessTrainer& trainer = ranking_->trainer;
  // Refused when another call started one just now: then that one is as good.
  if (trainer.IsDue() && !trainer.IsTraining()) (void)trainer.Start(Baskets());
  const std::lock_guard lock(writer_);
  const auto model = trainer.Current();
  const auto day = parts_.today ? std::optional(parts_.today()) : std::nullopt;
  if (model == ranking_->model && day == ranking_->day) return;
  ranking_->model = model;
  ranking_->day = day;
  ranking_->outdated.clear();
  for (const PostingPtr& posting : ranking_->postings.All()) {
    if (posting->open) ranking_->outdated.push_back(posting->posting);
  }
}

// A posting that cannot be read now keeps the row it has.
bool Market::RefreshPostings(Clock::time_point until) {
  for (;;) {
    const std::lock_guard lock(writer_);
    if (ranking_->outdated.empty()) return false;
    if (Clock::now() >= until) return true;
    (void)ReadPosting(ranking_->outdated.front());
    ranking_->outdated.pop_front();
  }
}

}  // namespace noren::operations
