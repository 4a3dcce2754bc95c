// Holds a network against what PyTorch computed for it (reference.py).
#ifndef VENTRAL_TESTS_UNIT_NETWORK_REFERENCE_H_
#define VENTRAL_TESTS_UNIT_NETWORK_REFERENCE_H_

#include <filesystem>

#include "scoring/network/network.h"

namespace ventral::testing {

// Expects every layer and step of folder/layers.txt, each element within `tolerance` times the
// layer's largest absolute value, and the network's output likewise; of the network in
// folder/net.pt2, or of another one.
void ExpectEqualsReference(const std::filesystem::path& folder, double tolerance);
enum class Coverage { kAllLayers, kSomeLayers };
void ExpectEqualsReference(const std::filesystem::path& folder, double tolerance,
                           const Network& network, Coverage coverage = Coverage::kAllLayers);

// Runs `python script arguments…`; a failure of the test with its output if it fails.
bool RunPython(const std::filesystem::path& script, const std::string& arguments);

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_NETWORK_REFERENCE_H_
