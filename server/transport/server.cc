// SPDX-License-Identifier: Apache-2.0
#include "server/transport/server.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <future>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/transport/connection.h"

namespace noren::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{50};          // granularity of deadlines
constexpr std::chrono::milliseconds kAcceptPause{100};  // when the process has no descriptor left
constexpr int kBacklog = 1024;

// A network thread with its connections and the tick that looks after their deadlines.
class NetworkThread {
 public:
  NetworkThread(ServerCore& core, std::size_t handshakes_max)
      : core_(core), shard_(handshakes_max) {}
  ~NetworkThread() { Stop(); }
  NetworkThread(const NetworkThread&) = delete;
  NetworkThread& operator=(const NetworkThread&) = delete;

  void Start() {
    Tick();
    thread_ = std::thread([this] { shard_.context.run(); });
  }
  void Stop() {
    shard_.context.stop();
    if (thread_.joinable()) thread_.join();
  }
  asio::io_context& context() { return shard_.context; }
  void Adopt(tcp::socket socket) {
    std::make_shared<Connection>(core_, shard_, std::move(socket))->Start();
  }

  // Runs `visit` for every connection on the network thread and waits until it is done.
  void ForEach(const std::function<void(Connection&)>& visit) {
    std::promise<void> done;
    asio::post(shard_.context, [&] {
      for (const auto& connection : Snapshot()) visit(*connection);
      done.set_value();
    });
    done.get_future().wait();
  }
  std::size_t CountConnections() {
    std::promise<std::size_t> count;
    asio::post(shard_.context, [&] { count.set_value(shard_.connections.size()); });
    return count.get_future().get();
  }

 private:
  // Visiting may close a connection and so change the set.
  std::vector<std::shared_ptr<Connection>> Snapshot() const {
    return {shard_.connections.begin(), shard_.connections.end()};
  }
  void Tick() {
    timer_.expires_after(kTick);
    timer_.async_wait([this](boost::system::error_code error) {
      if (error) return;
      const auto now = steady_clock::now();
      for (const auto& connection : Snapshot()) connection->CheckDeadline(now);
      core_.metrics.bytes_in_flight.Set(static_cast<std::int64_t>(core_.bytes_in_flight.used()));
      Tick();
    });
  }

  ServerCore& core_;
  Shard shard_;
  asio::steady_timer timer_{shard_.context};
  std::thread thread_;
};

}  // namespace

struct Server::State {
  State(const ServerOptions& options, ProcessorFactory factory, ServerEnvironment environment)
      : core(options, std::move(factory), environment) {
    const auto count = static_cast<std::size_t>(std::max(options.network_threads, 1));
    for (std::size_t i = 0; i < count; ++i) {
      networks.push_back(std::make_unique<NetworkThread>(
          core, std::max<std::size_t>(options.limits.handshakes_max / count, 1)));
    }
    acceptor.emplace(networks[0]->context());
    pause.emplace(networks[0]->context());
  }

  Status Listen();
  void Accept();
  void OnAccept(boost::system::error_code error, tcp::socket socket, NetworkThread& network);
  bool Drain();

  ServerCore core;
  std::vector<std::unique_ptr<NetworkThread>> networks;  // the first one accepts
  std::optional<tcp::acceptor> acceptor;
  std::optional<asio::steady_timer> pause;
  bool is_paused = false;  // first network thread only
  std::size_t next_network = 0;
  std::uint16_t port = 0;
  std::mutex stop_mutex;  // guards is_stopped and was_clean
  bool is_stopped = false;
  bool was_clean = true;
};

Status Server::State::Listen() {
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(core.options.address, error);
  if (error) return InvalidArgument("server: the address to listen on is not an IP address");
  const tcp::endpoint endpoint(address, core.options.port);
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(kBacklog, error);
  if (!error) port = acceptor->local_endpoint(error).port();
  if (error) {
    return Unavailable(absl::StrCat("server: cannot listen on port ", core.options.port, " (errno ",
                                    error.value(), ")"));
  }
  return OkStatus();
}

void Server::State::Accept() {
  NetworkThread& network = *networks[next_network++ % networks.size()];
  acceptor->async_accept(network.context(),
                         [this, &network](boost::system::error_code error, tcp::socket socket) {
                           OnAccept(error, std::move(socket), network);
                         });
}

void Server::State::OnAccept(boost::system::error_code error, tcp::socket socket,
                             NetworkThread& network) {
  if (error == asio::error::operation_aborted || core.draining) return;
  if (error) {
    // Out of descriptors or kernel memory: the backlog holds newcomers while connections end.
    if (!is_paused) {
      core.environment.log.Write(
          LogEvent("accept.paused", LogLevel::kWarning).Number("errno", error.value()));
    }
    is_paused = true;
    pause->expires_after(kAcceptPause);
    pause->async_wait([this](boost::system::error_code stopped) {
      if (!stopped) Accept();
    });
    return;
  }
  is_paused = false;
  core.metrics.accepted.Increment();
  asio::post(network.context(), [&network, socket = std::move(socket)]() mutable {
    network.Adopt(std::move(socket));
  });
  Accept();
}

bool Server::State::Drain() {
  core.draining = true;
  std::promise<void> closed;
  asio::post(networks[0]->context(), [&] {
    boost::system::error_code ignored;
    acceptor->close(ignored);
    pause->cancel();
    closed.set_value();
  });
  closed.get_future().wait();
  for (const auto& network : networks)
    network->ForEach([](Connection& connection) { connection.BeginDrain(); });
  const auto deadline = steady_clock::now() + core.options.deadlines.drain;
  std::size_t left = 1;
  while (left != 0 && steady_clock::now() < deadline) {
    left = 0;
    for (const auto& network : networks) left += network->CountConnections();
    if (left != 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  for (const auto& network : networks)
    network->ForEach([](Connection& connection) { connection.Abort(); });
  return left == 0;
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
  Stop();
  state_->core.workers.Join();  // handlers still running; their answers go nowhere
}

std::uint16_t Server::port() const { return state_->port; }

StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                ProcessorFactory factory,
                                                ServerEnvironment environment) {
  // OpenSSL writes to sockets with write(2), which would end the process when the peer has gone.
  std::signal(SIGPIPE, SIG_IGN);
  NOREN_ASSIGN_OR_RETURN(std::unique_ptr<TlsContext> tls, TlsContext::Load(options.tls));
  auto state = std::make_unique<State>(options, std::move(factory), environment);
  state->core.SetTls(std::move(tls));
  NOREN_RETURN_IF_ERROR(state->Listen());
  state->Accept();
  for (const auto& network : state->networks) network->Start();
  environment.log.Write(LogEvent("transport.listening").Number("port", state->port));
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Status Server::ReloadCertificates() {
  StatusOr<std::unique_ptr<TlsContext>> loaded = TlsContext::Load(state_->core.options.tls);
  if (!loaded.ok()) {
    state_->core.environment.log.Write(LogEvent("transport.reload-refused", LogLevel::kError));
    return loaded.status();
  }
  const std::shared_ptr<const TlsContext> fresh = *std::move(loaded);
  const std::lock_guard lock(state_->stop_mutex);
  if (state_->is_stopped) return FailedPrecondition("server: stopped");
  state_->core.SetTls(fresh);
  for (const auto& network : state_->networks) {
    network->ForEach([&fresh](Connection& connection) { connection.Recheck(*fresh); });
  }
  state_->core.environment.log.Write(LogEvent("transport.reloaded"));
  return OkStatus();
}

bool Server::Stop() {
  const std::lock_guard lock(state_->stop_mutex);
  if (state_->is_stopped) return state_->was_clean;
  state_->was_clean = state_->Drain();
  for (const auto& network : state_->networks) network->Stop();
  state_->is_stopped = true;
  state_->core.environment.log.Write(
      LogEvent("transport.stopped").Number("clean", state_->was_clean ? 1 : 0));
  return state_->was_clean;
}

}  // namespace noren::server
