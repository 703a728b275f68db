// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/people_directory.h"

#include <mutex>

namespace noren::operations {
namespace {

std::uint64_t LeadingWord(ByteSpan id) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) word = word << 8 | id[i];
  return word;
}

}  // namespace

matching::SeekerRowId RowIdOf(const model::PersonId& person) {
  return {LeadingWord(person.bytes())};
}
matching::PostingRowId RowIdOf(const model::PostingId& posting) {
  return {LeadingWord(posting.bytes())};
}

std::optional<PersonEntry> PeopleDirectory::Find(matching::SeekerRowId row) const {
  const Part& part = parts_[ShardOf(row)];
  const std::shared_lock lock(part.mutex);
  const auto found = part.entries.find(row.value);
  return found == part.entries.end() ? std::nullopt : std::optional(found->second);
}

std::vector<PersonEntry> PeopleDirectory::Shard(std::size_t shard) const {
  const Part& part = parts_[shard];
  std::vector<PersonEntry> entries;
  const std::shared_lock lock(part.mutex);
  entries.reserve(part.entries.size());
  for (const auto& [row, entry] : part.entries) entries.push_back(entry);
  return entries;
}

bool PeopleDirectory::Put(const PersonEntry& entry) {
  const matching::SeekerRowId row = RowIdOf(entry.person);
  Part& part = parts_[ShardOf(row)];
  const std::unique_lock lock(part.mutex);
  const auto [at, added] = part.entries.try_emplace(row.value, entry);
  if (added) size_.fetch_add(1);
  if (at->second.person != entry.person) return false;
  at->second = entry;
  return true;
}

bool PeopleDirectory::Erase(matching::SeekerRowId row) {
  Part& part = parts_[ShardOf(row)];
  const std::unique_lock lock(part.mutex);
  if (part.entries.erase(row.value) == 0) return false;
  size_.fetch_sub(1);
  return true;
}

std::optional<std::uint16_t> NameNumbers::NumberOf(std::string_view name) {
  if (const auto known = Find(name)) return known;
  const std::unique_lock lock(mutex_);
  if (names_.size() == kMaxNames) return std::nullopt;
  const auto number = static_cast<std::uint16_t>(names_.size());
  names_.emplace_back(name);
  numbers_.emplace(names_.back(), number);
  return number;
}

std::optional<std::uint16_t> NameNumbers::Find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = numbers_.find(std::string(name));
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::string NameNumbers::NameOf(std::uint16_t number) const {
  const std::shared_lock lock(mutex_);
  return names_.at(number);
}

std::vector<std::string> NameNumbers::names() const {
  const std::shared_lock lock(mutex_);
  return names_;
}

}  // namespace noren::operations
