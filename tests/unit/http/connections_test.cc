#include "server/http/connections.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

#include "tests/unit/http/line.h"

namespace ventral::http {
namespace {

using std::chrono::milliseconds;

// Reads until the client ends, or the socket is shut down; answers with one byte.
void Echo(int socket) {
  char byte = 0;
  while (read(socket, &byte, 1) > 0) {
    if (write(socket, &byte, 1) < 0) return;
  }
}

// The client's end of a connection that was offered.
struct Offered {
  Line client;
  Admission admission;
};

Offered Offer(Connections& connections, const std::string& peer) {
  Pair pair = MakePair();
  const int socket = dup(pair.server.socket());
  const Admission admission = connections.Take(socket, peer);
  if (admission != Admission::kTaken) close(socket);
  return {std::move(pair.client), admission};
}

bool IsServed(Offered& offered) {
  char byte = 0;
  return offered.client.Say("x") && read(offered.client.socket(), &byte, 1) == 1;
}

TEST(Connections, APeerHasAtMostHalfAndAnotherFindsRoom) {
  Connections connections(4, Echo);
  std::vector<Offered> taken;
  for (int i = 0; i < 2; ++i) taken.push_back(Offer(connections, "192.0.2.7"));
  for (Offered& one : taken) ASSERT_TRUE(IsServed(one));
  EXPECT_EQ(Offer(connections, "192.0.2.7").admission, Admission::kPeerHasItsShare);
  Offered other = Offer(connections, "192.0.2.8");
  EXPECT_TRUE(IsServed(other));
  taken.front().client.Close();
  Offered again{Line(-1), Admission::kFull};
  for (int i = 0; i < 3000 && again.admission != Admission::kTaken; ++i) {
    again = Offer(connections, "192.0.2.7");
    if (again.admission != Admission::kTaken) usleep(10'000);
  }
  EXPECT_TRUE(IsServed(again));
  taken.clear();
}

TEST(Connections, ThisMachineIsNoPeerAndWaitingIsBounded) {
  Connections connections(2, Echo);
  std::vector<Offered> taken;
  for (int i = 0; i < 2; ++i) taken.push_back(Offer(connections, ""));
  for (Offered& one : taken) ASSERT_TRUE(IsServed(one));
  for (int i = 0; i < 2; ++i) {
    taken.push_back(Offer(connections, ""));
    EXPECT_EQ(taken.back().admission, Admission::kTaken);
  }
  EXPECT_EQ(Offer(connections, "").admission, Admission::kFull);
  taken.erase(taken.begin());
  EXPECT_TRUE(IsServed(taken[1]));  // the first one that waited
}

TEST(Connections, StopWaitsThenShutsDownAndEnds) {
  Connections connections(2, Echo);
  Offered held = Offer(connections, ""), waits = Offer(connections, ""),
          behind = Offer(connections, "");
  ASSERT_TRUE(IsServed(held));
  const auto begun = std::chrono::steady_clock::now();
  connections.Stop(milliseconds(300));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds(300));
  EXPECT_EQ(held.client.Hear(), "");
  EXPECT_EQ(behind.client.Hear(), "");
  EXPECT_EQ(Offer(connections, "").admission, Admission::kFull);
}

TEST(Connections, StopEndsAtOnceWhereNobodyIs) {
  Connections connections(2, Echo);
  const auto begun = std::chrono::steady_clock::now();
  connections.Stop(milliseconds(60'000));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(30'000));
}

TEST(Connections, WhatServingThrowsEndsOneConnection) {
  Connections connections(1, [](int) { throw std::bad_alloc(); });
  for (int i = 0; i < 3; ++i) {
    Offered offered = Offer(connections, "");
    EXPECT_EQ(offered.client.Hear(), "");
  }
}

}  // namespace
}  // namespace ventral::http
