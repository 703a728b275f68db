// SPDX-License-Identifier: Apache-2.0
#include "server/transport/connection.h"

#include <string.h>
#include <sys/socket.h>
#include <thrift/TProcessor.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "crypto/primitives/hash.h"

namespace noren::server {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr std::size_t kReadStepBytes = 16 * 1024;    // one TLS record
constexpr std::size_t kKeptBufferBytes = 64 * 1024;  // a larger buffer is given back after its call
constexpr std::size_t kDiscardedHeadBytes = 512;     // enough for a message's header
constexpr std::chrono::milliseconds kLingerDeadline{1000};

Bytes Framed(const Bytes& message) {
  Bytes framed;
  framed.reserve(message.size() + 4);
  for (int shift = 24; shift >= 0; shift -= 8)
    framed.push_back(static_cast<std::uint8_t>(message.size() >> shift));
  framed.insert(framed.end(), message.begin(), message.end());
  return framed;
}

Bytes DerOf(const X509* certificate) {
  std::uint8_t* der = nullptr;
  const int size = certificate == nullptr ? -1 : i2d_X509(certificate, &der);
  if (size <= 0) return {};
  Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return bytes;
}

// Keeps the fingerprint of a certificate that does not verify: of a handshake that fails nothing
// else is left.
int NoteRefusedCertificate(int is_ok, X509_STORE_CTX* verification) {
  const X509* certificate = X509_STORE_CTX_get0_cert(verification);
  auto* ssl = static_cast<SSL*>(
      X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* fingerprint = ssl == nullptr ? nullptr : static_cast<Hash256*>(SSL_get_app_data(ssl));
  if (is_ok != 1 && fingerprint != nullptr && certificate != nullptr)
    *fingerprint = primitives::Sha256(DerOf(certificate));
  return is_ok;
}

std::string_view OutcomeName(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::kAnswered:
      return "answered";
    case CallOutcome::kUnknownMethod:
      return "unknown_method";
    case CallOutcome::kBadArguments:
      return "bad_arguments";
    case CallOutcome::kReplyTooLarge:
      return "reply_too_large";
    case CallOutcome::kInternal:
      break;
  }
  return "internal";
}

}  // namespace

Connection::Connection(ServerCore& core, Shard& shard, Socket socket)
    : core_(core), shard_(shard), socket_(std::move(socket)) {}

Connection::~Connection() {
  ReleaseBytes();
  if (is_counted_request_) core_.requests_in_flight.Release(1);
  if (is_counted_) core_.connections.Release(1);
}

void Connection::Start() {
  boost::system::error_code error;
  socket_.non_blocking(true, error);
  if (!error) socket_.set_option(asio::ip::tcp::no_delay(true), error);
  ssl_.reset(SSL_new(core_.tls()->native()));
  if (error || !ssl_ || SSL_set_fd(ssl_.get(), socket_.native_handle()) != 1) {
    socket_.close(error);
    return;
  }
  SSL_set_app_data(ssl_.get(), &refused_certificate_);
  SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), NoteRefusedCertificate);
  SSL_set_accept_state(ssl_.get());
  // A newcomer takes the place of the oldest: whoever holds handshakes open cannot keep others out.
  if (shard_.handshakes.size() >= shard_.handshakes_max) {
    core_.metrics.tls_refused.With({"too-many-handshakes"}).Increment();
    shard_.handshakes.front()->Close();
  }
  shard_.connections.insert(shared_from_this());
  handshake_position_ = shard_.handshakes.insert(shard_.handshakes.end(), this);
  in_handshakes_ = true;
  deadline_ = steady_clock::now() + core_.options.deadlines.handshake;
  Drive();
}

void Connection::Drive() {
  Step step = Step::kAgain;
  while (step == Step::kAgain) {
    switch (state_) {
      case State::kHandshake:
        step = Handshake();
        break;
      case State::kIdle:
      case State::kReading:
        step = ReadFrame();
        break;
      case State::kWriting:
        step = Write();
        break;
      case State::kLingering:
        step = Linger();
        break;
      case State::kProcessing:
        WatchPeer();
        return;
      case State::kClosed:
        return;
    }
  }
}

Connection::Step Connection::WaitFor(int ssl_result) {
  const int error = SSL_get_error(ssl_.get(), ssl_result);
  if (error == SSL_ERROR_WANT_READ) {
    WaitReadable();
    return Step::kWait;
  }
  if (error == SSL_ERROR_WANT_WRITE) {
    WaitWritable();
    return Step::kWait;
  }
  // Closed by the peer (between frames that is how connections end), or damaged.
  if (state_ == State::kReading) core_.metrics.frames_refused.With({"cut"}).Increment();
  Close();
  return Step::kWait;
}

void Connection::WaitReadable() {
  if (waits_readable_) return;
  waits_readable_ = true;
  socket_.async_wait(Socket::wait_read,
                     [self = shared_from_this()](boost::system::error_code error) {
                       self->waits_readable_ = false;
                       if (!error) self->Drive();
                     });
}

void Connection::WaitWritable() {
  if (waits_writable_) return;
  waits_writable_ = true;
  socket_.async_wait(Socket::wait_write,
                     [self = shared_from_this()](boost::system::error_code error) {
                       self->waits_writable_ = false;
                       if (!error) self->Drive();
                     });
}

Connection::Step Connection::Handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    if (!Authenticate()) return Step::kWait;
    state_ = State::kIdle;
    deadline_ = steady_clock::now() + core_.options.deadlines.idle;
    return Step::kAgain;
  }
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return WaitFor(result);
  RefuseTls("handshake");
  return Step::kWait;
}

bool Connection::Authenticate() {
  LeaveHandshakes();
  certificate_der_ = DerOf(SSL_get0_peer_certificate(ssl_.get()));
  StatusOr<model::Principal> principal = PrincipalFromCertificate(certificate_der_);
  const StatusOr<Hash256> key = PublicKeyDigestOf(certificate_der_);
  if (!principal.ok() || !key.ok()) {
    RefuseTls("identity");
    return false;
  }
  if (core_.draining || !core_.connections.TryTake(1)) {
    RefuseTls("too-many-connections");
    return false;
  }
  is_counted_ = true;
  is_over_limit_ = core_.connections.used() > core_.options.limits.connections_max;
  context_.principal = *std::move(principal);
  context_.key = *key;
  core_.metrics.connections.Add(1);
  return true;
}

Connection::Step Connection::ReadFrame() {
  return length_read_ < length_.size() ? OnHeader() : OnBody();
}

Connection::Step Connection::OnHeader() {
  ERR_clear_error();
  const int result = SSL_read(ssl_.get(), length_.data() + length_read_,
                              static_cast<int>(length_.size() - length_read_));
  if (result <= 0) return WaitFor(result);
  if (state_ == State::kIdle) {
    state_ = State::kReading;
    first_byte_ = steady_clock::now();
    deadline_ = first_byte_ + core_.options.deadlines.request;
  }
  length_read_ += static_cast<std::size_t>(result);
  if (length_read_ < length_.size()) return Step::kAgain;
  frame_size_ = 0;
  for (const std::uint8_t byte : length_) frame_size_ = frame_size_ << 8 | byte;
  if (frame_size_ == 0 || frame_size_ > core_.options.message.frame_size_bytes_max)
    return RefuseFrame("frame-size");
  is_discarded_ = is_over_limit_ || !core_.bytes_in_flight.TryTake(frame_size_);
  if (!is_discarded_) bytes_taken_ = frame_size_;
  frame_read_ = 0;
  frame_.clear();
  return Step::kAgain;
}

Connection::Step Connection::OnBody() {
  // Memory follows the bytes that arrive, not the length that is declared, and never exceeds the
  // frame.
  std::array<std::uint8_t, kReadStepBytes> piece;
  const std::size_t wanted = std::min(frame_size_ - frame_read_, piece.size());
  ERR_clear_error();
  const int result = SSL_read(ssl_.get(), piece.data(), static_cast<int>(wanted));
  if (result <= 0) return WaitFor(result);
  const auto got = static_cast<std::size_t>(result);
  std::size_t kept = got;
  if (is_discarded_)
    kept = std::min(got, kDiscardedHeadBytes - std::min(frame_.size(), kDiscardedHeadBytes));
  if (frame_.capacity() < frame_.size() + kept) {
    frame_.reserve(std::min(frame_size_, std::max(frame_.size() + kept, 2 * frame_.capacity())));
  }
  frame_.insert(frame_.end(), piece.data(), piece.data() + kept);
  frame_read_ += got;
  return frame_read_ == frame_size_ ? OnFrame() : Step::kAgain;
}

Connection::Step Connection::OnFrame() {
  length_read_ = 0;
  // A certificate may run out while its connection lives.
  if (X509_cmp_current_time(X509_get0_notAfter(SSL_get0_peer_certificate(ssl_.get()))) <= 0) {
    return RefuseFrame("certificate-expired");
  }
  if (is_discarded_) return Refuse(Refusal::kOverloaded);
  if (!core_.requests_in_flight.TryTake(1)) return Refuse(Refusal::kOverloaded);
  is_counted_request_ = true;
  return Dispatch();
}

Connection::Step Connection::Refuse(Refusal refusal) {
  const StatusOr<MessageHeader> header = ReadMessageHeader(frame_);
  if (!header.ok()) return RefuseFrame("malformed");
  core_.metrics.requests.With({"overloaded"}).Increment();
  Bytes reply;
  if (header->kind == MessageKind::kCall) {
    reply = Framed(EncodeRefusal(*header, refusal, core_.options.deadlines.retry_after));
  }
  BeginWrite(std::move(reply));
  return Step::kAgain;
}

Connection::Step Connection::Dispatch() {
  state_ = State::kProcessing;
  context_.request_id = model::RequestId::Generate(core_.environment.random);
  context_.deadline = deadline_;
  context_.cancelled.store(false, std::memory_order_relaxed);
  core_.workers.Post([self = shared_from_this()] { self->RunOnWorker(); });
  return Step::kAgain;  // Drive begins to watch the peer
}

void Connection::RunOnWorker() {
  CallResult result;
  const StatusOr<MessageHeader> header = CheckMessage(frame_, core_.options.message);
  if (header.ok() && context_.ShouldStop()) {
    result.outcome = CallOutcome::kInternal;
    result.reply = EncodeRefusal(*header, Refusal::kDeadline, core_.options.deadlines.retry_after);
  } else if (header.ok()) {
    if (!processor_) processor_ = core_.factory(context_);
    result = RunProcessor(*processor_, frame_, *header, core_.options.message);
  }
  // It may have held a passphrase or a key share.
  ::explicit_bzero(frame_.data(), frame_.size());
  const bool malformed = !header.ok();
  Bytes framed = result.reply.empty() ? Bytes() : Framed(result.reply);
  asio::post(shard_.context,
             [self = shared_from_this(), framed = std::move(framed), outcome = result.outcome,
              malformed]() mutable { self->OnReply(std::move(framed), outcome, malformed); });
}

void Connection::OnReply(Bytes framed_reply, CallOutcome outcome, bool malformed) {
  const std::chrono::duration<double> elapsed = steady_clock::now() - first_byte_;
  core_.metrics.request_seconds.Observe(elapsed.count());
  core_.metrics.requests.With({malformed ? "malformed" : OutcomeName(outcome)}).Increment();
  core_.requests_in_flight.Release(1);
  is_counted_request_ = false;
  if (state_ != State::kProcessing) {  // closed meanwhile
    ReleaseBytes();
    return;
  }
  if (malformed) {
    RefuseFrame("malformed");
    return;
  }
  if (peer_gone_) {
    Close();
    return;
  }
  core_.environment.log.Write(
      LogEvent("request.done", LogLevel::kDebug)
          .Id(context_.request_id)
          .Caller(context_.principal)
          .Number("micros", static_cast<std::int64_t>(elapsed.count() * 1e6)));
  BeginWrite(std::move(framed_reply));
  Drive();
}

void Connection::BeginWrite(Bytes framed_reply) {
  ReleaseBytes();
  if (frame_.capacity() > kKeptBufferBytes) Bytes().swap(frame_);
  output_ = std::move(framed_reply);
  output_written_ = 0;
  bytes_taken_ = output_.size();
  core_.bytes_in_flight.Take(bytes_taken_);
  state_ = State::kWriting;
  deadline_ = steady_clock::now() + core_.options.deadlines.write;
}

Connection::Step Connection::Write() {
  while (output_written_ < output_.size()) {
    ERR_clear_error();
    const std::size_t left = output_.size() - output_written_;
    const int result =
        SSL_write(ssl_.get(), output_.data() + output_written_, static_cast<int>(left));
    if (result <= 0) return WaitFor(result);
    output_written_ += static_cast<std::size_t>(result);
  }
  FinishReply();
  return Step::kAgain;
}

void Connection::FinishReply() {
  ReleaseBytes();
  Bytes().swap(output_);
  if (is_over_limit_ || core_.draining) {
    BeginLinger();
    return;
  }
  state_ = State::kIdle;
  deadline_ = steady_clock::now() + core_.options.deadlines.idle;
}

void Connection::ReleaseBytes() {
  core_.bytes_in_flight.Release(bytes_taken_);
  bytes_taken_ = 0;
}

void Connection::WatchPeer() {
  std::uint8_t byte = 0;
  ERR_clear_error();
  const int result = SSL_peek(ssl_.get(), &byte, 1);
  if (result > 0) return;  // the next call is there already; it waits
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ) {
    WaitReadable();
  } else if (error != SSL_ERROR_WANT_WRITE) {
    peer_gone_ = true;
    context_.cancelled.store(true, std::memory_order_relaxed);
  }
}

void Connection::CheckDeadline(TimePoint now) {
  if (now < deadline_) return;
  switch (state_) {
    case State::kHandshake:
      TimeOut("handshake");
      break;
    case State::kIdle:
      TimeOut("idle");
      break;
    case State::kReading:
      TimeOut("request");
      break;
    case State::kWriting:
      TimeOut("write");
      break;
    case State::kProcessing:
      // The handler sees it and gives up where that is safe; what it says is still delivered.
      context_.cancelled.store(true, std::memory_order_relaxed);
      break;
    case State::kLingering:
      Close();
      break;
    case State::kClosed:
      break;
  }
}

void Connection::BeginDrain() {
  if (state_ != State::kProcessing && state_ != State::kWriting && state_ != State::kLingering)
    BeginLinger();
}

void Connection::Abort() {
  context_.cancelled.store(true, std::memory_order_relaxed);
  Close();
}

void Connection::Recheck(const TlsContext& tls) {
  if (certificate_der_.empty() || state_ == State::kClosed ||
      tls.VerifyClient(certificate_der_).ok())
    return;
  context_.cancelled.store(true, std::memory_order_relaxed);
  RefuseTls("revoked");
}

void Connection::RefuseTls(Literal reason) {
  const long verification = ssl_ ? SSL_get_verify_result(ssl_.get()) : 0;
  const int openssl_reason = TakeOpensslReason();
  core_.metrics.tls_refused.With({reason.text()}).Increment();
  if (!certificate_der_.empty()) refused_certificate_ = primitives::Sha256(certificate_der_);
  const RefusedPeers::Report report =
      core_.refused_peers.Count(refused_certificate_, steady_clock::now());
  if (report.is_written) {
    LogEvent event("tls.refused", LogLevel::kWarning);
    event.Label("reason", reason).Number("verification", verification);
    event.Number("openssl", openssl_reason);
    event.Number("before", static_cast<std::int64_t>(report.before));
    if (report.is_all_others) {
      event.Label("certificate", "many");
    } else if (refused_certificate_ != Hash256{}) {
      event.Certificate(refused_certificate_);
    }
    core_.environment.log.Write(event);
  }
  BeginLinger();
}

Connection::Step Connection::RefuseFrame(Literal reason) {
  core_.metrics.frames_refused.With({reason.text()}).Increment();
  core_.environment.log.Write(LogEvent("frame.refused", LogLevel::kWarning)
                                  .Label("reason", reason)
                                  .Caller(context_.principal)
                                  .Number("size_bytes", static_cast<std::int64_t>(frame_size_)));
  Close();
  return Step::kWait;
}

void Connection::TimeOut(Literal phase) {
  core_.metrics.timeouts.With({phase.text()}).Increment();
  core_.environment.log.Write(
      LogEvent("connection.timeout", LogLevel::kInfo).Label("phase", phase));
  Close();
}

// Ends our side and waits a moment for the peer's: closing at once over unread bytes would reset
// the connection and could take an answer or an alert with it.
void Connection::BeginLinger() {
  LeaveHandshakes();
  if (state_ == State::kClosed || state_ == State::kLingering) return;
  // In a flood the courtesy is dropped, so that ended connections cannot pile up.
  if (shard_.connections.size() > core_.connections_hard_max() + 2 * shard_.handshakes_max)
    return Close();
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
  boost::system::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  if (state_ != State::kProcessing) ReleaseBytes();
  state_ = State::kLingering;
  deadline_ = steady_clock::now() + kLingerDeadline;
  WaitReadable();
}

Connection::Step Connection::Linger() {
  std::array<std::uint8_t, kReadStepBytes> dropped;
  const ssize_t got = ::recv(socket_.native_handle(), dropped.data(), dropped.size(), MSG_DONTWAIT);
  const bool again = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (got > 0 || again) {
    WaitReadable();
  } else {
    Close();
  }
  return Step::kWait;
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  const std::shared_ptr<Connection> self = shared_from_this();
  LeaveHandshakes();
  // A worker still owns the frame of a call in flight; its bytes are released with the connection.
  if (state_ != State::kProcessing) ReleaseBytes();
  if (is_counted_) core_.metrics.connections.Add(-1);
  state_ = State::kClosed;
  boost::system::error_code ignored;
  socket_.close(ignored);
  shard_.connections.erase(self);
}

void Connection::LeaveHandshakes() {
  if (in_handshakes_) shard_.handshakes.erase(handshake_position_);
  in_handshakes_ = false;
}

}  // namespace noren::server
