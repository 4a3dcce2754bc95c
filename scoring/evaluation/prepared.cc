#include "scoring/evaluation/prepared.h"

#include "scoring/evaluation/permuted.h"

namespace ventral {

Result<Prepared> Prepare(const Pack& pack, const BenchmarkSpec& spec,
                         const std::map<std::string, std::string>& committed_layers) {
  const Metric* metric = FindMetric(spec.metric);
  if (metric == nullptr) {
    std::string names;
    for (const std::string& name : MetricNames()) names += (names.empty() ? "" : ", ") + name;
    return InvalidInput("there is no metric '" + spec.metric + "'; those that exist: " + names);
  }
  const Recording* recording = pack.FindRecording(spec.recording);
  if (recording == nullptr) return InvalidInput("there is no recording '" + spec.recording + "'");
  const Recording* trials = spec.trials.empty() ? nullptr : pack.FindRecording(spec.trials);
  if (trials == nullptr && !spec.trials.empty())
    return InvalidInput("there is no recording '" + spec.trials + "'");
  Prepared prepared{metric, spec, recording, trials, 0};
  VENTRAL_ASSIGN_OR_RETURN(prepared.permutations, TakePermutations(prepared.spec.options));
  if (prepared.permutations > 0 && metric->NeedsFeatures()) {
    return InvalidInput("option permutations: metric " + spec.metric +
                        " needs features, which pass by once; it has no null distribution");
  }
  VENTRAL_RETURN_IF_ERROR(metric->Check(prepared.Ask(pack, committed_layers)));
  return prepared;
}

}  // namespace ventral
