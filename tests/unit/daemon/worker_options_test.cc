#include "worker/daemon/worker_options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "tests/support/files.h"

namespace ventral {
namespace {

std::optional<WorkerOptions> Parse(std::vector<const char*> words, int* exit_code = nullptr) {
  words.insert(words.begin(), "ventral-worker");
  int code = 0;
  auto options = ParseWorkerOptions(static_cast<int>(words.size()), words.data(), code);
  if (exit_code) *exit_code = code;
  return options;
}

TEST(WorkerOptions, SizesAndDevicesAreRead) {
  const auto options = Parse({"--cache", "c", "--memory-budget", "2GiB", "--device", "cuda:1",
                              "--device", "cpu", "--device", "cuda:1", "--max-cache-bytes", "10"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->memory_budget_bytes, 2ull << 30);
  EXPECT_EQ(options->max_memory_bytes, 0u);
  EXPECT_EQ(Parse({"--cache", "c", "--max-memory", "3GiB"})->max_memory_bytes, 3ull << 30);
  EXPECT_EQ(options->max_cache_bytes, 10u);
  EXPECT_EQ(options->devices, (std::vector<std::string>{"cpu", "cuda:1"}));
  EXPECT_FALSE(options->name.empty());
}

TEST(WorkerOptions, RescoresOnlyWhereItIsAskedFor) {
  EXPECT_FALSE(Parse({"--cache", "c"})->rescore_only);
  EXPECT_TRUE(Parse({"--cache", "c", "--rescore-only"})->rescore_only);
}

TEST(WorkerOptions, AutoIsResolved) {
  EXPECT_EQ(Parse({"--cache", "c"})->devices, std::vector<std::string>{AutoDevice()});
}

TEST(WorkerOptions, TheEnvironmentIsRead) {
  setenv("VENTRAL_DEVICE", "cuda:0,cuda:2", 1);
  setenv("VENTRAL_CACHE", "from-environment", 1);
  const auto options = Parse({});
  unsetenv("VENTRAL_DEVICE");
  unsetenv("VENTRAL_CACHE");
  ASSERT_TRUE(options);
  EXPECT_EQ(options->cache, "from-environment");
  EXPECT_EQ(options->devices, (std::vector<std::string>{"cuda:0", "cuda:2"}));
}

TEST(WorkerOptions, TheSandboxIsStandardUnlessSaid) {
  EXPECT_EQ(Parse({"--cache", "c"})->sandbox, "standard");
  EXPECT_EQ(Parse({"--cache", "c", "--sandbox", "strict"})->sandbox, "strict");
  EXPECT_EQ(Parse({"--cache", "c", "--sandbox", "landlock,namespaces"})->sandbox,
            "landlock,namespaces");
}

TEST(WorkerOptions, TorchScriptIsRefusedUnlessAllowed) {
  EXPECT_FALSE(Parse({"--cache", "c"})->torchscript);
  EXPECT_TRUE(Parse({"--cache", "c", "--torchscript"})->torchscript);
}

TEST(WorkerOptions, TheTokenComesFromItsFileElseFromTheEnvironment) {
  const ::ventral::testing::ScratchFolder folder;
  const auto file = folder.path() / "token";
  ::ventral::testing::WriteFile(file, "ventral_file\n");
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  setenv("VENTRAL_TOKEN", "ventral_variable", 1);
  const auto from_file = ReadAccess(*Parse({"--cache", "c", "--token-file", file.c_str()}));
  const auto from_environment = ReadAccess(*Parse({"--cache", "c"}));
  const auto in_the_clear = ReadAccess(*Parse({"--cache", "c", "--server", "lab:1"}));
  const auto meant = ReadAccess(*Parse({"--cache", "c", "--server", "lab:1", "--insecure"}));
  unsetenv("VENTRAL_TOKEN");
  EXPECT_EQ(from_file->token, "ventral_file");
  EXPECT_EQ(from_environment->token, "ventral_variable");
  ASSERT_FALSE(in_the_clear.ok());
  EXPECT_EQ(in_the_clear.error().code, ErrorCode::kPermission);
  EXPECT_TRUE(meant.ok());
  EXPECT_EQ(ReadAccess(*Parse({"--cache", "c"}))->token, "");
}

TEST(WorkerOptions, WrongUsageEndsWithTwo) {
  const std::string long_name(101, 'n');
  for (const std::vector<const char*>& words : {std::vector<const char*>{},
                                                {"--cache", "c", "--device", "gpu"},
                                                {"--cache", "c", "--device", "cuda:x"},
                                                {"--cache", "c", "--batch-size", "0"},
                                                {"--cache", "c", "--memory-budget", "lots"},
                                                {"--cache", "c", "--name", long_name.c_str()},
                                                {"--cache", "c", "--sandbox", "none"},
                                                {"--cache", "c", "--sandbox", "strict,standard"},
                                                {"--cache", "c", "--sandbox", ""},
                                                {"--cache", "c", "--frobnicate"}}) {
    int code = 0;
    EXPECT_FALSE(Parse(words, &code));
    EXPECT_EQ(code, 2);
  }
  int code = 1;
  EXPECT_FALSE(Parse({"--help"}, &code));
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace ventral
