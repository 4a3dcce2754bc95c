// The seam where a metric plugs in: Grams × recording → a score per layer, with ceiling and
// interval.
#ifndef VENTRAL_SCORING_METRICS_METRIC_H_
#define VENTRAL_SCORING_METRICS_METRIC_H_

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scoring/base/gram.h"
#include "scoring/base/recording.h"
#include "scoring/base/result.h"
#include "scoring/base/score_report.h"
#include "scoring/base/units.h"

namespace ventral {

// What a metric is asked. References outlive the call.
struct Question {
  const BenchmarkSpec& spec;
  const Recording& recording;
  const Recording* trials;  // nullptr when the benchmark names none
  // region → layer path, as the submitter committed; may be empty.
  const std::map<std::string, std::string>& committed_layers;
  const StimulusColumns* columns = nullptr;  // of the pack's stimuli; nullptr where there are none
};

// A layer whose features are to come.
struct ComingLayer {
  LayerId layer;
  std::vector<std::int64_t> shape;  // of one stimulus; Π shape is the number of features
};

// What a metric makes of the features themselves, where Grams do not do. They pass by once, and
// what is kept of them is small.
class FeatureReading {
 public:
  virtual ~FeatureReading() = default;
  // Features first, first + 1, … of the layer at this place [stimulus × feature], finite. Of each
  // layer all of them, in order, in any number of parts.
  virtual void Take(std::size_t layer, std::int64_t first, const Eigen::MatrixXf& features) = 0;
  // Once all were taken: as Metric::Score. The question is the one that the reading was made for,
  // but for the layers that are committed.
  virtual Result<BenchmarkScore> Score(const Question& question,
                                       std::span<const Gram> layers) const = 0;
};

// Laws, tested for every registered metric:
//  1. pure: the same question and Grams give the same score to the last bit, whatever the threads;
//     and the same features, in whatever parts they come;
//  2. every layer given is in the answer's `layers`, in order;
//  3. a layer whose RDM or prediction is undefined (constant activations) is marked as undefined,
//     with the reason, and never the headline; an error where it is the only one.
class Metric {
 public:
  virtual ~Metric() = default;
  virtual std::string_view name() const = 0;
  // @error invalid_input names the unknown option, or the one whose value is not allowed, and lists
  //   what is; or says why the recording does not fit (axes, zero variance: names the row).
  virtual Status Check(const Question& question) const = 0;
  // Requires Check(question) and CheckGram for every layer; `layers` is not empty.
  virtual Result<BenchmarkScore> Score(const Question& question,
                                       std::span<const Gram> layers) const = 0;
  // Whether it needs features: then Score is an error, and this reading's Score the score.
  virtual bool NeedsFeatures() const { return false; }
  // Requires NeedsFeatures() and Check(question).
  // @error resource_limit if what is kept of these layers would pass `most` (says the figures).
  virtual Result<std::unique_ptr<FeatureReading>> ReadFeatures(const Question&,
                                                               std::span<const ComingLayer>,
                                                               Bytes /*most*/) const {
    return Internal("this metric reads no features");
  }
};

// nullptr if there is none of this name. Registration: one line in registry.cc.
const Metric* FindMetric(std::string_view name);
std::vector<std::string> MetricNames();

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_METRIC_H_
