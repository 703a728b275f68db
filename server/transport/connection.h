// One client's connection: a state machine over a non-blocking socket and OpenSSL. Included by this
// folder's .cc only.
// Threads:  every member runs on the shard's network thread; only the call itself runs on a worker,
//           which meanwhile owns `frame_` and `processor_`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <unordered_set>

#include "server/auth/openssl_handles.h"
#include "server/auth/peer_identity.h"
#include "server/transport/frame_codec.h"
#include "server/transport/server_core.h"

namespace noren::server {

class Connection;

// One network thread's connections.
struct Shard {
  explicit Shard(std::size_t handshakes_max_in) : handshakes_max(handshakes_max_in) {}

  const std::size_t handshakes_max;
  std::unordered_set<std::shared_ptr<Connection>> connections;
  std::list<Connection*> handshakes;   // oldest first
  boost::asio::io_context context{1};  // last: its pending operations hold connections
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using TimePoint = std::chrono::steady_clock::time_point;

  Connection(ServerCore& core, Shard& shard, Socket socket);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Enters the shard and begins the handshake.
  void Start();
  // Called a few times a second: closes or cancels what is past its deadline.
  void CheckDeadline(TimePoint now);
  // The server drains: a connection without a call in flight is closed.
  void BeginDrain();
  // The drain deadline has passed.
  void Abort();
  // Closes the connection unless its client's certificate verifies against `tls`.
  void Recheck(const TlsContext& tls);

 private:
  enum class State : std::uint8_t {
    kHandshake,
    kIdle,
    kReading,
    kProcessing,
    kWriting,
    kLingering,
    kClosed
  };
  enum class Step : std::uint8_t { kAgain, kWait };

  void Drive();
  Step Handshake();
  Step ReadFrame();
  Step Write();
  Step Linger();
  Step WaitFor(int ssl_result);  // after an OpenSSL call that did not finish
  void WaitReadable();
  void WaitWritable();
  void WatchPeer();  // notices, while a call runs, that the caller has gone

  bool Authenticate();
  Step OnHeader();
  Step OnBody();
  Step OnFrame();
  Step Refuse(Refusal refusal);
  Step Dispatch();
  void RunOnWorker();
  void OnReply(Bytes framed_reply, CallOutcome outcome, bool malformed);
  void BeginWrite(Bytes framed_reply);
  void FinishReply();
  void ReleaseBytes();

  void RefuseTls(Literal reason);
  Step RefuseFrame(Literal reason);
  void TimeOut(Literal phase);
  void BeginLinger();
  void Close();
  void LeaveHandshakes();

  ServerCore& core_;
  Shard& shard_;
  Socket socket_;
  Hash256 refused_certificate_{};  // of a handshake that does not verify
  SslHandle ssl_;
  State state_ = State::kHandshake;
  TimePoint deadline_;
  std::list<Connection*>::iterator handshake_position_;
  bool in_handshakes_ = false;
  bool waits_readable_ = false;
  bool waits_writable_ = false;

  // After the handshake.
  RequestContext context_;
  Bytes certificate_der_;
  std::shared_ptr<apache::thrift::TProcessor> processor_;
  bool is_counted_ = false;     // in ServerCore::connections
  bool is_over_limit_ = false;  // its first call is refused
  bool peer_gone_ = false;

  // The frame being read or processed.
  std::array<std::uint8_t, 4> length_{};
  std::size_t length_read_ = 0;
  std::size_t frame_size_ = 0;
  std::size_t frame_read_ = 0;
  Bytes frame_;                // all of it, or its beginning when it is discarded
  bool is_discarded_ = false;  // no budget: read to its end only to answer it
  bool is_counted_request_ = false;
  std::size_t bytes_taken_ = 0;
  TimePoint first_byte_;

  Bytes output_;
  std::size_t output_written_ = 0;
};

}  // namespace noren::server
