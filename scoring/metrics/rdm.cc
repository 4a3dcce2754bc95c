#include "scoring/metrics/rdm.h"

#include <algorithm>
#include <cmath>

namespace ventral {
namespace {

// A row whose variance is below this share of its mean square is constant but for rounding:
// features are float32, with 24 bits.
constexpr double kConstantShare = 1e-12;

Error Degenerate(const std::string& whose, Eigen::Index row, const char* what) {
  return InvalidInput(whose + ": its values for stimulus row " + std::to_string(row) + " " + what +
                      ", so their distances are not defined");
}

Result<Rdm> CorrelationRdm(const Eigen::MatrixXd& inner, const Eigen::VectorXd& sums, double p,
                           const std::string& whose) {
  Eigen::VectorXd norm(inner.rows());
  for (Eigen::Index i = 0; i < inner.rows(); ++i) {
    const double variance = inner(i, i) - sums(i) * sums(i) / p;
    if (!(variance > kConstantShare * inner(i, i))) return Degenerate(whose, i, "do not vary");
    norm(i) = std::sqrt(variance);
  }
  return MakeRdm(inner.rows(), [&](Eigen::Index i, Eigen::Index j) {
    const double covariance = inner(i, j) - sums(i) * sums(j) / p;
    return 1 - covariance / (norm(i) * norm(j));
  });
}

Result<Rdm> CosineRdm(const Eigen::MatrixXd& inner, const std::string& whose) {
  for (Eigen::Index i = 0; i < inner.rows(); ++i) {
    if (!(inner(i, i) > 0)) return Degenerate(whose, i, "are all zero");
  }
  const Eigen::VectorXd norm = inner.diagonal().cwiseSqrt();
  return MakeRdm(inner.rows(), [&](Eigen::Index i, Eigen::Index j) {
    return 1 - inner(i, j) / (norm(i) * norm(j));
  });
}

Rdm EuclideanRdm(const Eigen::MatrixXd& inner, double p) {
  return MakeRdm(inner.rows(), [&](Eigen::Index i, Eigen::Index j) {
    return std::max(0.0, inner(i, i) + inner(j, j) - 2 * inner(i, j)) / p;
  });
}

}  // namespace

Result<Rdm> RdmOf(const Eigen::MatrixXd& inner, const Eigen::VectorXd& row_sums,
                  std::int64_t features, RdmKind kind, const std::string& whose) {
  const auto p = static_cast<double>(features);
  Result<Rdm> rdm = kind == RdmKind::kCorrelation ? CorrelationRdm(inner, row_sums, p, whose)
                    : kind == RdmKind::kCosine    ? CosineRdm(inner, whose)
                                                  : EuclideanRdm(inner, p);
  // Equal rows have distances that are rounding, of products that are added up in blocks.
  const double scale = kind == RdmKind::kEuclidean ? inner.diagonal().maxCoeff() / p : 1;
  const bool varies = !rdm.ok() || rdm->upper.size() == 0 ||
                      rdm->upper.maxCoeff() - rdm->upper.minCoeff() > kConstantShare * scale;
  if (!varies) {
    return InvalidInput(whose + ": all its distances are equal, they do not vary");
  }
  return rdm;
}

Result<Rdm> RdmOfPatterns(const Eigen::MatrixXd& patterns, RdmKind kind, const std::string& whose) {
  Eigen::MatrixXd columns = patterns.transpose();  // a pattern each
  double per = static_cast<double>(columns.rows());
  if (kind != RdmKind::kEuclidean) {
    per = 2;
    for (Eigen::Index i = 0; i < columns.cols(); ++i) {
      const double squares = columns.col(i).squaredNorm();
      if (kind == RdmKind::kCorrelation) columns.col(i).array() -= columns.col(i).mean();
      const double norm = columns.col(i).norm();
      if (!(norm * norm > kConstantShare * squares)) {
        return InvalidInput(whose + ": stimulus row " + std::to_string(i) +
                            (kind == RdmKind::kCorrelation ? " does not vary" : " is all zero"));
      }
      columns.col(i) /= norm;
    }
  }
  Rdm rdm = MakeRdm(columns.cols(), [&](Eigen::Index i, Eigen::Index j) {
    return (columns.col(i) - columns.col(j)).squaredNorm() / per;
  });
  // What differences of equal rows leave, squared.
  const double rounding = 1e-28 * columns.colwise().squaredNorm().maxCoeff() / per;
  if (!(rdm.upper.maxCoeff() > rounding && rdm.upper.maxCoeff() > rdm.upper.minCoeff())) {
    return InvalidInput(whose + ": all its distances are equal, they do not vary");
  }
  return rdm;
}

RdmKind RdmKindNamed(std::string_view name) {
  return name == "cosine"      ? RdmKind::kCosine
         : name == "euclidean" ? RdmKind::kEuclidean
                               : RdmKind::kCorrelation;
}

Result<Rdm> LayerRdm(const Gram& gram, RdmKind kind) {
  return RdmOf(gram.inner, gram.row_sums, gram.features, kind, "layer " + gram.layer.ToString());
}

Result<std::vector<Rdm>> SubjectRdms(const Recording& recording) {
  const Eigen::Index n = recording.Size(Axis::kStimulus);
  const std::int64_t subjects = recording.Size(Axis::kSubject),
                     sessions = recording.Size(Axis::kSession);
  const bool session_first =
      std::find(recording.axes.begin(), recording.axes.end(), Axis::kSession) <
      std::find(recording.axes.begin(), recording.axes.end(), Axis::kSubject);
  const auto matrix = [&](std::int64_t subject, std::int64_t session) {
    const std::int64_t index =
        session_first ? session * subjects + subject : subject * sessions + session;
    return recording.values.data() + index * n * n;
  };
  std::vector<Rdm> rdms;
  for (std::int64_t subject = 0; subject < subjects; ++subject) {
    rdms.push_back(MakeRdm(n, [&](Eigen::Index i, Eigen::Index j) {
      double sum = 0;
      for (std::int64_t session = 0; session < sessions; ++session)
        sum += matrix(subject, session)[i * n + j];
      return sum / static_cast<double>(sessions);
    }));
    if (rdms.back().upper.maxCoeff() == rdms.back().upper.minCoeff()) {
      return InvalidInput("recording " + recording.id + ": all distances of subject " +
                          std::to_string(subject) + " are equal");
    }
  }
  return rdms;
}

}  // namespace ventral
