// Waits for signals: SIGTERM and SIGINT end the loop, SIGHUP reloads, SIGPIPE is ignored.
// Threads:  construct before any other thread is started (the signal mask is inherited);
//           RequestExit from any thread.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "crypto/base/status.h"

namespace noren::server {

class MainLoop {
 public:
  //   errors  kUnavailable: the kernel gives no descriptors
  static StatusOr<std::unique_ptr<MainLoop>> Create();
  ~MainLoop();
  MainLoop(const MainLoop&) = delete;
  MainLoop& operator=(const MainLoop&) = delete;

  // Returns the exit code: 0 after SIGTERM or SIGINT, else what RequestExit was given first.
  int Run(const std::function<void()>& on_reload);
  // Ends Run with `exit_code`, e.g. kExitStorage after a failed sync.
  void RequestExit(int exit_code);

 private:
  MainLoop(int signal_fd, int event_fd) : signal_fd_(signal_fd), event_fd_(event_fd) {}
  int signal_fd_;
  int event_fd_;
  std::atomic<bool> exit_requested_{false};
};

}  // namespace noren::server
