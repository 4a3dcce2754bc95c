#include "scoring/metrics/matched_units.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scoring/metrics/dense.h"
#include "scoring/metrics/encoding_scores.h"
#include "scoring/metrics/rounding.h"

namespace ventral {
namespace {

constexpr Eigen::Index kUnitsAtOnce = 256;
// A product of matrices and Dot differ by less in the r of up to 10⁸ stimuli.
constexpr double kScreenTolerance = 1e-8;
constexpr double kNoUnit = -2;

// Of columns that may lie anywhere in memory: always added up in the same order, which Eigen's own
// sums are not.
double Dot(const double* a, const double* b, Eigen::Index count) {
  double sums[4] = {0, 0, 0, 0};
  Eigen::Index i = 0;
  for (; i + 4 <= count; i += 4) {
    for (int lane = 0; lane < 4; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < count; ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Centred, and of length one; NaN where they are too small for one.
void Standardise(double* values, Eigen::Index count) {
  double sum = 0;
  for (Eigen::Index i = 0; i < count; ++i) sum += values[i];
  const double mean = sum / static_cast<double>(count);
  for (Eigen::Index i = 0; i < count; ++i) values[i] -= mean;
  const double length = std::sqrt(Dot(values, values, count));
  const double scale = length > 0 ? length : std::numeric_limits<double>::quiet_NaN();
  for (Eigen::Index i = 0; i < count; ++i) values[i] /= scale;
}

// The training responses [train × neuroid]; NaN where they do not vary: no r is above another then.
Eigen::MatrixXd StandardiseNeuroids(const Eigen::MatrixXd& responses,
                                    const std::vector<int>& train) {
  Eigen::MatrixXd neuroids = responses(train, Eigen::all);
  for (Eigen::Index n = 0; n < neuroids.cols(); ++n) {
    auto neuroid = neuroids.col(n);
    if (neuroid.maxCoeff() > neuroid.minCoeff()) {
      Standardise(neuroid.data(), neuroid.size());
    } else {
      neuroid.setConstant(std::numeric_limits<double>::quiet_NaN());
    }
  }
  return neuroids;
}

struct CentredUnits {
  Eigen::MatrixXd values;            // [train × unit that varies], each of mean zero
  Eigen::VectorXd lengths;           // of these
  std::vector<Eigen::Index> places;  // in `units`
};

// The training values of one unit, centred, into `to`. False if they do not vary.
bool CentreUnit(const float* unit, const std::vector<int>& train, double* to) {
  double sum = 0, least = unit[train[0]], most = least;
  for (std::size_t i = 0; i < train.size(); ++i) {
    const double value = unit[train[i]];
    to[i] = value;
    sum += value;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  if (!VariesBeyondRounding(least, most)) return false;
  const double mean = sum / static_cast<double>(train.size());
  for (std::size_t i = 0; i < train.size(); ++i) to[i] -= mean;
  return true;
}

// Units begin … begin + count.
CentredUnits CentreUnits(const Eigen::MatrixXf& units, const std::vector<int>& train,
                         Eigen::Index begin, Eigen::Index count) {
  CentredUnits out;
  const auto rows = static_cast<Eigen::Index>(train.size());
  out.values.resize(rows, count);
  out.lengths.resize(count);
  for (Eigen::Index unit = begin; unit < begin + count; ++unit) {
    const auto at = static_cast<Eigen::Index>(out.places.size());
    double* const values = out.values.col(at).data();
    if (!CentreUnit(units.col(unit).data(), train, values)) continue;
    out.lengths(at) = std::sqrt(Dot(values, values, rows));
    out.places.push_back(unit);
  }
  const auto varying = static_cast<Eigen::Index>(out.places.size());
  out.values.conservativeResize(Eigen::NoChange, varying);
  out.lengths.conservativeResize(varying);
  return out;
}

// The places in `units` of those that are nearer than all before, [neuroid]; −1: none is. The
// product of matrices only says which pairs are worth their own r.
std::vector<Eigen::Index> Nearer(const CentredUnits& units, const Eigen::MatrixXd& neuroids,
                                 const Eigen::MatrixXd& neuroids_transposed,
                                 Eigen::VectorXd& train_r) {
  std::vector<Eigen::Index> nearer(static_cast<std::size_t>(neuroids.cols()), -1);
  const Eigen::MatrixXd screen = Product(neuroids_transposed, units.values);  // [neuroid × unit]
  for (Eigen::Index u = 0; u < screen.cols(); ++u) {
    for (Eigen::Index n = 0; n < screen.rows(); ++n) {
      if (!(screen(n, u) > (train_r(n) - kScreenTolerance) * units.lengths(u))) continue;
      const double r = Dot(units.values.col(u).data(), neuroids.col(n).data(), neuroids.rows()) /
                       units.lengths(u);
      if (!(r > train_r(n))) continue;
      train_r(n) = r;
      nearer[static_cast<std::size_t>(n)] = units.places[static_cast<std::size_t>(u)];
    }
  }
  return nearer;
}

}  // namespace

MatchedUnits::MatchedUnits(Eigen::Index neuroids)
    : unit(static_cast<std::size_t>(neuroids), -1),
      train_r(Eigen::VectorXd::Constant(neuroids, kNoUnit)),
      held_out_r(Eigen::VectorXd::Constant(neuroids, std::numeric_limits<double>::quiet_NaN())) {}

void MatchUnits(const Eigen::MatrixXd& responses, const Fold& fold, const Eigen::MatrixXf& units,
                std::int64_t first, bool keep_values, MatchedUnits& matched) {
  const Eigen::MatrixXd neuroids = StandardiseNeuroids(responses, fold.train);
  const Eigen::MatrixXd neuroids_transposed = neuroids.transpose();
  if (keep_values && matched.held_out.size() == 0) {
    matched.held_out.setZero(static_cast<Eigen::Index>(fold.test.size()), responses.cols());
  }
  for (Eigen::Index begin = 0; begin < units.cols(); begin += kUnitsAtOnce) {
    const Eigen::Index count = std::min(kUnitsAtOnce, units.cols() - begin);
    const CentredUnits centred = CentreUnits(units, fold.train, begin, count);
    matched.any_varies = matched.any_varies || !centred.places.empty();
    const std::vector<Eigen::Index> nearer =
        Nearer(centred, neuroids, neuroids_transposed, matched.train_r);
    for (Eigen::Index n = 0; n < responses.cols(); ++n) {
      const Eigen::Index place = nearer[static_cast<std::size_t>(n)];
      if (place < 0) continue;
      const Eigen::VectorXf values = units.col(place)(fold.test);
      matched.unit[static_cast<std::size_t>(n)] = first + place;
      matched.held_out_r(n) =
          ColumnCorrelations(values.cast<double>(), responses.col(n)(fold.test))(0);
      if (keep_values) matched.held_out.col(n) = values;
    }
  }
}

}  // namespace ventral
