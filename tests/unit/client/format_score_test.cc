#include <gmock/gmock.h>

#include "client/cli/format.h"

namespace ventral::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void AddLayer(v1::BenchmarkScore& score, const std::string& path, double raw, double normalised) {
  v1::LayerScore* layer = score.add_layers();
  layer->mutable_layer()->set_path(path);
  layer->set_raw(raw);
  layer->set_normalised(normalised);
  layer->mutable_interval()->set_lower(raw - 0.01);
  layer->mutable_interval()->set_upper(raw + 0.02);
  layer->mutable_interval()->set_level(0.9);
}

v1::BenchmarkScore Scored() {
  v1::BenchmarkScore score;
  score.set_benchmark("lab.it.ridge");
  score.set_metric("ridge");
  score.set_raw(0.45649);
  score.mutable_ceiling()->set_value(0.8);
  score.mutable_ceiling()->set_method("split_half");
  score.set_normalised(0.57061);
  score.set_rule("r/ceiling");
  score.mutable_interval()->set_lower(0.4);
  score.mutable_interval()->set_upper(0.5);
  score.mutable_interval()->set_level(0.9);
  score.mutable_interval()->set_method("bootstrap");
  score.mutable_interval()->set_resamples(1000);
  score.set_layer_choice("committed");
  score.mutable_layer()->set_path("conv2");
  score.set_seed(18446744073709551615ull);
  score.set_stimuli(92);
  score.set_neuroids(60);
  score.set_neuroids_left_out(3);
  score.set_split("kfold(k=10, shuffled)");
  score.add_notes("few stimuli");
  AddLayer(score, "conv1", 0.3, 0.375);
  AddLayer(score, "conv2", 0.45649, 0.57061);
  return score;
}

v1::Provenance Origin() {
  v1::Provenance provenance;
  provenance.set_pack("lab");
  provenance.set_pack_version("1.0.0");
  provenance.set_scorer_version("7");
  return provenance;
}

TEST(FormatScore, HasAllThatIsNeededToComputeItAgain) {
  EXPECT_EQ(FormatScore(Scored(), Origin()),
            "lab.it.ridge   (ridge)\n"
            "  raw 0.456 [0.400, 0.500]   of ceiling 0.800   = 0.571 (r/ceiling)\n"
            "  layer conv2 (committed)\n"
            "  92 stimuli, 60 neuroids (3 left out), kfold(k=10, shuffled), "
            "seed 18446744073709551615, scorer version 7, pack lab 1.0.0\n"
            "  interval: 90 %, bootstrap, 1000 resamples; ceiling: split_half\n"
            "  note: few stimuli\n"
            "    layer    raw  90 % interval   of ceiling\n"
            "    conv1  0.300  [0.290, 0.320]       0.375\n"
            "    conv2  0.456  [0.446, 0.476]       0.571  *\n");
}

TEST(FormatScore, SaysWhatThereIsNot) {
  v1::BenchmarkScore score = Scored();
  score.clear_ceiling();
  score.clear_normalised();
  score.clear_interval();
  score.clear_split();
  score.set_neuroids(0);
  score.set_neuroids_left_out(0);
  score.clear_layers();
  const std::string text = FormatScore(score, Origin());
  EXPECT_THAT(text, HasSubstr("raw 0.456   no ceiling\n"));
  EXPECT_THAT(text, Not(HasSubstr("neuroids")));
  EXPECT_THAT(text, Not(HasSubstr("interval")));
  EXPECT_THAT(text, Not(HasSubstr("layer  ")));
}

TEST(FormatScore, ShowsBoundsOfTheCeilingAndInferredLayers) {
  v1::BenchmarkScore score = Scored();
  score.mutable_ceiling()->set_lower(0.7);
  score.mutable_ceiling()->set_upper(0.9);
  score.mutable_layers(0)->set_inferred(true);
  score.mutable_layers(1)->set_inferred(true);
  const std::string text = FormatScore(score, Origin());
  EXPECT_THAT(text, HasSubstr("layer conv2 (inferred) (committed)"));
  EXPECT_THAT(text, HasSubstr("ceiling 0.800 (bounds 0.700 to 0.900)"));
  EXPECT_THAT(text, HasSubstr("conv1 (inferred)"));
}

TEST(FormatScore, SaysAPrecisionThatIsNotTheUsual) {
  v1::Provenance provenance = Origin();
  provenance.set_precision("bfloat16");
  EXPECT_THAT(FormatScore(Scored(), provenance), HasSubstr("shuffled), bfloat16, seed"));
  provenance.set_precision("float32");
  EXPECT_THAT(FormatScore(Scored(), provenance), Not(HasSubstr("float32")));
}

TEST(FormatScore, MarksTheStepOfTheHeadlineAlone) {
  v1::BenchmarkScore score = Scored();
  score.mutable_layers(0)->mutable_layer()->set_path("conv2");
  score.mutable_layer()->set_step(1);
  score.mutable_layers(1)->mutable_layer()->set_step(1);
  const std::string text = FormatScore(score, Origin());
  EXPECT_THAT(text, HasSubstr("0.571  *"));
  EXPECT_THAT(text, Not(HasSubstr("0.375  *")));
}

// Layer paths, notes and methods come from files and servers of others.
TEST(FormatScore, CannotCommandTheTerminal) {
  v1::BenchmarkScore score = Scored();
  const std::string evil = "\x1b]0;title\x07";
  for (std::string* text :
       {score.mutable_benchmark(), score.mutable_metric(), score.mutable_rule(),
        score.mutable_layer_choice(), score.mutable_split(), score.mutable_notes(0),
        score.mutable_layer()->mutable_path(), score.mutable_ceiling()->mutable_method(),
        score.mutable_interval()->mutable_method(),
        score.mutable_layers(0)->mutable_layer()->mutable_path()}) {
    *text = evil;
  }
  v1::Provenance provenance = Origin();
  for (std::string* text : {provenance.mutable_pack(), provenance.mutable_pack_version(),
                            provenance.mutable_scorer_version()}) {
    *text = evil;
  }
  const std::string text = FormatScore(score, provenance);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
}

}  // namespace
}  // namespace ventral::cli
