// What a market does when nobody waits for it.
// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "engine/model/errors.h"
#include "engine/operations/market_state.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kJudgedAtOnce = 64;  // changes wait for no more than that

}  // namespace

bool KeyedMarket::Maintain(std::chrono::microseconds budget) {
  const Clock::time_point until = Clock::now() + budget;
  TendRelatedness();
  const bool postings_left = RefreshPostings(until);
  const bool portals_left = TendPortals(until);
  if (parts_.today) (void)EndBefore(parts_.today());  // what fails is tried again by whoever asks
  const bool people_left = JudgePeople(until);
  return postings_left || portals_left || people_left;
}

void KeyedMarket::NoteLastDay(const model::PersonId& person, const OpenedPerson& opened) {
  if (!opened.last_day) return;
  ends_.emplace(*opened.last_day, person);
  NoteFirstEnd();
}

// A call on a day on which nobody ends reads one number.
Status KeyedMarket::EndBefore(std::int32_t day) {
  if (day <= first_end_.load()) return OkStatus();
  const std::lock_guard lock(writer_);
  return EndBeforeLocked(day);
}

Status KeyedMarket::EndBeforeLocked(std::int32_t day) {
  const auto over = ends_.lower_bound({day, model::PersonId()});
  const std::vector<std::pair<std::int32_t, model::PersonId>> ended(ends_.begin(), over);
  for (const auto& [last_day, person] : ended) {
    NOREN_RETURN_IF_ERROR(ReadPerson(person));
    ends_.erase({last_day, person});
  }
  NoteFirstEnd();
  return OkStatus();
}

void KeyedMarket::NoteFirstEnd() {
  first_end_.store(ends_.empty() ? std::numeric_limits<std::int32_t>::max() : ends_.begin()->first);
}

// Of people that a snapshot brought it is not known until when they are used, nor for whose
// openings on this day.
StatusOr<bool> KeyedMarket::JudgePage() {
  const std::lock_guard lock(writer_);
  if (!judged_ || !parts_.use_of) return true;
  NOREN_ASSIGN_OR_RETURN(const storage::Page page,
                         parts_.store.Scan(kEmbeddedPartition, std::string(keyspaces::kPerson),
                                           *judged_, kJudgedAtOnce));
  for (const storage::KeyValue& item : page.items) {
    NOREN_ASSIGN_OR_RETURN(const auto id, keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(const OpenedPerson opened, OpenPerson(id, item.value));
    NoteLastDay(id, opened);
    if (!opened.shown) RemovePerson(id);
    if (opened.shown && people_->directory.Find(RowIdOf(id)) != EntryOf(*opened.shown))
      PutPerson(*opened.shown);
    judged_ = item.key;
  }
  if (!page.more) judged_.reset();
  is_judged_.store(!judged_.has_value());
  return !judged_.has_value();
}

// True when people are left. A page that cannot be read now is read at the next turn.
bool KeyedMarket::JudgePeople(Clock::time_point until) {
  for (;;) {
    const StatusOr<bool> all = JudgePage();
    if (!all.ok() || *all) return !all.ok();
    if (Clock::now() >= until) return true;
  }
}

// The writer's lock is held for one step only, so that no change waits for more than that.
bool KeyedMarket::TendPortals(Clock::time_point until) {
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

// Who has which skills, as the indexes say now: everybody once, so that the same people give the
// same model whatever is being moved.
matching::TokenBaskets KeyedMarket::Baskets() const {
  matching::TokenBaskets baskets;
  matching::SeekerRow row;
  absl::flat_hash_set<matching::SeekerRowId> seen;
  const std::size_t portals = people_->portals_count();
  for (std::uint16_t portal = 0; portal < portals; ++portal) {
    const matching::SeekerIndex::View view = people_->At(portal).index.Read();
    for (std::uint32_t b = 0; b < view.block_count(); ++b) {
      for (std::uint64_t lanes = view.live(b); lanes != 0; lanes &= lanes - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(lanes));
        view.ReadRow(static_cast<matching::Slot>(b * matching::kLanes + lane), row);
        // Who was erased or moved on since the block was looked at left an empty row.
        if (row.id.value != 0 && seen.insert(row.id).second) baskets.AddSkills(row);
      }
    }
  }
  return baskets;
}

std::shared_ptr<const matching::RelatednessModel> KeyedMarket::relatedness() const {
  return ranking_->trainer.Current();
}

// What is being learned is not learned yet: then enough that a training is due.
std::uint64_t KeyedMarket::UnlearnedChanges() const {
  const std::uint64_t changed = ranking_->trainer.changed_people();
  if (!ranking_->trainer.IsTraining()) return changed;
  return changed + people_count() + matching::RetrainingRule().min_changed_people;
}

// Whoever changes while the baskets are filled is in them or not: it counts for the next model.
void KeyedMarket::StartTraining() {
  matching::RelatednessTrainer& trainer = ranking_->trainer;
  const std::uint64_t before = trainer.changed_people();
  matching::TokenBaskets baskets = Baskets();
  const std::uint64_t meanwhile = trainer.changed_people() - before;
  // Refused when another call started one just now: then that one is as good.
  if (!trainer.Start(std::move(baskets)).ok()) return;
  for (std::uint64_t i = 0; i < meanwhile; ++i) trainer.CountChange();
}

// Training runs on a thread of its own; what it brings, and a new day, make the rows of the
// postings outdated.
void KeyedMarket::TendRelatedness() {
  matching::RelatednessTrainer& trainer = ranking_->trainer;
  if (trainer.IsDue() && !trainer.IsTraining()) StartTraining();
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
bool KeyedMarket::RefreshPostings(Clock::time_point until) {
  for (;;) {
    const std::lock_guard lock(writer_);
    if (ranking_->outdated.empty()) return false;
    if (Clock::now() >= until) return true;
    (void)ReadPosting(ranking_->outdated.front());
    ranking_->outdated.pop_front();
  }
}

}  // namespace noren::operations
