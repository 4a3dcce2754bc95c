#include "scoring/metrics/neuroids.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "scoring/metrics/reliability.h"
#include "scoring/metrics/responses.h"

namespace ventral {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

bool Varies(const Eigen::VectorXd& responses) {
  return responses.maxCoeff() > responses.minCoeff();
}

struct OneSubject {
  Eigen::MatrixXd responses;    // [stimulus × neuroid kept]
  Eigen::VectorXd reliability;  // [neuroid kept]; empty without trials
};

Result<OneSubject> SelectOfSubject(const Question& question, std::int64_t subject, int splits,
                                   double min_reliability) {
  const Recording recording = OfSubject(question.recording, subject);
  const Eigen::Map<const RowMajor> all(recording.values.data(), recording.Size(Axis::kStimulus),
                                       recording.Size(Axis::kNeuroid));
  Eigen::VectorXd reliability;
  if (question.trials != nullptr) {
    VENTRAL_ASSIGN_OR_RETURN(reliability, SplitHalfReliability(OfSubject(*question.trials, subject),
                                                               splits, question.spec.seed));
  }
  std::vector<int> kept;
  for (Eigen::Index neuroid = 0; neuroid < all.cols(); ++neuroid) {
    // A NaN reliability fails the comparison, and is left out too.
    const bool reliable = reliability.size() == 0 || reliability(neuroid) >= min_reliability;
    if (reliable && Varies(all.col(neuroid))) kept.push_back(static_cast<int>(neuroid));
  }
  OneSubject out{all(Eigen::all, kept), {}};
  if (reliability.size() > 0) out.reliability = reliability(kept);
  return out;
}

void Append(const OneSubject& subject, Neuroids& out, Eigen::VectorXd& reliability) {
  const Eigen::Index before = out.responses.cols(), more = subject.responses.cols();
  if (more == 0) return;
  out.responses.conservativeResize(subject.responses.rows(), before + more);
  out.responses.rightCols(more) = subject.responses;
  std::vector<int> columns;
  for (Eigen::Index c = before; c < before + more; ++c) columns.push_back(static_cast<int>(c));
  out.pool.subjects.push_back(std::move(columns));
  const Eigen::Index known = reliability.size();
  reliability.conservativeResize(known + subject.reliability.size());
  reliability.tail(subject.reliability.size()) = subject.reliability;
}

}  // namespace

Result<Neuroids> SelectNeuroids(const Question& question, int ceiling_splits,
                                double min_reliability, bool pool_neuroids) {
  const Recording& recording = question.recording;
  VENTRAL_RETURN_IF_ERROR(CheckResponses(recording));
  if (question.trials != nullptr) {
    VENTRAL_RETURN_IF_ERROR(CheckTrials(recording, *question.trials));
  }
  Neuroids out;
  out.pool.all_neuroids = pool_neuroids;
  out.subjects = recording.Size(Axis::kSubject);
  Eigen::VectorXd reliability;
  for (std::int64_t subject = 0; subject < out.subjects; ++subject) {
    VENTRAL_ASSIGN_OR_RETURN(const OneSubject one,
                             SelectOfSubject(question, subject, ceiling_splits, min_reliability));
    Append(one, out, reliability);
  }
  if (out.pool.subjects.empty()) {
    return InvalidInput("recording " + recording.id +
                        ": no neuroid varies over the stimuli with a reliability of " +
                        std::to_string(min_reliability) + " or more");
  }
  out.left_out = out.subjects * recording.Size(Axis::kNeuroid) - out.responses.cols();
  if (reliability.size() > 0) {
    out.reach = reliability.cwiseMax(0).cwiseSqrt();
    out.ceiling.emplace();
    out.ceiling->value = out.pool.Score(out.reach);
    out.ceiling->method = "sqrt_split_half_spearman_brown";
  }
  return out;
}

BenchmarkScore FrameOf(const Question& question, const Neuroids& neuroids) {
  BenchmarkScore score;
  score.benchmark = question.spec.id;
  score.metric = question.spec.metric;
  score.seed = question.spec.seed.value;
  score.stimuli = neuroids.responses.rows();
  score.subjects = static_cast<std::int64_t>(neuroids.pool.subjects.size());
  score.neuroids = neuroids.responses.cols();
  score.neuroids_left_out = neuroids.left_out;
  if (score.subjects < neuroids.subjects) {
    score.notes.push_back(std::to_string(neuroids.subjects - score.subjects) + " of " +
                          std::to_string(neuroids.subjects) +
                          " subjects are left out: none of their neuroids is reliable");
  }
  return score;
}

}  // namespace ventral
