// The images that make_images.py writes: made by ctest before the tests, or by the first test that
// runs alone.
#ifndef VENTRAL_TESTS_UNIT_FEATURES_IMAGES_H_
#define VENTRAL_TESTS_UNIT_FEATURES_IMAGES_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "scoring/base/mapped_file.h"
#include "tests/unit/network/reference.h"

namespace ventral::testing {

inline constexpr int kFixtureImages = 6;

inline std::filesystem::path FixtureImages() {
  const std::filesystem::path folder = VENTRAL_FIXTURE_IMAGES;
  if (!std::filesystem::exists(folder / "complete")) {
    RunPython(std::filesystem::path(VENTRAL_SOURCE_DIR) / "tests/unit/features/make_images.py",
              "'" + folder.string() + "'");
  }
  return folder;
}

// As the extractor holds them.
struct Mapped {
  explicit Mapped(const std::vector<std::filesystem::path>& files) {
    const std::vector<std::string> names(files.begin(), files.end());
    auto mapped = MapAll(names);
    EXPECT_TRUE(mapped.ok());
    if (mapped.ok()) held = std::move(mapped).value();
    views = ViewsOf(held);
  }
  std::vector<MappedFile> held;
  std::vector<FileView> views;
};

inline std::vector<std::filesystem::path> FixtureImageFiles() {
  std::vector<std::filesystem::path> files;
  for (int i = 0; i < kFixtureImages; ++i)
    files.push_back(FixtureImages() / "images" / (std::to_string(i) + ".png"));
  return files;
}

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_FEATURES_IMAGES_H_
