#include "scoring/metrics/dual_ridge.h"

#include <algorithm>
#include <optional>

#include "scoring/base/parallel.h"
#include "scoring/metrics/dense.h"
#include "scoring/metrics/inner_folds.h"
#include "scoring/metrics/penalty_search.h"

namespace ventral {
namespace {

using Subjects = std::vector<std::vector<int>>;

std::size_t Least(const Eigen::VectorXd& errors) {
  Eigen::Index least = 0;
  errors.minCoeff(&least);
  return static_cast<std::size_t>(least);
}

// k̃·(K̃ + αI)⁻¹ [test × train]; from the reduced matrix where it is at hand.
Result<Eigen::MatrixXd> Smoother(const CentredGram& gram, const std::optional<Tridiagonal>& reduced,
                                 double alpha) {
  if (!reduced) return TestSmoother(gram, alpha);
  return Product(reduced->TimesInverse(Product(gram.test, reduced->q()), alpha),
                 reduced->q().transpose());
}

// Neuroid by neuroid with its own penalty; those of the same penalty together.
Status Predict(const CentredGram& gram, const CentredResponses& responses,
               const std::optional<Tridiagonal>& reduced, unsigned threads, RidgeFit& fit) {
  fit.predicted.resize(gram.test.rows(), responses.values.cols());
  std::vector<Status> done(fit.alphas.size(), Ok{});
  ParallelFor(fit.alphas.size(), threads, [&](std::size_t a) {
    std::vector<int> neuroids;
    for (std::size_t neuroid = 0; neuroid < fit.chosen.size(); ++neuroid) {
      if (fit.chosen[neuroid] == a) neuroids.push_back(static_cast<int>(neuroid));
    }
    if (neuroids.empty()) return;
    const auto smoother = Smoother(gram, reduced, fit.alphas[a]);
    if (!smoother.ok()) {
      done[a] = smoother.error();
      return;
    }
    fit.predicted(Eigen::all, neuroids) =
        Product(*smoother, responses.values(Eigen::all, neuroids));
  });
  for (Status& status : done) VENTRAL_RETURN_IF_ERROR(std::move(status));
  fit.predicted.rowwise() += responses.mean;
  return Ok{};
}

Result<Eigen::MatrixXd> Errors(const CentredGram& gram, const std::optional<Tridiagonal>& reduced,
                               const Eigen::MatrixXd& responses, const std::vector<double>& alphas,
                               const Penalties& penalties, unsigned threads) {
  if (reduced) return LeaveOneOutErrors(*reduced, gram.scale, responses, alphas, threads);
  return KFoldErrors(gram, responses, alphas, InnerFolds(gram, penalties), threads);
}

}  // namespace

Result<Tridiagonal> Reduce(const CentredGram& gram) {
  return Tridiagonal::Of((gram.train.array() + gram.scale).matrix());
}

std::vector<double> AlphasOf(const CentredGram& gram, const Penalties& penalties) {
  std::vector<double> alphas;
  for (const double penalty : penalties.values) {
    alphas.push_back(penalty * (penalties.relative ? gram.scale : 1));
  }
  return alphas;
}

Result<Eigen::MatrixXd> PenaltyErrors(const CentredGram& gram, const Eigen::MatrixXd& responses,
                                      const Penalties& penalties, unsigned threads) {
  std::optional<Tridiagonal> reduced;
  if (penalties.inner_folds == 0) {
    VENTRAL_ASSIGN_OR_RETURN(reduced, Reduce(gram));
  }
  return Errors(gram, reduced, responses, AlphasOf(gram, penalties), penalties, threads);
}

std::vector<std::size_t> LeastErrors(const Eigen::MatrixXd& errors, const Subjects& subjects,
                                     bool per_neuroid) {
  std::vector<std::size_t> chosen(static_cast<std::size_t>(errors.cols()));
  for (const std::vector<int>& neuroids : subjects) {
    const std::size_t of_all = Least(errors(Eigen::all, neuroids).rowwise().sum());
    for (const int neuroid : neuroids) {
      chosen[static_cast<std::size_t>(neuroid)] = per_neuroid ? Least(errors.col(neuroid)) : of_all;
    }
  }
  return chosen;
}

Result<RidgeFit> FitDualRidge(const CentredGram& gram, const CentredResponses& responses,
                              const Subjects& subjects, const Penalties& penalties,
                              unsigned threads) {
  RidgeFit fit;
  fit.alphas = AlphasOf(gram, penalties);
  std::optional<Tridiagonal> reduced;
  if (penalties.inner_folds == 0 && fit.alphas.size() > 1) {
    VENTRAL_ASSIGN_OR_RETURN(reduced, Reduce(gram));
  }
  fit.chosen.assign(static_cast<std::size_t>(responses.values.cols()), 0);
  if (fit.alphas.size() > 1) {
    VENTRAL_ASSIGN_OR_RETURN(const Eigen::MatrixXd errors, Errors(gram, reduced, responses.values,
                                                                  fit.alphas, penalties, threads));
    fit.chosen = LeastErrors(errors, subjects, penalties.per_neuroid);
  }
  VENTRAL_RETURN_IF_ERROR(Predict(gram, responses, reduced, threads, fit));
  return fit;
}

}  // namespace ventral
