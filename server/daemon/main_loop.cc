// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/main_loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "server/daemon/exit_codes.h"

namespace noren::server {

StatusOr<std::unique_ptr<MainLoop>> MainLoop::Create() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  if (::pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0)
    return Unavailable("main loop: cannot block signals");
  const int signal_fd = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  const int event_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (signal_fd < 0 || event_fd < 0) {
    const int error = errno;
    if (signal_fd >= 0) ::close(signal_fd);
    return Unavailable(absl::StrCat("main loop: no descriptors (errno ", error, ")"));
  }
  return std::unique_ptr<MainLoop>(new MainLoop(signal_fd, event_fd));
}

MainLoop::~MainLoop() {
  ::close(signal_fd_);
  ::close(event_fd_);
}

int MainLoop::Run(const std::function<void()>& on_reload) {
  while (true) {
    pollfd items[] = {{signal_fd_, POLLIN, 0}, {event_fd_, POLLIN, 0}};
    if (::poll(items, 2, -1) < 0 && errno != EINTR) return kExitFailure;
    std::uint64_t exit_code = 0;  // the counter holds the code plus one
    if (::read(event_fd_, &exit_code, sizeof exit_code) == sizeof exit_code)
      return static_cast<int>(exit_code - 1);
    signalfd_siginfo info{};
    while (::read(signal_fd_, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo != SIGHUP) return kExitOk;
      on_reload();
    }
  }
}

void MainLoop::RequestExit(int exit_code) {
  if (exit_requested_.exchange(true)) return;  // the first one counts
  const auto value = static_cast<std::uint64_t>(exit_code) + 1;
  // An event descriptor takes eight bytes at once and has room: nothing to handle.
  [[maybe_unused]] const ssize_t written = ::write(event_fd_, &value, sizeof value);
}

}  // namespace noren::server
