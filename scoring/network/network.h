// A checkpoint's bytes → a verified program with named layers, callable on a batch.
// The file is a .pt2 archive of torch.export: a graph as JSON over ATen operators, and raw weights;
// or, where that is allowed, TorchScript. Nothing in it is executed but operators of operators.txt
// (and of script_operators.txt); it is hostile, and only a sealed process may hold it.
#ifndef VENTRAL_SCORING_NETWORK_NETWORK_H_
#define VENTRAL_SCORING_NETWORK_NETWORK_H_

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/mapped_file.h"
#include "scoring/base/preprocessing.h"
#include "scoring/base/result.h"
#include "scoring/network/sampling.h"

namespace ventral {

struct NetworkLayer {
  LayerId id;
  bool inferred =
      false;  // the archive does not state this module's output; it was guessed from the graph
};

// How many stimuli the network takes at once. Equal where the archive fixes the number.
struct BatchRange {
  std::int64_t least = 1;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

// Sizes are held against these before anything is allocated.
struct NetworkLimits {
  std::uint64_t archive_bytes = 16ull << 30;
  std::uint64_t json_bytes = 256ull << 20;  // each JSON record
  std::int64_t records = 200'000;
  std::int64_t nodes = 500'000;
  // Patterns (MatchesLayer): these layers instead of those that the checkpoint names.
  std::vector<std::string> layers;
  std::optional<Sampling> sampling;   // instead of that of the checkpoint
  bool torchscript = false;           // also take TorchScript, which is deprecated
  std::string precision = "float32";  // or "bfloat16", "float16": of weights, input and activations
};

class Network {
 public:
  // `device` is "cpu" or "cuda:N"; the weights are copied there, so `file` may go away.
  // @error invalid_input "… is no network: …": not a zip, truncated, a pickle, a record whose CRC
  // is wrong, another
  //   schema version (by number), an operator that is not allowed (names it, its node and its
  //   module), a value used before it is defined, weights shorter than their sizes, no
  //   ventral.json, a layer that is no module, an input whose shape is not that of the stated
  //   preprocessing, a device that is not built in.
  // @error resource_limit if it does not fit into memory.
  static Result<Network> Load(const FileView& file, const std::string& device,
                              const NetworkLimits& limits = {});
  // As Load, but layers() are all module calls whose output is one tensor: for a look at the whole
  // network. Refuses what Load refuses, with the same words.
  static Result<Network> LoadWhole(const FileView& file, const std::string& device,
                                   const NetworkLimits& limits = {});
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  const Preprocessing& preprocessing() const;
  // The layers that were asked for, or that the checkpoint names, or its blocks; a pair for each
  // time step, in the order of execution.
  const std::vector<NetworkLayer>& layers() const;
  // region → layer path, decided by the submitter before any score was seen.
  const std::map<std::string, std::string>& committed_layers() const;
  BatchRange batch_range() const;
  // Of a network that draws random numbers (dropout that is kept on, say); none of any other.
  std::optional<Sampling> sampling() const;

  struct State;  // torch_network.h
  const State& state() const { return *state_; }

 private:
  explicit Network(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_NETWORK_NETWORK_H_
