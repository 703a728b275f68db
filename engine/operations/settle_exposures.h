// After a card epoch or a day: who was in the classes and lists that were shown is written down
// with each person, under the person's key, and goes with it; then the tables and lists that said
// it for everybody go. Repeating any of it is harmless.
// Source:   docs/design/0017-exposures.md
// Threads:  thread-safe; one step at a time
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/matching/rows.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/service_context.h"

namespace noren::operations {

class ExposureSettler {
 public:
  // One piece of work, at most kPeoplePerStep people. False: nothing is left; then it costs one
  // read of a small record.
  //   errors   kStorage, kRetryLater: the same step is done again by the next call; kDataCorrupt:
  //            what is damaged is left where it is until the next start, the rest goes on
  static constexpr std::size_t kPeoplePerStep = 250;
  StatusOr<bool> Step(ServiceContext& context);
  // Until nothing is left.
  Status All(ServiceContext& context);

 private:
  using Sequences = std::vector<std::uint64_t>;
  // Telling the people of one table. People of a table are found by going through everybody.
  struct TableWork {
    CardEpochs::StoredTable table;
    absl::flat_hash_map<matching::SeekerRowId, std::uint32_t> class_of_row;
    std::string after;  // the last person gone through
  };
  // Telling the people of one day's lists.
  struct DayWork {
    std::uint64_t day = 0;
    std::map<model::PersonId, Sequences> showings;  // those not told yet
    std::vector<std::string> keys;                  // of the lists that are read
  };

  StatusOr<bool> FindTable(ServiceContext& context, std::uint64_t current);
  StatusOr<bool> FindDay(ServiceContext& context, std::uint64_t today);
  Status BeginTable(ServiceContext& context, const CardEpochs::StoredTable& table);
  Status BeginDay(ServiceContext& context, std::uint64_t day);
  Status StepTable(ServiceContext& context);
  Status StepDay(ServiceContext& context);

  std::mutex mutex_;
  std::optional<TableWork> table_;
  std::optional<DayWork> day_;
  std::set<std::string> damaged_;               // keys that are left alone
  std::optional<std::uint64_t> settled_epoch_;  // tables of epochs before it are gone
  std::optional<std::uint64_t> settled_day_;    // lists of days before it are gone
};

}  // namespace noren::operations
