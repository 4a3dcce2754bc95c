#include "worker/protocol/messages.h"

#include <gmock/gmock.h>

#include <random>
#include <tuple>

#include "worker/protocol/estimate_message.h"
#include "worker/protocol/requests.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;

Gram SomeGram() {
  Eigen::MatrixXd x = Eigen::MatrixXd::Random(5, 7);
  Eigen::MatrixXd inner = x * x.transpose();
  inner = ((inner + inner.transpose()) / 2).eval();
  return {{"layer4.1", 3}, 7, true, inner, x.rowwise().sum()};
}

TEST(Messages, RequestsRoundTrip) {
  EvaluateRequest request{"/c.pt2",
                          "/pack",
                          "/bin/ventral-extract",
                          {"cuda:1",
                           123456789012,
                           8,
                           2,
                           0.5,
                           {"landlock"},
                           true,
                           {"layer4.*", "fc"},
                           "bfloat16",
                           8,
                           9'000'000'000'000'000'000}};
  const auto back = DecodeEvaluateRequest(Encode(request));
  ASSERT_TRUE(back.ok()) << back.error().ToString();
  EXPECT_EQ(back->pack_directory, "/pack");
  EXPECT_EQ(back->limits.device, "cuda:1");
  EXPECT_EQ(back->limits.memory_budget_bytes, 123456789012u);
  EXPECT_EQ(back->limits.processor_seconds, 0.5);
  EXPECT_EQ(back->limits.required_sandbox, std::vector<std::string>{"landlock"});
  EXPECT_EQ(back->limits.layers, request.limits.layers);
  EXPECT_TRUE(back->limits.torchscript);
  EXPECT_EQ(back->limits.precision, "bfloat16");
  EXPECT_EQ(back->limits.samples, 8);
  EXPECT_EQ(back->limits.seed, 9'000'000'000'000'000'000);
  const auto extract =
      DecodeExtractRequest(Encode(ExtractRequest{"/c.pt2", {"/a.png", "/b.png"}, {}}));
  ASSERT_TRUE(extract.ok());
  EXPECT_EQ(extract->stimuli, (std::vector<std::string>{"/a.png", "/b.png"}));
  EXPECT_EQ(extract->feature_window_bytes, 0u);
  EXPECT_EQ(
      DecodeExtractRequest(Encode(ExtractRequest{"/c.pt2", {}, {}, 1 << 24}))->feature_window_bytes,
      1u << 24);
}

TEST(Messages, PlanProgressDoneAndFailureRoundTrip) {
  PlanMessage plan;
  plan.layers = {{{"a", 0}, 10, false}, {{"b", 1}, 20, true, {4, 5}}};
  plan.passes = 2;
  plan.committed_layers = {{"IT", "b"}};
  const auto back = DecodePlan(Encode(plan));
  ASSERT_TRUE(back.ok()) << back.error().ToString();
  EXPECT_EQ(back->layers[1].layer, (LayerId{"b", 1}));
  EXPECT_TRUE(back->layers[1].inferred);
  EXPECT_EQ(back->layers[1].shape, (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(back->committed_layers.at("IT"), "b");
  EXPECT_EQ(DecodeProgress(Encode(ProgressMessage{"extract", 3, 9, "pass 1"}))->done, 3);
  EXPECT_EQ(DecodeDone(Encode(DoneMessage{1.25}))->seconds, 1.25);
  const auto features = DecodeFeatures(Encode(FeaturesMessage{{"b", 1}, 20, 30}));
  ASSERT_TRUE(features.ok()) << features.error().ToString();
  EXPECT_EQ(features->layer, (LayerId{"b", 1}));
  EXPECT_EQ(features->first, 20);
  EXPECT_EQ(features->count, 30);
  const auto failure = DecodeFailure(
      Encode(FailureMessage{FailureCause::kOutOfMemory, ResourceLimit("too big"), 7}));
  EXPECT_EQ(failure->cause, FailureCause::kOutOfMemory);
  EXPECT_EQ(failure->error.code, ErrorCode::kResourceLimit);
  EXPECT_EQ(failure->error.message, "too big");
  EXPECT_EQ(failure->needed_memory_bytes, 7u);
}

TEST(Messages, AnEstimateRoundTripsAndIsChecked) {
  const EstimateMessage estimate{9'000'000'000'000'000'000, 2, 3, 2147483647, 0.1};
  const auto back = DecodeEstimate(Encode(estimate));
  ASSERT_TRUE(back.ok()) << back.error().ToString();
  EXPECT_EQ(back->activation_bytes, estimate.activation_bytes);
  EXPECT_EQ(back->gram_bytes, 2u);
  EXPECT_EQ(back->memory_bytes, 3u);
  EXPECT_EQ(back->passes, 2147483647);
  EXPECT_EQ(back->seconds, 0.1);
  const std::string good = Encode(estimate);
  for (const auto& [was, is, says] :
       {std::tuple{"2147483647", "2147483648", "field passes"},
        std::tuple{"0.1", "-0.1", "field seconds"}, std::tuple{"0.1", "1e999", "no JSON object"},
        std::tuple{"0.1", "\"NaN\"", "field seconds"},
        std::tuple{"9000000000000000000", "-1", "field activation_bytes"},
        std::tuple{"gram", "graham", "field gram_bytes"}}) {
    std::string bad = good;
    bad.replace(bad.find(was), std::string(was).size(), is);
    const auto refused = DecodeEstimate(bad);
    ASSERT_FALSE(refused.ok()) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::kCorruptData);
    EXPECT_THAT(refused.error().message, HasSubstr(says)) << bad;
  }
}

TEST(Messages, AGramKeepsEveryBit) {
  const Gram gram = SomeGram();
  const auto back = DecodeGram(Encode(gram));
  ASSERT_TRUE(back.ok()) << back.error().ToString();
  EXPECT_EQ(back->layer, gram.layer);
  EXPECT_TRUE(back->inferred);
  EXPECT_EQ(back->inner, gram.inner);
  EXPECT_EQ(back->row_sums, gram.row_sums);
  EXPECT_LE(Encode(gram).size(), GramFrameCap(5));
}

TEST(Messages, ATextThatIsNoUtf8IsSentAllTheSame) {
  EXPECT_TRUE(DecodeProgress(Encode(ProgressMessage{"extract", 0, 0, "\xff\xfe"})).ok());
}

TEST(Messages, AnErrorNamesTheField) {
  struct Case {
    const char* text;
    const char* says;
  };
  for (const Case& c :
       {Case{"", "no JSON object"}, Case{"[1]", "no JSON object"},
        Case{"{}", "field phase: is missing"},
        Case{R"({"phase":1,"done":0,"total":0,"message":""})", "field phase: is no text"},
        Case{R"({"phase":"x","done":-1,"total":0,"message":""})", "field done"},
        Case{R"({"phase":"x","done":1e30,"total":0,"message":""})", "field done"},
        Case{R"({"phase":"x","done":18446744073709551615,"total":0,"message":""})",
             "field done"}}) {
    const auto message = DecodeProgress(c.text);
    ASSERT_FALSE(message.ok()) << c.text;
    EXPECT_THAT(message.error().message, HasSubstr(c.says)) << c.text;
  }
  EXPECT_THAT(DecodePlan(R"({"layers":[{"path":"a","step":0,"features":"many","inferred":false}]})")
                  .error()
                  .message,
              HasSubstr("layers/0, field features"));
  EXPECT_FALSE(
      DecodeFailure(R"({"cause":"fate","code":"internal","message":"","context":""})").ok());
  EXPECT_FALSE(DecodeDone(R"({"seconds":1e999})").ok());
}

// Copying or destroying it by recursion would overflow the stack.
TEST(Messages, AMillionNestedListsAreAnErrorAndNoCrash) {
  const std::string nested = std::string(1 << 20, '[') + std::string(1 << 20, ']');
  EXPECT_FALSE(DecodePlan(R"({"layers":[{"path":)" + nested + "}]}").ok());
  EXPECT_FALSE(DecodeEvaluateRequest(R"({"limits":{"device":)" + nested + "}}").ok());
}

TEST(Messages, EveryCutAndManyFlipsOfAGramAreRefusedOrRead) {
  const std::string good = Encode(SomeGram());
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(DecodeGram(good.substr(0, size)).ok()) << size;
  EXPECT_FALSE(DecodeGram(good + "x").ok());
  std::mt19937 random(11);
  for (int i = 0; i < 2000; ++i) {
    std::string bad = good;
    bad[random() % 120] = static_cast<char>(random());
    const auto gram = DecodeGram(bad);
    if (gram.ok()) {
      EXPECT_EQ(gram->stimuli(), 5);
    }
  }
}

}  // namespace
}  // namespace ventral
