#include "worker/evaluator/promise.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace ventral {
namespace {

using ::testing::HasSubstr;

PlanMessage PlanOf(std::vector<PlanLayer> layers) {
  PlanMessage plan;
  plan.layers = std::move(layers);
  return plan;
}

Gram Ones(const std::string& path, std::int64_t step, std::int64_t features, Eigen::Index n) {
  return {{path, step}, features, false, Eigen::MatrixXd::Ones(n, n), Eigen::VectorXd::Ones(n)};
}

TEST(Promise, GivesTheGramsInThePlansOrderWhateverTheOrderOfArrival) {
  auto promise = Promise::Make(PlanOf({{{"a", 0}, 2, false}, {{"a", 1}, 2, false}}), 3);
  ASSERT_TRUE(promise.ok());
  EXPECT_TRUE(promise->Take(Ones("a", 1, 2, 3)).ok());
  EXPECT_TRUE(promise->Take(Ones("a", 0, 2, 3)).ok());
  const auto grams = std::move(*promise).Finish();
  ASSERT_TRUE(grams.ok());
  EXPECT_EQ((*grams)[0].layer.step, 0);
  EXPECT_EQ((*grams)[1].layer.step, 1);
}

TEST(Promise, RefusesAPlanThatCannotBeKept) {
  const std::string_view name = "layer a";
  EXPECT_THAT(Promise::Make(PlanOf({}), 3).error().message, HasSubstr("no layer"));
  EXPECT_THAT(Promise::Make(PlanOf({{{"a", 0}, 0, false}}), 3).error().message,
              HasSubstr(std::string(name) + " has no features"));
  EXPECT_THAT(
      Promise::Make(PlanOf({{{"a", 0}, 2, false}, {{"a", 0}, 2, false}}), 3).error().message,
      HasSubstr(std::string(name) + " is named twice"));
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{3}, {2, 3}, {0}, {2, most, 2}, {4, most / 2 + 1}}) {
    EXPECT_THAT(Promise::Make(PlanOf({{{"a", 0}, 2, false, shape}}), 3).error().message,
                HasSubstr(std::string(name) + " has not the shape of 2 features"));
  }
  EXPECT_TRUE(Promise::Make(PlanOf({{{"a", 0}, 24, false, {2, 3, 4}}}), 3).ok());
  EXPECT_THAT(Promise::Make(PlanOf({{{std::string(5000, 'x'), 0}, 2, false}}), 3).error().message,
              HasSubstr("5000 bytes"));
  PlanMessage wordy = PlanOf({{{"a", 0}, 2, false}});
  wordy.preprocessing = std::string(5000, 'x');
  EXPECT_THAT(Promise::Make(wordy, 3).error().message, HasSubstr("5000 bytes"));
  for (const char control : {'\0', '\n', '\x1b', '\x7f'}) {
    PlanMessage rude = PlanOf({{{"a", 0}, 2, false}});
    rude.extractor = std::string("x") + control;
    EXPECT_THAT(Promise::Make(rude, 3).error().message, HasSubstr("control character"));
    rude = PlanOf({{{std::string("a") + control, 0}, 2, false}});
    EXPECT_THAT(Promise::Make(rude, 3).error().message, HasSubstr("control character"));
    rude = PlanOf({{{"a", 0}, 2, false}});
    rude.committed_layers["IT"] = std::string(1, control);
    EXPECT_THAT(Promise::Make(rude, 3).error().message, HasSubstr("control character"));
  }
  EXPECT_TRUE(Promise::Make(PlanOf({{{"ä.Schicht 1", 0}, 2, false}}), 3).ok());
  std::vector<PlanLayer> many;
  for (std::size_t i = 0; i <= Promise::kMostLayers; ++i) {
    many.push_back({{"l" + std::to_string(i), 0}, 1, false});
  }
  EXPECT_THAT(Promise::Make(PlanOf(many), 1).error().message, HasSubstr("10001 layers"));
}

TEST(Promise, TakesNoGramThatIsNone) {
  auto promise = Promise::Make(PlanOf({{{"a", 0}, 2, false}}), 3);
  Gram gram = Ones("a", 0, 2, 3);
  gram.inner(1, 1) = std::nan("");
  EXPECT_THAT(promise->Take(gram).error().message, HasSubstr("layer a"));
  EXPECT_THAT(promise->Take(Ones("a", 0, 2, 4)).error().message, HasSubstr("layer a"));
}

TEST(Promise, RefusesALayerWithAnotherMarkThanPromised) {
  auto promise = Promise::Make(PlanOf({{{"a", 0}, 2, true}}), 3);
  EXPECT_THAT(promise->Take(Ones("a", 0, 2, 3)).error().message,
              HasSubstr("not what was promised"));
}

}  // namespace
}  // namespace ventral
