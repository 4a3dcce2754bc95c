// What needs no bucket: keys, addresses, answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>

#include "server/blob/s3_client.h"
#include "server/blob/s3_credentials.h"
#include "server/blob/s3_endpoint.h"
#include "server/blob/s3_half.h"
#include "server/blob/s3_upload.h"
#include "server/blob/s3_xml.h"
#include "tests/support/files.h"

namespace ventral {
namespace {
namespace fs = std::filesystem;

using ::testing::HasSubstr;
using ::testing::Not;
using ventral::testing::ScratchFolder;
using ventral::testing::WriteFile;

S3BlobOptions InBucket(const std::string& bucket, const std::string& endpoint,
                       const std::string& region) {
  S3BlobOptions options;
  options.bucket = bucket;
  options.endpoint = endpoint;
  options.region = region;
  return options;
}

TEST(S3EndpointTest, IsAwsUnlessToldOtherwise) {
  EXPECT_EQ(FindS3Endpoint(InBucket("lab", "", "eu-central-1")).value().base,
            "https://lab.s3.eu-central-1.amazonaws.com/");
  EXPECT_EQ(FindS3Endpoint(InBucket("lab.b", "", "eu-central-1")).value().base,
            "https://s3.eu-central-1.amazonaws.com/lab.b/")
      << "no certificate is good for more than one word before s3";
  unsetenv("AWS_REGION");
  unsetenv("AWS_DEFAULT_REGION");
  const auto minio = FindS3Endpoint(InBucket("lab", "https://minio.example.org:9000/", ""));
  EXPECT_EQ(minio.value().base, "https://minio.example.org:9000/lab/");
  EXPECT_EQ(minio.value().region, "us-east-1");
  EXPECT_THAT(FindS3Endpoint(InBucket("lab", "", "")).error().message, HasSubstr("--s3-region"));
  setenv("AWS_REGION", "eu-north-1", 1);
  EXPECT_EQ(FindS3Endpoint(InBucket("lab", "", "")).value().region, "eu-north-1");
  unsetenv("AWS_REGION");
  EXPECT_FALSE(FindS3Endpoint(InBucket("lab", "", "eu/../x")).ok());
}

TEST(S3EndpointTest, InTheClearOnlyToThisMachineUnlessMeant) {
  for (const char* own : {"http://127.0.0.1:9000", "http://localhost", "http://[::1]:9000"}) {
    EXPECT_TRUE(FindS3Endpoint(InBucket("lab", own, "")).ok()) << own;
  }
  S3BlobOptions open = InBucket("lab", "http://minio.example.org", "");
  EXPECT_EQ(FindS3Endpoint(open).error().code, ErrorCode::kPermission);
  EXPECT_THAT(FindS3Endpoint(open).error().message, HasSubstr("--s3-insecure-endpoint"));
  open.insecure_endpoint = true;
  EXPECT_TRUE(FindS3Endpoint(open).ok());
  for (const char* bad : {"minio:9000", "ftp://minio", "https://", "https://user:secret@minio",
                          "https://minio/path", "https://minio?x", "http://127.0.0.1.evil:x@y"}) {
    const auto refused = FindS3Endpoint(InBucket("lab", bad, ""));
    ASSERT_FALSE(refused.ok()) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput) << bad;
  }
  EXPECT_FALSE(FindS3Endpoint(InBucket("lab", "http://127.0.0.1.evil.org", "")).ok());
}

TEST(S3EndpointTest, AQueryIsWrittenAsItIsSigned) {
  EXPECT_EQ(S3Query({{"prefix", "a/b c~"}, {"list-type", "2"}, {"uploads", ""}}),
            "list-type=2&prefix=a%2Fb%20c~&uploads=");
}

TEST(S3CredentialsTest, ReadsASharedCredentialsFile) {
  const auto keys = ParseS3Keys(
      "[other]\naws_access_key_id = wrong\n\n# a comment = x\n[default]\r\n"
      "aws_access_key_id = AKID\r\n aws_secret_access_key=se/cr+et=\naws_session_token = t==\n"
      "region = eu-central-1\n[last]\naws_secret_access_key = wrong\n");
  EXPECT_EQ(keys.value().id, "AKID");
  EXPECT_EQ(keys.value().secret, "se/cr+et=");
  EXPECT_EQ(keys.value().token, "t==");
  EXPECT_THAT(ParseS3Keys("aws_access_key_id = a").error().message,
              HasSubstr("aws_secret_access_key is missing"));
  EXPECT_FALSE(ParseS3Keys("aws_access_key_id = a\naws_secret_access_key = b c").ok());
}

TEST(S3CredentialsTest, AFileOfEverybodysIsRefusedAndNoErrorHasTheSecret) {
  const ScratchFolder scratch;
  const fs::path file = scratch.path() / "credentials";
  WriteFile(file, "aws_access_key_id = AKID\naws_secret_access_key = hush hush\n");
  fs::permissions(file, fs::perms::owner_read | fs::perms::others_read);
  const auto open = S3Credentials(file).Get();
  EXPECT_EQ(open.error().code, ErrorCode::kPermission);
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  const auto bad = S3Credentials(file).Get();
  EXPECT_THAT(bad.error().ToString(), HasSubstr("credentials: a key has a space"));
  EXPECT_THAT(bad.error().ToString(), Not(HasSubstr("hush")));
  WriteFile(file, "aws_access_key_id = AKID\naws_secret_access_key = hush\n");
  S3Credentials credentials(file);
  EXPECT_EQ(credentials.Get().value().secret, "hush");
  fs::remove(file);
  EXPECT_EQ(credentials.Get().value().secret, "hush") << "a file that is away counts on";
  EXPECT_THAT(S3Credentials(file).Get().error().message, HasSubstr("cannot be read"));
}

TEST(S3PartTest, PartsGrowWithTheBlobAndNotBeyond) {
  EXPECT_EQ(S3PartOf(Bytes(8ull << 30), Bytes(8 << 20)).value(), Bytes(8 << 20));
  EXPECT_EQ(S3PartOf(Bytes(0), Bytes(8 << 20)).value(), Bytes(8 << 20));
  EXPECT_EQ(S3PartOf(Bytes(100'000'000'000), Bytes(8 << 20)).value(), Bytes(10'000'000));
  const auto refused = S3PartOf(Bytes(1ull << 40), Bytes(8 << 20));
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(refused.error().message, HasSubstr("1099511627776"));
}

TEST(S3XmlTest, ReadsAPage) {
  const auto page = ParseS3Page(
      "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
      "<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken>"
      "<Contents><Key>p/x</Key><LastModified>2026-11-30T10:25:06.123Z</LastModified>"
      "<ETag>&quot;0a&quot;</ETag><Size>8589934592</Size></Contents></ListBucketResult>");
  ASSERT_TRUE(page.ok()) << page.error().ToString();
  EXPECT_EQ(page->next, "a&b");
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].etag, "\"0a\"");
  EXPECT_EQ(page->objects[0].size, Bytes(8ull << 30));
  EXPECT_EQ(page->objects[0].modified, ParseHttpDate("Mon, 30 Nov 2026 10:25:06 GMT").value());
}

// Whatever stands there, the answer is a value or an error.
TEST(S3XmlTest, HostileAnswers) {
  const std::string deep = [] {
    std::string xml;
    for (int i = 0; i < 100'000; ++i) xml += "<a>";
    return xml;
  }();
  const std::string bomb =
      "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">"
      "<!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
      "<InitiateMultipartUploadResult><UploadId>&b;&f;</UploadId></InitiateMultipartUploadResult>";
  const std::string object =
      "<ListBucketResult><Contents><Key>k</Key><LastModified>2026-11-30T10:25:06Z</LastModified>"
      "<Size>";
  const auto of_time = [](const std::string& time) {
    return "<ListBucketResult><Contents><Key>k</Key><LastModified>" + time +
           "</LastModified><Size>5</Size></Contents></ListBucketResult>";
  };
  for (const std::string& xml :
       {std::string(), std::string("\0<", 2), std::string("<html>sorry</html>"), deep, bomb,
        object + "-1</Size></Contents></ListBucketResult>",
        object + "99999999999999999999999</Size></Contents></ListBucketResult>",
        object + "5x</Size></Contents></ListBucketResult>",
        std::string("<ListBucketResult><Contents><Key>k</Key><Size>5</Size></Contents>"
                    "</ListBucketResult>"),
        of_time("0020-11-30T10:25:06Z"), of_time("9999-11-30T10:25:06Z"), of_time("yesterday"),
        std::string("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>")}) {
    EXPECT_FALSE(ParseS3Page(xml).ok()) << xml.substr(0, 200);
    EXPECT_FALSE(ParseS3Uploads(xml).ok());
    EXPECT_FALSE(IsS3Completion(xml));
    EXPECT_EQ(S3ErrorCodeIn(xml), "");
  }
  EXPECT_FALSE(ParseS3UploadId(deep).ok());
  const auto id = ParseS3UploadId(bomb);
  EXPECT_TRUE(!id.ok() || *id == "&b;&f;") << "no entity is looked up";
  EXPECT_EQ(S3ErrorCodeIn("<Error><Code>NoSuchKey</Code><Message>secret</Message></Error>"),
            "NoSuchKey");
  EXPECT_EQ(S3ErrorCodeIn("<Error><Code>no \x1b[31m such</Code></Error>"), "");
}

// Answers with some bytes changed, cut and doubled: each parser ends, with a value or an error.
TEST(S3XmlTest, ChangedAnswers) {
  const std::string answers[] = {
      "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>t</NextContinuationToken><Contents><Key>k</Key>"
      "<LastModified>2026-11-30T10:25:06Z</LastModified><ETag>&quot;0&quot;</ETag><Size>5</Size>"
      "</Contents></ListBucketResult>",
      "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated><Upload><Key>k</Key>"
      "<UploadId>u</UploadId><Initiated>2026-11-30T10:25:06Z</Initiated></Upload>"
      "</ListMultipartUploadsResult>",
      "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
      "<Error><Code>NoSuchKey</Code><!-- c --><![CDATA[x]]></Error>"};
  std::mt19937 random(2026);
  int read = 0;
  for (int i = 0; i < 40'000; ++i) {
    std::string xml = answers[i % 4];
    for (unsigned edits = random() % 4; edits > 0; --edits) {
      const std::size_t at = random() % xml.size();
      switch (random() % 3) {
        case 0:
          xml[at] = static_cast<char>(random());
          break;
        case 1:
          xml.resize(at + 1);
          break;
        default:
          xml.insert(at, xml.substr(random() % xml.size(), random() % 40));
      }
    }
    read += ParseS3Page(xml).ok() + ParseS3Uploads(xml).ok() + ParseS3UploadId(xml).ok();
    const std::string code = S3ErrorCodeIn(xml);
    EXPECT_LE(code.size(), 64u);
  }
  EXPECT_GT(read, 1'000);
}

TEST(S3HalfTextTest, IsReadAsItWasWritten) {
  const S3Half half{"p/sha256/ab/abcd",
                    "an-id.of_S3",
                    Bytes(8 << 20),
                    std::string(64, 'a'),
                    {"\"0a\"", "\"1b\""}};
  const auto read = ParsedS3Half(WrittenS3Half(half));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->key, half.key);
  EXPECT_EQ(read->id, half.id);
  EXPECT_EQ(read->state, half.state);
  EXPECT_EQ(read->etags, half.etags);
  EXPECT_EQ(read->there(), Bytes(16 << 20));
}

TEST(S3HalfTextTest, HostileOnesAreNone) {
  const std::string state(64, 'a');
  const auto text = [](const std::string& id, const std::string& part, const std::string& hash,
                       const std::string& etags) {
    return "ventral half upload 1\nkey\n" + id + "\n" + part + "\n" + hash + "\n" + etags;
  };
  ASSERT_TRUE(ParsedS3Half(text("id", "64", state, "\"a\"\n")).has_value());
  std::string many;
  for (int i = 0; i <= 10'000; ++i) many += "a\n";
  for (const std::string& bad :
       {std::string(), std::string("\n"), std::string("ventral half upload 2\nk\ni\n64\n"),
        text("", "64", state, "a\n"), text("i d", "64", state, "a\n"),
        text("i\rd", "64", state, "a\n"), text(std::string(3000, 'i'), "64", state, "a\n"),
        text("id", "0", state, "a\n"), text("id", "-64", state, "a\n"),
        text("id", "65", state, "a\n"), text("id", "64x", state, "a\n"),
        text("id", "18446744073709551616", state, "a\n"),
        text("id", "18446744073709551552", state, "a\n"), text("id", "64", "aa", "a\n"),
        text("id", "64", state, ""), text("id", "64", state, "a"),
        text("id", "64", state, "a\n<b/>\n"), text("id", "64", state, "\n"),
        text("id", "64", state, many)}) {
    EXPECT_FALSE(ParsedS3Half(bad).has_value()) << bad.substr(0, 100);
  }
}

TEST(S3AnswerTest, SaysWhatToCheckAndNothingElseOfTheAnswer) {
  S3Answer answer;
  answer.status = 403;
  answer.code = "SignatureDoesNotMatch";
  answer.body = "<Error>StringToSign … secret</Error>";
  const Error refused = S3Error(answer, "reading k");
  EXPECT_EQ(refused.code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.message, HasSubstr("check the keys, this machine's clock"));
  EXPECT_EQ(refused.context, "reading k: HTTP status 403 SignatureDoesNotMatch");
  answer.status = 404;
  answer.code = "NoSuchBucket";
  EXPECT_THAT(S3Error(answer, "x").message, HasSubstr("check --blobs"));
  answer.status = 301;
  answer.code = "PermanentRedirect";
  EXPECT_THAT(S3Error(answer, "x").message, HasSubstr("check --s3-region"));
}

}  // namespace
}  // namespace ventral
