// RDMs of kept Grams, by the function and by the program.
#include "worker/evaluator/rdms.h"

#include <gmock/gmock.h>

#include "scoring/metrics/rdm.h"
#include "tests/support/files.h"
#include "tests/unit/evaluation/evaluator_process.h"
#include "worker/evaluator/kept.h"
#include "worker/evaluator/kept_file.h"
#include "worker/protocol/frame.h"

namespace ventral {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Rdms : public ::testing::Test {
 protected:
  Rdms() {
    EvaluateRequest evaluate = testing::FakeRequest(scratch_.path(), "honest");
    evaluate.keep_grams = request_.grams = scratch_.path() / "kept.grams";
    testing::Evaluate(evaluate);
    grams_ = ReadKept(request_.grams, Bytes{1 << 20}).value().extraction.grams;
  }
  Result<RdmsMessage> Make() {
    made_.clear();
    return MakeRdms(request_, [this](const RdmMessage& rdm) -> Status {
      made_.push_back(rdm);
      return Ok{};
    });
  }
  std::vector<std::string> Layers() const {
    std::vector<std::string> layers;
    for (const RdmMessage& rdm : made_) layers.push_back(rdm.layer.ToString());
    return layers;
  }

  testing::ScratchFolder scratch_;
  RdmsRequest request_;
  std::vector<Gram> grams_;
  std::vector<RdmMessage> made_;
};

TEST_F(Rdms, AreThoseOfTheMetrics) {
  for (const auto& [distance, kind] : {std::pair{"correlation", RdmKind::kCorrelation},
                                       {"cosine", RdmKind::kCosine},
                                       {"euclidean", RdmKind::kEuclidean}}) {
    request_.distance = distance;
    const auto all = Make();
    ASSERT_TRUE(all.ok()) << all.error().message;
    EXPECT_EQ(all->distance, distance);
    EXPECT_EQ(all->head.stimuli.size(), 8u);
    EXPECT_THAT(Layers(), ElementsAre("one", "three"));
    for (std::size_t i = 0; i < made_.size(); ++i) {
      EXPECT_EQ(made_[i].rdm.upper, LayerRdm(grams_[i], kind).value().upper) << distance;
      EXPECT_EQ(made_[i].features, 5);
    }
  }
}

TEST_F(Rdms, OfSomeLayersAndOfNoneThatIsThere) {
  request_.layers = {"th*"};
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(Layers(), ElementsAre("three"));
  request_.layers = {"one", "two.*"};
  const auto none = Make();
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, ErrorCode::kInvalidInput);
  EXPECT_THAT(none.error().message, HasSubstr("'two.*'; there are one, three"));
  EXPECT_TRUE(made_.empty());
  request_ = {request_.grams, {}, "manhattan"};
  EXPECT_THAT(Make().error().message, HasSubstr("correlation, cosine or euclidean"));
}

TEST_F(Rdms, OfALayerThatDoesNotVarySayWhyThereIsNone) {
  KeptExtraction kept = ReadKept(request_.grams, Bytes{1 << 20}).value();
  Gram& one = kept.extraction.grams[0];
  one.inner.setConstant(5);
  one.row_sums.setConstant(5);
  ASSERT_TRUE(
      WriteKeptGrams(request_.grams, kept.head, kept.extraction.plan, kept.extraction.grams).ok());
  ASSERT_TRUE(Make().ok());
  EXPECT_THAT(made_[0].undefined, HasSubstr("layer one"));
  EXPECT_EQ(made_[0].rdm.upper.size(), 0);
  EXPECT_TRUE(made_[1].undefined.empty());
}

TEST_F(Rdms, ComeFromTheProgramAsFrames) {
  Child child = testing::StartEvaluator();
  ASSERT_TRUE(WriteFrame(child.to_child(), FrameType::kRdmsRequest, Encode(request_)).ok());
  ASSERT_TRUE(Make().ok());
  for (const RdmMessage& wanted : made_) {
    const auto frame = ReadFrame(child.from_child(), kControlFrameCap);
    ASSERT_TRUE(frame.ok() && frame->has_value() && (*frame)->type == FrameType::kRdm);
    const auto rdm = DecodeRdm((*frame)->payload);
    ASSERT_TRUE(rdm.ok()) << rdm.error().message;
    EXPECT_EQ(rdm->layer, wanted.layer);
    EXPECT_EQ(rdm->rdm.upper, wanted.rdm.upper);
  }
  const auto last = ReadFrame(child.from_child(), kControlFrameCap);
  ASSERT_TRUE(last.ok() && last->has_value() && (*last)->type == FrameType::kRdms);
  const auto all = DecodeRdms((*last)->payload);
  ASSERT_TRUE(all.ok()) << all.error().message;
  EXPECT_EQ(all->head.pack, "eight");
  EXPECT_EQ(all->extractor, "fake");
  EXPECT_EQ(child.Wait().ToString(), "exited with status 0");
}

TEST_F(Rdms, OfAFileThatIsNoneAreAFailure) {
  testing::WriteFile(request_.grams, "nothing of the kind");
  Child child = testing::StartEvaluator();
  ASSERT_TRUE(WriteFrame(child.to_child(), FrameType::kRdmsRequest, Encode(request_)).ok());
  const auto frame = ReadFrame(child.from_child(), kControlFrameCap);
  ASSERT_TRUE(frame.ok() && frame->has_value());
  ASSERT_EQ((*frame)->type, FrameType::kFailure);
  EXPECT_THAT(DecodeFailure((*frame)->payload)->error.message, HasSubstr(request_.grams));
}

}  // namespace
}  // namespace ventral
