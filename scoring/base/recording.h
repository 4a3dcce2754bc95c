// One recorded array of a pack, and one question put to it.
#ifndef VENTRAL_SCORING_BASE_RECORDING_H_
#define VENTRAL_SCORING_BASE_RECORDING_H_

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "scoring/base/options.h"
#include "scoring/base/units.h"

namespace ventral {

// One image shown to a network and to a subject. Row order of `stimuli.csv` is array order.
struct Stimulus {
  std::string id;
  std::filesystem::path file;  // absolute
};

// What else stimuli.csv says: column → one text a stimulus, in row order.
using StimulusColumns = std::map<std::string, std::vector<std::string>>;

enum class Axis { kSubject, kSession, kRepeat, kStimulus, kNeuroid };

enum class RecordingKind {
  kResponses,  // … × stimulus × neuroid; a repeat axis makes them trials, NaN where one is missing
  kRdms,       // … × stimulus × stimulus, symmetric, zero diagonal; averaged over sessions
};

// Dense, row-major, float64 (converted from the pack's dtype), in the order of `axes`.
struct Recording {
  std::string id;  // "human_it"
  RecordingKind kind = RecordingKind::kResponses;
  std::vector<Axis> axes;           // RDMs end in kStimulus, kStimulus
  std::vector<std::int64_t> shape;  // one a axis
  std::vector<double> values;       // product(shape)
  std::string species;
  std::string region;
  std::string modality;
  std::string units;

  // Size of `axis`, 1 if the recording has none. For RDMs, kStimulus is n.
  std::int64_t Size(Axis axis) const;
};

// One question put to a pack: recording + metric + options + seed.
struct BenchmarkSpec {
  std::string id;         // "kriegeskorte2008.human_it.rsa"
  std::string recording;  // id of the recording that is predicted
  std::string trials;     // id of the recording with repeats that gives the ceiling; may be empty
  std::string metric;     // "rsa", "ridge", "reverse_ridge"
  Options options;        // the metric's own, checked by it
  Seed seed{0};           // stated by the pack; start of every random stream of this benchmark
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_RECORDING_H_
