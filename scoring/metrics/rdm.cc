#include "scoring/metrics/rdm.h"

#include <algorithm>
#include <cmath>

namespace ventral {
namespace {

// A row whose variance is below this share of its mean square is constant but for rounding:
// features are float32, with 24 bits.
constexpr double kConstantShare = 1e-12;

// (i, j) → row-by-row upper triangle.
template <typename Distance>
Rdm UpperTriangle(Eigen::Index n, const Distance& distance) {
  Rdm rdm{n, Eigen::VectorXd(n * (n - 1) / 2)};
  Eigen::Index k = 0;
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = i + 1; j < n; ++j) rdm.upper(k++) = distance(i, j);
  }
  return rdm;
}

Error Degenerate(const Gram& gram, Eigen::Index row, const char* what) {
  return InvalidInput(
      "layer " + gram.layer.ToString() + ": the activations for stimulus row " +
      std::to_string(row) + " " + what +
      ", so its distances are not defined; leave this layer out, or use rdm=euclidean");
}

Result<Rdm> CorrelationRdm(const Gram& gram) {
  const double p = static_cast<double>(gram.features);
  const Eigen::Index n = gram.stimuli();
  Eigen::VectorXd norm(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double variance = gram.inner(i, i) - gram.row_sums(i) * gram.row_sums(i) / p;
    if (!(variance > kConstantShare * gram.inner(i, i))) return Degenerate(gram, i, "do not vary");
    norm(i) = std::sqrt(variance);
  }
  return UpperTriangle(n, [&](Eigen::Index i, Eigen::Index j) {
    const double covariance = gram.inner(i, j) - gram.row_sums(i) * gram.row_sums(j) / p;
    return 1 - covariance / (norm(i) * norm(j));
  });
}

Result<Rdm> CosineRdm(const Gram& gram) {
  for (Eigen::Index i = 0; i < gram.stimuli(); ++i) {
    if (!(gram.inner(i, i) > 0)) return Degenerate(gram, i, "are all zero");
  }
  const Eigen::VectorXd norm = gram.inner.diagonal().cwiseSqrt();
  return UpperTriangle(gram.stimuli(), [&](Eigen::Index i, Eigen::Index j) {
    return 1 - gram.inner(i, j) / (norm(i) * norm(j));
  });
}

Rdm EuclideanRdm(const Gram& gram) {
  const double p = static_cast<double>(gram.features);
  return UpperTriangle(gram.stimuli(), [&](Eigen::Index i, Eigen::Index j) {
    return std::max(0.0, gram.inner(i, i) + gram.inner(j, j) - 2 * gram.inner(i, j)) / p;
  });
}

}  // namespace

Result<Rdm> LayerRdm(const Gram& gram, RdmKind kind) {
  Result<Rdm> rdm = Internal("no such RDM");
  switch (kind) {
    case RdmKind::kCorrelation:
      rdm = CorrelationRdm(gram);
      break;
    case RdmKind::kCosine:
      rdm = CosineRdm(gram);
      break;
    case RdmKind::kEuclidean:
      rdm = EuclideanRdm(gram);
      break;
  }
  if (rdm.ok() && rdm->upper.size() > 0 && rdm->upper.maxCoeff() == rdm->upper.minCoeff()) {
    return InvalidInput("layer " + gram.layer.ToString() +
                        ": all its distances are equal, so its RDM has no order");
  }
  return rdm;
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
    rdms.push_back(UpperTriangle(n, [&](Eigen::Index i, Eigen::Index j) {
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
