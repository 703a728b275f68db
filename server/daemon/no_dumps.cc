// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/no_dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace noren::server {

Status ForbidCoreDumps() {
  // The limit is for files; a dump that is piped to a program does not ask for it.
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return Unavailable("core dumps cannot be turned off");
  return OkStatus();
}

}  // namespace noren::server
