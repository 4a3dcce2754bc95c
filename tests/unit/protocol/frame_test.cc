#include "worker/protocol/frame.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <random>
#include <thread>

namespace ventral {
namespace {

using ::testing::HasSubstr;

class FrameTest : public ::testing::Test {
 protected:
  void SetUp() override {
    signal(SIGPIPE, SIG_IGN);
    ASSERT_EQ(pipe(ends_.data()), 0);
  }
  void TearDown() override {
    CloseWriter();
    close(ends_[0]);
  }
  void CloseWriter() {
    if (ends_[1] >= 0) close(std::exchange(ends_[1], -1));
  }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  // What a reader with `cap` says to these bytes and then the end of the stream.
  Result<std::optional<Frame>> Read(std::string_view bytes, Bytes cap = Bytes{1000}) {
    EXPECT_EQ(write(writer(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    CloseWriter();
    return ReadFrame(reader(), cap);
  }

 private:
  std::array<int, 2> ends_{};
};

std::string Header(std::string_view magic, std::uint16_t version, std::uint16_t type,
                   std::uint64_t bytes) {
  std::string header(magic);
  header.append(reinterpret_cast<const char*>(&version), 2);
  header.append(reinterpret_cast<const char*>(&type), 2);
  header.append(reinterpret_cast<const char*>(&bytes), 8);
  return header;
}

TEST_F(FrameTest, WhatIsWrittenIsRead) {
  const std::string large(3 << 20, 'g');
  std::thread other([&] {
    EXPECT_TRUE(WriteFrame(writer(), FrameType::kProgress, "").ok());
    EXPECT_TRUE(WriteFrame(writer(), FrameType::kGram, large).ok());
    CloseWriter();
  });
  const auto first = ReadFrame(reader(), Bytes{4 << 20});
  const auto second = ReadFrame(reader(), Bytes{4 << 20});
  const auto end = ReadFrame(reader(), Bytes{4 << 20});
  other.join();
  ASSERT_TRUE(first.ok() && second.ok() && end.ok());
  EXPECT_EQ((*first)->type, FrameType::kProgress);
  EXPECT_EQ((*second)->payload, large);
  EXPECT_FALSE(end->has_value());
}

TEST_F(FrameTest, OtherMagicVersionAndTypeAreRefusedByName) {
  EXPECT_THAT(Read(Header("HTTP", 1, 1, 0)).error().message, HasSubstr("no frame"));
}
TEST_F(FrameTest, AnotherVersionIsRefusedWithBothNumbers) {
  EXPECT_THAT(Read(Header("VNTR", 7, 1, 0)).error().message,
              HasSubstr("version 7, this one speaks 1"));
}
TEST_F(FrameTest, AnUnknownTypeIsRefused) {
  EXPECT_THAT(Read(Header("VNTR", 1, 99, 0)).error().message, HasSubstr("type 99"));
}
TEST_F(FrameTest, APayloadBeyondTheCapIsRefusedBeforeItIsRead) {
  const auto frame = Read(Header("VNTR", 1, 1, ~0ull));
  ASSERT_FALSE(frame.ok());
  EXPECT_EQ(frame.error().code, ErrorCode::kResourceLimit);
}
// Would need 2^60 bytes if it were allocated as declared.
TEST_F(FrameTest, ADeclaredSizeIsNotAllocatedBeforeItsBytesCome) {
  const auto frame = Read(Header("VNTR", 1, 1, 1ull << 60) + "few", Bytes{~0ull});
  ASSERT_FALSE(frame.ok());
  EXPECT_THAT(frame.error().message, HasSubstr("ended inside a frame, after 3 of"));
}
TEST_F(FrameTest, AStreamCutInTheHeaderIsNoFrame) {
  EXPECT_EQ(Read("VNT").error().code, ErrorCode::kUnavailable);
}
TEST_F(FrameTest, RandomBytesAreNeverAFrame) {
  std::mt19937 random(7);
  std::string bytes(4096, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  EXPECT_FALSE(Read(bytes).ok());
}
TEST_F(FrameTest, WritingToAClosedPipeIsAnErrorAndNoSignal) {
  close(reader());
  EXPECT_EQ(WriteFrame(writer(), FrameType::kDone, "{}").error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace ventral
