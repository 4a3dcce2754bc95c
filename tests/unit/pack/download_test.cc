#include "scoring/pack/build/download.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "tests/support/files.h"

namespace ventral {
namespace {

namespace fs = std::filesystem;
using testing::ReadFile;
using testing::ScratchFolder;

constexpr const char* kContent = "bytes as published";

// https_server.py for as long as this lives.
class Server {
 public:
  explicit Server(const fs::path& folder) {
    int to_child[2], from_child[2];
    if (pipe2(to_child, 0) != 0 || pipe2(from_child, 0) != 0) return;
    child_ = fork();
    if (child_ == 0) {
      dup2(to_child[0], STDIN_FILENO);
      dup2(from_child[1], STDOUT_FILENO);
      for (const int end : {to_child[0], to_child[1], from_child[0], from_child[1]}) close(end);
      execl(VENTRAL_PYTHON, VENTRAL_PYTHON, VENTRAL_SOURCE_DIR "/tests/unit/pack/https_server.py",
            folder.c_str(), nullptr);
      _exit(127);
    }
    close(to_child[0]);
    close(from_child[1]);
    stop_ = to_child[1];
    const std::unique_ptr<FILE, int (*)(FILE*)> answer(fdopen(from_child[0], "r"), fclose);
    char certificate[512];
    ready_ = std::fscanf(answer.get(), "%d %511s", &port_, certificate) == 2;
    if (ready_) certificate_ = certificate;
  }
  ~Server() {
    if (child_ <= 0) return;
    close(stop_);
    waitpid(child_, nullptr, 0);
  }
  bool ready() const { return ready_; }
  const std::string& certificate() const { return certificate_; }
  std::string Address(const std::string& path) const {
    return "https://127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  pid_t child_ = -1;
  int stop_ = -1, port_ = 0;
  bool ready_ = false;
  std::string certificate_;
};

class DownloadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.ready()) << "python3 or openssl is missing";
    setenv("SSL_CERT_FILE", server_.certificate().c_str(), 1);
    setenv("no_proxy", "127.0.0.1", 1);
    fs::create_directories(cache());
  }
  void TearDown() override { unsetenv("SSL_CERT_FILE"); }

  fs::path cache() const { return scratch_.path() / "cache"; }
  SourceFile Source(const std::string& path) const {
    return {"x", server_.Address(path), DigestOf(kContent), 18};
  }
  // The error, after which nothing may be left in the cache.
  Error Fail(const SourceFile& source) {
    const auto file = Download(source, cache());
    EXPECT_TRUE(fs::is_empty(cache()));
    return file.ok() ? Internal("it was downloaded") : file.error();
  }

  ScratchFolder scratch_;
  Server server_{scratch_.path()};
};

TEST_F(DownloadTest, KeepsWhatItFetchedByDigest) {
  for (const char* path : {"/ok", "/moved"}) {
    const auto file = Download(Source(path), cache());
    ASSERT_TRUE(file.ok()) << file.error().ToString();
    EXPECT_EQ(*file, cache() / DigestOf(kContent).hex());
    EXPECT_EQ(ReadFile(*file), kContent);
    fs::remove(*file);
  }
}

TEST_F(DownloadTest, FetchesNothingTwice) {
  ASSERT_TRUE(Download(Source("/ok"), cache()).ok());
  // There is nothing at this address, so the answer comes from the folder.
  EXPECT_TRUE(Download(Source("/missing"), cache()).ok());
  // Unless what is kept has been changed since.
  testing::WriteFile(cache() / DigestOf(kContent).hex(), "spoilt");
  EXPECT_FALSE(Download(Source("/missing"), cache()).ok());
  ASSERT_TRUE(Download(Source("/ok"), cache()).ok());
  EXPECT_EQ(ReadFile(cache() / DigestOf(kContent).hex()), kContent);
}

TEST_F(DownloadTest, RefusesOtherBytes) {
  const Error other = Fail(Source("/other"));
  EXPECT_EQ(other.code, ErrorCode::kCorruptData);
  EXPECT_NE(other.message.find(DigestOf("bytes as falsified").hex()), std::string::npos);
  const Error longer = Fail(Source("/long"));
  EXPECT_EQ(longer.code, ErrorCode::kCorruptData);
  EXPECT_NE(longer.message.find("more than the 18 bytes"), std::string::npos) << longer.message;
}

TEST_F(DownloadTest, NamesTheAddressThatFails) {
  for (const char* path : {"/missing", "/loop", "/plain"}) {
    const Error error = Fail(Source(path));
    EXPECT_EQ(error.code, ErrorCode::kUnavailable) << path << error.message;
    EXPECT_NE(error.message.find(server_.Address(path)), std::string::npos) << error.message;
  }
  SourceFile plain = Source("/ok");
  plain.url.replace(0, 5, "http");
  EXPECT_EQ(Fail(plain).code, ErrorCode::kUnavailable);
  plain.url = "file://" + server_.certificate();
  EXPECT_EQ(Fail(plain).code, ErrorCode::kUnavailable);
}

TEST_F(DownloadTest, RefusesAServerThatNobodyVouchesFor) {
  unsetenv("SSL_CERT_FILE");
  const Error error = Fail(Source("/ok"));
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_NE(error.message.find("certificate"), std::string::npos) << error.message;
}

}  // namespace
}  // namespace ventral
