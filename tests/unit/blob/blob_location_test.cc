#include "server/blob/blob_location.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ventral {
namespace {

using ::testing::HasSubstr;

TEST(BlobLocationTest, IsAFolderOrABucket) {
  for (const char* text : {"blobs", "/var/lib/ventral/blobs", "./s3:/x"}) {
    const auto folder = ParseBlobLocation(text).value();
    EXPECT_EQ(folder.folder, text);
    EXPECT_FALSE(folder.in_bucket());
  }
  EXPECT_EQ(ParseBlobLocation("file:///var/blobs").value().folder, "/var/blobs");
  for (const char* text : {"s3://lab-blobs", "s3://lab-blobs/"}) {
    const auto bucket = ParseBlobLocation(text).value();
    EXPECT_EQ(bucket.bucket, "lab-blobs");
    EXPECT_EQ(bucket.prefix, "");
    EXPECT_TRUE(bucket.in_bucket());
  }
  EXPECT_EQ(ParseBlobLocation("s3://lab.blobs/a/b_C-1.2/").value().prefix, "a/b_C-1.2");
}

TEST(BlobLocationTest, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> wrong[] = {{"", "it is empty"},
                                                       {"gs://bucket/x", "s3://BUCKET/PREFIX"},
                                                       {"https://bucket", "s3://BUCKET/PREFIX"},
                                                       {"file://relative", "absolute path"},
                                                       {"s3://", "names no bucket"},
                                                       {"s3://ab", "names no bucket"},
                                                       {"s3://Upper", "names no bucket"},
                                                       {"s3://user:secret@host", "names no bucket"},
                                                       {"s3://a..b", "names no bucket"},
                                                       {"s3://-abc", "names no bucket"},
                                                       {"s3://bucket//x", "the prefix"},
                                                       {"s3://bucket/a/../b", "the prefix"},
                                                       {"s3://bucket/a b", "the prefix"},
                                                       {"s3://bucket/a?b=c", "the prefix"},
                                                       {"s3://bucket/%2e", "the prefix"}};
  for (const auto& [text, says] : wrong) {
    const auto location = ParseBlobLocation(text);
    ASSERT_FALSE(location.ok()) << text;
    EXPECT_EQ(location.error().code, ErrorCode::kInvalidInput) << text;
    EXPECT_THAT(location.error().message, HasSubstr(says)) << text;
  }
  EXPECT_FALSE(ParseBlobLocation("s3://bucket/" + std::string(600, 'x')).ok());
}

}  // namespace
}  // namespace ventral
