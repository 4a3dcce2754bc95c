// The networks that make_fixtures.py writes: made by ctest before the tests, or by the first test
// that runs alone.
#ifndef VENTRAL_TESTS_UNIT_NETWORK_FIXTURES_H_
#define VENTRAL_TESTS_UNIT_NETWORK_FIXTURES_H_

#include <filesystem>
#include <string>

#include "tests/unit/network/reference.h"

namespace ventral::testing {

inline std::filesystem::path FixtureNetworks() {
  const std::filesystem::path folder = VENTRAL_FIXTURES;
  if (!std::filesystem::exists(folder / "complete")) {
    RunPython(std::filesystem::path(VENTRAL_SOURCE_DIR) / "tests/unit/network/make_fixtures.py",
              "'" + folder.string() + "'");
  }
  return folder;
}

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_NETWORK_FIXTURES_H_
