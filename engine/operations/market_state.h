// What a market is made of, for the sources of the market only.
// Threads:  People and Ranking are changed under the market's writer lock; their parts are read
//           without it
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/matching/index/seeker_index.h"
#include "engine/matching/openings/opening_index.h"
#include "engine/matching/query/search.h"
#include "engine/matching/relatedness/trainer.h"
#include "engine/operations/card_roll.h"
#include "engine/operations/keyed_market.h"
#include "engine/operations/merged_people.h"

namespace noren::operations {

// Searches keep memory from query to query; one is lent to one query at a time.
class SearchPool {
 public:
  explicit SearchPool(const matching::SeekerIndex& index) : index_(index) {}
  template <typename Use>
  auto With(Use use) const {
    std::unique_ptr<matching::SeekerSearch> search = Take();
    auto answer = use(*search);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(search));
    return answer;
  }

 private:
  std::unique_ptr<matching::SeekerSearch> Take() const {
    const std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<matching::SeekerSearch>(index_);
    auto search = std::move(idle_.back());
    idle_.pop_back();
    return search;
  }
  const matching::SeekerIndex& index_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<matching::SeekerSearch>> idle_;
};

// A portal ranks its own people only.
struct KeyedMarket::Portal {
  matching::SeekerIndex index;
  SearchPool searches{index};
};

struct KeyedMarket::People {
  PeopleDirectory directory;
  MergedPeople merged;
  NameNumbers classes;

  // null: no person of such a portal. Portals never go.
  Portal* FindPortal(std::string_view name) const {
    const auto number = names_.Find(name);
    return number ? &At(*number) : nullptr;
  }
  Portal& At(std::uint16_t number) const {
    const std::shared_lock lock(mutex_);
    return *portals_.at(number);
  }
  std::size_t portals_count() const {
    const std::shared_lock lock(mutex_);
    return portals_.size();
  }
  std::string NameOf(std::uint16_t number) const { return names_.NameOf(number); }
  // Made when new.
  std::optional<std::uint16_t> NumberOf(std::string_view name) {
    const std::unique_lock lock(mutex_);
    const auto number = names_.NumberOf(name);
    if (number && *number == portals_.size()) portals_.push_back(std::make_unique<Portal>());
    return number;
  }

  // Of the class tables that cards were last asked for, the newest first.
  using Rolls = std::vector<std::shared_ptr<CardRoll>>;
  std::atomic<std::shared_ptr<const Rolls>> rolls = std::make_shared<const Rolls>();

 private:
  mutable std::shared_mutex mutex_;
  std::vector<std::unique_ptr<Portal>> portals_;  // by number
  NameNumbers names_;
};

struct KeyedMarket::Loading {
  std::string after;                                   // store key
  std::vector<std::vector<matching::SeekerRow>> rows;  // by number of the portal
  bool count_changes = true;                           // everybody is new to what was learned
};

struct KeyedMarket::Ranking {
  std::unique_ptr<matching::OpeningIndex> openings = std::make_unique<matching::OpeningIndex>();
  PostingDirectory postings;
  matching::RelatednessTrainer trainer{matching::RelatednessOptions(), matching::RetrainingRule()};
  // What the postings' rows were made with.
  std::shared_ptr<const matching::RelatednessModel> model = trainer.Current();
  std::optional<std::int32_t> day;
  std::deque<model::PostingId> outdated;  // to be made anew
};

// Whether a person is discoverable to an audience. Names that come up later are not in it.
class KeyedMarket::ShownTo {
 public:
  ShownTo(const NameNumbers& names, const Audience& audience) {
    for (const std::string& name : names.names()) in_audience_.push_back(audience.Contains(name));
  }
  bool operator()(const PersonEntry& entry) const {
    return entry.discoverable && entry.companies_class < in_audience_.size() &&
           in_audience_[entry.companies_class];
  }

 private:
  std::vector<bool> in_audience_;  // by number
};

// Whether the openings of a company may reach a person, who is discoverable or not. Names that come
// up later are not reached.
class KeyedMarket::Reached {
 public:
  // null: everybody is.
  Reached(const NameNumbers& names, const Audience* company) : all_(company == nullptr) {
    if (all_) return;
    for (const std::string& name : names.names()) reached_.push_back(company->IsReached(name));
  }
  bool operator()(const PersonEntry& entry) const {
    return all_ || (entry.companies_class < reached_.size() && reached_[entry.companies_class]);
  }

 private:
  bool all_;
  std::vector<bool> reached_;  // by number
};

}  // namespace noren::operations
