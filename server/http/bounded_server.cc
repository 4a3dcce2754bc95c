#include "server/http/bounded_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "server/http/connect.h"
#include "server/http/connect_error.h"

namespace ventral::http {
namespace {

// Unsent bytes that the kernel keeps of an answer. It takes more as soon as there are fewer, so
// that a reader's pace is seen.
constexpr int kMostUnsent = 64 << 10;

// Where accepting failed for the whole machine's or process's sake, before it is tried again.
constexpr std::chrono::milliseconds kRest{10};

std::string Refusal(const char* status, grpc::StatusCode code, const char* message) {
  const std::string body = ErrorJson({code, message});
  return std::string("HTTP/1.1 ") + status + "\r\nContent-Type: " + kUnaryType +
         "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nRetry-After: 1\r\nConnection: close\r\n\r\n" + body;
}

const std::string& RefusalFor(Admission admission) {
  static const std::string full =
      Refusal("503 Service Unavailable", grpc::StatusCode::UNAVAILABLE,
              "there are too many connections at once: try again later");
  static const std::string share =
      Refusal("429 Too Many Requests", grpc::StatusCode::RESOURCE_EXHAUSTED,
              "there are too many connections from your address: try again later");
  return admission == Admission::kFull ? full : share;
}

// Waits for nothing: what the client has sent by now is taken, so that it hears the answer rather
// than a reset. Over TLS there is no answer without a handshake.
void TurnAway(int socket, const std::string* answer) {
  if (answer != nullptr) {
    send(socket, answer->data(), answer->size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    shutdown(socket, SHUT_WR);
    char scrap[16 << 10];
    for (int i = 0; i < 4 && recv(socket, scrap, sizeof scrap, MSG_DONTWAIT) > 0; ++i) {
    }
  }
  close(socket);
}

}  // namespace

BoundedServer::BoundedServer(int threads, const StreamLimits& limits, SSL_CTX* tls)
    : limits_(limits), tls_(tls), connections_(threads, [this](int socket) { Serve(socket); }) {}

void BoundedServer::Start() {
  // httplib lets five wait to be accepted; a sixth would come again a second later.
  ::listen(svr_sock_, SOMAXCONN);
  accepting_ = std::thread([this] { Accept(); });
}

void BoundedServer::Accept() {
  using Clock = std::chrono::steady_clock;
  for (auto told = Clock::now() - std::chrono::minutes(1); !stopping_;) {
    const int socket = ::accept4(svr_sock_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket >= 0) {
      Take(socket);
    } else if (errno != EINTR && errno != ECONNABORTED && !stopping_) {
      if (const auto now = Clock::now(); now - told >= std::chrono::minutes(1)) {
        spdlog::error("HTTP takes no connection: {}", std::strerror(errno));
        told = now;
      }
      std::this_thread::sleep_for(kRest);
    }
  }
}

void BoundedServer::Stop(std::chrono::milliseconds patience) {
  stopping_ = true;
  if (svr_sock_ != INVALID_SOCKET) ::shutdown(svr_sock_, SHUT_RDWR);  // wakes who accepts
  if (accepting_.joinable()) accepting_.join();
  // httplib ends its streams where it has no socket.
  const int listening = svr_sock_.exchange(INVALID_SOCKET);
  if (listening != INVALID_SOCKET) ::close(listening);
  connections_.Stop(patience);
}

void BoundedServer::Take(int socket) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  getpeername(socket, reinterpret_cast<sockaddr*>(&from), &size);
  const Admission admission = connections_.Take(socket, PeerOf(from));
  if (admission == Admission::kTaken) return;
  TurnAway(socket, tls_ == nullptr ? &RefusalFor(admission) : nullptr);
}

void BoundedServer::Serve(int socket) {
  setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMostUnsent, sizeof kMostUnsent);
  const std::unique_ptr<SSL, void (*)(SSL*)> tls(tls_ != nullptr ? SSL_new(tls_) : nullptr,
                                                 SSL_free);
  if (tls_ != nullptr && (!tls || SSL_set_fd(tls.get(), socket) != 1)) return;
  BoundedStream stream(socket, tls.get(), limits_);
  if (!tls || stream.Handshake()) ServeOne(stream);
}

void BoundedServer::ServeOne(BoundedStream& stream) {
  bool closed = false;
  process_request(stream, true, closed, [&](httplib::Request& request) {
    stream.HeadIsRead();
    request.ranges.clear();  // a part of an answer many times is more than the answer
  });
  stream.Finish();
}

}  // namespace ventral::http
