// What a plan of destruction selects, now; and whether that is still what it selected.
// Source:   docs/design/0013-destruction.md (Plan, approve, execute)
// Threads:  free functions concurrently; a selection is a view of the moment
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/operations/destruction_record.h"

namespace noren::operations {

struct NamedPerson {
  std::string portal;
  model::SeekerHandle handle;
};
struct NamedItem {
  NamedPerson person;
  model::ItemId item;
};
// As the officer states it: one way to select.
struct DestructionRule {
  DestructionLevel level = DestructionLevel::kPeople;
  SelectBy by = SelectBy::kHandles;
  std::vector<model::RequestId> requests;
  std::vector<NamedPerson> people;
  std::vector<NamedItem> items;
  std::vector<model::HoldId> holds;
  std::optional<model::ItemKind> kind;
  UnixSeconds older_than;
  std::string file;
};

struct Selection {
  std::vector<DestructionTarget> targets;  // sorted by leaf, no duplicates
  DestructionCounts counts;
  Hash256 digest{};  // of level, file, targets and the holds on them, in one order
};

//   errors   kNotFound: somebody or something named is not there; kOnHold: a named copy is not due;
//            kClockUntrusted: a rule by time; kTooLarge: above kMaxTargets; kBadRequest
StatusOr<Selection> Select(ServiceContext& context, const DestructionRule& rule);

// What a stored plan selects now, of what it listed: without what is gone.
//   errors   kPlanVoid: something else, or a hold on it, has changed
StatusOr<Selection> SelectAgain(ServiceContext& context, const PlanRecord& plan);

// Fills in the counts of what is selected.
Status CountSelection(ServiceContext& context, const DestructionRule& rule, Selection& selection);

// The last time the person did something that the service knows of: registered, confirmed the
// profile, showed themselves, or answered or took back a consent.
StatusOr<UnixSeconds> ActiveAt(ServiceContext& context, const LoadedPerson& person);

}  // namespace noren::operations
