// The images that make_images.py writes: made by ctest before the tests, or by the first test that
// runs alone.
#ifndef VENTRAL_TESTS_UNIT_FEATURES_IMAGES_H_
#define VENTRAL_TESTS_UNIT_FEATURES_IMAGES_H_

#include <filesystem>
#include <string>
#include <vector>

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

inline std::vector<std::filesystem::path> FixtureImageFiles() {
  std::vector<std::filesystem::path> files;
  for (int i = 0; i < kFixtureImages; ++i)
    files.push_back(FixtureImages() / "images" / (std::to_string(i) + ".png"));
  return files;
}

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_FEATURES_IMAGES_H_
