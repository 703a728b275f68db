// Search help for an officer who has a letter and does not know whose: the registrations of about
// the time that a form names. Who asks is not known by it.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/people.h"

namespace noren::operations {

struct FoundRegistration {
  std::string portal;
  model::SeekerHandle handle;
  model::CivilDay registered;
};
inline constexpr std::size_t kMaxFoundRegistrations = 200;

// In the order of the days; each who is in the list reads that an officer has seen it.
//   around   as policy::AboutWhen reads it
//   errors   kBadRequest; kTooLarge: more than kMaxFoundRegistrations, nobody is shown
StatusOr<std::vector<FoundRegistration>> FindRegistrations(ServiceContext& context,
                                                           const Call& call,
                                                           const std::string& around);

}  // namespace noren::operations
