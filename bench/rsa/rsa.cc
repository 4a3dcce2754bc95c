// bench_rsa dual COMPARATOR MODELS.npy SUBJECTS.npy RESAMPLES THREADS
//   the dual bootstrap: models [model × stimulus × stimulus] against subjects' RDMs, with the
//   ceiling
// bench_rsa whitened MODELS.npy SUBJECTS.npy NOISE.npy
//   whitened correlation of each model with each subject, noise covariance [stimulus × stimulus]
// Prints the seconds, reading the files not counted, and as JSON numbers that a peer can hold
// itself against: the variance of each model's score; or the comparisons.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "scoring/metrics/rdm.h"
#include "scoring/metrics/rsa_bootstrap.h"
#include "scoring/pack/npy.h"

namespace ventral {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Clock = std::chrono::steady_clock;

template <typename T>
T Must(Result<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "bench_rsa: %s\n", result.error().ToString().c_str());
    std::exit(1);
  }
  return std::move(result).value();
}

std::vector<Rdm> ReadRdms(const std::string& file) {
  NpyArray array = Must(ReadNpyFile(file, 8ull << 30, file));
  Recording recording;
  recording.kind = RecordingKind::kRdms;
  recording.axes = {Axis::kSubject, Axis::kStimulus, Axis::kStimulus};
  recording.shape = array.shape;
  recording.values = std::move(array.values);
  return Must(SubjectRdms(recording));
}

void Print(Clock::time_point start, const std::vector<double>& numbers) {
  std::printf("%.6f [", std::chrono::duration<double>(Clock::now() - start).count());
  for (std::size_t i = 0; i < numbers.size(); ++i)
    std::printf("%s%.12g", i > 0 ? "," : "", numbers[i]);
  std::printf("]\n");
}

void Dual(const Comparison& comparison, const std::vector<Rdm>& models,
          const std::vector<Rdm>& subjects, int resamples, unsigned threads) {
  const auto start = Clock::now();
  const Drawable drawable{0, static_cast<int>(subjects[0].stimuli),
                          static_cast<int>(subjects.size())};
  const IntervalRule rule{Over::kBoth, true, resamples};
  const std::optional<RsaChoice> no_choice;
  const RsaNumbers numbers(models, subjects, comparison, no_choice);
  const Resampled made = Bootstrap(numbers, numbers.size(), drawable, rule, Seed{1}, threads);
  std::vector<double> variances;
  for (std::size_t m = 0; m < models.size(); ++m) {
    const auto error = ErrorOf(made.Row(static_cast<Eigen::Index>(m)), rule, drawable);
    variances.push_back(error.value().value * error.value().value);
  }
  Print(start, variances);
}

void Whitened(const std::vector<Rdm>& models, const std::vector<Rdm>& subjects,
              const Eigen::MatrixXd& covariance) {
  const auto start = Clock::now();
  const NoiseWhitening noise = Must(NoiseWhitening::From(covariance));
  const Eigen::MatrixXd r =
      CompareRdms(models, subjects, {RdmComparator::kWhitenedCorrelation, &noise});
  Print(start, {r.data(), r.data() + r.size()});
}

int Run(const std::vector<std::string>& words) {
  if (words.size() == 6 && words[0] == "dual") {
    Dual({ComparatorNamed(words[1])}, ReadRdms(words[2]), ReadRdms(words[3]), std::stoi(words[4]),
         static_cast<unsigned>(std::stoi(words[5])));
  } else if (words.size() == 4 && words[0] == "whitened") {
    const NpyArray noise = Must(ReadNpyFile(words[3], 8ull << 30, words[3]));
    Whitened(ReadRdms(words[1]), ReadRdms(words[2]),
             Eigen::Map<const RowMajor>(noise.values.data(), noise.shape.at(0), noise.shape.at(1)));
  } else {
    std::fprintf(stderr, "usage: see the head of bench/rsa/rsa.cc\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace ventral

int main(int argc, char** argv) { return ventral::Run({argv + 1, argv + argc}); }
