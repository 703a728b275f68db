// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/http_endpoint.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"

namespace noren::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr int kConnectionsMax = 32;
constexpr std::chrono::seconds kConnectionDeadline{5};
constexpr std::uint32_t kHeaderSizeBytesMax = 8 * 1024;
constexpr const char* kMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

using Response = http::response<http::string_body>;

Response MakeResponse(http::status status, const char* type, std::string body) {
  Response response(status, 11);
  response.set(http::field::content_type, type);
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(false);
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

Response ReadinessResponse(const HealthState& health) {
  const HealthState::Snapshot now = health.Get();
  const std::string_view phase = HealthPhaseName(now.phase);
  std::string body = absl::StrCat("{\"phase\":\"", absl::string_view(phase.data(), phase.size()),
                                  "\",\"reason\":\"",
                                  absl::string_view(now.reason.data(), now.reason.size()), "\"}\n");
  const bool ready = now.phase == HealthPhase::kReady;
  return MakeResponse(ready ? http::status::ok : http::status::service_unavailable,
                      "application/json", std::move(body));
}

}  // namespace

struct HttpEndpoint::State {
  State(const HealthState& health_in, const MetricsRegistry& metrics_in)
      : health(health_in), metrics(metrics_in) {}

  class Session;
  void Accept();
  Response Answer(const http::request<http::empty_body>& request) const;

  const HealthState& health;
  const MetricsRegistry& metrics;
  int connections_count = 0;  // network thread only; before `context`, which destroys sessions
  asio::io_context context{1};
  tcp::acceptor acceptor{context};
  asio::steady_timer pause{context};
  std::uint16_t port = 0;
  std::thread thread;
};

// One request on one connection; it keeps itself alive through its pending operation.
class HttpEndpoint::State::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(State& owner, tcp::socket socket) : owner_(owner), stream_(std::move(socket)) {
    ++owner_.connections_count;
    parser_.header_limit(kHeaderSizeBytesMax);
    parser_.body_limit(0);
  }
  ~Session() { --owner_.connections_count; }

  void Read() {
    stream_.expires_after(kConnectionDeadline);
    http::async_read(stream_, buffer_, parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->Write();
                     });
  }

 private:
  void Write() {
    response_ = owner_.Answer(parser_.get());
    const bool is_head = parser_.get().method() == http::verb::head;
    serializer_.emplace(response_);
    serializer_->split(is_head);
    const auto done = [self = shared_from_this()](beast::error_code, std::size_t) {
      beast::error_code ignored;
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    };
    if (is_head) {
      http::async_write_header(stream_, *serializer_, done);
    } else {
      http::async_write(stream_, *serializer_, done);
    }
  }

  State& owner_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{kHeaderSizeBytesMax};
  http::request_parser<http::empty_body> parser_;
  Response response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
};

Response HttpEndpoint::State::Answer(const http::request<http::empty_body>& request) const {
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    return MakeResponse(http::status::method_not_allowed, "text/plain", "GET or HEAD\n");
  }
  if (request.target() == "/livez") return MakeResponse(http::status::ok, "text/plain", "ok\n");
  if (request.target() == "/readyz") return ReadinessResponse(health);
  if (request.target() == "/metrics")
    return MakeResponse(http::status::ok, kMetricsType, metrics.ExportText());
  return MakeResponse(http::status::not_found, "text/plain", "/livez, /readyz or /metrics\n");
}

void HttpEndpoint::State::Accept() {
  acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (error) {  // no descriptors, most likely: try again a little later
      pause.expires_after(std::chrono::milliseconds(100));
      pause.async_wait([this](beast::error_code stopped) {
        if (!stopped) Accept();
      });
      return;
    }
    if (connections_count < kConnectionsMax)
      std::make_shared<Session>(*this, std::move(socket))->Read();
    Accept();
  });
}

HttpEndpoint::HttpEndpoint(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpEndpoint::~HttpEndpoint() {
  state_->context.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

std::uint16_t HttpEndpoint::port() const { return state_->port; }

StatusOr<std::unique_ptr<HttpEndpoint>> HttpEndpoint::Start(const std::string& address,
                                                            std::uint16_t port,
                                                            const HealthState& health,
                                                            const MetricsRegistry& metrics) {
  beast::error_code error;
  const asio::ip::address ip = asio::ip::make_address(address, error);
  if (error || !ip.is_loopback())
    return InvalidArgument("http: the address must be a loopback address");
  auto state = std::make_unique<State>(health, metrics);
  const tcp::endpoint endpoint(ip, port);
  state->acceptor.open(endpoint.protocol(), error);
  if (!error) state->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) state->acceptor.bind(endpoint, error);
  if (!error) state->acceptor.listen(kConnectionsMax, error);
  if (!error) state->port = state->acceptor.local_endpoint(error).port();
  if (error)
    return Unavailable(
        absl::StrCat("http: cannot listen on port ", port, " (errno ", error.value(), ")"));
  state->Accept();
  state->thread = std::thread([context = &state->context] { context->run(); });
  return std::unique_ptr<HttpEndpoint>(new HttpEndpoint(std::move(state)));
}

}  // namespace noren::server
