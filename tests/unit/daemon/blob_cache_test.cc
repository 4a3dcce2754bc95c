#include "worker/daemon/blob_cache.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/support/files.h"

namespace ventral {
namespace {
namespace fs = std::filesystem;

using ::testing::HasSubstr;
using testing::ReadFile;
using testing::ScratchFolder;

// A server with these blobs, that counts how often it is asked.
struct Blobs {
  std::map<std::string, std::string> by_digest;
  int asked = 0;

  PackFileEntry Add(const std::string& path, const std::string& bytes) {
    const Digest digest = DigestOf(bytes);
    by_digest[digest.hex()] = bytes;
    return {path, digest, bytes.size()};
  }
  BlobCache::Source source() {
    return [this](const Digest& digest, std::uint64_t, const BlobCache::Sink& sink) -> Status {
      ++asked;
      const std::string& bytes = by_digest[digest.hex()];
      const std::size_t half = bytes.size() / 2;
      VENTRAL_RETURN_IF_ERROR(sink(std::string_view(bytes).substr(0, half)));
      return sink(std::string_view(bytes).substr(half));
    };
  }
};

void Ignore(std::int64_t, std::int64_t) {}

class BlobCacheTest : public ::testing::Test {
 protected:
  std::unique_ptr<BlobCache> Open(Bytes limit = Bytes{1 << 30}) {
    auto cache = BlobCache::Open(folder_.path(), limit);
    EXPECT_TRUE(cache.ok()) << cache.error().ToString();
    return std::move(cache).value();
  }
  Digest Listing(std::vector<PackFileEntry> files) { return DigestOf(PackListing(files)); }
  std::size_t Temporaries() {
    return static_cast<std::size_t>(std::distance(
        fs::directory_iterator(folder_.path() / "temporary"), fs::directory_iterator()));
  }
  ScratchFolder folder_;
  Blobs blobs_;
};

TEST_F(BlobCacheTest, ABlobIsFetchedOnce) {
  const auto entry = blobs_.Add("", "the checkpoint");
  {
    const auto cache = Open();
    const auto held = cache->Blob(entry.sha256, entry.bytes, blobs_.source());
    ASSERT_TRUE(held.ok()) << held.error().ToString();
    EXPECT_EQ(ReadFile(held->path), "the checkpoint");
    EXPECT_TRUE(cache->Blob(entry.sha256, entry.bytes, blobs_.source()).ok());
  }
  EXPECT_TRUE(Open()->Blob(entry.sha256, entry.bytes, blobs_.source()).ok());
  EXPECT_EQ(blobs_.asked, 1);
}

TEST_F(BlobCacheTest, OtherBytesThanItsDigestAreRefusedAndNothingIsLeft) {
  const auto entry = blobs_.Add("", "right");
  blobs_.by_digest[entry.sha256.hex()] = "wrong";
  const auto held = Open()->Blob(entry.sha256, entry.bytes, blobs_.source());
  ASSERT_FALSE(held.ok());
  EXPECT_EQ(held.error().code, ErrorCode::kCorruptData);
  EXPECT_THAT(held.error().message, HasSubstr(entry.sha256.hex()));
  EXPECT_EQ(Temporaries(), 0u);
}

TEST_F(BlobCacheTest, ADamagedCopyIsFetchedAgain) {
  const auto entry = blobs_.Add("", "the checkpoint");
  const auto cache = Open();
  const auto held = cache->Blob(entry.sha256, entry.bytes, blobs_.source());
  ASSERT_TRUE(held.ok());
  fs::permissions(held->path, fs::perms::owner_all);
  testing::WriteFile(held->path, "the chequepoint");
  ASSERT_TRUE(cache->Blob(entry.sha256, entry.bytes, blobs_.source()).ok());
  EXPECT_EQ(ReadFile(held->path), "the checkpoint");
  EXPECT_EQ(blobs_.asked, 2);
}

TEST_F(BlobCacheTest, AnErrorOfTheSourceIsTheErrorAndNothingIsLeft) {
  const auto held =
      Open()->Blob(DigestOf("x"), 1, [](const auto&, auto, const auto& sink) -> Status {
        VENTRAL_RETURN_IF_ERROR(sink("half of "));
        return Unavailable("gone");
      });
  ASSERT_FALSE(held.ok());
  EXPECT_EQ(held.error().message, "gone");
  EXPECT_EQ(Temporaries(), 0u);
}

TEST_F(BlobCacheTest, APackIsAFolderOfItsFiles) {
  const std::vector<PackFileEntry> files = {blobs_.Add("stimuli/1.png", "image"),
                                            blobs_.Add("pack.json", "{}"),
                                            blobs_.Add("stimuli/2.png", "image")};
  auto sorted = files;
  std::swap(sorted[0], sorted[1]);
  std::vector<std::int64_t> told;
  const auto cache = Open();
  const auto held = cache->Pack(Listing(sorted), files, blobs_.source(),
                                [&](std::int64_t done, std::int64_t total) {
                                  told.push_back(done);
                                  EXPECT_EQ(total, 3);
                                });
  ASSERT_TRUE(held.ok()) << held.error().ToString();
  EXPECT_EQ(ReadFile(held->path / "pack.json"), "{}");
  EXPECT_EQ(ReadFile(held->path / "stimuli/2.png"), "image");
  EXPECT_EQ(told, (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(blobs_.asked, 2);  // two files, one blob
  EXPECT_TRUE(cache->Pack(Listing(sorted), files, blobs_.source(), Ignore).ok());
  EXPECT_EQ(blobs_.asked, 2);
  fs::remove(held->path / "stimuli/1.png");
  ASSERT_TRUE(cache->Pack(Listing(sorted), files, blobs_.source(), Ignore).ok());
  EXPECT_EQ(ReadFile(held->path / "stimuli/1.png"), "image");
}

TEST_F(BlobCacheTest, APackThatIsNotItsListingIsRefused) {
  const auto one = blobs_.Add("pack.json", "{}");
  const auto held = Open()->Pack(DigestOf("another"), {one}, blobs_.source(), Ignore);
  ASSERT_FALSE(held.ok());
  EXPECT_EQ(held.error().code, ErrorCode::kCorruptData);
  EXPECT_EQ(blobs_.asked, 0);
}

TEST_F(BlobCacheTest, NoPathLeavesThePack) {
  for (const char* path : {"../outside", "/outside", "a/../../outside", ""}) {
    const std::vector<PackFileEntry> files = {blobs_.Add(path, "{}")};
    EXPECT_FALSE(Open()->Pack(Listing(files), files, blobs_.source(), Ignore).ok()) << path;
  }
  const std::vector<PackFileEntry> twice = {blobs_.Add("a", "1"), blobs_.Add("a", "2")};
  EXPECT_FALSE(Open()->Pack(Listing(twice), twice, blobs_.source(), Ignore).ok());
  const std::vector<PackFileEntry> both = {blobs_.Add("a", "1"), blobs_.Add("a/b", "2")};
  EXPECT_FALSE(Open()->Pack(Listing(both), both, blobs_.source(), Ignore).ok());
  EXPECT_EQ(Temporaries(), 0u);
}

void UsedAt(const fs::path& path, std::time_t seconds) {
  const timespec times[2] = {{seconds, 0}, {seconds, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
}

TEST_F(BlobCacheTest, TheLongestUnusedGoesFirstAndWhatIsHeldStays) {
  const auto cache = Open(Bytes{250});
  std::vector<fs::path> paths;
  std::shared_ptr<const void> pin;
  for (int i = 0; i < 4; ++i) {
    const auto entry = blobs_.Add("", std::string(100, static_cast<char>('a' + i)));
    const auto held = cache->Blob(entry.sha256, entry.bytes, blobs_.source());
    ASSERT_TRUE(held.ok());
    paths.push_back(held->path);
    if (i == 0) pin = held->pin;
    UsedAt(held->path, 1000 + i);
  }
  cache->Evict();
  EXPECT_TRUE(fs::exists(paths[0]));  // the oldest, but held
  EXPECT_FALSE(fs::exists(paths[1]));
  EXPECT_FALSE(fs::exists(paths[2]));
  EXPECT_TRUE(fs::exists(paths[3]));
}

TEST_F(BlobCacheTest, AnUnusedPackGoesWithItsFiles) {
  const auto cache = Open(Bytes{0});
  const std::vector<PackFileEntry> files = {blobs_.Add("pack.json", "{}")};
  auto held = cache->Pack(Listing(files), files, blobs_.source(), Ignore);
  ASSERT_TRUE(held.ok());
  cache->Evict();
  EXPECT_TRUE(fs::exists(held->path / "pack.json"));
  held->pin.reset();
  cache->Evict();
  EXPECT_FALSE(fs::exists(held->path));
  EXPECT_TRUE(fs::is_empty(folder_.path() / "blobs" / files[0].sha256.hex().substr(0, 2)));
}

TEST_F(BlobCacheTest, OneProcessAFolder) {
  const auto cache = Open();
  const auto second = BlobCache::Open(folder_.path(), Bytes{1});
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.error().message, HasSubstr("--cache"));
}

TEST_F(BlobCacheTest, WhatAnEarlierProcessLeftHalfWrittenIsCleared) {
  Open();
  testing::WriteFile(folder_.path() / "temporary/7/stimuli/1.png", "half");
  Open();
  EXPECT_EQ(Temporaries(), 0u);
}

TEST_F(BlobCacheTest, AFolderThatCannotBeMadeIsNamed) {
  testing::WriteFile(folder_.path() / "file", "");
  const auto cache = BlobCache::Open(folder_.path() / "file", Bytes{1});
  ASSERT_FALSE(cache.ok());
  EXPECT_THAT(cache.error().ToString(), HasSubstr("/file"));
}

}  // namespace
}  // namespace ventral
