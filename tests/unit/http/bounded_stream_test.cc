#include "server/http/bounded_stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <thread>

#include "tests/unit/http/line.h"

namespace ventral::http {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Far from whatever a busy machine needs, and from each other.
constexpr milliseconds kShort{200}, kLong{60'000};

StreamLimits PatientLimits() {
  StreamLimits limits;
  limits.longest_head = limits.longest_request = limits.read_stall = limits.write_stall = kLong;
  limits.linger = kShort;
  return limits;
}

// Byte after byte, as httplib reads lines, until the stream says no.
std::size_t ReadAll(BoundedStream& stream, ssize_t* last) {
  std::size_t count = 0;
  char byte = 0;
  while ((*last = stream.read(&byte, 1)) > 0) ++count;
  return count;
}

TEST(BoundedStream, ReadsToTheEnd) {
  Pair pair = MakePair();
  pair.client.Say("hello");
  pair.client.Close();
  BoundedStream stream(pair.server.socket(), nullptr, PatientLimits());
  char bytes[16];
  ASSERT_EQ(stream.read(bytes, sizeof bytes), 5);
  EXPECT_EQ(std::string(bytes, 5), "hello");
  EXPECT_EQ(stream.read(bytes, sizeof bytes), 0);
  EXPECT_FALSE(stream.is_writable());
}

TEST(BoundedStream, AHeadHasSoManyBytesAndABodyMore) {
  StreamLimits limits = PatientLimits();
  limits.head = 1000;
  limits.all = 5000;
  Pair pair = MakePair();
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "some line\n";
  pair.client.Say(lines);
  BoundedStream stream(pair.server.socket(), nullptr, limits);
  ssize_t last = 0;
  EXPECT_EQ(ReadAll(stream, &last), 1000u);
  EXPECT_EQ(last, -1);
  stream.HeadIsRead();
  EXPECT_EQ(ReadAll(stream, &last), 4000u);
  EXPECT_EQ(last, -1);
}

TEST(BoundedStream, ALineOfABodyHasAsManyBytesAsAHead) {
  StreamLimits limits = PatientLimits();
  limits.head = 1000;
  Pair pair = MakePair();
  pair.client.Say("5\r\nab" + std::string(5000, 'a'));
  BoundedStream stream(pair.server.socket(), nullptr, limits);
  stream.HeadIsRead();
  char bytes[3000];
  EXPECT_EQ(stream.read(bytes, sizeof bytes), 3000);
  ssize_t last = 0;
  EXPECT_EQ(ReadAll(stream, &last), 1000u);
  EXPECT_EQ(last, -1);
}

TEST(BoundedStream, DripsDoNotPutTheHeadsTimeOff) {
  StreamLimits limits = PatientLimits();
  limits.longest_head = kShort;
  Pair pair = MakePair();
  std::thread dripping([&] { pair.client.SayUntilClosed("a", milliseconds(5), 100'000); });
  const auto begun = Clock::now();
  {
    BoundedStream stream(pair.server.socket(), nullptr, limits);
    ssize_t last = 0;
    ReadAll(stream, &last);
    EXPECT_EQ(last, -1);
  }
  EXPECT_GE(Clock::now() - begun, kShort);
  pair.server.Close();
  dripping.join();
}

TEST(BoundedStream, SilenceAndDripsEndABody) {
  StreamLimits limits = PatientLimits();
  limits.read_stall = kShort;
  Pair silent = MakePair();
  BoundedStream first(silent.server.socket(), nullptr, limits);
  first.HeadIsRead();
  char byte = 0;
  EXPECT_EQ(first.read(&byte, 1), -1);

  limits = PatientLimits();
  limits.longest_request = kShort;
  Pair pair = MakePair();
  std::thread dripping([&] { pair.client.SayUntilClosed("a", milliseconds(5), 100'000); });
  BoundedStream second(pair.server.socket(), nullptr, limits);
  second.HeadIsRead();
  ssize_t last = 0;
  ReadAll(second, &last);
  EXPECT_EQ(last, -1);
  pair.server.Close();
  dripping.join();
}

TEST(BoundedStream, WritesAllToWhoReads) {
  Pair pair = MakePair();
  std::string heard;
  std::thread reading([&] { heard = pair.client.Hear(); });
  const std::string text(4 << 20, 'x');
  BoundedStream stream(pair.server.socket(), nullptr, PatientLimits());
  EXPECT_EQ(stream.write(text), static_cast<ssize_t>(text.size()));
  stream.Finish();
  reading.join();
  EXPECT_EQ(heard.size(), text.size());
}

TEST(BoundedStream, WhoTakesNothingIsGivenUp) {
  StreamLimits limits = PatientLimits();
  limits.write_stall = kShort;
  Pair pair = MakePair();
  BoundedStream stream(pair.server.socket(), nullptr, limits);
  EXPECT_EQ(stream.write(std::string(16 << 20, 'x')), -1);
  EXPECT_FALSE(stream.is_writable());
  EXPECT_EQ(stream.write(std::string("more")), -1);
}

TEST(BoundedStream, WhoTakesALittleNowAndThenIsGivenUpToo) {
  StreamLimits limits = PatientLimits();
  limits.write_stall = milliseconds(500);
  limits.slowest_reader = 100 << 20;  // so that nothing taken here buys time
  Pair pair = MakePair();
  std::atomic<bool> ended = false;
  std::thread sipping([&] {
    char bytes[4096];
    while (!ended && recv(pair.client.socket(), bytes, sizeof bytes, 0) > 0) {
      std::this_thread::sleep_for(milliseconds(20));
    }
  });
  BoundedStream stream(pair.server.socket(), nullptr, limits);
  EXPECT_EQ(stream.write(std::string(64 << 20, 'x')), -1);
  ended = true;
  pair.server.Close();
  sipping.join();
}

TEST(BoundedStream, AStreamThatHasNothingToSayLives) {
  StreamLimits limits = PatientLimits();
  limits.longest_head = limits.longest_request = limits.read_stall = limits.write_stall = kShort;
  Pair pair = MakePair();
  BoundedStream stream(pair.server.socket(), nullptr, limits);
  stream.HeadIsRead();
  for (int i = 0; i < 3; ++i) {
    std::this_thread::sleep_for(2 * kShort);
    EXPECT_TRUE(stream.is_writable());
    EXPECT_EQ(stream.write(std::string("event")), 5);
  }
}

TEST(BoundedStream, AShutdownEndsAnyWait) {
  Pair pair = MakePair();
  std::thread ending([&] {
    std::this_thread::sleep_for(kShort);
    shutdown(pair.server.socket(), SHUT_RDWR);
  });
  BoundedStream stream(pair.server.socket(), nullptr, PatientLimits());
  const auto begun = Clock::now();
  char byte = 0;
  EXPECT_LE(stream.read(&byte, 1), 0);
  EXPECT_LT(Clock::now() - begun, kLong / 2);
  EXPECT_FALSE(stream.is_writable());
  EXPECT_EQ(stream.write(std::string("late")), -1);
  ending.join();
}

TEST(BoundedStream, AnAnswerIsHeardThoughTheRequestIsUnread) {
  Pair pair = MakePair();
  pair.client.Say(std::string(50'000, 'a'));
  {
    BoundedStream stream(pair.server.socket(), nullptr, PatientLimits());
    EXPECT_EQ(stream.write(std::string("no")), 2);
    stream.Finish();
  }
  pair.server.Close();
  EXPECT_EQ(pair.client.Hear(), "no");
}

}  // namespace
}  // namespace ventral::http
