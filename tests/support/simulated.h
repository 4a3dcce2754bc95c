// The pack simulated-cortex and its small networks, made once a build folder.
#ifndef VENTRAL_TESTS_SUPPORT_SIMULATED_H_
#define VENTRAL_TESTS_SUPPORT_SIMULATED_H_

#include <filesystem>

namespace ventral::testing {

// Folder with simulated-cortex (a pack), teacher.pt2, student.pt2, random.pt2 and truth.json, as
// `python -m ventral.simulated` writes them; made where it is missing, for this state of
// client/python. Throws std::runtime_error with what Python said when it cannot be made.
std::filesystem::path SimulatedFolder();

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_SUPPORT_SIMULATED_H_
