// The person's list of who was shown what, page by page.
// Source:   docs/formats/person_record.md (Disclosures)
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "engine/operations/act_gate.h"
#include "engine/personal_data/disclosure.h"

namespace noren::operations {

// Where a later page goes on: the entry that the first page left in the log, and the last one's
// audit sequence.
struct ExposurePosition {
  std::uint64_t opened = 0;  // 0: the first page
  std::uint64_t before = 0;
  bool operator==(const ExposurePosition&) const = default;
};
struct ExposurePage {
  std::vector<personal_data::Disclosure> exposures;  // newest first
  std::optional<ExposurePosition> next;              // nullopt at the end
};
// act "read". The first page uses up the act's nonce and leaves an entry; the pages after it take
// the same act, as long as it is fresh, because the log has that entry.
//   errors   those of AdmitAct; kActStale, kBadRequest: not a page after that act's first one
StatusOr<ExposurePage> ReadExposures(ServiceContext& context, const Call& call,
                                     const PersonAct& act, const ExposurePosition& at,
                                     std::size_t limit);

}  // namespace noren::operations
