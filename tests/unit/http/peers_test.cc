#include "server/http/peers.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace ventral::http {
namespace {

sockaddr_storage Socket(const char* host) {
  sockaddr_storage made{};
  sockaddr_in four{};
  sockaddr_in6 six{};
  if (inet_pton(AF_INET, host, &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(4711);
    std::memcpy(&made, &four, sizeof four);
  } else if (inet_pton(AF_INET6, host, &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(4711);
    std::memcpy(&made, &six, sizeof six);
  }
  return made;
}

TEST(Peers, AnAddressIsReadAsItIs) {
  for (const char* host : {"192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"}) {
    EXPECT_EQ(AddressOf(Socket(host)).host, host);
    EXPECT_EQ(AddressOf(Socket(host)).port, 4711);
  }
  EXPECT_EQ(AddressOf(sockaddr_storage{}).host, "");
}

TEST(Peers, AreCountedByAddressAndByNetworkOf64Bits) {
  EXPECT_EQ(PeerOf(Socket("192.0.2.7")), "192.0.2.7");
  EXPECT_EQ(PeerOf(Socket("::ffff:192.0.2.7")), "192.0.2.7");
  EXPECT_EQ(PeerOf(Socket("2001:db8:0:1::7")), "2001:db8:0:1::/64");
  EXPECT_EQ(PeerOf(Socket("2001:db8:0:1:ffff:ffff:ffff:ffff")), "2001:db8:0:1::/64");
  EXPECT_EQ(PeerOf(Socket("2001:db8:0:2::7")), "2001:db8:0:2::/64");
  for (const char* host : {"127.0.0.1", "127.3.4.5", "::1", "::ffff:127.0.0.1", "no address"}) {
    EXPECT_EQ(PeerOf(Socket(host)), "") << host;
  }
}

TEST(Shares, EachPeerHasItsOwn) {
  Shares shares(2);
  EXPECT_TRUE(shares.Enter("a"));
  EXPECT_TRUE(shares.Enter("a"));
  EXPECT_FALSE(shares.Enter("a"));
  EXPECT_TRUE(shares.Enter("b"));
  shares.Leave("a");
  EXPECT_TRUE(shares.Enter("a"));
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(shares.Enter(""));
  shares.Leave("never came");
}

}  // namespace
}  // namespace ventral::http
