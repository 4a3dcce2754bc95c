// The S3 store when its bucket does not do what it should. Each request's signature is checked by
// botocore's code (tests/support/s3_server.py).
#include "server/blob/s3_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>

#include "tests/support/files.h"
#include "tests/unit/blob/s3_store_fixture.h"

namespace ventral {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;
using ::testing::HasSubstr;
using ::testing::Not;
using ventral::testing::GetBlob;
using ventral::testing::kLarge;
using ventral::testing::kSmall;
using ventral::testing::PutBlob;
using ventral::testing::S3Bucket;
using ventral::testing::S3StoreTest;

TEST_F(S3StoreTest, KeepsBlobsUnderTheirPrefix) {
  ASSERT_TRUE(Put(kSmall).ok());
  ASSERT_TRUE(Put(kLarge).ok());
  const auto keys = bucket_->State().keys;
  EXPECT_EQ(keys.at(KeyOf(kSmall)), kSmall.size());
  EXPECT_EQ(keys.at(KeyOf(kLarge)), kLarge.size());
  for (const auto& [key, size] : keys) EXPECT_TRUE(key.starts_with("lab/blobs/sha256/")) << key;
}

TEST_F(S3StoreTest, TriesAgainWhenToldToSlowDown) {
  for (const char* method : {"PUT", "GET", "POST", "HEAD"}) {
    bucket_->Fault("answer", method, "", R"("status": 503, "code": "SlowDown", "times": 2)");
  }
  EXPECT_TRUE(Put(kLarge).ok());
  EXPECT_EQ(Get(kLarge).value(), kLarge);
}

TEST_F(S3StoreTest, GivesUpAtLastAndSaysSo) {
  ASSERT_TRUE(Put(kSmall).ok());
  bucket_->Fault("answer", "GET", KeyOf(kSmall),
                 R"("status": 503, "code": "SlowDown", "times": 99)");
  (void)bucket_->State();
  const auto got = Get(kSmall);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(got.error().context, HasSubstr("HTTP status 503 SlowDown"));
  EXPECT_THAT(got.error().ToString(), Not(HasSubstr("secret/for")));
  EXPECT_EQ(Count("GET", KeyOf(kSmall)), 5);
}

TEST_F(S3StoreTest, GoesOnBehindTheLastByteWhenAConnectionBreaks) {
  ASSERT_TRUE(Put(kLarge).ok());
  bucket_->Fault("cut", "GET", KeyOf(kLarge), R"("bytes": 200000, "times": 3)");
  (void)bucket_->State();
  EXPECT_EQ(Get(kLarge).value(), kLarge);
  EXPECT_EQ(Count("GET", KeyOf(kLarge)), 4);
}

TEST_F(S3StoreTest, EndsWhenConnectionsBringNothing) {
  ASSERT_TRUE(Put(kLarge).ok());
  bucket_->Fault("cut", "GET", KeyOf(kLarge), R"("bytes": 0, "times": 99)");
  EXPECT_EQ(Get(kLarge).error().code, ErrorCode::kUnavailable);
}

TEST_F(S3StoreTest, TellsBytesThatWereChangedOnTheirWayFromDamagedOnes) {
  ASSERT_TRUE(Put(kSmall).ok());
  bucket_->Fault("alter", "GET", KeyOf(kSmall));
  EXPECT_EQ(Get(kSmall).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Get(kSmall).value(), kSmall);
  bucket_->Damage(KeyOf(kSmall), "other bytes");
  EXPECT_EQ(Get(kSmall).error().code, ErrorCode::kCorruptData);
  EXPECT_TRUE(bucket_->State().keys.contains(KeyOf(kSmall))) << "nothing is thrown away";
}

TEST_F(S3StoreTest, APutThatLies) {
  bucket_->Fault("lie", "PUT", KeyOf(kSmall), R"("times": 99)");
  const auto put = Put(kSmall);
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(put.error().message, HasSubstr("did not keep the upload"));
}

TEST_F(S3StoreTest, ACompletionThatFailsWithStatus200IsTriedAgain) {
  bucket_->Fault("lie", "POST", "uploadId",
                 R"("body": "<Error><Code>InternalError</Code></Error>")");
  EXPECT_TRUE(Put(kLarge).ok());
  EXPECT_EQ(Get(kLarge).value(), kLarge);
}

TEST_F(S3StoreTest, ACompletionWhoseAnswerIsLostIsFoundOut) {
  bucket_->Fault("lose", "POST", "uploadId");
  bucket_->Fault("answer", "POST", "uploadId", R"("status": 404, "code": "NoSuchUpload")");
  EXPECT_TRUE(Put(kLarge).ok());
  EXPECT_EQ(Get(kLarge).value(), kLarge);
  EXPECT_EQ(bucket_->State().uploads, 0);
}

TEST_F(S3StoreTest, ACompletionThatLies) {
  bucket_->Fault("lie", "POST", "uploadId",
                 R"("body": "<CompleteMultipartUploadResult/>", "times": 99)");
  const auto put = Put(kLarge);
  EXPECT_EQ(put.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(bucket_->State().uploads, 0) << "its parts are forgotten";
}

TEST_F(S3StoreTest, ADroppedUploadLeavesNoParts) {
  {
    auto writer = store_->Begin(DigestOf(kLarge), Bytes(kLarge.size())).value();
    ASSERT_TRUE(writer->Append(std::string_view(kLarge).substr(0, 700'000)).ok());
    EXPECT_EQ(bucket_->State().uploads, 1);
  }
  const auto state = bucket_->State();
  EXPECT_EQ(state.uploads, 0);
  EXPECT_FALSE(state.keys.contains(KeyOf(kLarge)));
}

TEST_F(S3StoreTest, WrongDigestIsNeverCompleted) {
  std::string other = kLarge;
  other.back() = 'q';
  auto writer = store_->Begin(DigestOf(kLarge), Bytes(kLarge.size())).value();
  ASSERT_TRUE(writer->Append(other).ok());
  EXPECT_EQ(writer->Commit().error().code, ErrorCode::kInvalidInput);
  writer.reset();
  EXPECT_EQ(Count("POST", "uploadId"), 0);
}

TEST_F(S3StoreTest, ListsPageByPage) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Put("blob " + std::to_string(i)).ok());
  auto options = bucket_->Options();
  options.page = 2;
  options.max_total = Bytes(5 * 6 + 5);
  store_ = OpenS3BlobStore(options).value();
  EXPECT_TRUE(store_->Begin(DigestOf("fives"), Bytes(5)).ok());
  EXPECT_EQ(store_->Begin(DigestOf("sixsix"), Bytes(6)).error().code, ErrorCode::kResourceLimit);
  bucket_->Age("", 48);
  ASSERT_TRUE(store_->Hold(DigestOf("blob 3")).ok());
  EXPECT_EQ(CollectAll().value().blobs, 4);
  EXPECT_TRUE(store_->Contains(DigestOf("blob 3")));
  EXPECT_FALSE(store_->Contains(DigestOf("blob 4")));
}

TEST_F(S3StoreTest, CollectEndsUploadsOfDeadServers) {
  auto writer = store_->Begin(DigestOf(kLarge), Bytes(kLarge.size())).value();
  ASSERT_TRUE(writer->Append(std::string_view(kLarge).substr(0, 700'000)).ok());
  ASSERT_EQ(bucket_->State().uploads, 1);
  ASSERT_TRUE(CollectAll().ok());  // moto says that every upload was begun in 2010
  EXPECT_EQ(bucket_->State().uploads, 0);
  EXPECT_EQ(writer->Append(std::string_view(kLarge).substr(700'000)).error().code,
            ErrorCode::kUnavailable);
}

// The collector has looked, and its request to remove is on its way: who holds now must hear no,
// and who uploads now must not lose what it uploads.
TEST_F(S3StoreTest, WhoComesWhileABlobIsRemovedKnows) {
  for (const std::string& bytes : {kSmall, kLarge}) {
    SCOPED_TRACE(bytes.size());
    const Digest digest = DigestOf(bytes);
    ASSERT_TRUE(Put(bytes).ok());
    bucket_->Age(digest.hex(), 48);
    bucket_->Fault("wait", "DELETE", KeyOf(bytes) + "$");
    auto collected = std::async(std::launch::async, [&] { return CollectAll(); });
    ASSERT_TRUE(SomeoneWaits());
    EXPECT_TRUE(store_->Contains(digest));
    EXPECT_EQ(store_->Hold(digest).error().code, ErrorCode::kConflict);
    auto uploaded = std::async(std::launch::async, [&] { return Put(bytes); });
    // It waits: the mark is looked at again and again.
    int looks = 0;
    for (int i = 0; i < 6000 && looks < 6; ++i) looks += Count("GET", "list-type");
    EXPECT_GE(looks, 6);
    EXPECT_NE(uploaded.wait_for(std::chrono::seconds(0)), std::future_status::ready);
    bucket_->Release();
    EXPECT_EQ(collected.get().value().blobs, 1);
    const auto put = uploaded.get();
    EXPECT_TRUE(put.ok()) << put.error().ToString();
    EXPECT_TRUE(store_->Hold(digest).ok());
    EXPECT_EQ(GetBlob(*store_, digest).value(), bytes);
  }
}

// A collector that died in the middle: its mark counts for ten minutes, and is then removed.
TEST_F(S3StoreTest, AMarkOfADeadCollectorEnds) {
  const Digest digest = DigestOf(kSmall);
  ASSERT_TRUE(Put(kSmall).ok());
  bucket_->Age(digest.hex(), 48);
  bucket_->Fault("answer", "DELETE", KeyOf(kSmall) + "$",
                 R"("status": 500, "code": "InternalError")");
  EXPECT_EQ(CollectAll().error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(store_->Hold(digest).ok()) << "the request may still be on its way";
  bucket_->Age("removing", 1);
  EXPECT_TRUE(store_->Hold(digest).ok());
  bucket_->Age(digest.hex(), 48);
  ASSERT_TRUE(CollectAll().ok());
  for (const auto& [key, size] : bucket_->State().keys) {
    EXPECT_THAT(key, Not(HasSubstr(digest.hex())));
  }
}

// A pack has thousands of files.
TEST_F(S3StoreTest, HoldingWhatJustCameCostsTwoRequests) {
  ASSERT_TRUE(Put(kSmall).ok());
  (void)bucket_->State();
  EXPECT_EQ(store_->Hold(DigestOf(kSmall)).value(), Bytes(kSmall.size()));
  EXPECT_EQ(bucket_->State().requests.size(), 2u);
  EXPECT_EQ(store_->Hold(DigestOf(kLarge)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(bucket_->State().requests.size(), 1u);
}

TEST_F(S3StoreTest, AHeldBlobIsNotMarkedForRemoval) {
  const Digest digest = DigestOf(kSmall);
  ASSERT_TRUE(Put(kSmall).ok());
  bucket_->Age(digest.hex(), 48);
  ASSERT_TRUE(store_->Hold(digest).ok());
  (void)bucket_->State();
  EXPECT_EQ(CollectAll().value().blobs, 0);
  EXPECT_EQ(Count("PUT", "removing"), 0);
}

// Between the collector's first look and its mark: it looks again behind the mark.
TEST_F(S3StoreTest, WhoHeldBeforeTheMarkKeepsTheBlob) {
  const Digest digest = DigestOf(kSmall);
  ASSERT_TRUE(Put(kSmall).ok());
  bucket_->Age(digest.hex(), 48);
  bucket_->Fault("wait", "PUT", "removing");
  auto collected = std::async(std::launch::async, [&] { return CollectAll(); });
  ASSERT_TRUE(SomeoneWaits());
  EXPECT_TRUE(store_->Hold(digest).ok());
  bucket_->Release();
  EXPECT_EQ(collected.get().value().blobs, 0);
  EXPECT_TRUE(store_->Hold(digest).ok()) << "and the mark is gone";
}

TEST_F(S3StoreTest, RefusedKeysAreToldAtOpen) {
  setenv("AWS_SECRET_ACCESS_KEY", "another-secret", 1);
  const auto wrong = OpenS3BlobStore(bucket_->Options());
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().message, HasSubstr("check the keys"));
  EXPECT_THAT(wrong.error().ToString(), HasSubstr("403 SignatureDoesNotMatch"));
  EXPECT_THAT(wrong.error().ToString(), Not(HasSubstr("secret")));
  setenv("AWS_SECRET_ACCESS_KEY", "", 1);
  EXPECT_THAT(OpenS3BlobStore(bucket_->Options()).error().message,
              HasSubstr("AWS_SECRET_ACCESS_KEY is missing"));
}

TEST_F(S3StoreTest, SaysWhatIsWrongWithTheBucket) {
  auto options = bucket_->Options();
  options.bucket = "no-such-bucket";
  EXPECT_THAT(OpenS3BlobStore(options).error().message, HasSubstr("check --blobs"));
  options = bucket_->Options();
  options.region = "eu-central-1";
  EXPECT_THAT(OpenS3BlobStore(options).error().ToString(),
              HasSubstr("AuthorizationHeaderMalformed"));
  options = bucket_->Options();
  options.endpoint = "http://127.0.0.1:1";
  EXPECT_EQ(OpenS3BlobStore(options).error().code, ErrorCode::kUnavailable);
}

TEST_F(S3StoreTest, AProxyOfTheEnvironmentIsUsedOnlyWhenAskedFor) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  unsetenv("no_proxy");
  EXPECT_TRUE(OpenS3BlobStore(bucket_->Options()).ok());
  auto options = bucket_->Options();
  options.proxy_from_environment = true;
  EXPECT_FALSE(OpenS3BlobStore(options).ok());
  unsetenv("http_proxy");
}

TEST_F(S3StoreTest, TlsWithACertificateThatIsTrusted) {
  auto options = bucket_->TlsOptions();
  const auto store = OpenS3BlobStore(options);
  ASSERT_TRUE(store.ok()) << store.error().ToString();
  ASSERT_TRUE(PutBlob(**store, kLarge).ok());
  EXPECT_EQ(GetBlob(**store, DigestOf(kLarge)).value(), kLarge);
  options.ca_file.clear();
  const auto stranger = OpenS3BlobStore(options);
  ASSERT_FALSE(stranger.ok());
  EXPECT_EQ(stranger.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(stranger.error().context, HasSubstr("certificate"));
}

TEST_F(S3StoreTest, KeysFromAFile) {
  const ventral::testing::ScratchFolder scratch;
  auto options = bucket_->Options();
  options.credentials_file = scratch.path() / "credentials";
  ventral::testing::WriteFile(options.credentials_file,
                              "[default]\naws_access_key_id = AKIDFORTESTS\n"
                              "aws_secret_access_key = secret/for+tests\n");
  std::filesystem::permissions(options.credentials_file, std::filesystem::perms::owner_read);
  unsetenv("AWS_ACCESS_KEY_ID");
  const auto store = OpenS3BlobStore(options);
  EXPECT_TRUE(store.ok()) << store.error().ToString();
}

}  // namespace
}  // namespace ventral
