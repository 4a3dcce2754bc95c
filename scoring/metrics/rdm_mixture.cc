#include "scoring/metrics/rdm_mixture.h"

#include <cstddef>

#include "scoring/base/parallel.h"
#include "scoring/metrics/dense.h"
#include "scoring/metrics/nonnegative_least_squares.h"

namespace ventral {
namespace {

// Layers and subjects as the fit sees them; those that do not vary have no products.
struct Embeddings {
  Eigen::MatrixXd squares;   // [layer × layer]
  Eigen::MatrixXd products;  // [layer × subject]
  Eigen::VectorXd norms;     // [layer]; 0 where it does not vary
};

Embeddings EmbedAll(const std::vector<Rdm>& layers, const std::vector<ComparableRdm>& subjects,
                    const StimulusSample& training, const Comparison& comparison) {
  const bool ranked = IsRanked(comparison.comparator);
  const Comparison fit{ranked ? RdmComparator::kPearson : comparison.comparator};
  const auto count = static_cast<Eigen::Index>(layers.size());
  const auto theirs = static_cast<Eigen::Index>(subjects.size());
  Embeddings made{{}, Eigen::MatrixXd::Zero(count, theirs), Eigen::VectorXd::Zero(count)};
  Eigen::MatrixXd plain = Eigen::MatrixXd::Zero(training.weights().size(), count), white = plain;
  ParallelFor(layers.size(), 0, [&](std::size_t l) {
    const Embedded one = Embed(training.Take(layers[l].upper), training, fit);
    if (one.plain.size() == 0) return;
    const auto layer = static_cast<Eigen::Index>(l);
    made.norms(layer) = one.norm;
    plain.col(layer) = one.plain;
    white.col(layer) = one.white;
  });
  made.squares = Product(plain.transpose(), white);
  made.squares.diagonal().setOnes();
  for (Eigen::Index s = 0; s < theirs; ++s) {
    const ComparableRdm& subject = subjects[static_cast<std::size_t>(s)];
    const Embedded embedded =
        Embed(ranked ? WeightedRanks(subject.Ordered(training), training.weights())
                     : subject.Values(training),
              training, fit);
    if (embedded.white.size() > 0) made.products.col(s) = plain.transpose() * embedded.white;
  }
  return made;
}

Mixture Mix(const std::vector<Rdm>& layers, const Embeddings& embedded,
            const Eigen::VectorXd& products) {
  Eigen::VectorXd w = NonnegativeLeastSquares(embedded.squares, products);
  if (w.isZero(0)) {
    Eigen::Index best = 0;
    products.maxCoeff(&best);
    w(best) = 1;
  }
  Mixture mixture{{layers[0].stimuli, Eigen::VectorXd::Zero(layers[0].upper.size())}, w / w.sum()};
  for (Eigen::Index l = 0; l < w.size(); ++l) {
    if (!(w(l) > 0 && embedded.norms(l) > 0)) continue;
    mixture.rdm.upper += w(l) / embedded.norms(l) * layers[static_cast<std::size_t>(l)].upper;
  }
  return mixture;
}

}  // namespace

std::vector<Mixture> MixRdms(const std::vector<Rdm>& layers,
                             const std::vector<ComparableRdm>& subjects,
                             const StimulusSample& training, const Comparison& comparison) {
  const Embeddings embedded = EmbedAll(layers, subjects, training, comparison);
  const Eigen::Index count = embedded.products.cols();
  std::vector<Mixture> mixtures;
  for (Eigen::Index s = 0; s < count; ++s) {
    Eigen::VectorXd pooled = Eigen::VectorXd::Zero(embedded.products.rows());
    for (Eigen::Index other = 0; other < count; ++other) {
      if (other != s || count == 1) pooled += embedded.products.col(other);
    }
    mixtures.push_back(Mix(layers, embedded, pooled));
  }
  return mixtures;
}

}  // namespace ventral
