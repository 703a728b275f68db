// The two halves of destroying one part of a plan: its records, and its keys. Both may be repeated.
// Source:   docs/design/0013-destruction.md (Execution)
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/operations/destruction_record.h"
#include "engine/operations/erase_person.h"
#include "engine/operations/events.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

// Who destroys, and under which entry.
struct PartScope {
  const Call& call;
  const audit::EntryDraft& entry;
  DestructionLevel level = DestructionLevel::kPeople;
  std::optional<UnixSeconds> idle_since;  // people who were active since are spared
  HandedOver handed_over = HandedOver::kAsStored;
};
struct RetiredPart {
  std::size_t found = 0;                      // records that were there
  std::set<personal_data::LeafIndex> spared;  // their leaves stay
};
// Deletes the records of the targets, tells the companies, ends the consents.
StatusOr<RetiredPart> RetireRecords(ServiceContext& context, const PartScope& scope,
                                    std::span<const DestructionTarget> targets);

// What one change takes away, and whom it tells.
struct Ending {
  personal_data::Staged staged;
  std::vector<AddressedEvent> told;
  std::set<model::ConsentId> ended;  // by this change

  std::size_t size() const { return staged.mutations.size() + told.size(); }
  void Append(Ending other);
};

// One page of the items of a file from `cursor` on: deleted, their consents ended.
struct FilePage {
  Ending ending;
  std::string cursor;
  std::size_t found = 0;
  bool more = false;
};
StatusOr<FilePage> StageFilePage(ServiceContext& context, const std::string& file,
                                 const std::string& cursor);

// Destroys the leaves of the act's targets under a new root, and journals the act. Nothing when
// they are gone already.
Status DestroyKeys(ServiceContext& context, const audit::EntryDraft& entry, DestructionAct act);

}  // namespace noren::operations
