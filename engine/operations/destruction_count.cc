// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/destruction_select.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/scan.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;

StatusOr<std::uint64_t> CountUnder(ServiceContext& context, const std::string& prefix) {
  std::uint64_t count = 0;
  NOREN_RETURN_IF_ERROR(VisitAll(context, prefix, [&count](const storage::KeyValue&) {
    ++count;
    return OkStatus();
  }));
  return count;
}

// Items of one file; its name stands in the part that opens with the store key.
StatusOr<std::uint64_t> CountInFile(ServiceContext& context, const std::string& file) {
  std::uint64_t count = 0;
  NOREN_RETURN_IF_ERROR(
      VisitAll(context, person_keyspaces::kItem, [&](const storage::KeyValue& one) -> Status {
        NOREN_ASSIGN_OR_RETURN(const auto placed,
                               personal_data::ReadPlacedItem(one.key, one.value, context.keys));
        count += placed.place.file == file ? 1 : 0;
        return OkStatus();
      }));
  return count;
}

StatusOr<std::uint64_t> CountHeldItems(ServiceContext& context, const model::HoldId& hold) {
  const std::string key = keyspaces::HoldKey(hold);
  NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, key));
  if (!stored) return std::uint64_t{0};
  NOREN_ASSIGN_OR_RETURN(const auto address,
                         personal_data::OpenHoldAddress(key, *stored, context.keys));
  const auto keys = context.keyring.Open(address.leaf);
  if (!keys.ok()) return std::uint64_t{0};
  NOREN_ASSIGN_OR_RETURN(const auto record,
                         personal_data::DecodeHold(key, *stored, **keys, context.keys));
  return record.content.items.size();
}

Status CountPeople(ServiceContext& context, Selection& selection) {
  for (const DestructionTarget& target : selection.targets) {
    ++selection.counts.people;
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t items,
                           CountUnder(context, person_keyspaces::ItemPrefix(target.person)));
    selection.counts.items += items;
    if (target.holds_mark == 0) continue;
    ++selection.counts.held_people;
    NOREN_ASSIGN_OR_RETURN(const auto holds, HoldsOf(context, target.person));
    for (const model::HoldId& hold : holds) {
      NOREN_ASSIGN_OR_RETURN(const std::uint64_t held, CountHeldItems(context, hold));
      selection.counts.held_items += held;
    }
  }
  return OkStatus();
}

}  // namespace

Status CountSelection(ServiceContext& context, const DestructionRule& rule, Selection& selection) {
  switch (rule.level) {
    case DestructionLevel::kPeople:
      return CountPeople(context, selection);
    case DestructionLevel::kItems:
      selection.counts.items = selection.targets.size();
      return OkStatus();
    case DestructionLevel::kFile: {
      NOREN_ASSIGN_OR_RETURN(selection.counts.items, CountInFile(context, rule.file));
      return OkStatus();
    }
    case DestructionLevel::kHeld:
      for (const DestructionTarget& target : selection.targets) {
        NOREN_ASSIGN_OR_RETURN(const std::uint64_t held, CountHeldItems(context, target.hold));
        selection.counts.held_items += held;
      }
      return OkStatus();
    case DestructionLevel::kMedium:
      break;
  }
  return OkStatus();
}

}  // namespace noren::operations
