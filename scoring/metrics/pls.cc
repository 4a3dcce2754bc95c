#include "scoring/metrics/pls.h"

#include "scoring/metrics/encoding.h"
#include "scoring/metrics/kernel_pls.h"
#include "scoring/metrics/option_reader.h"

namespace ventral {
namespace {

struct PlsOptions {
  int components = 0;
  EncodingOptions encoding;
};

Result<PlsOptions> ReadPlsOptions(const Options& options) {
  OptionReader reader(options);
  PlsOptions read;
  read.components = static_cast<int>(reader.Integer("components", 25, 1, 1000));
  VENTRAL_ASSIGN_OR_RETURN(read.encoding, ReadEncodingOptions(reader));
  VENTRAL_RETURN_IF_ERROR(reader.Finish());
  return read;
}

class PlsFold final : public FoldModel {
 public:
  explicit PlsFold(int components) : components_(components) {}

  Result<Fit> Predict(const CentredGram& gram, const CentredResponses& responses,
                      const std::vector<std::vector<int>>& subjects, unsigned) const override {
    Fit fit{Eigen::MatrixXd(gram.test.rows(), responses.values.cols()), false};
    for (const std::vector<int>& neuroids : subjects) {
      const PlsFit one = FitKernelPls(
          gram, {responses.values(Eigen::all, neuroids), responses.mean(neuroids)}, components_);
      fit.predicted(Eigen::all, neuroids) = one.predicted;
      if (one.components < components_) fit.remarkable = true;
    }
    return fit;
  }

  std::string Remark(int folds, int of) const override {
    if (folds == 0) return "";
    return "allowed fewer than " + std::to_string(components_) + " components in " +
           std::to_string(folds) + " of " + std::to_string(of) +
           " folds: all that it spans was fitted there";
  }

 private:
  int components_;
};

class Pls final : public Metric {
 public:
  std::string_view name() const override { return "pls"; }

  Status Check(const Question& question) const override {
    VENTRAL_ASSIGN_OR_RETURN(const PlsOptions options, ReadPlsOptions(question.spec.options));
    return CheckEncoding(question, options.encoding);
  }

  Result<BenchmarkScore> Score(const Question& question,
                               std::span<const Gram> layers) const override {
    VENTRAL_ASSIGN_OR_RETURN(const PlsOptions options, ReadPlsOptions(question.spec.options));
    return ScoreEncoding(question, layers, options.encoding, PlsFold(options.components));
  }
};

}  // namespace

const Metric& PlsMetric() {
  static const Pls metric;
  return metric;
}

}  // namespace ventral
