// Which stimuli stand in a sample, and how often.
#ifndef VENTRAL_SCORING_METRICS_STIMULUS_SAMPLE_H_
#define VENTRAL_SCORING_METRICS_STIMULUS_SAMPLE_H_

#include <Eigen/Core>
#include <vector>

namespace ventral {

// Stimulus a stands c_a times. Pairs of a stimulus with its own copy are left out, as rsatoolbox
// does, so the sample's RDM is the old one over the m stimuli that are there, with pair (a, b)
// standing c_a·c_b times.
class StimulusSample {
 public:
  // Counts [stimulus] ≥ 0, whole numbers.
  explicit StimulusSample(const Eigen::VectorXd& counts);
  // Each stimulus once.
  static StimulusSample All(Eigen::Index stimuli) {
    return StimulusSample(Eigen::VectorXd::Ones(stimuli));
  }

  // Those of `rows` once, of so many stimuli.
  static StimulusSample Of(const std::vector<int>& rows, Eigen::Index stimuli) {
    Eigen::VectorXd counts = Eigen::VectorXd::Zero(stimuli);
    for (const int row : rows) counts(row) = 1;
    return StimulusSample(counts);
  }

  // [m]: how often each of those that are there stands.
  const Eigen::VectorXd& counts() const { return counts_; }
  // [m(m−1)/2]: the sample's pairs, as places in the full upper triangle, and how often each
  // stands.
  const std::vector<int>& pairs() const { return pairs_; }
  const Eigen::VectorXd& weights() const { return weights_; }
  // Σ weights.
  double total() const { return total_; }
  // [full pair]: its place in pairs(), −1 where it is not there.
  const std::vector<int>& places() const { return places_; }

  // The values of the sample's pairs.
  Eigen::VectorXd Take(const Eigen::VectorXd& upper) const;

 private:
  Eigen::VectorXd counts_;
  std::vector<int> pairs_, places_;
  Eigen::VectorXd weights_;
  double total_ = 0;
};

}  // namespace ventral

#endif  // VENTRAL_SCORING_METRICS_STIMULUS_SAMPLE_H_
