#include "scoring/metrics/rsa_ceiling.h"

#include "scoring/metrics/ranks.h"

namespace ventral {
namespace {

double Pearson(Eigen::VectorXd a, Eigen::VectorXd b) {
  const Eigen::VectorXd ones = Eigen::VectorXd::Ones(a.size());
  Standardise(ones, a);
  Standardise(ones, b);
  return a.dot(b);
}

double Compare(const Eigen::VectorXd& a, const Eigen::VectorXd& b, RdmComparator comparator) {
  return comparator == RdmComparator::kSpearman ? Pearson(AverageRanks(a), AverageRanks(b))
                                                : Pearson(a, b);
}

}  // namespace

std::optional<Ceiling> RsaCeiling(const std::vector<Rdm>& subjects, RdmComparator comparator) {
  if (subjects.size() < 2) return std::nullopt;
  std::vector<Eigen::VectorXd> parts;  // what is averaged to pool
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(subjects[0].upper.size());
  for (const Rdm& subject : subjects) {
    Eigen::VectorXd part =
        comparator == RdmComparator::kSpearman ? AverageRanks(subject.upper) : subject.upper;
    if (comparator == RdmComparator::kPearson)
      Standardise(Eigen::VectorXd::Ones(part.size()), part);
    sum += part;
    parts.push_back(std::move(part));
  }
  double lower = 0, upper = 0;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    upper += Compare(subjects[i].upper, sum, comparator);
    lower += Compare(subjects[i].upper, sum - parts[i], comparator);
  }
  const double count = static_cast<double>(subjects.size());
  const char* method =
      comparator == RdmComparator::kSpearman ? "nili2014_rank_mean" : "nili2014_zscore_mean";
  return Ceiling{upper / count, lower / count, upper / count, method};
}

}  // namespace ventral
