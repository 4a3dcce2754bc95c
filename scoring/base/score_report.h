// What one evaluation of a checkpoint on a pack says: every score with what is needed to redo it.
// The same fields, under the same names, are ventral.v1.ScoreReport.
#ifndef VENTRAL_SCORING_BASE_SCORE_REPORT_H_
#define VENTRAL_SCORING_BASE_SCORE_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/interval.h"

namespace ventral {

struct LayerScore {
  LayerId layer;
  bool inferred = false;
  double raw = 0;
  std::optional<double> normalised;
  std::optional<Interval> interval;
  std::vector<double> per_subject;  // [subject], in the recording's order; empty if not defined
  std::vector<double> per_neuroid;  // [neuroid kept], in the recording's order; empty for RSA
  std::string undefined;            // why there is no score: all else is then 0 or absent
};

// What a fit did not see. Rows of the recording's stimulus axis, from 0, ascending.
struct HeldOut {
  std::vector<std::int64_t> test;    // predicted
  std::vector<std::int64_t> unused;  // neither predicted nor trained on; all others were trained on
};

// What the headline is where stimuli and recording have nothing to do with each other: the stimuli
// of the recording in random order, everything else done again.
struct NullDistribution {
  std::int64_t permutations = 0;
  double mean = 0;
  double upper = 0;  // 95 % of them are no higher
  double p = 1;      // (1 + how many are as high as raw)/(1 + permutations)
};

struct BenchmarkScore {
  std::string benchmark;           // "kriegeskorte2008.human_it.rsa"
  std::string metric;              // "rsa", "ridge", "reverse_ridge"
  double raw = 0;                  // of the chosen layer; of the layers chosen for each fold
  std::optional<Ceiling> ceiling;  // absent where the recording has no repeats or subjects
  std::optional<double> normalised;
  std::string rule;  // how normalised comes from raw and ceiling: "r/ceiling_upper",
                     // "r/sqrt(reliability)", "r", "r2" (no ceiling)
  std::optional<Interval> interval;  // of raw
  Resamples resamples;               // of raw; empty without an interval, or where above 10,000
  Resamples ceiling_resamples;  // of ceiling.lower, or value where it has no bounds; may be empty
  std::optional<NullDistribution> null;
  std::string layer_choice;  // "committed", "cross_validated", "best" (optimistic); of all layers
                             // together "weighted", "banded"
  LayerId layer;  // the headline layer; the one chosen most often, or of the largest share
  std::uint64_t seed = 0;
  std::int64_t stimuli = 0;
  std::int64_t subjects = 0;           // scored
  std::int64_t neuroids = 0;           // scored; 0 where RDMs were recorded
  std::int64_t neuroids_left_out = 0;  // below the stated reliability, or without variance
  std::string split;                   // "kfold(k=10, shuffled)" or "": nothing fitted or chosen
  std::vector<HeldOut> folds;          // as `split` says
  std::vector<LayerScore> layers;      // every layer, in the network's order
  std::vector<std::string> notes;      // what a reader must know
};

struct Provenance {
  std::string checkpoint_sha256;
  std::string pack;  // "kriegeskorte2008"
  std::string pack_version;
  std::string pack_digest;
  std::string scorer_version;
  std::string extractor;      // "ventral-extract 0.1.0, LibTorch 2.13.0"
  std::string device;         // "cpu", "cuda:0"
  std::string precision;      // "float32"
  std::string preprocessing;  // canonical JSON, as the checkpoint states it
  double extraction_seconds = 0;
  double scoring_seconds = 0;
  std::int64_t passes = 0;  // through the network
  std::int64_t stimuli = 0;
  // The most memory that the processes had; the extractor's is 0 where kept Grams were scored.
  std::uint64_t extractor_peak_bytes = 0, evaluator_peak_bytes = 0;
};

struct ScoreReport {
  Provenance provenance;
  std::vector<BenchmarkScore> scores;  // one a benchmark of the pack, in the pack's order
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_BASE_SCORE_REPORT_H_
