// Every limit and deadline of the transport in one place, with its default.
// Source:   docs/formats/wire.md, docs/formats/config.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace noren::server {

// What one message may hold; checked before the generated code sees it.
struct MessageLimits {
  std::size_t frame_size_bytes_max = 1U << 20;
  std::size_t reply_size_bytes_max = 4U << 20;
  std::size_t string_size_bytes_max = 1U << 20;
  std::size_t container_elements_max = 16384;  // of one list, set or map (a map's entries)
  std::size_t message_elements_max = 65536;    // of all containers of one message together
  int depth_max = 32;                          // nested structs and containers
};

struct ServerLimits {
  std::size_t connections_max =
      1024;  // authenticated; a further eighth is answered OVERLOADED, then closed
  std::size_t handshakes_max = 256;  // unauthenticated; a newcomer replaces the oldest
  std::size_t requests_in_flight_max =
      256;  // read completely and not yet answered, of all connections
  std::size_t bytes_in_flight_max =
      256U << 20;  // frames being read or processed and replies being written
};

struct ServerDeadlines {
  std::chrono::milliseconds handshake{5000};  // from accept to a verified client
  std::chrono::milliseconds request{
      10000};  // from the first byte of a frame to its answer being ready
  std::chrono::milliseconds write{
      10000};                             // from an answer being ready to its last byte being taken
  std::chrono::milliseconds idle{60000};  // between an answer and the first byte of the next frame
  std::chrono::milliseconds drain{10000};      // after Stop: for calls in flight
  std::chrono::milliseconds retry_after{250};  // told to refused callers
};

}  // namespace noren::server
