#include "scoring/base/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/files.h"

namespace ventral {
namespace {

TEST(MappedFileTest, HoldsTheBytesUnderTheFilesName) {
  const testing::ScratchFolder scratch;
  const auto file = scratch.path() / "a.bin";
  const std::string content = std::string("a\0b", 3) + std::string(10'000, 'x');
  testing::WriteFile(file, content);
  auto mapped = MappedFile::Open(file);
  ASSERT_TRUE(mapped.ok()) << mapped.error().ToString();
  const MappedFile moved = std::move(*mapped);
  std::filesystem::remove(file);
  EXPECT_EQ(moved.view().name, file.string());
  EXPECT_EQ(moved.view().bytes, content);
}

TEST(MappedFileTest, AnEmptyFileHasNoBytes) {
  const testing::ScratchFolder scratch;
  testing::WriteFile(scratch.path() / "empty", "");
  const auto mapped = MappedFile::Open(scratch.path() / "empty");
  ASSERT_TRUE(mapped.ok());
  EXPECT_TRUE(mapped->view().bytes.empty());
}

TEST(MappedFileTest, RefusesWhatIsNoFile) {
  const testing::ScratchFolder scratch;
  const auto pipe = scratch.path() / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(MappedFile::Open(pipe).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(MappedFile::Open(scratch.path()).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(MappedFile::Open(scratch.path() / "absent").error().code, ErrorCode::kNotFound);
}

TEST(MappedFileTest, RefusesAFileBeyondTheLimit) {
  const testing::ScratchFolder scratch;
  testing::WriteFile(scratch.path() / "a", "12345");
  EXPECT_TRUE(MappedFile::Open(scratch.path() / "a", Bytes{5}).ok());
  EXPECT_EQ(MappedFile::Open(scratch.path() / "a", Bytes{4}).error().code,
            ErrorCode::kResourceLimit);
}

TEST(MapAllTest, NamesTheFileThatIsMissing) {
  const testing::ScratchFolder scratch;
  testing::WriteFile(scratch.path() / "a", "1");
  const std::vector<std::string> files = {(scratch.path() / "a").string(), "/nowhere/b.png"};
  const auto mapped = MapAll(files);
  ASSERT_FALSE(mapped.ok());
  EXPECT_EQ(mapped.error().message, "there is no file /nowhere/b.png");
}

}  // namespace
}  // namespace ventral
