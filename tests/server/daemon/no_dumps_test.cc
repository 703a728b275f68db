// The daemon gives up being dumped before it reads anything.
// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/no_dumps.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/daemon/commands.h"
#include "server/daemon/exit_codes.h"

namespace noren::server {
namespace {

TEST(NoDumps, HoldFromTheBeginningOfServe) {
  ASSERT_EQ(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1) << "the test would see nothing";
  const pid_t child = ::fork();
  if (child == 0) {
    const bool refused = RunServe({"/nowhere/noren.toml"}) != kExitOk;
    rlimit limit{1, 1};
    ::getrlimit(RLIMIT_CORE, &limit);
    const bool none =
        limit.rlim_cur == 0 && limit.rlim_max == 0 && ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    ::_exit(refused && none ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace noren::server
