// RDM comparators as their formulas read, slow: what the fast ones are held against.
#ifndef VENTRAL_TESTS_UNIT_METRICS_PLAIN_COMPARATORS_H_
#define VENTRAL_TESTS_UNIT_METRICS_PLAIN_COMPARATORS_H_

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "scoring/base/rdm.h"
#include "scoring/metrics/rdm_comparator.h"

namespace ventral::testing {

inline int Sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

// 1 + how many are less + half of the others that are equal.
inline Eigen::VectorXd PlainRanks(const Eigen::VectorXd& x) {
  Eigen::VectorXd ranks(x.size());
  for (int i = 0; i < x.size(); ++i) {
    ranks(i) = 1 + static_cast<double>((x.array() < x(i)).count()) +
               (static_cast<double>((x.array() == x(i)).count()) - 1) / 2;
  }
  return ranks;
}

inline double PlainCosine(const Eigen::VectorXd& x, const Eigen::VectorXd& y) {
  return x.dot(y) / std::sqrt(x.dot(x) * y.dot(y));
}

inline Eigen::VectorXd Centred(const Eigen::VectorXd& x) { return (x.array() - x.mean()).matrix(); }

// (concordant − discordant) / √((pairs − tied in x)(pairs − tied in y)), or over all pairs.
inline double PlainKendall(const Eigen::VectorXd& x, const Eigen::VectorXd& y, bool tau_b) {
  double sum = 0, x_untied = 0, y_untied = 0;
  for (int i = 0; i < x.size(); ++i) {
    for (int j = i + 1; j < x.size(); ++j) {
      sum += Sign(x(i) - x(j)) * Sign(y(i) - y(j));
      x_untied += x(i) != x(j);
      y_untied += y(i) != y(j);
    }
  }
  const double all = static_cast<double>(x.size() * (x.size() - 1)) / 2;
  return tau_b ? sum / std::sqrt(x_untied * y_untied) : sum / all;
}

// V_pq = (c_pᵀ Σ c_q)² for these pairs of the conditions, all of it.
inline Eigen::MatrixXd PlainV(const std::vector<std::pair<int, int>>& pairs,
                              const Eigen::MatrixXd& sigma) {
  const auto count = static_cast<Eigen::Index>(pairs.size());
  Eigen::MatrixXd contrasts = Eigen::MatrixXd::Zero(count, sigma.rows());
  for (Eigen::Index p = 0; p < count; ++p) {
    contrasts(p, pairs[static_cast<std::size_t>(p)].first) = 1;
    contrasts(p, pairs[static_cast<std::size_t>(p)].second) = -1;
  }
  return (contrasts * sigma * contrasts.transpose()).cwiseAbs2();
}

inline double PlainWhitened(const Eigen::VectorXd& x, const Eigen::VectorXd& y,
                            const Eigen::MatrixXd& v) {
  const Eigen::LDLT<Eigen::MatrixXd> factor(v);
  const Eigen::VectorXd white_x = factor.solve(x), white_y = factor.solve(y);
  return x.dot(white_y) / std::sqrt(x.dot(white_x) * y.dot(white_y));
}

// What a part of each condition's own, fitted by least squares, does not explain of its pairs.
inline Eigen::VectorXd PlainUCentred(const Eigen::VectorXd& x,
                                     const std::vector<std::pair<int, int>>& pairs) {
  int conditions = 0;
  for (const auto& [a, b] : pairs) conditions = std::max({conditions, a + 1, b + 1});
  Eigen::MatrixXd parts = Eigen::MatrixXd::Zero(x.size(), conditions);
  for (Eigen::Index k = 0; k < x.size(); ++k) {
    parts(k, pairs[static_cast<std::size_t>(k)].first) = 1;
    parts(k, pairs[static_cast<std::size_t>(k)].second) = 1;
  }
  return x - parts * parts.colPivHouseholderQr().solve(x);
}

// `pairs` of the conditions and their V.
inline double PlainCompare(const Eigen::VectorXd& x, const Eigen::VectorXd& y,
                           const Eigen::MatrixXd& v, RdmComparator comparator,
                           const std::vector<std::pair<int, int>>& pairs = {}) {
  const Eigen::VectorXd rx = Centred(PlainRanks(x)), ry = Centred(PlainRanks(y));
  const double n = static_cast<double>(x.size());
  switch (comparator) {
    case RdmComparator::kSpearman:
      return PlainCosine(rx, ry);
    case RdmComparator::kPearson:
      return PlainCosine(Centred(x), Centred(y));
    case RdmComparator::kCosine:
      return PlainCosine(x, y);
    case RdmComparator::kRhoA:
      return 12 * rx.dot(ry) / (n * n * n - n);
    case RdmComparator::kTauA:
      return PlainKendall(x, y, false);
    case RdmComparator::kTauB:
      return PlainKendall(x, y, true);
    case RdmComparator::kWhitenedCosine:
      return PlainWhitened(x, y, v);
    case RdmComparator::kWhitenedCorrelation:
      return PlainWhitened(Centred(x), Centred(y), v);
    case RdmComparator::kUCentredCosine:
      return PlainCosine(PlainUCentred(x, pairs), PlainUCentred(y, pairs));
  }
  return NAN;
}

// The RDM's distances among these stimuli, drawn with repetition; no pair of a stimulus and its
// copy.
struct Drawn {
  std::vector<int> stimuli;
  std::vector<std::pair<int, int>> pairs;  // places in `stimuli`

  explicit Drawn(const Eigen::VectorXd& counts) {
    for (int i = 0; i < counts.size(); ++i) {
      stimuli.insert(stimuli.end(), static_cast<std::size_t>(counts(i)), i);
    }
    for (int i = 0; i < static_cast<int>(stimuli.size()); ++i) {
      for (int j = i + 1; j < static_cast<int>(stimuli.size()); ++j) {
        if (At(i) != At(j)) pairs.push_back({i, j});
      }
    }
  }
  int At(int place) const { return stimuli[static_cast<std::size_t>(place)]; }
  Eigen::VectorXd Of(const Rdm& rdm) const {
    Eigen::VectorXd values(static_cast<Eigen::Index>(pairs.size()));
    for (Eigen::Index k = 0; k < values.size(); ++k) {
      const auto [i, j] = pairs[static_cast<std::size_t>(k)];
      const Eigen::Index a = At(i), b = At(j);  // a < b: drawn in order
      values(k) = rdm.upper(a * rdm.stimuli - a * (a + 1) / 2 + b - a - 1);
    }
    return values;
  }
  // Copies have noise of their own.
  Eigen::MatrixXd V() const {
    const auto count = static_cast<Eigen::Index>(stimuli.size());
    return PlainV(pairs, Eigen::MatrixXd::Identity(count, count));
  }
};

}  // namespace ventral::testing

#endif  // VENTRAL_TESTS_UNIT_METRICS_PLAIN_COMPARATORS_H_
