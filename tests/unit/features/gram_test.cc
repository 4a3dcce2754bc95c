// The sum of slices, in blocks, against the plain product.
#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include "scoring/features/torch_gram.h"

namespace ventral {
namespace {

// More rows than one block has, and no multiple of it.
TEST(GramSumTest, EqualsThePlainProductBeyondOneBlock) {
  for (const std::int64_t stimuli : {1, 127, 128, 129, 300, 1100}) {
    const at::Tensor x = at::sin(at::arange(stimuli * 700, at::kFloat)).reshape({stimuli, 700});
    GramSum sum(stimuli, c10::kCPU);
    sum.Add(x.narrow(1, 0, 650));
    sum.Add(x.narrow(1, 650, 50));
    const Eigen::MatrixXd inner = sum.Finish();
    using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const Eigen::MatrixXd plain =
        Eigen::Map<const RowMajor>(x.data_ptr<float>(), stimuli, 700).cast<double>();
    const Eigen::MatrixXd wanted = plain * plain.transpose();
    EXPECT_LE((inner - wanted).cwiseAbs().maxCoeff(), 1e-11 * wanted.maxCoeff()) << stimuli;
    EXPECT_EQ(inner, inner.transpose()) << stimuli;
  }
}

TEST(GramSumTest, AddsInDoublePrecision) {
  // 1e8 + 1 is no float: in single precision the small feature would vanish.
  const at::Tensor x = at::ones({2, 2}, at::kFloat);
  x.select(1, 0).fill_(1e4);
  GramSum sum(2, c10::kCPU);
  sum.Add(x);
  EXPECT_EQ(sum.Finish()(0, 1), 1e8 + 1);
}

}  // namespace
}  // namespace ventral
