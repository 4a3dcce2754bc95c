// Uploads to a bucket that were cut: what of them stays, and who goes on with it.
#include <gmock/gmock.h>

#include <future>

#include "tests/unit/blob/s3_store_fixture.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;
using ventral::testing::GetBlob;
using ventral::testing::kLarge;
using ventral::testing::S3StoreTest;

class S3HalfTest : public S3StoreTest {
 protected:
  // Two of five parts are there.
  void SetUp() override {
    S3StoreTest::SetUp();
    if (!store_) return;
    auto writer = store_->Resume(upload_, Bytes(0)).value();
    ASSERT_TRUE(writer->Append(std::string_view(kLarge).substr(0, 700'000)).ok());
    writer.reset();
    ASSERT_EQ(store_->Received(upload_).value(), kThere);
  }
  Status Finish() {
    VENTRAL_ASSIGN_OR_RETURN(auto writer, store_->Resume(upload_, kThere));
    VENTRAL_RETURN_IF_ERROR(writer->Append(std::string_view(kLarge).substr(kThere.value)));
    return writer->Commit();
  }
  std::string HalfKey() const {
    for (const auto& [key, size] : bucket_->State().keys) {
      if (key.starts_with("lab/blobs/halves/")) return key;
    }
    return "";
  }

  static constexpr Bytes kThere{2 * (256 << 10)};
  const UploadName upload_{"mara", DigestOf(kLarge), Bytes(kLarge.size())};
};

TEST_F(S3HalfTest, NoPartIsSentAgain) {
  (void)bucket_->State();
  ASSERT_TRUE(Finish().ok());
  const auto state = bucket_->State();
  const auto sent = [&](const std::string& part) {
    return std::count_if(state.requests.begin(), state.requests.end(), [&](const auto& line) {
      return line.starts_with("PUT ") && line.find("partNumber=" + part) != line.npos;
    });
  };
  EXPECT_EQ(sent("1") + sent("2"), 0);
  EXPECT_EQ(sent("3") + sent("4") + sent("5"), 3);
  EXPECT_EQ(Get(kLarge).value(), kLarge);
  EXPECT_EQ(state.uploads, 0);
  EXPECT_EQ(HalfKey(), "");
}

// A rule of the bucket's, or somebody else, ended it.
TEST_F(S3HalfTest, WhosePartsAreGoneIsForgottenAfterOneTry) {
  bucket_->Fault("answer", "PUT", "partNumber", R"("status": 404, "code": "NoSuchUpload")");
  const Status failed = Finish();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store_->Received(upload_).value(), Bytes(0));
  EXPECT_EQ(bucket_->State().uploads, 0);
  EXPECT_TRUE(Put(kLarge).ok());
}

TEST_F(S3HalfTest, WhoseWordsAreDamagedIsNone) {
  for (const std::string& text : {std::string(), std::string("\0\n\n\n", 4),
                                  std::string(5000, '\n'), std::string(3 << 20, 'x')}) {
    bucket_->Damage(HalfKey(), text);
    EXPECT_EQ(store_->Received(upload_).value(), Bytes(0));
    EXPECT_EQ(store_->Resume(upload_, kThere).error().code, ErrorCode::kConflict);
  }
  bucket_->Age("halves", 48);
  ASSERT_TRUE(CollectAll().ok());
  EXPECT_EQ(HalfKey(), "");
}

// No lock is kept by a bucket: whoever is second at the end is told, and neither spoils the blob.
TEST_F(S3HalfTest, TwoThatGoOnWithItAtOnce) {
  auto first = store_->Resume(upload_, kThere).value(),
       second = store_->Resume(upload_, kThere).value();
  std::string other = kLarge;
  other.back() = 'q';
  ASSERT_TRUE(first->Append(std::string_view(kLarge).substr(kThere.value)).ok());
  ASSERT_TRUE(second->Append(std::string_view(other).substr(kThere.value)).ok());
  EXPECT_EQ(second->Commit().error().code, ErrorCode::kInvalidInput);
  second.reset();
  const Status told = first->Commit();
  EXPECT_TRUE(told.ok() || told.error().code == ErrorCode::kUnavailable);
  first.reset();
  EXPECT_TRUE(!store_->Contains(upload_.digest) || Get(kLarge).value() == kLarge);
  EXPECT_EQ(store_->Received(upload_).value(), Bytes(0));
  ASSERT_TRUE(Put(kLarge).ok());
  EXPECT_EQ(bucket_->State().uploads, 0);
}

TEST_F(S3HalfTest, AStoreThatIsAwayIsNoHalfThatIsNot) {
  bucket_->Fault("answer", "GET", "halves", R"("status": 503, "code": "SlowDown", "times": 99)");
  EXPECT_EQ(store_->Received(upload_).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store_->Resume(upload_, kThere).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace ventral
