// Who is told when a person answers, and when a person ends an application.
// Source:   docs/formats/events.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/operations/commit_pipeline.h"
#include "engine/operations/people.h"

namespace noren::operations {

struct Told {
  std::string_view detail;
  model::CandidateRef candidate;  // none: the company is not told
};
// The portal learns every answer, the company a yes alone.
void AddAnswerEvents(ServiceContext& context, const LoadedPerson& person,
                     const personal_data::Invitation& invitation, const Told& told, Change& change);

// The duty that the company has from a withdrawal on, and the events of it. A company that was
// never answered learns nothing.
Status StageEndOfApplication(ServiceContext& context, const LoadedPerson& person,
                             const personal_data::ReleaseConsent& consent, bool released,
                             Change& change);

}  // namespace noren::operations
