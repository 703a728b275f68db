// Which policy holds where a portal meets its people.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "engine/operations/service_context.h"

namespace noren::operations {

struct SitePolicy {
  std::string site;       // as the notice calls it; "": the notice says nothing of this one
  std::string policy;     // its id, e.g. "gojobs"
  std::string version;    // as it calls itself; "" of a policy that another service enforces
  Hash256 notice{};       // of the public notice, which people confirm; zeros with `version`
  std::string published;  // where it is to be read; "" where the notice does not say
  std::string text;       // the notice in the operator's language; "" with `version`
};
// A portal's, of its own site; leaves an entry in the log.
//   errors   kNotAllowed; those of the notice
StatusOr<SitePolicy> ReadSitePolicy(ServiceContext& context, const Call& call);

}  // namespace noren::operations
