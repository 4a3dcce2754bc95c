// The evaluator's report is what protobuf's own parser reads: no unknown field, no lost bit.
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ventral/v1/report.pb.h"
#include "worker/protocol/messages.h"

namespace ventral {
namespace {

ScoreReport SomeReport() {
  ScoreReport report;
  report.provenance.checkpoint_sha256 = "c";
  report.provenance.pack = "p";
  report.provenance.extraction_seconds = 1.0 / 3;
  report.provenance.passes = 2;
  report.provenance.stimuli = 92;
  report.provenance.extractor_peak_bytes = 1ull << 40;
  report.provenance.evaluator_peak_bytes = 77;
  BenchmarkScore score;
  score.benchmark = "p.r.rsa";
  score.metric = "rsa";
  score.raw = 0.1 + 0.2;
  score.interval = Interval{-1e-300, 1.0 / 7, 0.95, "boot", 1000};
  score.ceiling = Ceiling{2.0 / 3, 0.5, std::nullopt, "nili", score.interval, std::nullopt};
  score.ceiling->lower_interval = Interval{0.25, 0.75, 0.95, "boot", 999};
  score.seed = 18446744073709551615ull;
  score.subjects = 4;
  score.null = NullDistribution{99, 0.01, 0.05, 1.0 / 100};
  score.resamples = {{0.1, std::nan("")}, {}, {1.0 / 3}};
  score.ceiling_resamples = {{0.7}, {}, {}};
  score.stimuli = 92;
  LayerScore layer;
  layer.layer = {"a.b", 1};
  layer.inferred = true;
  layer.raw = 5e-324;
  layer.normalised = 1.0 / 9;
  layer.per_subject = {0.1, 0.2};
  LayerScore none;
  none.layer = {"dead", 0};
  none.undefined = "layer dead: does not vary";
  score.layers = {layer, none};
  score.notes = {"a note"};
  score.folds = {{{0, 3, 91}, {}}, {{1}, {2, 4}}};
  report.scores = {score};
  return report;
}

TEST(ReportProto, EveryFieldArrivesToTheLastBit) {
  v1::ScoreReport message;
  const auto status = google::protobuf::util::JsonStringToMessage(Encode(SomeReport()), &message);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_EQ(message.provenance().extraction_seconds(), 1.0 / 3);
  EXPECT_EQ(message.provenance().passes(), 2);
  EXPECT_EQ(message.provenance().stimuli(), 92);
  EXPECT_EQ(message.provenance().extractor_peak_bytes(), 1ll << 40);
  EXPECT_EQ(message.provenance().evaluator_peak_bytes(), 77);
  const v1::BenchmarkScore& score = message.scores(0);
  EXPECT_EQ(score.raw(), 0.1 + 0.2);
  EXPECT_EQ(score.ceiling().value(), 2.0 / 3);
  EXPECT_EQ(score.ceiling().lower(), 0.5);
  EXPECT_FALSE(score.ceiling().has_upper());
  EXPECT_FALSE(score.has_normalised());
  EXPECT_EQ(score.interval().lower(), -1e-300);
  EXPECT_EQ(score.seed(), 18446744073709551615ull);
  EXPECT_EQ(score.subjects(), 4);
  EXPECT_EQ(score.null().permutations(), 99);
  EXPECT_EQ(score.null().p(), 1.0 / 100);
  EXPECT_EQ(score.resamples().raw().one(0), 0.1);
  EXPECT_TRUE(std::isnan(score.resamples().raw().one(1)));
  EXPECT_EQ(score.resamples().raw().both(0), 1.0 / 3);
  EXPECT_EQ(score.resamples().ceiling().one_size(), 1);
  EXPECT_EQ(score.ceiling().interval().upper(), 1.0 / 7);
  EXPECT_EQ(score.ceiling().lower_interval().resamples(), 999);
  EXPECT_EQ(score.layers(0).undefined(), "");
  EXPECT_EQ(score.layers(1).undefined(), "layer dead: does not vary");
  EXPECT_EQ(score.layers(0).layer().path(), "a.b");
  EXPECT_EQ(score.layers(0).layer().step(), 1);
  EXPECT_TRUE(score.layers(0).inferred());
  EXPECT_EQ(score.layers(0).raw(), 5e-324);
  EXPECT_EQ(score.layers(0).normalised(), 1.0 / 9);
  EXPECT_EQ(score.layers(0).per_subject_size(), 2);
  EXPECT_EQ(score.notes(0), "a note");
  ASSERT_EQ(score.folds_size(), 2);
  EXPECT_EQ(score.folds(0).test(2), 91);
  EXPECT_EQ(score.folds(0).unused_size(), 0);
  EXPECT_EQ(score.folds(1).unused(1), 4);
}

// Read as null, a NaN would arrive as a score of 0.
TEST(ReportProto, WhatIsNoNumberStaysNone) {
  ScoreReport report = SomeReport();
  report.scores[0].raw = std::nan("");
  report.scores[0].layers[0].per_subject = {0.5, std::nan(""), -HUGE_VAL};
  v1::ScoreReport message;
  const auto status = google::protobuf::util::JsonStringToMessage(Encode(report), &message);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_TRUE(std::isnan(message.scores(0).raw()));
  EXPECT_TRUE(std::isnan(message.scores(0).layers(0).per_subject(1)));
  EXPECT_EQ(message.scores(0).layers(0).per_subject(2), -HUGE_VAL);
}

TEST(ReportProto, OptionalFieldsThatAreThereArrive) {
  ScoreReport report = SomeReport();
  report.scores[0].normalised = 0.0;
  report.scores[0].ceiling->upper = 0.0;
  v1::ScoreReport message;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(Encode(report), &message).ok());
  EXPECT_TRUE(message.scores(0).has_normalised());
  EXPECT_TRUE(message.scores(0).ceiling().has_upper());
}

}  // namespace
}  // namespace ventral
