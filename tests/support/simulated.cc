#include "tests/support/simulated.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "scoring/base/digest.h"
#include "tests/support/files.h"
#include "worker/sandbox/child.h"
#include "worker/sandbox/descriptor.h"

namespace ventral::testing {
namespace {
namespace fs = std::filesystem;

const fs::path kPackage = fs::path(VENTRAL_SOURCE_DIR) / "client/python/ventral";

// Names the sources that make the folder, so that a change of them makes another one.
std::string SourcesName() {
  std::vector<fs::path> sources;
  for (const auto& entry : fs::directory_iterator(kPackage)) {
    if (entry.path().extension() == ".py") sources.push_back(entry.path());
  }
  std::sort(sources.begin(), sources.end());
  Hasher hasher;
  for (const fs::path& source : sources) hasher.Update(ReadFile(source));
  return hasher.Finish().hex().substr(0, 16);
}

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return std::string(name) + "=" + (value == nullptr ? "" : value);
}

void Make(const fs::path& folder) {
  auto python = Child::Start({VENTRAL_PYTHON,
                              {"-m", "ventral.simulated", folder.string()},
                              {"PYTHONPATH=" + kPackage.parent_path().string(),
                               FromEnvironment("PATH"), FromEnvironment("HOME")}});
  if (!python.ok()) throw std::runtime_error(python.error().ToString());
  if (const ChildOutcome outcome = python->Wait(); outcome.ToString() != "exited with status 0") {
    throw std::runtime_error("python -m ventral.simulated " + outcome.ToString() + ":\n" +
                             python->LogTail());
  }
}

}  // namespace

fs::path SimulatedFolder() {
  const fs::path all = VENTRAL_TEST_SIMULATED_FOLDER;
  fs::create_directories(all);
  const fs::path folder = all / SourcesName();
  // Two test programs may want it at once. The pack is what the maker writes last.
  const Descriptor lock(open((all / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  flock(lock.get(), LOCK_EX);
  if (!fs::exists(folder / "simulated-cortex")) Make(folder);
  return folder;
}

}  // namespace ventral::testing
