// SPDX-License-Identifier: Apache-2.0
#include "tests/server/transport/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>

namespace noren::server {

int ConnectPlain(std::uint16_t port) {
  std::signal(SIGPIPE, SIG_IGN);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{10, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return socket;
  ::close(socket);
  return -1;
}

RawClient::RawClient(const TlsClientOptions& options, RawOptions raw)
    : context_(SSL_CTX_new(TLS_client_method())), socket_(ConnectPlain(options.port)) {
  if (raw.tls_version_max != 0) SSL_CTX_set_max_proto_version(context_.get(), raw.tls_version_max);
  SSL_CTX_load_verify_locations(context_.get(), options.ca_path.c_str(), nullptr);
  SSL_CTX_set_verify(context_.get(), raw.verify_server ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                     nullptr);
  if (!options.certificate_path.empty()) {
    SSL_CTX_use_certificate_chain_file(context_.get(), options.certificate_path.c_str());
    SSL_CTX_use_PrivateKey_file(context_.get(), options.key_path.c_str(), SSL_FILETYPE_PEM);
  }
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), socket_);
  is_open_ = SSL_connect(ssl_.get()) == 1;
  ERR_clear_error();
}

RawClient::~RawClient() {
  ssl_.reset();
  if (socket_ >= 0) ::close(socket_);
}

bool RawClient::Send(ByteSpan bytes) {
  if (bytes.empty()) return true;
  const int sent = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  ERR_clear_error();
  return sent == static_cast<int>(bytes.size());
}

bool RawClient::SendFrame(ByteSpan message) {
  Bytes frame;
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<std::uint8_t>(message.size() >> shift));
  }
  frame.insert(frame.end(), message.begin(), message.end());
  return Send(frame);
}

bool RawClient::ReadExactly(std::uint8_t* data, std::size_t size) {
  while (size > 0) {
    const int got = SSL_read(ssl_.get(), data, static_cast<int>(size));
    ERR_clear_error();
    if (got <= 0) return false;
    data += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

std::optional<Bytes> RawClient::ReadFrame() {
  std::uint8_t length[4] = {};
  if (!ReadExactly(length, 4)) return std::nullopt;
  Bytes reply(std::size_t{length[0]} << 24 | std::size_t{length[1]} << 16 |
              std::size_t{length[2]} << 8 | length[3]);
  if (!ReadExactly(reply.data(), reply.size())) return std::nullopt;
  return reply;
}

bool RawClient::IsClosedByServer() {
  std::uint8_t byte = 0;
  ERR_clear_error();
  const int got = SSL_read(ssl_.get(), &byte, 1);
  if (got > 0) return false;
  const bool waits = SSL_get_error(ssl_.get(), got) == SSL_ERROR_WANT_READ;
  // A read that ran into the socket's time limit leaves it open: an end shows as a read of nothing
  // or an error.
  const bool timed_out = errno == EAGAIN && SSL_get_error(ssl_.get(), got) == SSL_ERROR_SYSCALL;
  ERR_clear_error();
  return !waits && !timed_out;
}

}  // namespace noren::server
