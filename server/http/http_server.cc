#include "server/http/http_server.h"

#include <httplib.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>

#include "server/http/bounded_server.h"
#include "server/http/connect.h"
#include "server/http/connect_error.h"
#include "server/http/tls_pair.h"

namespace ventral::http {
namespace {

using Request = httplib::Request;
using Response = httplib::Response;

// Bytes of a body whose message may have a hundred times as many, before anybody has looked at its
// token: one such is parsed at a time.
constexpr std::size_t kLargeBody = 256 << 10;

struct HostAndPort {
  std::string host;
  int port = 0;
};

// "[::1]:7412" → "::1", 7412.
HostAndPort Split(const std::string& listen) {
  const auto colon = listen.rfind(':');
  std::string host = listen.substr(0, colon);
  if (host.starts_with("[")) host = host.substr(1, host.size() - 2);
  return {host, std::stoi(listen.substr(colon + 1))};
}

void Set(Response& response, const Answer& answer) {
  response.status = answer.status;
  response.set_content(answer.body, answer.type);
}

bool HasControlBytes(const std::string& path) {
  return std::any_of(path.begin(), path.end(),
                     [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// Before anything of a body is read: where httplib finds no handler, it reads and unpacks all of
// it.
httplib::Server::HandlerResponse RefuseUnhandled(const Request& request, Response& response) {
  static const std::set<std::string> kMethods = {"GET", "HEAD", "POST", "OPTIONS"};
  if (kMethods.count(request.method) == 0) {
    response.set_header("Allow", "GET, HEAD, POST, OPTIONS");
    Set(response,
        {405, kUnaryType,
         ErrorJson({grpc::StatusCode::UNIMPLEMENTED, "there is nothing here to do so to"})});
    return httplib::Server::HandlerResponse::Handled;
  }
  if (HasControlBytes(request.path)) {
    Set(response, {400, kUnaryType,
                   ErrorJson({grpc::StatusCode::INVALID_ARGUMENT, "the path has control bytes"})});
    return httplib::Server::HandlerResponse::Handled;
  }
  return httplib::Server::HandlerResponse::Unhandled;
}

ConnectRequest Read(const Request& request) {
  ConnectRequest read;
  read.path = request.path;
  read.peer = request.remote_addr + ":" + std::to_string(request.remote_port);
  for (const auto& [name, value] : request.headers) {
    std::string lower = name;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    read.headers.emplace(lower, value);
  }
  return read;
}

class Server final : public HttpServer {
 public:
  Server(HttpOptions options, std::shared_ptr<grpc::Channel> own)
      : options_(std::move(options)), calls_(own, options_.peer_key) {}
  ~Server() override { Stop(std::chrono::milliseconds(0)); }

  Status Listen() {
    VENTRAL_RETURN_IF_ERROR(Make());
    Route();
    const HostAndPort wanted = Split(options_.listen);
    const bool any = wanted.port == 0;
    const int port = any ? http_->bind_to_any_port(wanted.host)
                         : (http_->bind_to_port(wanted.host, wanted.port) ? wanted.port : -1);
    if (port <= 0) {
      return Unavailable("cannot listen on " + options_.listen +
                         " for HTTP; is another server there? --http-listen names another address");
    }
    address_ = options_.listen.substr(0, options_.listen.rfind(':') + 1) + std::to_string(port);
    http_->Start();
    return Ok{};
  }

  const std::string& address() const override { return address_; }

  void Stop(std::chrono::milliseconds patience) override {
    stopping_ = true;
    if (http_) http_->Stop(patience);
  }

 private:
  Status Make() {
    if (options_.tls) {
      tls_ = std::make_unique<TlsPair>(options_.tls->cert, options_.tls->key, options_.tls->reload);
      VENTRAL_RETURN_IF_ERROR(tls_->Load());
      context_ = tls_->MakeContext();
      if (!context_) return Internal("OpenSSL has no memory");
    }
    http_ = std::make_unique<BoundedServer>(options_.threads, Limits(), context_.get());
    http_->set_payload_max_length(options_.largest_body);
    http_->set_socket_options([](socket_t socket) {  // not SO_REUSEPORT: two would share it unseen
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    return Ok{};
  }

  StreamLimits Limits() const {
    StreamLimits limits;
    limits.all = options_.largest_body + options_.largest_body / 4 + limits.head;  // chunks' sizes
    limits.longest_head = options_.longest_head;
    limits.longest_request = options_.longest_body;
    limits.read_stall = options_.read_stall;
    limits.write_stall = options_.write_stall;
    return limits;
  }

  void Route() {
    http_->set_pre_routing_handler(RefuseUnhandled);
    http_->Get("/healthz", [](const Request&, Response& response) {
      response.set_content("ok\n", "text/plain");
    });
    http_->Get("/readyz", [this](const Request&, Response& response) {
      const Status ready = options_.ready ? options_.ready() : Status(Ok{});
      response.status = ready.ok() ? 200 : 503;
      response.set_content(ready.ok() ? "ok\n" : "not ready\n", "text/plain");
    });
    if (options_.metrics) {
      http_->Get("/metrics", [this](const Request& request, Response& response) {
        if (!options_.open_metrics && !IsLoopback(request.remote_addr)) {
          response.status = 403;
          response.set_content("only for this machine; --open-metrics opens it\n", "text/plain");
          return;
        }
        response.set_content(options_.metrics(), "text/plain; version=0.0.4; charset=utf-8");
      });
    }
    http_->Options(".*", [this](const Request& request, Response& response) {
      AllowOrigin(request, response);
      response.status = 204;
    });
    http_->Post(".*",
                [this](const Request& request, Response& response,
                       const httplib::ContentReader& read) { Post(request, response, read); });
    http_->set_exception_handler([](const Request&, Response& response, std::exception_ptr) {
      Set(response,
          {500, kUnaryType, ErrorJson({grpc::StatusCode::INTERNAL, "the server failed"})});
    });
  }

  void AllowOrigin(const Request& request, Response& response) const {
    const std::string origin = request.get_header_value("Origin");
    if (origin.empty()) return;
    const auto& allowed = options_.origins;
    const auto is_allowed = [&](const std::string& one) { return one == "*" || one == origin; };
    if (std::none_of(allowed.begin(), allowed.end(), is_allowed)) return;
    response.set_header("Access-Control-Allow-Origin", origin);
    response.set_header("Vary", "Origin");
    response.set_header("Access-Control-Allow-Methods", "POST");
    response.set_header(
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Connect-Protocol-Version, Connect-Timeout-Ms");
    response.set_header("Access-Control-Max-Age", "7200");
  }

  // At most largest_body; the stream bounds its time.
  bool ReadBody(const Request& request, const httplib::ContentReader& read,
                std::string* body) const {
    if (request.get_header_value<std::uint64_t>("Content-Length") > options_.largest_body) {
      return false;
    }
    return read([&](const char* bytes, std::size_t size) {
      if (stopping_ || size > options_.largest_body - body->size()) return false;
      body->append(bytes, size);
      return true;
    });
  }

  Answer WithoutBody() const {
    if (stopping_) {
      return {503, kUnaryType, ErrorJson({grpc::StatusCode::UNAVAILABLE, "the server stops"})};
    }
    return {413, kUnaryType,
            ErrorJson({grpc::StatusCode::RESOURCE_EXHAUSTED,
                       "the body is larger than " + std::to_string(options_.largest_body) +
                           " bytes, or did not come to its end"})};
  }

  void Post(const Request& request, Response& response, const httplib::ContentReader& read) {
    AllowOrigin(request, response);
    ConnectRequest asked = Read(request);
    const Target target = FindTarget(asked);
    if (target.method == nullptr) return Set(response, target.refusal);
    if (!ReadBody(request, read, &asked.body)) return Set(response, WithoutBody());
    std::unique_lock alone(large_bodies_, std::defer_lock);
    if (asked.body.size() > kLargeBody) alone.lock();
    if (!target.streams) return Set(response, CallUnary(calls_, target, asked.body));
    Stream(target, std::move(asked.body), response);
  }

  void Stream(const Target& target, std::string body, Response& response) {
    if (++streams_ > options_.threads / 2) {
      --streams_;
      return Set(response, {429, kUnaryType,
                            ErrorJson({grpc::StatusCode::RESOURCE_EXHAUSTED,
                                       "there are too many streams at once: try again later"})});
    }
    response.set_chunked_content_provider(
        kStreamType,
        [this, target, body = std::move(body)](std::size_t, httplib::DataSink& sink) {
          CallStream(
              calls_, target, body,
              [&](const std::string& bytes) { return sink.write(bytes.data(), bytes.size()); },
              [&] { return !stopping_ && sink.is_writable(); });
          sink.done();
          return true;
        },
        [this](bool) { --streams_; });
  }

  const HttpOptions options_;
  Calls calls_;
  std::mutex large_bodies_;
  std::unique_ptr<TlsPair> tls_;
  std::shared_ptr<SSL_CTX> context_;
  std::string address_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> streams_ = 0;
  std::unique_ptr<BoundedServer> http_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(HttpOptions options,
                                                      std::shared_ptr<grpc::Channel> own) {
  auto server = std::make_unique<Server>(std::move(options), std::move(own));
  VENTRAL_RETURN_IF_ERROR(server->Listen());
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace ventral::http
