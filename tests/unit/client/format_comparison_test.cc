#include <gmock/gmock.h>

#include "client/cli/format.h"

namespace ventral::cli {
namespace {

using ::testing::HasSubstr;

v1::PairedTest TestOf(double difference, double p, double adjusted) {
  v1::PairedTest test;
  test.set_difference(difference);
  test.mutable_interval()->set_lower(difference - 0.1);
  test.mutable_interval()->set_upper(difference + 0.1);
  test.set_p(p);
  test.set_adjusted_p(adjusted);
  return test;
}

TEST(FormatComparison, HasTiersTestsAndWhatTheyMean) {
  v1::ModelComparison comparison;
  comparison.set_benchmark("p.r.rsa");
  comparison.set_correction("holm");
  int tier = 0;
  for (const char* id : {"models/a", "models/b"}) {
    v1::ComparedModel* model = comparison.add_models();
    model->set_model(id);
    model->set_tier(++tier);
    model->set_raw(0.5);
    model->mutable_interval()->set_level(0.95);
    model->mutable_interval()->set_method("bootstrap_both_t");
    *model->mutable_against_zero() = TestOf(0.5, 0.00001, 0.0001);
  }
  v1::ComparedPair* pair = comparison.add_pairs();
  pair->set_model("models/a");
  pair->set_other("models/b");
  *pair->mutable_test() = TestOf(0.25, 0.0123, 0.0246);
  comparison.add_notes("c cannot be \x1b[31mcompared");
  const std::string text = FormatComparison(comparison);
  EXPECT_THAT(text, HasSubstr("   1  a"));
  EXPECT_THAT(text, HasSubstr("   2  b"));
  EXPECT_THAT(text, HasSubstr("<0.001"));
  EXPECT_THAT(text, HasSubstr("a      b          0.250  [0.150, 0.350]  0.012     0.025"));
  EXPECT_THAT(text, HasSubstr("95 %, bootstrap_both_t"));
  EXPECT_THAT(text, HasSubstr("by holm"));
  EXPECT_THAT(text, HasSubstr("note: c cannot be"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("\x1b")));
}

TEST(FormatComparison, OfNothingSaysSo) {
  v1::ModelComparison comparison;
  comparison.set_benchmark("p.r.rsa");
  EXPECT_THAT(FormatComparison(comparison), HasSubstr("No models to compare."));
}

}  // namespace
}  // namespace ventral::cli
