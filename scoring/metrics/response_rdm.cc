#include "scoring/metrics/response_rdm.h"

#include <algorithm>

#include "scoring/metrics/rdm.h"
#include "scoring/metrics/responses.h"
#include "scoring/metrics/trial_distances.h"

namespace ventral {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Those columns of [stimulus × neuroid] that vary.
std::vector<int> Varying(const Eigen::MatrixXd& responses) {
  std::vector<int> varying;
  for (Eigen::Index c = 0; c < responses.cols(); ++c) {
    if (responses.col(c).maxCoeff() > responses.col(c).minCoeff()) {
      varying.push_back(static_cast<int>(c));
    }
  }
  return varying;
}

Result<Rdm> PoissonRdm(const Eigen::MatrixXd& y, const std::string& whose) {
  Eigen::Index row = 0, column = 0;
  if (y.minCoeff(&row, &column) < 0) {
    return InvalidInput(whose + ": the response to stimulus row " + std::to_string(row) +
                        " is negative, and recording_rdm=poisson is of rates");
  }
  const Eigen::MatrixXd rate = (y.array() + 0.1) / 1.1;
  const Eigen::MatrixXd logs = rate.array().log();
  return MakeRdm(y.rows(), [&](Eigen::Index i, Eigen::Index j) {
    return (rate.row(i) - rate.row(j)).dot(logs.row(i) - logs.row(j)) /
           static_cast<double>(y.cols());
  });
}

Result<Rdm> FromMeans(const Eigen::MatrixXd& y, ResponseRdm kind, const std::string& whose) {
  if (kind == ResponseRdm::kPoisson) return PoissonRdm(y, whose);
  const RdmKind same = kind == ResponseRdm::kCorrelation ? RdmKind::kCorrelation
                       : kind == ResponseRdm::kCosine    ? RdmKind::kCosine
                                                         : RdmKind::kEuclidean;
  return RdmOf(y * y.transpose(), y.rowwise().sum(), y.cols(), same, whose);
}

Result<Rdm> OneSubject(const Recording& recording, const Recording* trials, ResponseRdm kind,
                       NoiseEstimate noise, const std::string& whose) {
  const Eigen::MatrixXd all = Eigen::Map<const RowMajor>(
      recording.values.data(), recording.Size(Axis::kStimulus), recording.Size(Axis::kNeuroid));
  const std::vector<int> varying = Varying(all);
  if (varying.empty()) return InvalidInput(whose + ": no neuroid varies over the stimuli");
  const Eigen::MatrixXd y = all(Eigen::all, varying);
  if (!NeedsTrials(kind)) return FromMeans(y, kind, whose);
  VENTRAL_ASSIGN_OR_RETURN(const Trials presented, TrialsOf(*trials, varying, whose));
  VENTRAL_ASSIGN_OR_RETURN(const Eigen::MatrixXd whitener, TrialWhitener(presented, noise, whose));
  return kind == ResponseRdm::kMahalanobis ? Result<Rdm>(MahalanobisRdm(y, whitener))
                                           : CrossnobisRdm(presented, whitener, whose);
}

}  // namespace

const std::vector<std::string>& ResponseRdmNames() {
  static const std::vector<std::string> names = {"correlation", "cosine",      "euclidean",
                                                 "poisson",     "mahalanobis", "crossnobis"};
  return names;
}

ResponseRdm ResponseRdmNamed(std::string_view name) {
  const std::vector<std::string>& names = ResponseRdmNames();
  return static_cast<ResponseRdm>(std::find(names.begin(), names.end(), name) - names.begin());
}

bool NeedsTrials(ResponseRdm kind) {
  return kind == ResponseRdm::kMahalanobis || kind == ResponseRdm::kCrossnobis;
}

Result<std::vector<Rdm>> ResponseRdms(const Recording& recording, const Recording* trials,
                                      ResponseRdm kind, NoiseEstimate noise) {
  VENTRAL_RETURN_IF_ERROR(CheckResponses(recording));
  if (NeedsTrials(kind)) {
    if (trials == nullptr) {
      return InvalidInput("recording_rdm=" + ResponseRdmNames()[static_cast<std::size_t>(kind)] +
                          " needs the benchmark to name a recording with repeats as trials");
    }
    VENTRAL_RETURN_IF_ERROR(CheckTrials(recording, *trials));
  }
  std::vector<Rdm> rdms;
  for (std::int64_t subject = 0; subject < recording.Size(Axis::kSubject); ++subject) {
    const std::string whose =
        "recording " + recording.id + ", subject " + std::to_string(subject + 1);
    const Recording repeats = trials == nullptr ? Recording{} : OfSubject(*trials, subject);
    VENTRAL_ASSIGN_OR_RETURN(
        Rdm rdm, OneSubject(OfSubject(recording, subject), &repeats, kind, noise, whose));
    if (rdm.upper.maxCoeff() == rdm.upper.minCoeff()) {
      return InvalidInput(whose + ": all its distances are equal");
    }
    rdms.push_back(std::move(rdm));
  }
  return rdms;
}

}  // namespace ventral
