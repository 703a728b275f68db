// Who is one person with whom, as the market needs it: a company is shown one of them, so that
// classes of k hold k people and nobody is asked twice. Portals see their own people as before.
// Source:   docs/design/0007-blind-enrolment.md (Merge and un-merge)
// Threads:  one writer; GroupOf from any thread
// Memory:   merged people only
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <shared_mutex>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/model/ids.h"

namespace noren::operations {

class MergedPeople {
 public:
  // Everybody who is one with `person`, the person too: first the one all point at, then by id.
  // Empty: nobody is.
  std::vector<model::PersonId> GroupOf(const model::PersonId& person) const;

  // --- one writer ---
  // `person` points at `into` (nullopt: at nobody).
  void Set(const model::PersonId& person, const std::optional<model::PersonId>& into);
  std::vector<model::PersonId> pointing() const;

 private:
  model::PersonId RootOf(model::PersonId person) const;

  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<model::PersonId, model::PersonId> into_;
  absl::flat_hash_map<model::PersonId, std::vector<model::PersonId>> from_;
};

}  // namespace noren::operations
