// A worker's connection, when its server goes away and comes back.
#include "worker/daemon/server_link.h"

#include <gtest/gtest.h>

#include "tests/unit/daemon/fake_server.h"

namespace ventral {
namespace {

TEST(ServerLink, FindsAServerThatCameBackThoughItsCallsAreShortAndRare) {
  testing::FakeServer server;
  server.Offer(server.MakeLease("checkpoint", std::chrono::milliseconds(60'000), 100));
  ServerLink link(server.address());
  v1::HeartbeatRequest request;
  const auto beat = [&] { return link.Heartbeat(request, std::chrono::milliseconds(1000)); };
  ASSERT_TRUE(beat().ok());
  server.Stop();
  for (int lost = 0; lost < 3; ++lost) {
    const auto answer = beat();
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable) << answer.error().ToString();
  }
  server.Start();
  // gRPC may try again up to 1.2 s after the last try, and a call waits a second.
  EXPECT_TRUE(beat().ok() || beat().ok() || beat().ok());
}

TEST(ServerLink, SaysWhyThereIsNoConnection) {
  testing::FakeServer server;
  const std::string address = server.address();
  server.Stop();
  ServerLink link(address);
  const auto answer = link.Heartbeat({}, std::chrono::milliseconds(1000));
  ASSERT_FALSE(answer.ok());
  EXPECT_NE(answer.error().message.find("refused"), std::string::npos) << answer.error().ToString();
}

}  // namespace
}  // namespace ventral
