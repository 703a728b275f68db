// The person's list of who was shown what, page by page.
// Source:   docs/formats/person_record.md (Disclosures)
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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
struct ExposureView {
  personal_data::Disclosure shown;
  std::string viewer_name;    // the company's name in law, as the operator has verified it; or ""
  std::string posting_title;  // "" when there is none, or no more
};
// Of the record that the caller's portal keeps. What was shown of the same human's record at
// another portal is not in it, whoever found the two to be one: a portal is not told that there is
// another (docs/design/0017-exposures.md).
struct ExposurePage {
  std::vector<ExposureView> exposures;   // newest first
  std::optional<ExposurePosition> next;  // nullopt at the end
  std::string language;                  // the person's
};
// act "read". The first page uses up the act's nonce and leaves an entry; the pages after it take
// the same act, as long as it is fresh, because the log has that entry.
//   errors   those of AdmitAct; kActStale, kBadRequest: not a page after that act's first one
StatusOr<ExposurePage> ReadExposures(ServiceContext& context, const Call& call,
                                     const PersonAct& act, const ExposurePosition& at,
                                     std::size_t limit);

}  // namespace noren::operations
