// What a person has corrected reaches the companies that hold an older state of it: those whose
// consent lives are told that there is something newer, and not what.
// Source:   docs/formats/events.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "engine/operations/commit_pipeline.h"
#include "engine/operations/people.h"

namespace noren::operations {

// `item` is the kind of the item that is new; nullopt: the profile is.
Status AddCorrectionEvents(ServiceContext& context, const LoadedPerson& person,
                           std::optional<model::ItemKind> item, Change& change);

}  // namespace noren::operations
