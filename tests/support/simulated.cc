#include "tests/support/simulated.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
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
  std::vector<fs::path> sources = {VENTRAL_SOURCE_DIR "/tests/support/slow_network.py"};
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

void RunPython(const std::vector<std::string>& arguments) {
  auto python = Child::Start({VENTRAL_PYTHON,
                              arguments,
                              {"PYTHONPATH=" + kPackage.parent_path().string(),
                               FromEnvironment("PATH"), FromEnvironment("HOME")}});
  if (!python.ok()) throw std::runtime_error(python.error().ToString());
  if (const auto outcome = python->Wait(); outcome.ToString() != "exited with status 0") {
    throw std::runtime_error("python " + arguments.at(0) + " " + outcome.ToString() + ":\n" +
                             python->LogTail());
  }
}

// The path of `name` in this state's folder; `make` makes it where it is missing. Two test programs
// may want it at once.
fs::path Made(const std::string& name, const std::function<void(const fs::path& folder)>& make) {
  const fs::path all = VENTRAL_TEST_SIMULATED_FOLDER;
  const fs::path folder = all / SourcesName();
  fs::create_directories(folder);
  const Descriptor lock(open((all / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  flock(lock.get(), LOCK_EX);
  if (!fs::exists(folder / name)) make(folder);
  return folder / name;
}

}  // namespace

fs::path SimulatedFolder() {
  // The pack is what the maker writes last.
  return Made("simulated-cortex",
              [](const fs::path& folder) {
                RunPython({"-m", "ventral.simulated", folder.string()});
              })
      .parent_path();
}

fs::path SlowNetwork() {
  return Made("slow.pt2", [](const fs::path& folder) {
    RunPython(
        {VENTRAL_SOURCE_DIR "/tests/support/slow_network.py", (folder / "slow.pt2").string()});
  });
}

}  // namespace ventral::testing
