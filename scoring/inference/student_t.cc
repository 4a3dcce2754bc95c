#include "scoring/inference/student_t.h"

#include <cmath>
#include <numbers>

namespace ventral {
namespace {

constexpr int kMostSummed = 1000;

}  // namespace

double WithinT(double t, int dof) {
  if (dof > kMostSummed) {
    const double z = t * (1 - 0.25 / dof) / std::sqrt(1 + t * t / (2.0 * dof));
    return std::erf(z / std::numbers::sqrt2);
  }
  const double theta = std::atan2(t, std::sqrt(dof));
  const double sine = std::sin(theta), cosine = std::cos(theta), square = cosine * cosine;
  const bool odd = dof % 2 == 1;
  double term = odd ? cosine : 1, sum = 0;
  for (int power = odd ? 1 : 0; power <= dof - 2; power += 2) {
    sum += term;
    term *= square * (power + 1) / (power + 2);
  }
  return odd ? 2 / std::numbers::pi * (theta + sine * sum) : sine * sum;
}

double TQuantile(double level, int dof) {
  double low = 0, high = 1;
  while (WithinT(high, dof) < level) high *= 2;
  for (int halving = 0; halving < 100; ++halving) {
    const double middle = (low + high) / 2;
    (WithinT(middle, dof) < level ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace ventral
