#include "scoring/metrics/centred_fold.h"

namespace ventral {

Result<CentredGram> Centre(const Eigen::MatrixXd& inner, const Fold& fold) {
  CentredGram out;
  out.train = inner(fold.train, fold.train);
  out.test = inner(fold.test, fold.train);
  const Eigen::RowVectorXd column_means = out.train.colwise().mean();
  const double mean = column_means.mean();
  const Eigen::VectorXd test_means = out.test.rowwise().mean();
  out.train.rowwise() -= column_means;
  out.train.colwise() -= (column_means.array() - mean).matrix().transpose();
  out.test.rowwise() -= column_means;
  out.test.colwise() -= (test_means.array() - mean).matrix();
  out.scale = out.train.diagonal().mean();
  out.stimuli = fold.train;
  // Rounding of float32 features leaves this much of a constant layer.
  if (!(out.scale > 1e-12 * inner.diagonal().mean())) {
    return InvalidInput(
        "the activations do not vary over the training stimuli, so nothing can be predicted from "
        "them; leave this layer out");
  }
  return out;
}

CentredResponses Centre(const Eigen::MatrixXd& responses, const std::vector<int>& train) {
  CentredResponses out;
  out.values.resize(static_cast<Eigen::Index>(train.size()), responses.cols());
  out.mean.resize(responses.cols());
  // Column by column, while it is in the cache.
  for (Eigen::Index neuroid = 0; neuroid < responses.cols(); ++neuroid) {
    auto column = out.values.col(neuroid);
    column = responses.col(neuroid)(train);
    out.mean(neuroid) = column.mean();
    column.array() -= out.mean(neuroid);
  }
  return out;
}

}  // namespace ventral
