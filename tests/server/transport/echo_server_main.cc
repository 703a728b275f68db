// Runs the echo server for clients in other languages: prints one line "<port> <directory of
// certificates>", ends when its standard input ends.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "tests/server/transport/echo_handler.h"

int main() {
  noren::server::EchoServer server;
  std::printf("%d %s\n", server.port(), server.tls().directory().c_str());
  std::fflush(stdout);
  while (std::getchar() != EOF) continue;
  return ::testing::Test::HasFailure() ? 1 : 0;
}
