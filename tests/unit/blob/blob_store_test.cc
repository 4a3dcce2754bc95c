// The disk store: what it keeps, what it refuses, and what a crash leaves.
#include "server/blob/blob_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/files.h"

namespace ventral {
namespace {
namespace fs = std::filesystem;

using ::testing::HasSubstr;
using ventral::testing::ReadFile;
using ventral::testing::ScratchFolder;
using ventral::testing::WriteFile;

class BlobStoreTest : public ::testing::Test {
 protected:
  BlobStoreTest() { Reopen(); }

  void Reopen() {
    store_.reset();
    store_ =
        OpenDiskBlobStore({.root = scratch_.path() / "blobs", .max_blob = Bytes(10 << 20)}).value();
  }
  Status Put(std::string_view bytes) {
    VENTRAL_ASSIGN_OR_RETURN(auto writer, store_->Begin(DigestOf(bytes), Bytes(bytes.size())));
    VENTRAL_RETURN_IF_ERROR(writer->Append(bytes));
    return writer->Commit();
  }
  Result<std::string> Get(const Digest& digest) {
    std::string all;
    VENTRAL_RETURN_IF_ERROR(store_->Read(digest, [&](std::string_view piece) -> Status {
      EXPECT_LE(piece.size(), std::size_t{1} << 20);
      all += piece;
      return Ok{};
    }));
    return all;
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

TEST_F(BlobStoreTest, KeepsBytesUnderTheirDigest) {
  const std::string large(3'500'000, 'x');
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string("\0\n\xff", 3), large}) {
    ASSERT_TRUE(Put(bytes).ok());
    EXPECT_TRUE(store_->Contains(DigestOf(bytes)));
    EXPECT_EQ(store_->Size(DigestOf(bytes)).value().value, bytes.size());
    EXPECT_EQ(Get(DigestOf(bytes)).value(), bytes);
    EXPECT_EQ(ReadFile(PlaceOf(DigestOf(bytes))), bytes);
  }
  Reopen();
  EXPECT_EQ(Get(DigestOf(large)).value(), large);
  EXPECT_EQ(Files().size(), 4u);
}

TEST_F(BlobStoreTest, TheSameBytesTwiceAreOneBlob) {
  ASSERT_TRUE(Put("once").ok());
  ASSERT_TRUE(Put("once").ok());
  EXPECT_EQ(Files().size(), 1u);
}

TEST_F(BlobStoreTest, UnknownDigest) {
  const Digest digest = DigestOf("never uploaded");
  EXPECT_FALSE(store_->Contains(digest));
  EXPECT_EQ(store_->Size(digest).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Get(digest).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(Get(digest).error().message, HasSubstr(digest.hex()));
}

TEST_F(BlobStoreTest, RefusesADeclaredSizeBeyondTheLimitBeforeAnythingIsWritten) {
  for (std::uint64_t size :
       {std::uint64_t{10 << 20} + 1, std::numeric_limits<std::uint64_t>::max()}) {
    const auto writer = store_->Begin(DigestOf("x"), Bytes(size));
    ASSERT_FALSE(writer.ok());
    EXPECT_EQ(writer.error().code, ErrorCode::kResourceLimit);
    EXPECT_THAT(writer.error().message, HasSubstr(std::to_string(size)));
    EXPECT_THAT(writer.error().message, HasSubstr("10485760"));
  }
  EXPECT_TRUE(Files().empty());
}

TEST_F(BlobStoreTest, TheLargestSizeReservesNoRoom) {
  const auto writer = store_->Begin(DigestOf("x"), Bytes(10 << 20));
  ASSERT_TRUE(writer.ok());
  for (const auto& entry : fs::directory_iterator(scratch_.path() / "blobs/incoming"))
    EXPECT_EQ(entry.file_size(), 0u);
}

struct Upload {
  std::string name, declared_bytes;
  std::uint64_t declared_size;
  std::vector<std::string> pieces;
  std::string says;
};

TEST_F(BlobStoreTest, ABadUploadLeavesNothing) {
  const std::vector<Upload> uploads = {
      {"too short", "abcdef", 6, {"abc"}, "declared 6 bytes and sent 3"},
      {"nothing sent", "abcdef", 6, {}, "declared 6 bytes and sent 0"},
      {"too long in one piece", "abc", 3, {"abcdef"}, "declared 3 bytes and sent at least 6"},
      {"too long in two pieces", "abc", 3, {"abc", "d"}, "declared 3 bytes and sent at least 4"},
      {"other bytes",
       "abc",
       3,
       {"abd"},
       "declared SHA-256 " + DigestOf("abc").hex() + " and its bytes have " +
           DigestOf("abd").hex()},
  };
  for (const Upload& upload : uploads) {
    SCOPED_TRACE(upload.name);
    {
      auto writer =
          store_->Begin(DigestOf(upload.declared_bytes), Bytes(upload.declared_size)).value();
      Status status = Ok{};
      for (const std::string& piece : upload.pieces) {
        if (status.ok()) status = writer->Append(piece);
      }
      if (status.ok()) status = writer->Commit();
      ASSERT_FALSE(status.ok());
      EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
      EXPECT_THAT(status.error().message, HasSubstr(upload.says));
      EXPECT_FALSE(writer->Commit().ok());
    }
    EXPECT_FALSE(store_->Contains(DigestOf(upload.declared_bytes)));
    EXPECT_TRUE(Files().empty());
  }
}

TEST_F(BlobStoreTest, AnUploadInProgressIsNotThereYet) {
  auto writer = store_->Begin(DigestOf("abc"), Bytes(3)).value();
  ASSERT_TRUE(writer->Append("ab").ok());
  EXPECT_FALSE(store_->Contains(DigestOf("abc")));
  ASSERT_TRUE(writer->Append("c").ok());
  EXPECT_FALSE(store_->Contains(DigestOf("abc")));
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_EQ(Get(DigestOf("abc")).value(), "abc");
  EXPECT_FALSE(writer->Append("d").ok());
}

TEST_F(BlobStoreTest, UploadsOfTheSameBytesAtOnce) {
  const std::string bytes(2'000'000, 'y');
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_TRUE(Put(bytes).ok()); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Get(DigestOf(bytes)).value(), bytes);
  EXPECT_EQ(Files().size(), 1u);
}

// A server killed in the middle of an upload: its process ends without any destructor.
TEST_F(BlobStoreTest, WhatAKilledServerLeftIsRemovedAtOpen) {
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
  EXPECT_TRUE(Put("abc").ok());
}

TEST_F(BlobStoreTest, AnUploadThatIsAliveSurvivesAnotherOpen) {
  auto writer = store_->Begin(DigestOf("abc"), Bytes(3)).value();
  const auto second = OpenDiskBlobStore({.root = scratch_.path() / "blobs"});
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE(writer->Append("abc").ok());
  EXPECT_TRUE(writer->Commit().ok());
}

TEST_F(BlobStoreTest, DamagedBytesAreToldAndANewUploadHeals) {
  const std::string bytes = "recorded once";
  ASSERT_TRUE(Put(bytes).ok());
  for (const std::string& damaged :
       {std::string("recorded 0nce"), std::string("recorded"), std::string()}) {
    WriteFile(PlaceOf(DigestOf(bytes)), damaged);
    const auto got = Get(DigestOf(bytes));
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.error().code, ErrorCode::kCorruptData);
    EXPECT_THAT(got.error().message, HasSubstr(DigestOf(bytes).hex()));
    EXPECT_FALSE(store_->Contains(DigestOf(bytes)));
    EXPECT_EQ(ReadFile(scratch_.path() / "blobs/damaged" / DigestOf(bytes).hex()), damaged);
    ASSERT_TRUE(Put(bytes).ok());
    EXPECT_EQ(Get(DigestOf(bytes)).value(), bytes);
  }
}

TEST_F(BlobStoreTest, AnErrorOfTheSinkEndsTheReading) {
  ASSERT_TRUE(Put(std::string(3 << 20, 'z')).ok());
  int pieces = 0;
  const auto status =
      store_->Read(DigestOf(std::string(3 << 20, 'z')), [&](std::string_view) -> Status {
        ++pieces;
        return Unavailable("the client has gone");
      });
  EXPECT_EQ(pieces, 1);
  EXPECT_EQ(status.error().code, ErrorCode::kUnavailable);
}

TEST(OpenDiskBlobStore, SaysThatTheRootCannotBeMade) {
  const ScratchFolder scratch;
  WriteFile(scratch.path() / "file", "in the way");
  const auto store = OpenDiskBlobStore({.root = scratch.path() / "file/blobs"});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(store.error().message, HasSubstr("file/blobs"));
}

using std::chrono::hours;
using std::chrono::system_clock;

class CollectTest : public BlobStoreTest {
 protected:
  // A blob that was uploaded two days ago.
  Digest PutLongAgo(const std::string& bytes) {
    EXPECT_TRUE(Put(bytes).ok());
    MakeOld(DigestOf(bytes));
    return DigestOf(bytes);
  }
  void MakeOld(const Digest& digest) {
    fs::last_write_time(PlaceOf(digest), fs::file_time_type::clock::now() - hours(48));
  }
  Result<Collected> Collect(const std::set<std::string>& named) {
    return store_->Collect(system_clock::now() - hours(24), [&](std::span<const Digest> asked) {
      return Result<std::vector<Digest>>(Without(asked, named));
    });
  }
  static std::vector<Digest> Without(std::span<const Digest> asked,
                                     const std::set<std::string>& named) {
    std::vector<Digest> free;
    for (const Digest& digest : asked) {
      if (!named.contains(digest.hex())) free.push_back(digest);
    }
    return free;
  }
};

TEST_F(CollectTest, RemovesWhatIsOldAndUnnamed) {
  const Digest named = PutLongAgo("named"), unnamed = PutLongAgo("unnamed");
  ASSERT_TRUE(Put("young").ok());
  WriteFile(scratch_.path() / "blobs/sha256/ab/notes.txt", "not a blob");
  const auto collected = Collect({named.hex()}).value();
  EXPECT_EQ(collected.blobs, 1);
  EXPECT_EQ(collected.bytes.value, std::string("unnamed").size());
  EXPECT_TRUE(store_->Contains(named));
  EXPECT_TRUE(store_->Contains(DigestOf("young")));
  EXPECT_FALSE(store_->Contains(unnamed));
  EXPECT_TRUE(fs::exists(scratch_.path() / "blobs/sha256/ab/notes.txt"));
}

TEST_F(CollectTest, LeavesWhatWasHeldSince) {
  const Digest digest = PutLongAgo("wanted again");
  EXPECT_TRUE(store_->Hold(digest));
  EXPECT_EQ(Collect({}).value().blobs, 0);
  EXPECT_FALSE(store_->Hold(DigestOf("never uploaded")));
  MakeOld(digest);
  EXPECT_EQ(Collect({}).value().blobs, 1);
  EXPECT_FALSE(store_->Hold(digest));
}

TEST_F(CollectTest, StopsWhenNobodyCanSayWhatIsNamed) {
  const Digest digest = PutLongAgo("who knows");
  const auto collected = store_->Collect(
      system_clock::now(), [](std::span<const Digest>) -> Result<std::vector<Digest>> {
        return Unavailable("no database");
      });
  ASSERT_FALSE(collected.ok());
  EXPECT_EQ(collected.error().code, ErrorCode::kUnavailable);
  EXPECT_TRUE(store_->Contains(digest));
}

// Whoever held a blob and then named it finds it for ever, though a collector runs all the time and
// was told, just before, that nobody names it.
TEST_F(CollectTest, NeverTakesWhatIsNamedMeanwhile) {
  constexpr int kBlobs = 300;
  std::vector<Digest> digests;
  for (int i = 0; i < kBlobs; ++i) digests.push_back(PutLongAgo("blob " + std::to_string(i)));
  std::mutex mutex;
  std::set<std::string> named;
  std::atomic<bool> done = false;
  std::thread collector([&] {
    while (!done) {
      const auto collected =
          store_->Collect(system_clock::now() - hours(24), [&](std::span<const Digest> asked) {
            std::set<std::string> now;
            {
              const std::lock_guard lock(mutex);
              now = named;
            }
            return Result<std::vector<Digest>>(Without(asked, now));
          });
      EXPECT_TRUE(collected.ok());
    }
  });
  std::thread submitter([&] {
    for (auto digest = digests.rbegin(); digest != digests.rend(); ++digest) {
      if (!store_->Hold(*digest)) continue;  // to be uploaded again
      const std::lock_guard lock(mutex);
      named.insert(digest->hex());
    }
    done = true;
  });
  submitter.join();
  collector.join();
  EXPECT_GT(named.size(), 0u);
  for (const std::string& hex : named) {
    EXPECT_TRUE(store_->Contains(Digest::Parse(hex).value())) << hex;
  }
}

Status StoreBytes(BlobStore& store, const std::string& bytes) {
  auto writer = store.Begin(DigestOf(bytes), Bytes(bytes.size()));
  if (!writer.ok()) return writer.error();
  VENTRAL_RETURN_IF_ERROR((*writer)->Append(bytes));
  return (*writer)->Commit();
}

TEST(BlobStoreRoom, HoldsNoMoreThanItMayAltogether) {
  const ScratchFolder scratch;
  const DiskBlobOptions options{scratch.path() / "blobs", Bytes(100), Bytes(100)};
  auto store = OpenDiskBlobStore(options).value();
  ASSERT_TRUE(StoreBytes(*store, std::string(60, 'a')).ok());
  const auto refused = store->Begin(DigestOf(std::string(41, 'b')), Bytes(41));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(refused.error().message, HasSubstr("take 100 bytes: 40 are left"));
  {
    const auto coming = store->Begin(DigestOf(std::string(30, 'c')), Bytes(30));
    ASSERT_TRUE(coming.ok());
    EXPECT_FALSE(store->Begin(DigestOf(std::string(30, 'd')), Bytes(30)).ok())
        << "what was promised to one upload is not promised to another";
  }
  EXPECT_TRUE(StoreBytes(*store, std::string(40, 'e')).ok()) << "it was given back";
  store = OpenDiskBlobStore(options).value();
  EXPECT_FALSE(StoreBytes(*store, "f").ok()) << "what is there counts at the start";
}

TEST(BlobStoreRoom, CountsABlobThatCameTwiceOnce) {
  const ScratchFolder scratch;
  auto store = OpenDiskBlobStore({scratch.path() / "blobs", Bytes(100), Bytes(100)}).value();
  ASSERT_TRUE(StoreBytes(*store, std::string(40, 'a')).ok());
  ASSERT_TRUE(StoreBytes(*store, std::string(40, 'a')).ok());
  EXPECT_TRUE(StoreBytes(*store, std::string(60, 'b')).ok());
  EXPECT_FALSE(StoreBytes(*store, "c").ok());
}

}  // namespace
}  // namespace ventral
