// Placing a hold: copying the minimum, storing it, and the journal's act that places it again after
// a restore.
// Source:   docs/formats/legal_hold.md, docs/formats/journal.md (payload of format 6)
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/operations/people.h"
#include "engine/personal_data/legal_hold.h"
#include "engine/personal_data/staged.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

struct CopyTarget {
  std::vector<model::ItemKind> kinds;
  const personal_data::PersonKeys& leaf_keys;
};
// The person's items of these kinds, their file keys wrapped anew to the hold's leaf.
StatusOr<std::vector<personal_data::HeldItem>> CopyItems(ServiceContext& context,
                                                         const LoadedPerson& person,
                                                         const CopyTarget& target);

struct HoldToStage {
  model::HoldId hold;
  const personal_data::HoldRecord& record;
  const personal_data::PersonKeys& leaf_keys;
};
// In place of `previous` (nullopt: of nothing), with the pointer from the person.
Status StageHold(ServiceContext& context, const HoldToStage& hold, std::optional<Bytes> previous,
                 personal_data::Staged& staged);

struct HoldAct {
  model::HoldId hold;
  personal_data::HoldAddress address;
  std::vector<model::ItemKind> kinds;  // empty with a release
  std::string reason;
  Hash256 handle_commitment{};
  bool operator==(const HoldAct&) const = default;
};
storage::NarrowingAct MakeHoldAct(const HoldAct& act);
//   errors   kDataCorrupt
StatusOr<HoldAct> HoldActOf(const storage::NarrowingAct& act);

}  // namespace noren::operations
