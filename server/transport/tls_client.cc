// SPDX-License-Identifier: Apache-2.0
#include "server/transport/tls_client.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <thrift/transport/TTransport.h>
#include <thrift/transport/TTransportException.h>
#include <thrift/transport/TVirtualTransport.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "crypto/base/bytes.h"
#include "server/auth/openssl_handles.h"

namespace noren::server {
namespace {

using apache::thrift::transport::TTransportException;
using std::chrono::steady_clock;
using TimePoint = steady_clock::time_point;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { Reset(); }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      Reset();
      value_ = std::exchange(other.value_, -1);
    }
    return *this;
  }
  int get() const { return value_; }
  void Reset() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }

 private:
  int value_;
};

// Waits until the socket is ready; false when the deadline passes first.
bool Await(int descriptor, short events, TimePoint deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return false;
    pollfd item{descriptor, events, 0};
    const int ready = ::poll(&item, 1, static_cast<int>(std::min<std::int64_t>(left, 60000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

// A framed transport over one verified TLS connection.
class TlsTransport final : public apache::thrift::transport::TVirtualTransport<TlsTransport> {
 public:
  TlsTransport(Descriptor socket, SslHandle ssl, const TlsClientOptions& options)
      : socket_(std::move(socket)), ssl_(std::move(ssl)), options_(options) {}
  ~TlsTransport() override { TlsTransport::close(); }

  bool isOpen() const override { return socket_.get() >= 0; }
  void open() override {
    if (!isOpen()) Fail(TTransportException::NOT_OPEN, "tls client: closed; connect anew");
  }
  void close() override {
    if (!isOpen()) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    socket_.Reset();
  }

  void write(const std::uint8_t* data, std::uint32_t size) {
    open();
    request_.insert(request_.end(), data, data + size);
  }
  // Sends what was written as one frame; the request deadline starts here.
  void flush() override {
    open();
    deadline_ = steady_clock::now() + options_.request_deadline;
    const auto size = static_cast<std::uint32_t>(request_.size() - kLengthBytes);
    for (std::size_t i = 0; i < kLengthBytes; ++i)
      request_[i] = static_cast<std::uint8_t>(size >> (24 - 8 * i));
    std::size_t sent = 0;
    while (sent < request_.size()) {
      sent += Retry([&] {
        return SSL_write(ssl_.get(), request_.data() + sent,
                         static_cast<int>(request_.size() - sent));
      });
    }
    request_.assign(kLengthBytes, 0);
  }

  std::uint32_t read(std::uint8_t* data, std::uint32_t size) {
    open();
    if (reply_read_ == reply_.size()) ReadReply();
    const auto count =
        static_cast<std::uint32_t>(std::min<std::size_t>(size, reply_.size() - reply_read_));
    std::memcpy(data, reply_.data() + reply_read_, count);
    reply_read_ += count;
    return count;
  }
  // The rest of an answer that was not read to its end must not be taken for the next one.
  std::uint32_t readEnd() override {
    const auto size = static_cast<std::uint32_t>(reply_.size());
    reply_.clear();
    reply_read_ = 0;
    return size;
  }

 private:
  static constexpr std::size_t kLengthBytes = 4;

  [[noreturn]] void Fail(TTransportException::TTransportExceptionType type, const char* sentence) {
    socket_.Reset();
    throw TTransportException(type, sentence);
  }

  std::size_t Retry(const auto& call) {
    while (true) {
      ERR_clear_error();
      const int result = call();
      if (result > 0) return static_cast<std::size_t>(result);
      const int error = SSL_get_error(ssl_.get(), result);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        Fail(TTransportException::END_OF_FILE, "tls client: the server closed the connection");
      }
      if (!Await(socket_.get(), error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline_)) {
        Fail(TTransportException::TIMED_OUT, "tls client: no answer within the deadline");
      }
    }
  }
  void ReadExactly(std::uint8_t* data, std::size_t size) {
    std::size_t got = 0;
    while (got < size) {
      got += Retry([&] { return SSL_read(ssl_.get(), data + got, static_cast<int>(size - got)); });
    }
  }
  void ReadReply() {
    std::uint8_t length[kLengthBytes] = {};
    ReadExactly(length, kLengthBytes);
    std::size_t size = 0;
    for (const std::uint8_t byte : length) size = size << 8 | byte;
    if (size == 0 || size > options_.reply_size_bytes_max) {
      Fail(TTransportException::CORRUPTED_DATA, "tls client: the answer's size is out of range");
    }
    reply_.resize(size);
    reply_read_ = 0;
    ReadExactly(reply_.data(), size);
  }

  Descriptor socket_;
  SslHandle ssl_;
  const TlsClientOptions options_;
  TimePoint deadline_{};
  Bytes request_ = Bytes(kLengthBytes, 0);
  Bytes reply_;
  std::size_t reply_read_ = 0;
};

StatusOr<SslContextHandle> MakeContext(const TlsClientOptions& options) {
  ERR_clear_error();
  SslContextHandle context(SSL_CTX_new(TLS_client_method()));
  if (!context) return Internal("tls client: OpenSSL gives no context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_load_verify_locations(context.get(), options.ca_path.c_str(), nullptr) != 1) {
    return FailedPrecondition(
        absl::StrCat("tls client: ", options.ca_path, " is not a readable PEM authority"));
  }
  const bool has_identity =
      SSL_CTX_use_certificate_chain_file(context.get(), options.certificate_path.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(context.get(), options.key_path.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(context.get()) == 1;
  ERR_clear_error();
  if (!has_identity) {
    return FailedPrecondition(absl::StrCat("tls client: ", options.certificate_path, " and ",
                                           options.key_path,
                                           " are not a PEM certificate and its key"));
  }
  return context;
}

StatusOr<Descriptor> ConnectOne(const addrinfo& address, TimePoint deadline) {
  Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return Unavailable("tls client: no socket");
  const int one = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return Unavailable("tls client: cannot connect");
    if (!Await(socket.get(), POLLOUT, deadline))
      return Unavailable("tls client: no connection within the deadline");
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0)
      return Unavailable(absl::StrCat("tls client: cannot connect (errno ", error, ")"));
  }
  return socket;
}

StatusOr<Descriptor> Connect(const TlsClientOptions& options, TimePoint deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(options.host.c_str(), std::to_string(options.port).c_str(), &hints, &found) !=
      0) {
    return Unavailable("tls client: the host's name has no address");
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  StatusOr<Descriptor> result = Unavailable("tls client: the host's name has no address");
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    result = ConnectOne(*address, deadline);
    if (result.ok()) break;
  }
  return result;
}

Status Handshake(SSL* ssl, int socket, TimePoint deadline) {
  while (true) {
    ERR_clear_error();
    const int result = SSL_connect(ssl);
    if (result == 1) return OkStatus();
    const int error = SSL_get_error(ssl, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      const long verification = SSL_get_verify_result(ssl);
      const int reason = TakeOpensslReason();
      if (verification != X509_V_OK) {
        return Unauthenticated(absl::StrCat(
            "tls client: the server's certificate or name does not verify (OpenSSL reason ",
            verification, ")"));
      }
      return Unauthenticated(
          absl::StrCat("tls client: the handshake failed (OpenSSL reason ", reason, ")"));
    }
    if (!Await(socket, error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) {
      return Unavailable("tls client: no handshake within the deadline");
    }
  }
}

}  // namespace

StatusOr<std::shared_ptr<apache::thrift::transport::TTransport>> ConnectTls(
    const TlsClientOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write(2)
  NOREN_ASSIGN_OR_RETURN(const SslContextHandle context, MakeContext(options));
  const TimePoint deadline = steady_clock::now() + options.connect_deadline;
  NOREN_ASSIGN_OR_RETURN(Descriptor socket, Connect(options, deadline));
  SslHandle ssl(SSL_new(context.get()));
  const std::string& name = options.server_name.empty() ? options.host : options.server_name;
  if (!ssl || name.empty() || SSL_set1_host(ssl.get(), name.c_str()) != 1 ||
      SSL_set_fd(ssl.get(), socket.get()) != 1) {
    return InvalidArgument("tls client: the server's name is malformed");
  }
  SSL_set_hostflags(ssl.get(),
                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  NOREN_RETURN_IF_ERROR(Handshake(ssl.get(), socket.get(), deadline));
  return std::make_shared<TlsTransport>(std::move(socket), std::move(ssl), options);
}

}  // namespace noren::server
