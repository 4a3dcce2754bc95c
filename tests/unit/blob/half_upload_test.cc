// Uploads that are cut and gone on with, on each side of the seam.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "server/blob/blob_store.h"
#include "tests/unit/blob/blob_sides.h"

namespace ventral {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;
using ::testing::HasSubstr;
using ventral::testing::GetBlob;
using ventral::testing::PutBlob;

constexpr std::size_t kCut = 700'000;

std::string Mixed(std::size_t size) {
  std::string bytes;
  for (std::uint32_t x = 1; bytes.size() < size; x = x * 1664525 + 1013904223) {
    bytes += static_cast<char>(x >> 24);
  }
  return bytes;
}

class HalfUploadTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    side_ = ventral::testing::MakeBlobSide(GetParam());
    if (!side_) {
      GTEST_SKIP() << "needs moto[server] of tests/requirements.txt, and the ctest fixture s3";
    }
    Reopen();
  }
  // As another server, or one that was started again.
  void Reopen(Bytes max_total = Bytes(0)) {
    store_.reset();
    auto store = side_->Open(Bytes(10 << 20), max_total);
    ASSERT_TRUE(store.ok()) << store.error().ToString();
    store_ = std::move(store).value();
  }
  // Sends bytes from there on, and is cut.
  void SendAndCut(const UploadName& upload, std::uint64_t offset, std::string_view bytes) {
    auto writer = store_->Resume(upload, Bytes(offset));
    ASSERT_TRUE(writer.ok()) << writer.error().ToString();
    ASSERT_TRUE((*writer)->Append(bytes).ok());
  }
  Status SendToTheEnd(const UploadName& upload, std::uint64_t offset, std::string_view bytes) {
    VENTRAL_ASSIGN_OR_RETURN(auto writer, store_->Resume(upload, Bytes(offset)));
    VENTRAL_RETURN_IF_ERROR(writer->Append(bytes));
    return writer->Commit();
  }
  std::uint64_t Received(const UploadName& upload) {
    const auto received = store_->Received(upload);
    EXPECT_TRUE(received.ok()) << received.error().ToString();
    return received.ok() ? received->value : 1ull << 60;
  }
  std::string_view Part(std::size_t from, std::size_t count = std::string::npos) const {
    return std::string_view(large_).substr(from, count);
  }

  const std::string large_ = Mixed(1'100'000);
  const UploadName upload_{"mara", DigestOf(large_), Bytes(large_.size())};
  std::unique_ptr<testing::BlobSide> side_;
  std::unique_ptr<BlobStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Sides, HalfUploadTest, ::testing::Values("disk", "s3"));

TEST_P(HalfUploadTest, GoesOnBehindTheLastByte) {
  EXPECT_EQ(Received(upload_), 0u);
  SendAndCut(upload_, 0, Part(0, kCut));
  const std::uint64_t first = Received(upload_);
  EXPECT_EQ(first, side_->WhatStays(kCut));
  EXPECT_FALSE(store_->Contains(upload_.digest));
  Reopen();
  SendAndCut(upload_, first, Part(first, 300'000));
  const std::uint64_t second = Received(upload_);
  EXPECT_EQ(second, side_->WhatStays(first + 300'000));
  Reopen();
  const Status sent = SendToTheEnd(upload_, second, Part(second));
  ASSERT_TRUE(sent.ok()) << sent.error().ToString();
  EXPECT_EQ(GetBlob(*store_, upload_.digest).value(), large_);
  EXPECT_EQ(Received(upload_), 0u);
  EXPECT_EQ(side_->Blobs(), 1);
  EXPECT_EQ(side_->LeftOvers(), 0);
}

TEST_P(HalfUploadTest, AllBytesMayBeThereBeforeItIsDone) {
  SendAndCut(upload_, 0, large_);
  const std::uint64_t there = Received(upload_);
  EXPECT_EQ(there, side_->WhatStays(large_.size()));
  ASSERT_TRUE(SendToTheEnd(upload_, there, Part(there)).ok());
  EXPECT_EQ(GetBlob(*store_, upload_.digest).value(), large_);
}

TEST_P(HalfUploadTest, GoesOnNowhereElse) {
  SendAndCut(upload_, 0, Part(0, kCut));
  const std::uint64_t there = Received(upload_);
  for (const std::uint64_t offset : {there + 1, there + 65'536, std::uint64_t{1}}) {
    const auto refused = store_->Resume(upload_, Bytes(offset));
    ASSERT_FALSE(refused.ok()) << offset;
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(offset)));
    EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(there) + " are there"));
  }
  EXPECT_EQ(Received(upload_), there);
}

TEST_P(HalfUploadTest, ZeroThrowsAwayWhatIsThere) {
  SendAndCut(upload_, 0, Part(0, kCut));
  side_->LetRest();
  SendAndCut(upload_, 0, Part(0, 300'000));
  EXPECT_EQ(Received(upload_), side_->WhatStays(300'000));
  side_->LetRest();
  ASSERT_TRUE(SendToTheEnd(upload_, 0, large_).ok());
  EXPECT_EQ(GetBlob(*store_, upload_.digest).value(), large_);
  EXPECT_EQ(side_->LeftOvers(), 0);
}

TEST_P(HalfUploadTest, OfAnotherOwnerDigestOrSizeIsAnother) {
  SendAndCut(upload_, 0, Part(0, kCut));
  const std::uint64_t there = side_->WhatStays(kCut);
  for (const UploadName& other : {UploadName{"noor", upload_.digest, upload_.size},
                                  UploadName{"", upload_.digest, upload_.size},
                                  UploadName{"mara", upload_.digest, Bytes(large_.size() + 1)},
                                  UploadName{"mara", DigestOf("other"), upload_.size}}) {
    EXPECT_EQ(Received(other), 0u) << other.owner;
    const auto refused = store_->Resume(other, Bytes(kCut));
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_THAT(refused.error().message, HasSubstr("and 0 are there"));
  }
  SendAndCut({"noor", upload_.digest, upload_.size}, 0, Part(0, 300'000));
  EXPECT_EQ(Received(upload_), there);
}

TEST_P(HalfUploadTest, WrongBytesAreRefusedAndThrownAway) {
  std::string wrong = large_;
  wrong[5] = static_cast<char>(wrong[5] ^ 1);
  SendAndCut(upload_, 0, std::string_view(wrong).substr(0, kCut));
  const std::uint64_t there = Received(upload_);
  const Status refused =
      there == 0 ? SendToTheEnd(upload_, 0, wrong) : SendToTheEnd(upload_, there, Part(there));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(refused.error().message, HasSubstr(DigestOf(wrong).hex()));
  EXPECT_FALSE(store_->Contains(upload_.digest));
  EXPECT_EQ(Received(upload_), 0u);
  EXPECT_EQ(side_->LeftOvers(), 0);
  EXPECT_TRUE(SendToTheEnd(upload_, 0, large_).ok());
}

TEST_P(HalfUploadTest, TooManyAndTooFewBytesAreRefusedAndThrownAway) {
  for (const std::size_t size : {large_.size() - 1, large_.size() + 1}) {
    SendAndCut(upload_, 0, Part(0, kCut));
    const std::uint64_t there = Received(upload_);
    const std::string sent = (large_ + "x").substr(there, size - there);
    EXPECT_EQ(SendToTheEnd(upload_, there, sent).error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(Received(upload_), 0u);
    EXPECT_EQ(side_->LeftOvers(), 0);
  }
}

TEST_P(HalfUploadTest, TwoOfTheSameBytesAtOnceSpoilNothing) {
  auto first = store_->Resume(upload_, Bytes(0)).value();
  ASSERT_TRUE(first->Append(Part(0, kCut)).ok());
  ASSERT_TRUE(SendToTheEnd(upload_, 0, large_).ok());
  EXPECT_EQ(GetBlob(*store_, upload_.digest).value(), large_);
  ASSERT_TRUE(first->Append(Part(kCut)).ok());
  (void)first->Commit().ok();  // where both wrote to one place, it may be told that it was too late
  first.reset();
  EXPECT_EQ(GetBlob(*store_, upload_.digest).value(), large_);
  EXPECT_EQ(side_->Blobs(), 1);
  EXPECT_EQ(side_->LeftOvers(), 0);
}

TEST_P(HalfUploadTest, IsCollectedAfterADay) {
  SendAndCut(upload_, 0, Part(0, kCut));
  const auto now = system_clock::now();
  ASSERT_TRUE(store_->RemoveHalves(now + hours(23)).ok());
  EXPECT_EQ(Received(upload_), side_->WhatStays(kCut));
  // However short blobs are kept.
  const auto all = [](std::span<const Digest> asked) {
    return Result<std::vector<Digest>>(std::vector<Digest>(asked.begin(), asked.end()));
  };
  ASSERT_TRUE(store_->Collect(now + hours(1), all).ok());
  EXPECT_EQ(Received(upload_), side_->WhatStays(kCut));
  ASSERT_TRUE(store_->RemoveHalves(now + hours(25)).ok());
  EXPECT_EQ(Received(upload_), 0u);
  EXPECT_EQ(side_->LeftOvers(), 0);
  EXPECT_TRUE(SendToTheEnd(upload_, 0, large_).ok());
}

TEST_P(HalfUploadTest, CountsAsFarAsItCameWhereThereIsALimit) {
  const std::uint64_t all = 3'000'000, there = side_->WhatStays(kCut);
  Reopen(Bytes(all));
  SendAndCut(upload_, 0, Part(0, kCut));
  for (const bool reopened : {false, true}) {
    SCOPED_TRACE(reopened);
    if (reopened) Reopen(Bytes(all));
    EXPECT_TRUE(store_->Begin(DigestOf("x"), Bytes(all - there)).ok());
    EXPECT_FALSE(store_->Begin(DigestOf("x"), Bytes(all - there + 1)).ok());
    const auto goes_on = store_->Resume(upload_, Bytes(there));
    ASSERT_TRUE(goes_on.ok());
    EXPECT_TRUE(store_->Begin(DigestOf("x"), Bytes(all - there)).ok()) << "no byte came";
  }
  ASSERT_TRUE(SendToTheEnd(upload_, there, Part(there)).ok());
  EXPECT_TRUE(store_->Begin(DigestOf("x"), Bytes(all - large_.size())).ok());
  EXPECT_FALSE(store_->Begin(DigestOf("x"), Bytes(all - large_.size() + 1)).ok());
  const UploadName other{"mara", DigestOf("other"), Bytes(1'000'000)};
  SendAndCut(other, 0, Part(0, kCut));
  ASSERT_TRUE(store_->RemoveHalves(system_clock::now() + hours(25)).ok());
  EXPECT_TRUE(store_->Begin(DigestOf("x"), Bytes(all - large_.size())).ok()) << "given back";
}

// Halves that wait for each other's room would keep it for a day, and none would become whole.
TEST_P(HalfUploadTest, LeavesNothingWhereTheRoomIsFullInItsMiddle) {
  Reopen(Bytes(1'200'000));
  for (const bool goes_on : {true, false}) {
    SCOPED_TRACE(goes_on);
    SendAndCut(upload_, 0, Part(0, kCut));
    const std::uint64_t from = goes_on ? Received(upload_) : 0;
    side_->LetRest();
    {
      auto writer = store_->Resume(upload_, Bytes(from)).value();
      const std::string other(400'000, goes_on ? 'x' : 'y');
      auto others = store_->Begin(DigestOf(other), Bytes(other.size())).value();
      ASSERT_TRUE(others->Append(other).ok());
      const Status full = writer->Append(Part(from));
      ASSERT_FALSE(full.ok());
      EXPECT_EQ(full.error().code, ErrorCode::kResourceLimit);
    }
    EXPECT_EQ(Received(upload_), 0u);
    EXPECT_EQ(side_->LeftOvers(), 0);
    EXPECT_TRUE(store_->Begin(DigestOf("x"), Bytes(1'200'000)).ok()) << "all was given back";
  }
}

// What is written over counts once.
TEST_P(HalfUploadTest, WrittenAnewTakesItsOwnRoom) {
  Reopen(Bytes(large_.size()));
  SendAndCut(upload_, 0, Part(0, kCut));
  side_->LetRest();
  ASSERT_TRUE(SendToTheEnd(upload_, 0, large_).ok());
  EXPECT_FALSE(store_->Begin(DigestOf("x"), Bytes(1)).ok());
}

TEST_P(HalfUploadTest, DeclaresNoMoreThanTheLimit) {
  const auto refused = store_->Resume({"mara", DigestOf("x"), Bytes((10 << 20) + 1)}, Bytes(0));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceLimit);
  EXPECT_EQ(side_->LeftOvers(), 0);
}

TEST_P(HalfUploadTest, NothingOfNothingIsKept) {
  (void)store_->Resume(upload_, Bytes(0)).value();
  EXPECT_EQ(side_->LeftOvers(), 0);
  const UploadName empty{"mara", DigestOf(""), Bytes(0)};
  EXPECT_TRUE(SendToTheEnd(empty, 0, "").ok());
  EXPECT_EQ(GetBlob(*store_, empty.digest).value(), "");
}

}  // namespace
}  // namespace ventral
