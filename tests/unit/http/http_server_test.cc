#include "server/http/http_server.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <thread>
#include <vector>

#include "tests/unit/http/line.h"

namespace ventral::http {
namespace {

using std::chrono::milliseconds;

// On loopback; behind it no gRPC server answers.
class HttpServerTest : public ::testing::Test {
 protected:
  void Start(const std::function<void(HttpOptions&)>& change = {}) {
    HttpOptions options;
    options.listen = "127.0.0.1:0";
    options.peer_key = "peer";
    if (change) change(options);
    auto server = HttpServer::Start(
        options, grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials()));
    ASSERT_TRUE(server.ok()) << server.error().ToString();
    server_ = std::move(*server);
  }
  std::string Ask(const std::string& request) const {
    Line line = Line::To(server_->address());
    line.Say(request);
    return line.Hear();
  }
  void ExpectAlive() const {
    EXPECT_TRUE(Ask("GET /healthz HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
  }

  std::unique_ptr<HttpServer> server_;
};

constexpr char kPost[] =
    "POST /ventral.v1.ModelService/ListModels HTTP/1.1\r\nContent-Type: application/json\r\n";

TEST_F(HttpServerTest, MethodsWithoutAHandlerAreRefusedUnread) {
  Start();
  for (const char* method : {"PUT", "PATCH", "DELETE", "PRI", "TRACE", "CONNECT"}) {
    Line line = Line::To(server_->address());
    line.Say(std::string(method) + " /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string answer = line.Hear();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 405")) << method << ": " << answer;
    EXPECT_NE(answer.find("Allow: GET, HEAD, POST, OPTIONS\r\n"), std::string::npos) << answer;
  }
  for (const char* path : {"/%0a", "/%00", "/a%0Db"}) {
    const std::string answer =
        Ask(std::string("POST ") + path + " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << path << ": " << answer;
  }
  ExpectAlive();
}

TEST_F(HttpServerTest, EndlessLinesEndAfterABoundedNumberOfBytes) {
  Start();
  const std::string some(8192, 'a');
  Line target = Line::To(server_->address());
  target.Say("GET /");
  EXPECT_LT(target.SayUntilClosed(some, milliseconds(0), 256 << 20), 128u << 20);

  Line headers = Line::To(server_->address());
  headers.Say("GET / HTTP/1.1\r\n");
  EXPECT_LT(headers.SayUntilClosed("X-Some: thing\r\n", milliseconds(0), 256 << 20), 128u << 20);

  Line chunk = Line::To(server_->address());
  chunk.Say(std::string(kPost) + "Transfer-Encoding: chunked\r\n\r\n");
  EXPECT_LT(chunk.SayUntilClosed(some, milliseconds(0), 256 << 20), 128u << 20);
  ExpectAlive();
}

TEST_F(HttpServerTest, ADrippingHeadEndsAtItsDeadlineAndABodyAtIts) {
  Start([](HttpOptions& options) {
    options.longest_head = milliseconds(300);
    options.longest_body = milliseconds(900);
  });
  Line head = Line::To(server_->address());
  head.Say("GET / HTTP/1.1\r\n");
  EXPECT_LT(head.SayUntilClosed("X", milliseconds(20), 1000), 1000u);
  Line body = Line::To(server_->address());
  body.Say(std::string(kPost) + "Content-Length: 100000\r\n\r\n");
  EXPECT_LT(body.SayUntilClosed(" ", milliseconds(20), 1000), 1000u);
  ExpectAlive();
}

TEST_F(HttpServerTest, ABodyThatSaysItIsTooLargeIsRefusedUnread) {
  Start();
  for (const char* length : {"8388609", "18446744073709551615", "-1"}) {
    const std::string answer = Ask(std::string(kPost) + "Content-Length: " + length + "\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413")) << length << ": " << answer;
  }
}

TEST_F(HttpServerTest, RangesCountForNothing) {
  Start();
  std::string ranges = "GET /healthz HTTP/1.1\r\nRange: bytes=0-0";
  while (ranges.size() < 8000) ranges += ",0-0";
  const std::string answer = Ask(ranges + "\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer.substr(0, 300);
  EXPECT_LT(answer.size(), 1000u);
}

TEST_F(HttpServerTest, WhoComesWhenAllPlacesAreTakenIsToldSo) {
  Start([](HttpOptions& options) {
    options.threads = 2;
    options.longest_head = std::chrono::minutes(10);
  });
  std::vector<Line> held;
  for (int i = 0; i < 4; ++i) {
    held.push_back(Line::To(server_->address()));
    held.back().Say("GET /healthz HTTP/1.1\r\n");
  }
  std::string answer;
  for (int i = 0; i < 500 && !answer.starts_with("HTTP/1.1 503"); ++i) {
    held.push_back(Line::To(server_->address()));
    if (held.size() > 64) break;
    std::this_thread::sleep_for(milliseconds(20));
    if (held.back().Ended()) answer = held.back().Hear();
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
  EXPECT_NE(answer.find("\"unavailable\""), std::string::npos) << answer;
  held.clear();
  for (int i = 0; i < 500 && !answer.starts_with("HTTP/1.1 200"); ++i) {
    answer = Ask("GET /healthz HTTP/1.1\r\n\r\n");
  }
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
}

// With no descriptor left, as on a machine whose table of files is full: connections wait, and none
// is lost.
TEST_F(HttpServerTest, ConnectionsWaitWhileTheProcessHasNoRoomForThem) {
  Start();
  std::vector<Line> lines;
  for (int i = 0; i < 30; ++i) lines.push_back(Line::Unconnected());
  const std::string address = server_->address();  // UBSan, too, needs descriptors for its looks
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{3, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &none);
  for (Line& line : lines) EXPECT_TRUE(line.Connect(address, milliseconds(100)));
  for (Line& line : lines) line.Say("GET /healthz HTTP/1.1\r\n\r\n");
  setrlimit(RLIMIT_NOFILE, &before);
  for (Line& line : lines) EXPECT_TRUE(line.Hear().starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, StopEndsBesideWhoDrips) {
  Start([](HttpOptions& options) { options.longest_head = std::chrono::minutes(10); });
  Line line = Line::To(server_->address());
  line.Say("GET /healthz HTTP/1.1\r\n");
  std::thread dripping([&] { line.SayUntilClosed("X", milliseconds(20), 30'000); });
  ExpectAlive();
  const auto begun = std::chrono::steady_clock::now();
  server_->Stop(milliseconds(500));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::minutes(1));
  dripping.join();
}

}  // namespace
}  // namespace ventral::http
