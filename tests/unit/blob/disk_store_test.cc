// What is the disk store's alone: its files, and what a crash leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/blob/blob_store.h"
#include "tests/support/files.h"
#include "tests/unit/blob/blob_sides.h"

namespace ventral {
namespace {
namespace fs = std::filesystem;

using ::testing::HasSubstr;
using ventral::testing::GetBlob;
using ventral::testing::PutBlob;
using ventral::testing::ReadFile;
using ventral::testing::ScratchFolder;
using ventral::testing::WriteFile;

class DiskStoreTest : public ::testing::Test {
 protected:
  DiskStoreTest() { Reopen(); }
  void Reopen() {
    store_.reset();
    store_ =
        OpenDiskBlobStore({.root = scratch_.path() / "blobs", .max_blob = Bytes(10 << 20)}).value();
  }
  fs::path PlaceOf(const Digest& digest) const {
    return scratch_.path() / "blobs/sha256" / digest.hex().substr(0, 2) / digest.hex();
  }
  // Every file below the root.
  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(scratch_.path())) {
      if (!entry.is_directory()) files.push_back(entry.path().filename().string());
    }
    return files;
  }

  ScratchFolder scratch_;
  std::unique_ptr<BlobStore> store_;
};

TEST_F(DiskStoreTest, ABlobIsAFileNamedByItsDigest) {
  ASSERT_TRUE(PutBlob(*store_, "a file").ok());
  EXPECT_EQ(ReadFile(PlaceOf(DigestOf("a file"))), "a file");
  EXPECT_EQ(Files().size(), 1u);
}

TEST_F(DiskStoreTest, DamagedBytesAreKeptAside) {
  ASSERT_TRUE(PutBlob(*store_, "recorded once").ok());
  WriteFile(PlaceOf(DigestOf("recorded once")), "recorded 0nce");
  EXPECT_FALSE(GetBlob(*store_, DigestOf("recorded once")).ok());
  EXPECT_EQ(ReadFile(scratch_.path() / "blobs/damaged" / DigestOf("recorded once").hex()),
            "recorded 0nce");
}

TEST_F(DiskStoreTest, TheLargestSizeReservesNoRoom) {
  const auto writer = store_->Begin(DigestOf("x"), Bytes(10 << 20));
  ASSERT_TRUE(writer.ok());
  for (const auto& entry : fs::directory_iterator(scratch_.path() / "blobs/incoming"))
    EXPECT_EQ(entry.file_size(), 0u);
}

// A server killed in the middle of an upload: its process ends without any destructor.
TEST_F(DiskStoreTest, WhatAKilledServerLeftIsRemovedAtOpen) {
  const pid_t child = fork();
  if (child == 0) {
    auto writer = store_->Begin(DigestOf("abc"), Bytes(3)).value();
    _exit(writer->Append("ab").ok() && Files().size() == 1 ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 0);
  ASSERT_EQ(Files().size(), 1u);
  Reopen();
  EXPECT_TRUE(Files().empty());
  EXPECT_TRUE(PutBlob(*store_, "abc").ok());
}

class DiskHalfTest : public DiskStoreTest {
 protected:
  fs::path Half() const { return *fs::directory_iterator(scratch_.path() / "blobs/incoming"); }
  const UploadName upload_{"mara", DigestOf("0123456789"), Bytes(10)};
};

TEST_F(DiskHalfTest, OfAKilledServerIsGoneOnWith) {
  const pid_t child = fork();
  if (child == 0) {
    auto writer = store_->Resume(upload_, Bytes(0)).value();
    _exit(writer->Append("01234").ok() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 0);
  Reopen();
  ASSERT_EQ(store_->Received(upload_).value(), Bytes(5));
  auto writer = store_->Resume(upload_, Bytes(5)).value();
  ASSERT_TRUE(writer->Append("56789").ok());
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_EQ(GetBlob(*store_, upload_.digest).value(), "0123456789");
  EXPECT_EQ(Files().size(), 1u);
}

TEST_F(DiskHalfTest, IsOneWritersAtATime) {
  auto writer = store_->Resume(upload_, Bytes(0)).value();
  ASSERT_TRUE(writer->Append("01234").ok());
  const auto other = OpenDiskBlobStore({.root = scratch_.path() / "blobs"}).value();
  EXPECT_EQ(other->Received(upload_).value(), Bytes(5));
  const auto refused = other->Resume(upload_, Bytes(5));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("by another call"));
  const auto later = std::chrono::system_clock::now() + std::chrono::hours(48);
  ASSERT_TRUE(other->RemoveHalves(later).ok()) << "whoever is at it keeps it";
  writer.reset();
  EXPECT_TRUE(other->Resume(upload_, Bytes(5)).ok());
}

// The lock's file became the blob: whoever opened it before must not write into that.
TEST_F(DiskHalfTest, ThatIsDoneIsTouchedByNobody) {
  auto writer = store_->Resume(upload_, Bytes(0)).value();
  ASSERT_TRUE(writer->Append("0123456789").ok());
  ASSERT_TRUE(writer->Commit().ok());
  auto next = store_->Resume(upload_, Bytes(0)).value();
  ASSERT_TRUE(next->Append("xx").ok());
  EXPECT_EQ(GetBlob(*store_, upload_.digest).value(), "0123456789");
}

TEST_F(DiskHalfTest, DamagedIsRefusedAndThrownAway) {
  { ASSERT_TRUE(store_->Resume(upload_, Bytes(0)).value()->Append("01234").ok()); }
  WriteFile(Half(), "01x34");
  {
    auto writer = store_->Resume(upload_, Bytes(5)).value();
    ASSERT_TRUE(writer->Append("56789").ok());
    const Status refused = writer->Commit();
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
  }
  EXPECT_EQ(store_->Received(upload_).value(), Bytes(0));
  EXPECT_TRUE(Files().empty());
}

TEST_F(DiskHalfTest, LargerThanDeclaredIsNone) {
  { ASSERT_TRUE(store_->Resume(upload_, Bytes(0)).value()->Append("01234").ok()); }
  WriteFile(Half(), "0123456789 and more");
  EXPECT_EQ(store_->Received(upload_).value(), Bytes(0));
  EXPECT_EQ(store_->Resume(upload_, Bytes(5)).error().code, ErrorCode::kConflict);
  auto writer = store_->Resume(upload_, Bytes(0)).value();
  ASSERT_TRUE(writer->Append("0123456789").ok());
  EXPECT_TRUE(writer->Commit().ok());
}

// Its last byte came half a day ago, and it was named a moment ago.
TEST_F(DiskHalfTest, IsABlobOfNowWhenItIsDone) {
  { ASSERT_TRUE(store_->Resume(upload_, Bytes(0)).value()->Append("0123456789").ok()); }
  fs::last_write_time(Half(), fs::file_time_type::clock::now() - std::chrono::hours(12));
  ASSERT_TRUE(store_->Resume(upload_, Bytes(10)).value()->Commit().ok());
  const auto all = [](std::span<const Digest> asked) {
    return Result<std::vector<Digest>>(std::vector<Digest>(asked.begin(), asked.end()));
  };
  const auto hour_ago = std::chrono::system_clock::now() - std::chrono::hours(1);
  EXPECT_EQ(store_->Collect(hour_ago, all).value().blobs, 0);
  EXPECT_TRUE(store_->Contains(upload_.digest));
}

TEST(OpenDiskBlobStore, SaysThatTheRootCannotBeMade) {
  const ScratchFolder scratch;
  WriteFile(scratch.path() / "file", "in the way");
  const auto store = OpenDiskBlobStore({.root = scratch.path() / "file/blobs"});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(store.error().message, HasSubstr("file/blobs"));
}

}  // namespace
}  // namespace ventral
