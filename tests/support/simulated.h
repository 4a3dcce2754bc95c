// The pack simulated-cortex and networks for it, made once a build folder.
#ifndef VENTRAL_TESTS_SUPPORT_SIMULATED_H_
#define VENTRAL_TESTS_SUPPORT_SIMULATED_H_

#include <filesystem>

namespace ventral::testing {

// Folder with simulated-cortex (a pack), teacher.pt2, student.pt2, random.pt2 and truth.json, as
// `python -m ventral.simulated` writes them; made where it is missing, for this state of
// client/python. Throws std::runtime_error with what Python said when it cannot be made.
std::filesystem::path SimulatedFolder();

// A network that takes some seconds on that pack, so that it can be disturbed in the middle.
std::filesystem::path SlowNetwork();

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_SUPPORT_SIMULATED_H_
