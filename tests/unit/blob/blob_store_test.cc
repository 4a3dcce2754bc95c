// What every blob store keeps, refuses and removes, on each of its sides.
#include "server/blob/blob_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "tests/unit/blob/blob_sides.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;
using ventral::testing::GetBlob;
using ventral::testing::PutBlob;

class BlobStoreTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    side_ = ventral::testing::MakeBlobSide(GetParam());
    if (!side_) {
      GTEST_SKIP() << "needs moto[server] of tests/requirements.txt, and the ctest fixture s3";
    }
    Reopen();
  }

  void Reopen(Bytes max_blob = Bytes(10 << 20), Bytes max_total = Bytes(0)) {
    store_.reset();
    auto store = side_->Open(max_blob, max_total);
    ASSERT_TRUE(store.ok()) << store.error().ToString();
    store_ = std::move(store).value();
  }
  Status Put(std::string_view bytes) { return PutBlob(*store_, bytes); }
  Result<std::string> Get(const Digest& digest) { return GetBlob(*store_, digest); }

  std::unique_ptr<testing::BlobSide> side_;
  std::unique_ptr<BlobStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Sides, BlobStoreTest, ::testing::Values("disk", "s3"));

TEST_P(BlobStoreTest, KeepsBytesUnderTheirDigest) {
  const std::string large(3'500'000, 'x');
  for (const std::string& bytes :
       {std::string(), std::string("a"), std::string("\0\n\xff", 3), large}) {
    ASSERT_TRUE(Put(bytes).ok());
    EXPECT_TRUE(store_->Contains(DigestOf(bytes)));
    EXPECT_EQ(store_->Size(DigestOf(bytes)).value().value, bytes.size());
    EXPECT_EQ(Get(DigestOf(bytes)).value(), bytes);
  }
  Reopen();
  EXPECT_EQ(Get(DigestOf(large)).value(), large);
  EXPECT_EQ(side_->Blobs(), 4);
}

TEST_P(BlobStoreTest, TheSameBytesTwiceAreOneBlob) {
  ASSERT_TRUE(Put("once").ok());
  ASSERT_TRUE(Put("once").ok());
  EXPECT_EQ(side_->Blobs(), 1);
}

TEST_P(BlobStoreTest, UnknownDigest) {
  const Digest digest = DigestOf("never uploaded");
  EXPECT_FALSE(store_->Contains(digest));
  EXPECT_EQ(store_->Size(digest).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Get(digest).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(Get(digest).error().message, HasSubstr(digest.hex()));
}

TEST_P(BlobStoreTest, RefusesADeclaredSizeBeyondTheLimitBeforeAnythingIsWritten) {
  for (std::uint64_t size :
       {std::uint64_t{10 << 20} + 1, std::numeric_limits<std::uint64_t>::max()}) {
    const auto writer = store_->Begin(DigestOf("x"), Bytes(size));
    ASSERT_FALSE(writer.ok());
    EXPECT_EQ(writer.error().code, ErrorCode::kResourceLimit);
    EXPECT_THAT(writer.error().message, HasSubstr(std::to_string(size)));
    EXPECT_THAT(writer.error().message, HasSubstr("10485760"));
  }
  EXPECT_EQ(side_->Blobs() + side_->LeftOvers(), 0);
}

struct Upload {
  std::string name, declared_bytes;
  std::uint64_t declared_size;
  std::vector<std::string> pieces;
  std::string says;
};

TEST_P(BlobStoreTest, ABadUploadLeavesNothing) {
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
    EXPECT_EQ(side_->Blobs() + side_->LeftOvers(), 0);
  }
}

TEST_P(BlobStoreTest, AnUploadInProgressIsNotThereYet) {
  auto writer = store_->Begin(DigestOf("abc"), Bytes(3)).value();
  ASSERT_TRUE(writer->Append("ab").ok());
  EXPECT_FALSE(store_->Contains(DigestOf("abc")));
  ASSERT_TRUE(writer->Append("c").ok());
  EXPECT_FALSE(store_->Contains(DigestOf("abc")));
  ASSERT_TRUE(writer->Commit().ok());
  EXPECT_EQ(Get(DigestOf("abc")).value(), "abc");
  EXPECT_FALSE(writer->Append("d").ok());
}

TEST_P(BlobStoreTest, UploadsOfTheSameBytesAtOnce) {
  const std::string bytes(2'000'000, 'y');
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { EXPECT_TRUE(Put(bytes).ok()); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Get(DigestOf(bytes)).value(), bytes);
  EXPECT_EQ(side_->Blobs(), 1);
}

TEST_P(BlobStoreTest, AnUploadThatIsAliveSurvivesAnotherOpen) {
  auto writer = store_->Begin(DigestOf("abc"), Bytes(3)).value();
  const auto second = side_->Open(Bytes(100), Bytes(0));
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE(writer->Append("abc").ok());
  EXPECT_TRUE(writer->Commit().ok());
}

TEST_P(BlobStoreTest, DamagedBytesAreToldAndANewUploadHeals) {
  const std::string bytes = "recorded once";
  ASSERT_TRUE(Put(bytes).ok());
  for (const std::string& damaged :
       {std::string("recorded 0nce"), std::string("recorded"), std::string()}) {
    side_->Damage(DigestOf(bytes), damaged);
    const auto got = Get(DigestOf(bytes));
    ASSERT_FALSE(got.ok());
    EXPECT_EQ(got.error().code, ErrorCode::kCorruptData);
    EXPECT_THAT(got.error().message, HasSubstr(DigestOf(bytes).hex()));
    EXPECT_FALSE(store_->Contains(DigestOf(bytes)));
    EXPECT_FALSE(store_->Hold(DigestOf(bytes)).ok());
    ASSERT_TRUE(Put(bytes).ok());
    EXPECT_EQ(Get(DigestOf(bytes)).value(), bytes);
  }
}

TEST_P(BlobStoreTest, AnErrorOfTheSinkEndsTheReading) {
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

using std::chrono::hours;
using std::chrono::system_clock;

class CollectTest : public BlobStoreTest {
 protected:
  // A blob that was uploaded two days ago.
  Digest PutLongAgo(const std::string& bytes) {
    EXPECT_TRUE(Put(bytes).ok());
    side_->MakeOld(DigestOf(bytes));
    return DigestOf(bytes);
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

INSTANTIATE_TEST_SUITE_P(Sides, CollectTest, ::testing::Values("disk", "s3"));

TEST_P(CollectTest, RemovesWhatIsOldAndUnnamed) {
  const Digest named = PutLongAgo("named"), unnamed = PutLongAgo("unnamed");
  ASSERT_TRUE(Put("young").ok());
  side_->AddStranger();
  const auto collected = Collect({named.hex()}).value();
  EXPECT_EQ(collected.blobs, 1);
  EXPECT_EQ(collected.bytes.value, std::string("unnamed").size());
  EXPECT_TRUE(store_->Contains(named));
  EXPECT_TRUE(store_->Contains(DigestOf("young")));
  EXPECT_FALSE(store_->Contains(unnamed));
  EXPECT_TRUE(side_->HasStranger());
}

TEST_P(CollectTest, LeavesWhatWasHeldSince) {
  const Digest digest = PutLongAgo("wanted again");
  EXPECT_EQ(store_->Hold(digest).value(), store_->Size(digest).value());
  EXPECT_EQ(Collect({}).value().blobs, 0);
  EXPECT_EQ(store_->Hold(DigestOf("never uploaded")).error().code, ErrorCode::kNotFound);
  side_->MakeOld(digest);
  EXPECT_EQ(Collect({}).value().blobs, 1);
  EXPECT_FALSE(store_->Hold(digest).ok());
}

TEST_P(CollectTest, StopsWhenNobodyCanSayWhatIsNamed) {
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
TEST_P(CollectTest, NeverTakesWhatIsNamedMeanwhile) {
  const int blobs = side_->Many();
  std::vector<Digest> digests;
  for (int i = 0; i < blobs; ++i) digests.push_back(PutLongAgo("blob " + std::to_string(i)));
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
      if (!store_->Hold(*digest).ok()) continue;  // to be uploaded again
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

TEST_P(BlobStoreTest, HoldsNoMoreThanItMayAltogether) {
  Reopen(Bytes(100), Bytes(100));
  ASSERT_TRUE(Put(std::string(60, 'a')).ok());
  const auto refused = store_->Begin(DigestOf(std::string(41, 'b')), Bytes(41));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(refused.error().message, HasSubstr("take 100 bytes: 40 are left"));
  {
    const auto coming = store_->Begin(DigestOf(std::string(30, 'c')), Bytes(30)).value();
    ASSERT_TRUE(coming->Append(std::string(20, 'c')).ok());
    EXPECT_TRUE(store_->Begin(DigestOf("d"), Bytes(20)).ok());
    EXPECT_FALSE(store_->Begin(DigestOf("d"), Bytes(21)).ok()) << "what came has its room";
  }
  EXPECT_TRUE(Put(std::string(40, 'e')).ok()) << "it was given back";
  Reopen(Bytes(100), Bytes(100));
  EXPECT_FALSE(Put("f").ok()) << "what is there counts at the start";
}

// Else who declares much, and sends a byte now and then, would keep all others out.
TEST_P(BlobStoreTest, WhatIsDeclaredTakesNoRoomBeforeItComes) {
  Reopen(Bytes(100), Bytes(100));
  std::vector<std::unique_ptr<BlobWriter>> trickles;
  for (const char c : {'a', 'b', 'c'}) {
    trickles.push_back(store_->Begin(DigestOf(std::string(60, c)), Bytes(60)).value());
    ASSERT_TRUE(trickles.back()->Append(std::string(1, c)).ok());
  }
  ASSERT_TRUE(Put(std::string(70, 'd')).ok());
  ASSERT_TRUE(trickles[0]->Append(std::string(27, 'a')).ok());
  const Status full = trickles[0]->Append("a");
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(full.error().message, HasSubstr("take 100 bytes: 0 are left, and others came"));
  EXPECT_FALSE(trickles[0]->Commit().ok());
  trickles.erase(trickles.begin());
  EXPECT_TRUE(trickles[0]->Append(std::string(28, 'b')).ok()) << "what came of it was given back";
  trickles.clear();
  EXPECT_TRUE(Put(std::string(30, 'e')).ok());
  EXPECT_FALSE(Put("f").ok());
}

TEST_P(BlobStoreTest, CountsABlobThatCameTwiceOnce) {
  Reopen(Bytes(100), Bytes(100));
  ASSERT_TRUE(Put(std::string(40, 'a')).ok());
  ASSERT_TRUE(Put(std::string(40, 'a')).ok());
  EXPECT_TRUE(Put(std::string(60, 'b')).ok());
  EXPECT_FALSE(Put("c").ok());
}

}  // namespace
}  // namespace ventral
