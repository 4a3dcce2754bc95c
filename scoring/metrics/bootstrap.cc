#include "scoring/metrics/bootstrap.h"

namespace ventral {
namespace {

// Keeps bootstrap streams apart from those of folds and halves.
constexpr std::uint64_t kBootstrapStreams = 1ull << 40;
constexpr std::uint64_t kSubjectStreams = 1ull << 36;  // and of subjects from those of stimuli

}  // namespace

Eigen::VectorXd ResampleCounts(Seed seed, std::uint64_t number, int n) {
  RandomStream random(seed, kBootstrapStreams + number);
  Eigen::VectorXd counts = Eigen::VectorXd::Zero(n);
  for (int i = 0; i < n; ++i)
    counts(static_cast<Eigen::Index>(random.Below(static_cast<std::uint64_t>(n)))) += 1;
  return counts;
}

Eigen::VectorXd SubjectCounts(Seed seed, std::uint64_t number, int subjects) {
  return ResampleCounts(seed, kSubjectStreams + number, subjects);
}

}  // namespace ventral
