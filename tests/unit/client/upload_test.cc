#include "client/lib/upload.h"

#include <gmock/gmock.h>

#include "tests/support/files.h"
#include "tests/unit/client/fake_server.h"

namespace ventral::client {
namespace {

using ::testing::HasSubstr;

class UploadTest : public ::testing::Test {
 protected:
  LocalFile File(const std::string& name, const std::string& bytes) {
    testing::WriteFile(folder_.path() / name, bytes);
    return ReadLocalFile(folder_.path() / name).value();
  }
  Status Upload(const std::vector<LocalFile>& files) {
    return UploadMissing(connection_, files, [this](std::int64_t done, std::int64_t total) { done_ = done, total_ = total; });
  }

  testing::ScratchFolder folder_;
  testing::FakeServer server_;
  Connection connection_{server_.address()};
  std::int64_t done_ = 0, total_ = 0;
};

TEST_F(UploadTest, SendsWhatIsMissingOnceInPieces) {
  const std::string large((3 << 20) + 5, 'w');
  const LocalFile a = File("a", large), b = File("b", "bb"), copy = File("copy", "bb"), there = File("there", "t");
  server_.blobs[there.sha256.hex()] = "t";
  ASSERT_TRUE(Upload({a, b, copy, there}).ok());
  EXPECT_EQ(server_.blobs[a.sha256.hex()], large);
  EXPECT_EQ(server_.blobs.size(), 3u);
  EXPECT_EQ(done_, a.bytes + b.bytes);
}

TEST_F(UploadTest, TriesOnceMoreWhenTheConnectionBreaks) {
  const LocalFile a = File("a", "content");
  server_.uploads_to_break = 1;
  ASSERT_TRUE(Upload({a}).ok());
  EXPECT_EQ(server_.blobs[a.sha256.hex()], "content");
  EXPECT_EQ(done_, a.bytes);
  server_.uploads_to_break = 2;
  server_.blobs.clear();
  const Status failed = Upload({a});
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().message, HasSubstr("/a: no answer from the Ventral server"));
}

TEST_F(UploadTest, AFileThatGrewSinceItWasReadIsRefusedByName) {
  const LocalFile a = File("a", "content");
  testing::WriteFile(a.path, "content and more");
  EXPECT_THAT(Upload({a}).error().message, HasSubstr("/a: wrong size"));
}

TEST(ReadLocalFile, NamesWhatIsWrong) {
  testing::ScratchFolder folder;
  EXPECT_EQ(ReadLocalFile(folder.path() / "none").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(ReadLocalFile(folder.path()).error().message, HasSubstr("is no file"));
  testing::WriteFile(folder.path() / "empty", "");
  EXPECT_THAT(ReadLocalFile(folder.path() / "empty").error().message, HasSubstr("is empty"));
}

TEST(Connection, SaysWhatToDoWhenThereIsNoServer) {
  Connection connection("127.0.0.1:1");
  const auto jobs = connection.Call(connection.jobs(), &v1::JobService::StubInterface::ListJobs, v1::ListJobsRequest());
  ASSERT_FALSE(jobs.ok());
  EXPECT_EQ(jobs.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(jobs.error().message, HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(jobs.error().message, HasSubstr("VENTRAL_SERVER"));
}

}  // namespace
}  // namespace ventral::client
