#include "scoring/metrics/trial_distances.h"

#include <Eigen/Cholesky>

#include "scoring/metrics/dense.h"
#include "scoring/metrics/rdm.h"

namespace ventral {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Trials less the mean of their stimulus' trials.
struct Residuals {
  Eigen::MatrixXd rows;  // [trial of a stimulus that has two at least × neuroid]
  double dof = 0;        // rows less stimuli
};

Residuals ResidualsOf(const Trials& trials) {
  std::vector<Eigen::RowVectorXd> rows;
  Residuals out;
  const Eigen::Index stimuli = trials.repeats[0].rows();
  for (Eigen::Index i = 0; i < stimuli; ++i) {
    std::vector<std::size_t> there;
    for (std::size_t r = 0; r < trials.repeats.size(); ++r) {
      if (trials.present[r][static_cast<std::size_t>(i)]) there.push_back(r);
    }
    if (there.size() < 2) continue;
    Eigen::RowVectorXd mean = Eigen::RowVectorXd::Zero(trials.repeats[0].cols());
    for (const std::size_t r : there) mean += trials.repeats[r].row(i);
    mean /= static_cast<double>(there.size());
    for (const std::size_t r : there) rows.push_back(trials.repeats[r].row(i) - mean);
    out.dof += static_cast<double>(there.size() - 1);
  }
  out.rows.resize(static_cast<Eigen::Index>(rows.size()), trials.repeats[0].cols());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    out.rows.row(static_cast<Eigen::Index>(row)) = rows[row];
  }
  return out;
}

}  // namespace

Result<Trials> TrialsOf(const Recording& trials, const std::vector<int>& neuroids,
                        const std::string& whose) {
  const std::int64_t repeats = trials.Size(Axis::kRepeat);
  if (trials.axes.empty() || trials.axes[0] != Axis::kRepeat || repeats < 2) {
    return InvalidInput(whose + ": distances in units of noise need two repeats at least");
  }
  const Eigen::Index n = trials.Size(Axis::kStimulus), p = trials.Size(Axis::kNeuroid);
  Trials out;
  for (std::int64_t r = 0; r < repeats; ++r) {
    const Eigen::Map<const RowMajor> all(trials.values.data() + r * n * p, n, p);
    Eigen::MatrixXd& one = out.repeats.emplace_back(all(Eigen::all, neuroids));
    std::vector<bool>& present = out.present.emplace_back();
    for (Eigen::Index i = 0; i < n; ++i) {
      present.push_back(one.row(i).allFinite());
      if (!present.back()) one.row(i).setZero();
    }
  }
  return out;
}

Result<Eigen::MatrixXd> TrialWhitener(const Trials& trials, NoiseEstimate noise,
                                      const std::string& whose) {
  const Residuals residuals = ResidualsOf(trials);
  if (residuals.rows.rows() == 0) {
    return InvalidInput(whose + ": no stimulus has two complete trials");
  }
  Eigen::Index silent = 0;
  if (!(residuals.rows.colwise().squaredNorm().minCoeff(&silent) > 0)) {
    return InvalidInput(whose + ": the trials of neuroid " + std::to_string(silent + 1) +
                        " of those that vary never differ: it has no noise to measure by");
  }
  const Eigen::MatrixXd covariance = NoiseCovariance(residuals.rows, residuals.dof, noise);
  const Eigen::LLT<Eigen::MatrixXd> factor(covariance);
  const double least = factor.info() == Eigen::Success
                           ? factor.matrixLLT().diagonal().array().square().minCoeff()
                           : 0;
  if (!(least > 1e-13 * covariance.diagonal().maxCoeff())) {
    return InvalidInput(whose + ": the noise covariance of " + std::to_string(covariance.rows()) +
                        " neuroids from " + std::to_string(residuals.rows.rows()) +
                        " trials has no inverse; use noise=shrinkage_diagonal");
  }
  return Eigen::MatrixXd(
      factor.matrixU().solve(Eigen::MatrixXd::Identity(covariance.rows(), covariance.cols())));
}

Rdm MahalanobisRdm(const Eigen::MatrixXd& responses, const Eigen::MatrixXd& whitener) {
  const Eigen::MatrixXd white = Product(responses, whitener);
  const Eigen::MatrixXd inner = Product(white, white.transpose());
  const auto p = static_cast<double>(responses.cols());
  return MakeRdm(responses.rows(), [&](Eigen::Index i, Eigen::Index j) {
    return std::max(0.0, inner(i, i) + inner(j, j) - 2 * inner(i, j)) / p;
  });
}

// Over the repeats that have both, Σ_{r≠s} d_r·d_s = |Σ d_r|² − Σ |d_r|².
Result<Rdm> CrossnobisRdm(const Trials& trials, const Eigen::MatrixXd& whitener,
                          const std::string& whose) {
  std::vector<RowMajor> white;
  for (const Eigen::MatrixXd& repeat : trials.repeats) white.push_back(Product(repeat, whitener));
  const auto p = static_cast<double>(whitener.rows());
  Eigen::Index lone_i = -1, lone_j = -1;
  Eigen::RowVectorXd sum(whitener.cols()), difference(whitener.cols());
  Rdm rdm = MakeRdm(white[0].rows(), [&](Eigen::Index i, Eigen::Index j) {
    double squares = 0, shared = 0;
    sum.setZero();
    for (std::size_t r = 0; r < white.size(); ++r) {
      if (!trials.present[r][static_cast<std::size_t>(i)] ||
          !trials.present[r][static_cast<std::size_t>(j)]) {
        continue;
      }
      difference = white[r].row(i) - white[r].row(j);
      sum += difference;
      squares += difference.squaredNorm();
      shared += 1;
    }
    if (shared < 2) {
      lone_i = i;
      lone_j = j;
      return 0.0;
    }
    return (sum.squaredNorm() - squares) / (shared * (shared - 1) * p);
  });
  if (lone_i >= 0) {
    return InvalidInput(whose +
                        ": fewer than two repeats have complete trials of both stimulus "
                        "rows " +
                        std::to_string(lone_i) + " and " + std::to_string(lone_j));
  }
  return rdm;
}

}  // namespace ventral
