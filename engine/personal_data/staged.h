// What a part wants written: conditions and mutations. Parts stage; only operations commits.
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/storage/store.h"

namespace noren::personal_data {

struct Staged {
  std::vector<storage::Condition> conditions;
  std::vector<storage::Mutation> mutations;

  // `equals` nullopt: the key must be absent.
  void Require(std::string key, std::optional<Bytes> equals) {
    conditions.push_back({std::move(key), std::move(equals)});
  }
  void Put(std::string key, Bytes value) {
    mutations.push_back({std::move(key), std::move(value)});
  }
  void Delete(std::string key) { mutations.push_back({std::move(key), std::nullopt}); }
  // Puts `value` where `previous` is (nullopt: nothing is).
  void Replace(const std::string& key, std::optional<Bytes> previous, Bytes value) {
    Require(key, std::move(previous));
    Put(key, std::move(value));
  }
  void Append(Staged other) {
    std::move(other.conditions.begin(), other.conditions.end(), std::back_inserter(conditions));
    std::move(other.mutations.begin(), other.mutations.end(), std::back_inserter(mutations));
  }
};

}  // namespace noren::personal_data
