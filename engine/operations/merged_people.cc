// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/merged_people.h"

#include <algorithm>
#include <mutex>

namespace noren::operations {

// Entries are made from root to root, so there is no circle; damage cannot make this endless.
model::PersonId MergedPeople::RootOf(model::PersonId person) const {
  for (std::size_t steps = 0; steps <= into_.size(); ++steps) {
    const auto next = into_.find(person);
    if (next == into_.end()) return person;
    person = next->second;
  }
  return person;
}

std::vector<model::PersonId> MergedPeople::GroupOf(const model::PersonId& person) const {
  const std::shared_lock lock(mutex_);
  std::vector<model::PersonId> group;
  if (!into_.contains(person) && !from_.contains(person)) return group;
  group.push_back(RootOf(person));
  for (std::size_t i = 0; i < group.size() && group.size() <= into_.size() + 1; ++i) {
    const auto children = from_.find(group[i]);
    if (children == from_.end()) continue;
    group.insert(group.end(), children->second.begin(), children->second.end());
  }
  std::sort(group.begin() + 1, group.end());
  return group;
}

void MergedPeople::Set(const model::PersonId& person, const std::optional<model::PersonId>& into) {
  const std::unique_lock lock(mutex_);
  if (const auto before = into_.find(person); before != into_.end()) {
    const auto siblings = from_.find(before->second);
    std::erase(siblings->second, person);
    if (siblings->second.empty()) from_.erase(siblings);
    into_.erase(before);
  }
  if (!into) return;
  into_.emplace(person, *into);
  from_[*into].push_back(person);
}

std::vector<model::PersonId> MergedPeople::pointing() const {
  const std::shared_lock lock(mutex_);
  std::vector<model::PersonId> people;
  for (const auto& [person, into] : into_) people.push_back(person);
  return people;
}

}  // namespace noren::operations
