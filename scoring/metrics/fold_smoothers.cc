#include "scoring/metrics/fold_smoothers.h"

#include <algorithm>
#include <numeric>

#include "scoring/base/parallel.h"
#include "scoring/metrics/dense.h"

namespace ventral {
namespace {

std::size_t PenaltyAt(int i) { return static_cast<std::size_t>(i); }

// The smoothers of one fold, as columns of numbers: [train·test × penalty]. Those that were not
// asked for are not there.
class Columns {
 public:
  Columns(const CentredGram& fold, const std::vector<double>& alphas)
      : fold_(fold),
        alphas_(alphas),
        all_(fold.test.size(), static_cast<Eigen::Index>(alphas.size())),
        made_(alphas.size(), false) {}

  const Eigen::MatrixXd& all() const { return all_; }

  Eigen::Map<Eigen::MatrixXd> At(int penalty) {
    return {all_.col(penalty).data(), fold_.test.cols(), fold_.test.rows()};
  }

  Status Make(std::vector<int> penalties, unsigned threads) {
    std::erase_if(penalties, [&](int penalty) { return made_[PenaltyAt(penalty)]; });
    const double floor = 1e-13 * fold_.train.trace();
    std::vector<Status> done(penalties.size(), Ok{});
    ParallelFor(penalties.size(), threads, [&](std::size_t i) {
      Eigen::Map<Eigen::MatrixXd> one = At(penalties[i]);
      one = fold_.test.transpose();
      done[i] =
          SolvePositiveInPlace(fold_.train, std::max(alphas_[PenaltyAt(penalties[i])], floor), one);
    });
    for (Status& status : done) VENTRAL_RETURN_IF_ERROR(std::move(status));
    for (const int penalty : penalties) made_[PenaltyAt(penalty)] = true;
    return Ok{};
  }

 private:
  const CentredGram& fold_;
  const std::vector<double>& alphas_;
  Eigen::MatrixXd all_;
  std::vector<bool> made_;
};

int WorstMade(const FewColumns& few) {
  Eigen::Index worst = 0;
  few.missed.maxCoeff(&worst);
  return static_cast<int>(worst);
}

// Whether another fold's choice makes its worst of this fold's smoothers.
Result<bool> Serves(const FewColumns& few, double tolerance, unsigned threads, Columns& columns) {
  const int worst = WorstMade(few);  // one of the chosen, if they are all that there are
  std::vector<int> needed = few.chosen;
  if (std::find(needed.begin(), needed.end(), worst) == needed.end()) needed.push_back(worst);
  VENTRAL_RETURN_IF_ERROR(columns.Make(needed, threads));
  Eigen::VectorXd missed = columns.all().col(worst);
  double longest = missed.norm();
  for (std::size_t b = 0; b < few.chosen.size(); ++b) {
    const auto one = columns.all().col(few.chosen[b]);
    longest = std::max(longest, one.norm());
    missed -= few.weights(static_cast<Eigen::Index>(b), worst) * one;
  }
  return missed.norm() <= tolerance * longest;
}

}  // namespace

Result<FoldSmoothers> SmootherSeries::Next(const CentredGram& fold) {
  Columns columns(fold, alphas_);
  bool serves = false;
  if (chosen_) {
    VENTRAL_ASSIGN_OR_RETURN(serves, Serves(*chosen_, tolerance_, threads_, columns));
  }
  if (!serves) {
    std::vector<int> every(alphas_.size());
    std::iota(every.begin(), every.end(), 0);
    VENTRAL_RETURN_IF_ERROR(columns.Make(every, threads_));
    chosen_ = ChooseFewColumns(Product(columns.all().transpose(), columns.all()), tolerance_);
  }
  FoldSmoothers made{{}, chosen_->weights};
  for (const int penalty : chosen_->chosen) made.kept.emplace_back(columns.At(penalty));
  return made;
}

}  // namespace ventral
