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
