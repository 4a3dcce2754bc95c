// A store in a bucket of its own, whose server can be told to misbehave (s3_server.h).
#ifndef VENTRAL_TESTS_UNIT_BLOB_S3_STORE_FIXTURE_H_
#define VENTRAL_TESTS_UNIT_BLOB_S3_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "server/blob/s3_store.h"
#include "tests/support/s3_server.h"
#include "tests/unit/blob/blob_sides.h"

namespace ventral::testing {

inline const std::string kSmall = "one request is enough";
inline const std::string kLarge(1'100'000, 'p');  // five parts

class S3StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    VENTRAL_NEEDS_S3();
    bucket_ = std::make_unique<S3Bucket>();
    auto store = OpenS3BlobStore(bucket_->Options());
    ASSERT_TRUE(store.ok()) << store.error().ToString();
    store_ = std::move(store).value();
  }
  Status Put(const std::string& bytes) { return PutBlob(*store_, bytes); }
  Result<std::string> Get(const std::string& bytes) { return GetBlob(*store_, DigestOf(bytes)); }
  static std::string KeyOf(const std::string& bytes) {
    const std::string hex = DigestOf(bytes).hex();
    return "lab/blobs/sha256/" + hex.substr(0, 2) + "/" + hex;
  }
  // Of requests since the last time that begin so, behind the bucket's name.
  int Count(const std::string& method, const std::string& part) const {
    const auto requests = bucket_->State().requests;
    return static_cast<int>(std::count_if(requests.begin(), requests.end(), [&](const auto& line) {
      return line.starts_with(method + " ") && line.find(part) != line.npos;
    }));
  }
  // Polls, at most a minute.
  bool SomeoneWaits() const {
    for (int i = 0; i < 6000; ++i) {
      if (bucket_->State().waiting > 0) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));  // between two looks
    }
    return false;
  }
  Result<Collected> CollectAll() {
    return store_->Collect(
        std::chrono::system_clock::now() - std::chrono::hours(24), [](std::span<const Digest> all) {
          return Result<std::vector<Digest>>(std::vector<Digest>(all.begin(), all.end()));
        });
  }

  std::unique_ptr<S3Bucket> bucket_;
  std::unique_ptr<BlobStore> store_;
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_BLOB_S3_STORE_FIXTURE_H_
