// Who stands behind the row ids of the ranking side: the way from a person to a row and back, and
// what the market knows of a person besides the row.
// Threads:  thread-safe; a lookup locks one shard for as long as it copies one entry
// Memory:   about 75 bytes a person
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/matching/rows.h"
#include "engine/model/ids.h"

namespace noren::operations {

struct PersonEntry {
  model::PersonId person;
  model::SeekerHandle handle;
  std::uint16_t portal = 0;           // number of a portal's market
  std::uint16_t companies_class = 0;  // number of a name
  bool discoverable = false;
  bool operator==(const PersonEntry&) const = default;
};

matching::SeekerRowId RowIdOf(const model::PersonId& person);
matching::PostingRowId RowIdOf(const model::PostingId& posting);

class PeopleDirectory {
 public:
  static constexpr std::size_t kShards = 256;

  std::optional<PersonEntry> Find(matching::SeekerRowId row) const;
  std::size_t size() const { return size_.load(); }
  // A copy of one shard, in no order.
  std::vector<PersonEntry> Shard(std::size_t shard) const;

  // --- one writer ---
  // False, and nothing is changed: another person has this row id (a chance of 2^-64 a pair).
  bool Put(const PersonEntry& entry);
  bool Erase(matching::SeekerRowId row);

 private:
  struct alignas(64) Part {
    mutable std::shared_mutex mutex;
    absl::flat_hash_map<std::uint64_t, PersonEntry> entries;
  };
  static std::size_t ShardOf(matching::SeekerRowId row) { return row.value >> 56; }

  std::array<Part, kShards> parts_;
  std::atomic<std::size_t> size_{0};
};

// A few names (portals, classes of companies) as numbers; a number is given out once.
// Threads:  thread-safe; one writer
class NameNumbers {
 public:
  static constexpr std::size_t kMaxNames = 65535;
  // nullopt: no number is left.
  std::optional<std::uint16_t> NumberOf(std::string_view name);
  std::optional<std::uint16_t> Find(std::string_view name) const;
  std::string NameOf(std::uint16_t number) const;
  std::vector<std::string> names() const;  // by number

 private:
  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<std::string, std::uint16_t> numbers_;
  std::vector<std::string> names_;
};

}  // namespace noren::operations
