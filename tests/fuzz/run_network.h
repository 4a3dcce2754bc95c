// A network that was loaded, run as the extractor would, and what it answered.
#ifndef VENTRAL_TESTS_FUZZ_RUN_NETWORK_H_
#define VENTRAL_TESTS_FUZZ_RUN_NETWORK_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scoring/network/network.h"

namespace ventral::fuzz {

struct Answer {
  std::string error;                   // "" if it ran
  std::vector<std::uint64_t> results;  // a number for each tensor that a node made, in order
  std::vector<std::string> operators;  // that made them
  std::vector<at::Tensor> layers;      // activations, copied
};

// Fails unless an error has words and is of invalid_input or resource_limit.
void CheckError(const Error& error);

// Images made of `stimuli` rows that are always the same; nullopt where the network asks for more
// than a fuzzer wants to run.
std::optional<at::Tensor> ImagesFor(const Network& network, std::int64_t stimuli);

Answer Run(const Network& network, const at::Tensor& images);

// Runs it twice, memory that nobody wrote being different each time: the answers must be equal.
void RunTwice(const Network& network);

}  // namespace ventral::fuzz

#endif  // VENTRAL_TESTS_FUZZ_RUN_NETWORK_H_
