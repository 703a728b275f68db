// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/main_loop.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "server/daemon/exit_codes.h"
#include "tests/support/status_matchers.h"

namespace noren::server {
namespace {

// Runs the loop in a process of its own, sends the signals in turn, and gives the exit code; each
// SIGHUP is answered by a byte on the pipe, so that the next signal comes after it. -1 when the
// process died of a signal.
int RunAndSignal(const std::vector<int>& signals, int& reloads) {
  int ready[2];
  EXPECT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    StatusOr<std::unique_ptr<MainLoop>> loop = MainLoop::Create();
    if (!loop.ok()) ::_exit(99);
    const auto tell = [&] {
      if (::write(ready[1], "x", 1) != 1) ::_exit(98);
    };
    tell();
    ::_exit((*loop)->Run(tell));
  }
  char byte = 0;
  EXPECT_EQ(::read(ready[0], &byte, 1), 1);
  for (const int number : signals) {
    ::kill(child, number);
    if (number == SIGHUP && ::read(ready[0], &byte, 1) == 1) ++reloads;
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  ::close(ready[0]);
  ::close(ready[1]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(MainLoop, EndsWithZeroOnTermAndInt) {
  int reloads = 0;
  EXPECT_EQ(RunAndSignal({SIGTERM}, reloads), kExitOk);
  EXPECT_EQ(RunAndSignal({SIGINT}, reloads), kExitOk);
  EXPECT_EQ(reloads, 0);
}

TEST(MainLoop, ReloadsOnHupAndIgnoresPipe) {
  int reloads = 0;
  EXPECT_EQ(RunAndSignal({SIGHUP, SIGPIPE, SIGHUP, SIGPIPE, SIGTERM}, reloads), kExitOk);
  EXPECT_EQ(reloads, 2);
}

TEST(MainLoop, EndsWithTheFirstRequestedCode) {
  sigset_t before;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  ASSERT_OK_AND_ASSIGN(const auto loop, MainLoop::Create());
  std::thread failing([&] {
    loop->RequestExit(kExitStorage);
    loop->RequestExit(kExitMisconfigured);
  });
  EXPECT_EQ(loop->Run([] {}), kExitStorage);
  failing.join();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace noren::server
