#include "scoring/metrics/dirichlet.h"

#include <cmath>
#include <numbers>

#include "scoring/base/random.h"

namespace ventral {
namespace {

// On (0, 1): never 0, whose logarithm is wanted.
double Uniform(RandomStream& random) {
  return (static_cast<double>(random.Next() >> 11) + 0.5) * 0x1p-53;
}

// Box & Muller 1958.
double Normal(RandomStream& random) {
  const double radius = std::sqrt(-2 * std::log(Uniform(random)));
  return radius * std::cos(2 * std::numbers::pi * Uniform(random));
}

// log of a gamma variate of this shape, which may be far below the smallest number.
double LogGamma(RandomStream& random, double shape) {
  if (shape < 1) return LogGamma(random, shape + 1) + std::log(Uniform(random)) / shape;
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = Normal(random), root = 1 + c * x;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(Uniform(random)) < 0.5 * x * x + d * (1 - v + std::log(v))) {
      return std::log(d) + std::log(v);
    }
  }
}

}  // namespace

Eigen::VectorXd DirichletSample(Seed seed, std::uint64_t number, int count, double concentration) {
  RandomStream random(seed, number);
  Eigen::VectorXd logs(count);
  for (double& log : logs) log = LogGamma(random, concentration);
  const Eigen::VectorXd weights = (logs.array() - logs.maxCoeff()).exp();
  return weights / weights.sum();
}

}  // namespace ventral
