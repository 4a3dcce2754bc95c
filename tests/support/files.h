// Scratch folders, real data, and text files for tests.
#ifndef VENTRAL_TESTS_SUPPORT_FILES_H_
#define VENTRAL_TESTS_SUPPORT_FILES_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace ventral::testing {

// A new empty folder, removed with this object.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// ../shared beside the checkout; empty where it is missing.
std::filesystem::path SharedFolder();

void WriteFile(const std::filesystem::path& file, std::string_view bytes);
std::string ReadFile(const std::filesystem::path& file);

}  // namespace ventral::testing

// Ends a test that needs real recordings or networks, saying so, where ../shared is missing.
#define VENTRAL_NEEDS_SHARED(relative)                                                    \
  if (::ventral::testing::SharedFolder().empty() ||                                       \
      !std::filesystem::exists(::ventral::testing::SharedFolder() / (relative)))          \
  GTEST_SKIP() << "needs " << (relative) << " of the shared data folder beside the checkout"

#endif  // VENTRAL_TESTS_SUPPORT_FILES_H_
