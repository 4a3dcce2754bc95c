#include "client/lib/upload.h"

#include <gmock/gmock.h>

#include "tests/support/files.h"
#include "tests/unit/client/fake_service.h"

namespace ventral::client {
namespace {

using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ventral::testing::ServersWord;
using ventral::testing::WriteFile;

constexpr std::size_t kMiB = 1 << 20;

class Upload : public ::testing::Test {
 protected:
  LocalFile Make(const std::string& name, const std::string& bytes) {
    WriteFile(folder_.path() / name, bytes);
    const auto file = ReadLocalFile(folder_.path() / name);
    EXPECT_TRUE(file.ok());
    return *file;
  }
  Status Run(const std::vector<LocalFile>& files) {
    return UploadMissing(connection_, files, [&](std::int64_t done, std::int64_t total) {
      progress_.emplace_back(done, total);
    });
  }

  ventral::testing::ScratchFolder folder_;
  ventral::testing::FakeService service_;
  Connection connection_{service_.address()};
  std::vector<std::pair<std::int64_t, std::int64_t>> progress_;
  const std::string large_ = std::string(kMiB, 'a') + std::string(kMiB, 'b') + "tail";
};

TEST_F(Upload, SendsAFileWholeInPiecesOfOneMebibyte) {
  const LocalFile file = Make("net.pt2", large_);
  ASSERT_TRUE(Run({file}).ok());
  EXPECT_EQ(service_.blobs.held.at(file.sha256.hex()), large_);
  EXPECT_THAT(service_.blobs.uploads, ElementsAre(ElementsAre(kMiB, kMiB, 4)));
  const std::int64_t total = 2 * kMiB + 4;
  EXPECT_THAT(progress_, ElementsAre(std::pair<std::int64_t, std::int64_t>(kMiB, total),
                                     std::pair<std::int64_t, std::int64_t>(2 * kMiB, total),
                                     std::pair<std::int64_t, std::int64_t>(total, total)));
}

TEST_F(Upload, SendsOnlyWhatIsMissingAndThatOnce) {
  const LocalFile there = Make("there", "there already");
  const LocalFile one = Make("one", "the same bytes");
  const LocalFile two = Make("two", "the same bytes");
  service_.blobs.held[there.sha256.hex()] = "there already";
  ASSERT_TRUE(Run({there, one, two}).ok());
  EXPECT_THAT(service_.blobs.uploads, SizeIs(1));
  ASSERT_TRUE(Run({there, one, two}).ok());
  EXPECT_THAT(service_.blobs.uploads, SizeIs(1));
}

TEST_F(Upload, IsTriedOnceMoreWhenTheConnectionBreaks) {
  const LocalFile file = Make("net.pt2", large_);
  service_.blobs.refusals.Add({StatusCode::UNAVAILABLE, "socket closed"});
  const auto uploaded = Run({file});
  ASSERT_TRUE(uploaded.ok()) << uploaded.error().ToString();
  EXPECT_EQ(service_.blobs.held.at(file.sha256.hex()), large_);
  EXPECT_EQ(progress_.back().first, progress_.back().second) << "nothing is counted twice";
}

TEST_F(Upload, GivesUpAfterTheSecondCutAndNamesTheFile) {
  const LocalFile file = Make("net.pt2", large_);
  service_.blobs.refusals.Add({StatusCode::UNAVAILABLE, "socket closed"});
  service_.blobs.refusals.Add({StatusCode::UNAVAILABLE, "socket closed"});
  const auto uploaded = Run({file});
  ASSERT_FALSE(uploaded.ok());
  EXPECT_EQ(uploaded.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(uploaded.error().message, HasSubstr("net.pt2"));
  EXPECT_THAT(service_.blobs.uploads, SizeIs(2));
  EXPECT_THAT(service_.blobs.held, IsEmpty());
}

class UploadThatIsKept : public Upload {
 protected:
  UploadThatIsKept() { service_.blobs.keeps = true; }
  Status RunPatiently(const LocalFile& file) {
    const auto progress = [&](std::int64_t done, std::int64_t total) {
      progress_.emplace_back(done, total);
    };
    const auto goes_on = [&](const std::filesystem::path& path, std::int64_t there,
                             std::int64_t bytes) {
      went_on_.push_back(path.filename().string() + " " + std::to_string(there) + " of " +
                         std::to_string(bytes));
    };
    return UploadMissing(connection_, {file}, progress, goes_on, patience_);
  }

  UploadPatience patience_{4, std::chrono::milliseconds(1), std::chrono::milliseconds(1),
                           std::chrono::milliseconds(20)};
  std::vector<std::string> went_on_;
};

TEST_F(UploadThatIsKept, GoesOnBehindTheLastByteHoweverOftenItIsCut) {
  const std::string bytes(9 * kMiB + 5, 'x');
  const LocalFile file = Make("net.pt2", bytes);
  for (int i = 0; i < 8; ++i) {
    service_.blobs.refusals.Add({StatusCode::UNAVAILABLE, "socket closed"});
  }
  const auto uploaded = RunPatiently(file);
  ASSERT_TRUE(uploaded.ok()) << uploaded.error().ToString();
  EXPECT_EQ(service_.blobs.held.at(file.sha256.hex()), bytes);
  std::size_t received = 0;
  for (const auto& chunks : service_.blobs.uploads) {
    for (const std::size_t chunk : chunks) received += chunk;
  }
  EXPECT_EQ(received, bytes.size()) << "no byte came twice";
  EXPECT_EQ(progress_.back().first, progress_.back().second);
  EXPECT_THAT(went_on_, IsEmpty()) << "it is told of uploads of before alone";
}

TEST_F(UploadThatIsKept, OfBeforeIsGoneOnWithAndTold) {
  const LocalFile file = Make("net.pt2", large_);
  service_.blobs.halves[file.sha256.hex()] = large_.substr(0, kMiB + 7);
  const auto uploaded = RunPatiently(file);
  ASSERT_TRUE(uploaded.ok()) << uploaded.error().ToString();
  EXPECT_EQ(service_.blobs.held.at(file.sha256.hex()), large_);
  EXPECT_THAT(service_.blobs.uploads, ElementsAre(ElementsAre(kMiB - 3)));
  EXPECT_THAT(went_on_, ElementsAre("net.pt2 1048583 of 2097156"));
  EXPECT_EQ(progress_.front().first, static_cast<std::int64_t>(kMiB + 7));
  EXPECT_EQ(progress_.back().first, progress_.back().second);
}

TEST_F(UploadThatIsKept, BeginsAnewWhereWhatIsThereIsNotThis) {
  const LocalFile file = Make("net.pt2", large_);
  service_.blobs.halves[file.sha256.hex()] = std::string(kMiB, 'z');
  const auto uploaded = RunPatiently(file);
  ASSERT_TRUE(uploaded.ok()) << uploaded.error().ToString();
  EXPECT_EQ(service_.blobs.held.at(file.sha256.hex()), large_);
  EXPECT_THAT(service_.blobs.offsets, ElementsAre(kMiB, 0));
}

TEST_F(UploadThatIsKept, AsksAgainWhereAnotherMovedIt) {
  const LocalFile file = Make("net.pt2", large_);
  service_.blobs.halves[file.sha256.hex()] = large_.substr(0, 100);
  service_.blobs.lies = {50};
  ASSERT_TRUE(RunPatiently(file).ok());
  EXPECT_THAT(service_.blobs.offsets, ElementsAre(50, 100));
  EXPECT_EQ(service_.blobs.held.at(file.sha256.hex()), large_);
}

TEST_F(UploadThatIsKept, ImpossibleAnswersBeginAnew) {
  for (const std::int64_t lie : {std::int64_t{-5}, std::int64_t{1} << 40}) {
    const LocalFile file = Make("net.pt2", large_ + std::to_string(lie));
    service_.blobs.lies = {lie};
    ASSERT_TRUE(RunPatiently(file).ok());
    EXPECT_EQ(service_.blobs.offsets.back(), 0);
  }
}

TEST_F(UploadThatIsKept, GivesUpWhereNoTryBringsItFurther) {
  const LocalFile file = Make("net.pt2", large_);
  service_.blobs.lies.assign(50, 0);
  for (int i = 0; i < 50; ++i) {
    service_.blobs.refusals.Add({StatusCode::UNAVAILABLE, "socket closed"});
  }
  const auto uploaded = RunPatiently(file);
  ASSERT_FALSE(uploaded.ok());
  EXPECT_EQ(uploaded.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(uploaded.error().message, HasSubstr("net.pt2"));
  EXPECT_THAT(service_.blobs.uploads, SizeIs(4));
}

TEST_F(UploadThatIsKept, IsOverWhereAnotherHasFinishedIt) {
  const LocalFile file = Make("net.pt2", large_);
  service_.blobs.refusals.Add({StatusCode::UNAVAILABLE, "socket closed"});
  std::size_t tries = 0;
  const auto progress = [&](std::int64_t, std::int64_t) {
    if (tries++ == 0) service_.blobs.held[file.sha256.hex()] = large_;
  };
  ASSERT_TRUE(UploadMissing(connection_, {file}, progress, {}, patience_).ok());
  EXPECT_THAT(service_.blobs.uploads, SizeIs(1));
}

TEST_F(Upload, IsNotRepeatedWhenTheServerRefuses) {
  const LocalFile file = Make("net.pt2", large_);
  service_.blobs.refusals.Add(ServersWord(StatusCode::RESOURCE_EXHAUSTED, "at most 1 MiB"));
  const auto uploaded = Run({file});
  ASSERT_FALSE(uploaded.ok());
  EXPECT_EQ(uploaded.error().code, ErrorCode::kResourceLimit);
  EXPECT_THAT(uploaded.error().message, HasSubstr("net.pt2: at most 1 MiB"));
  EXPECT_THAT(service_.blobs.uploads, SizeIs(1));
}

TEST_F(Upload, WaitsWhileTheServerHasNoRoom) {
  const LocalFile file = Make("net.pt2", large_);
  for (int i = 0; i < 3; ++i) {
    service_.blobs.refusals.Add(
        ventral::testing::BusyWord("as many files as it can move at a time"));
  }
  const auto uploaded = Run({file});
  ASSERT_TRUE(uploaded.ok()) << uploaded.error().ToString();
  EXPECT_EQ(service_.blobs.held.at(file.sha256.hex()), large_);
  EXPECT_EQ(progress_.back().first, progress_.back().second) << "nothing is counted twice";
}

TEST_F(Upload, OfAFileThatChangedIsRefused) {
  const LocalFile file = Make("net.pt2", "as it was");
  WriteFile(file.path, "as it is now");
  const auto uploaded = Run({file});
  ASSERT_FALSE(uploaded.ok());
  EXPECT_EQ(uploaded.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(uploaded.error().message, HasSubstr("net.pt2"));
}

TEST_F(Upload, OfAFileThatVanishedIsRefused) {
  const LocalFile file = Make("net.pt2", "as it was");
  std::filesystem::remove(file.path);
  const auto uploaded = Run({file});
  ASSERT_FALSE(uploaded.ok());
  EXPECT_EQ(uploaded.error().code, ErrorCode::kNotFound);
}

TEST_F(Upload, LooksAtTheFileFirst) {
  WriteFile(folder_.path() / "empty", "");
  const std::pair<std::string, ErrorCode> cases[] = {{"missing", ErrorCode::kNotFound},
                                                     {"", ErrorCode::kInvalidInput},
                                                     {"empty", ErrorCode::kInvalidInput}};
  for (const auto& [name, code] : cases) {
    const auto file = ReadLocalFile(folder_.path() / name);
    ASSERT_FALSE(file.ok()) << name;
    EXPECT_EQ(file.error().code, code) << name;
    EXPECT_THAT(file.error().message, HasSubstr((folder_.path() / name).string()));
  }
}

}  // namespace
}  // namespace ventral::client
