#include "server/service/held_blob.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ventral::service {
namespace {

using ::testing::HasSubstr;

// Says what it was told about the one blob that it is asked for.
class ToldStore final : public BlobStore {
 public:
  ToldStore(bool held, Result<Bytes> size) : held_(held), size_(std::move(size)) {}
  Result<std::unique_ptr<BlobWriter>> Begin(const Digest&, Bytes) override {
    return Internal("not asked");
  }
  Result<std::unique_ptr<BlobWriter>> Resume(const UploadName&, Bytes) override {
    return Internal("not asked");
  }
  Result<Bytes> Received(const UploadName&) const override { return Internal("not asked"); }
  bool Contains(const Digest&) const override { return size_.ok(); }
  bool Hold(const Digest&) const override { return held_; }
  Result<Bytes> Size(const Digest&) const override { return size_; }
  Status Read(const Digest&, const std::function<Status(std::string_view)>&) const override {
    return Internal("not asked");
  }
  Result<Collected> Collect(std::chrono::system_clock::time_point, const Unnamed&) override {
    return Internal("not asked");
  }
  Status RemoveHalves(std::chrono::system_clock::time_point) override {
    return Internal("not asked");
  }

 private:
  const bool held_;
  const Result<Bytes> size_;
};

TEST(HeldBlobTest, BuildsOnlyUponWhatIsHeld) {
  const Digest digest = DigestOf("x");
  EXPECT_EQ(HeldBytes(ToldStore(true, Bytes(5)), digest).value(), 5);
  const auto missing = HeldBytes(ToldStore(false, NotFound("none")), digest);
  EXPECT_EQ(missing.error().code, ErrorCode::kConflict);
  const auto away = HeldBytes(ToldStore(false, Unavailable("away")), digest);
  EXPECT_EQ(away.error().code, ErrorCode::kUnavailable);
  // A collector is at it: a row that named it now would lose it.
  const auto going = HeldBytes(ToldStore(false, Bytes(5)), digest);
  ASSERT_FALSE(going.ok());
  EXPECT_EQ(going.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(going.error().message, HasSubstr("upload it again"));
}

}  // namespace
}  // namespace ventral::service
