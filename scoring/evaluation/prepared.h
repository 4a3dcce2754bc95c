// Private to evaluation: a benchmark of a pack, ready to be scored.
#ifndef VENTRAL_SCORING_EVALUATION_PREPARED_H_
#define VENTRAL_SCORING_EVALUATION_PREPARED_H_

#include <map>
#include <string>

#include "scoring/base/recording.h"
#include "scoring/base/result.h"
#include "scoring/metrics/metric.h"
#include "scoring/pack/pack.h"

namespace ventral {

struct Prepared {
  const Metric* metric;
  BenchmarkSpec spec;  // without what is not the metric's
  const Recording* recording;
  const Recording* trials;
  std::int64_t permutations;

  Question Ask(const Pack& pack, const std::map<std::string, std::string>& committed_layers) const {
    return {spec, *recording, trials, committed_layers, &pack.columns};
  }
};

// @error invalid_input: unknown metric or recording, or as Metric::Check.
Result<Prepared> Prepare(const Pack& pack, const BenchmarkSpec& spec,
                         const std::map<std::string, std::string>& committed_layers);

}  // namespace ventral

#endif  // VENTRAL_SCORING_EVALUATION_PREPARED_H_
