#include "scoring/metrics/banded_ridge.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "scoring/metrics/dense.h"
#include "scoring/metrics/dirichlet.h"

namespace ventral {
namespace {

// What the layers are multiplied with: the candidate's weights, over their scale where penalties
// are relative.
Eigen::VectorXd Factors(std::span<const CentredGram> layers, const Penalties& penalties,
                        const Eigen::VectorXd& weights) {
  Eigen::VectorXd factors = weights;
  for (std::size_t l = 0; penalties.relative && l < layers.size(); ++l) {
    factors(static_cast<Eigen::Index>(l)) /= layers[l].scale;
  }
  return factors;
}

CentredGram Combine(std::span<const CentredGram> layers, const Eigen::VectorXd& factors) {
  CentredGram sum{Eigen::MatrixXd::Zero(layers[0].train.rows(), layers[0].train.cols()),
                  Eigen::MatrixXd::Zero(layers[0].test.rows(), layers[0].test.cols()), 0,
                  layers[0].stimuli};
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const double factor = factors(static_cast<Eigen::Index>(l));
    if (factor == 0) continue;
    sum.train += factor * layers[l].train;
    sum.test += factor * layers[l].test;
  }
  sum.scale = sum.train.diagonal().mean();
  return sum;
}

// A layer's predictions for some neuroids; with all of them, what they share of the variance.
void AddShares(const std::vector<Eigen::MatrixXd>& parts, Eigen::VectorXd& shares, int& counted) {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(parts[0].rows(), parts[0].cols());
  for (const Eigen::MatrixXd& part : parts) sum += part;
  const Eigen::MatrixXd centred = sum.rowwise() - sum.colwise().mean();
  for (Eigen::Index neuroid = 0; neuroid < centred.cols(); ++neuroid) {
    const double variance = centred.col(neuroid).squaredNorm();
    if (!(variance > 1e-24 * sum.col(neuroid).squaredNorm())) continue;
    ++counted;
    for (std::size_t l = 0; l < parts.size(); ++l) {
      shares(static_cast<Eigen::Index>(l)) +=
          parts[l].col(neuroid).dot(centred.col(neuroid)) / variance;
    }
  }
}

// What is best so far, for each neuroid.
struct Search {
  std::vector<std::size_t> candidate, penalty;
  std::vector<double> error;  // of the neuroid, or of all of its subject
};

// `errors` [penalty × neuroid] of a candidate.
void Update(const Eigen::MatrixXd& errors, std::size_t candidate, bool per_neuroid,
            const std::vector<std::vector<int>>& subjects, Search& best) {
  const std::vector<std::size_t> penalties = LeastErrors(errors, subjects, per_neuroid);
  for (const std::vector<int>& neuroids : subjects) {
    double of_all = 0;
    const auto error_of = [&](int neuroid) {
      return errors(static_cast<Eigen::Index>(penalties[static_cast<std::size_t>(neuroid)]),
                    neuroid);
    };
    for (const int neuroid : neuroids) of_all += error_of(neuroid);
    for (const int neuroid : neuroids) {
      const auto place = static_cast<std::size_t>(neuroid);
      const double error = per_neuroid ? error_of(neuroid) : of_all;
      if (!(error < best.error[place])) continue;
      best.error[place] = error;
      best.candidate[place] = candidate;
      best.penalty[place] = penalties[place];
    }
  }
}

}  // namespace

Eigen::MatrixXd BandWeights(int candidates, int bands, Seed seed) {
  Eigen::MatrixXd weights(candidates, bands);
  weights.row(0).setConstant(1.0 / bands);
  for (int c = 1; c < candidates; ++c) {
    weights.row(c) =
        DirichletSample(seed, static_cast<std::uint64_t>(c), bands, c % 2 == 1 ? 0.1 : 1);
  }
  return weights;
}

Result<BandedFit> FitBandedRidge(std::span<const CentredGram> layers,
                                 const CentredResponses& responses,
                                 const std::vector<std::vector<int>>& subjects,
                                 const Penalties& penalties, const Eigen::MatrixXd& weights,
                                 unsigned threads) {
  const auto neuroids = static_cast<std::size_t>(responses.values.cols());
  const auto factors = [&](std::size_t candidate) {
    return Factors(layers, penalties, weights.row(static_cast<Eigen::Index>(candidate)));
  };
  Search best{std::vector<std::size_t>(neuroids), std::vector<std::size_t>(neuroids),
              std::vector<double>(neuroids, std::numeric_limits<double>::infinity())};
  for (std::size_t c = 0; c < static_cast<std::size_t>(weights.rows()); ++c) {
    const CentredGram gram = Combine(layers, factors(c));
    VENTRAL_ASSIGN_OR_RETURN(const Eigen::MatrixXd errors,
                             PenaltyErrors(gram, responses.values, penalties, threads));
    Update(errors, c, penalties.per_neuroid, subjects, best);
  }
  std::map<std::pair<std::size_t, std::size_t>, std::vector<int>> alike;  // by what was chosen
  for (std::size_t neuroid = 0; neuroid < neuroids; ++neuroid) {
    alike[{best.candidate[neuroid], best.penalty[neuroid]}].push_back(static_cast<int>(neuroid));
  }
  BandedFit fit{Eigen::MatrixXd::Zero(layers[0].test.rows(), responses.values.cols()),
                std::move(best.candidate), std::vector<double>(neuroids),
                Eigen::VectorXd::Zero(static_cast<Eigen::Index>(layers.size()))};
  int counted = 0;
  for (const auto& [chosen, of] : alike) {
    const Eigen::VectorXd factor = factors(chosen.first);
    const CentredGram gram = Combine(layers, factor);
    const double alpha = AlphasOf(gram, penalties)[chosen.second];
    VENTRAL_ASSIGN_OR_RETURN(const Eigen::MatrixXd dual,
                             SolvePositive(gram.train, std::max(alpha, 1e-13 * gram.train.trace()),
                                           responses.values(Eigen::all, of)));
    std::vector<Eigen::MatrixXd> parts;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      parts.push_back(factor(static_cast<Eigen::Index>(l)) * Product(layers[l].test, dual));
      fit.predicted(Eigen::all, of) += parts.back();
    }
    AddShares(parts, fit.shares, counted);
    for (const int neuroid : of) fit.alphas[static_cast<std::size_t>(neuroid)] = alpha;
  }
  if (counted > 0) fit.shares /= counted;
  fit.predicted.rowwise() += responses.mean;
  return fit;
}

}  // namespace ventral
