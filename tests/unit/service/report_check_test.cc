#include "server/service/report_check.h"

#include <gmock/gmock.h>

namespace ventral::service {
namespace {

using ::testing::HasSubstr;

PackManifest::BenchmarkInfo Stated(const std::string& id, const std::string& metric,
                                   std::uint64_t seed) {
  PackManifest::BenchmarkInfo info;
  info.spec.id = id;
  info.spec.metric = metric;
  info.spec.seed = Seed(seed);
  return info;
}

ReportSubject Subject() {
  ReportSubject subject{"checkpoint", "p", "1.0.0", "digest", {}};
  subject.manifest.benchmarks.push_back(Stated("p.it.rsa", "rsa", 1));
  subject.manifest.benchmarks.push_back(Stated("p.v4.ridge", "ridge", 2));
  return subject;
}

v1::ScoreReport Whole() {
  v1::ScoreReport report;
  auto* provenance = report.mutable_provenance();
  provenance->set_checkpoint_sha256("checkpoint");
  provenance->set_pack("p");
  provenance->set_pack_version("1.0.0");
  provenance->set_pack_digest("digest");
  provenance->set_scorer_version("1");
  for (const auto& stated : Subject().manifest.benchmarks) {
    auto* score = report.add_scores();
    score->set_benchmark(stated.spec.id);
    score->set_metric(stated.spec.metric);
    score->set_seed(stated.spec.seed.value);
    score->mutable_ceiling()->set_value(0.5);
    score->set_normalised(0.2);
    score->mutable_interval()->set_level(0.95);
    score->mutable_interval()->set_method("bootstrap_stimuli_percentile");
    for (const std::int64_t step : {0, 1}) {
      score->add_layers()->mutable_layer()->set_path("it");
      score->mutable_layers(static_cast<int>(step))->mutable_layer()->set_step(step);
    }
    *score->mutable_layer() = score->layers(1).layer();
  }
  return report;
}

TEST(ReportCheckTest, TakesAWholeReportInAnyOrder) {
  EXPECT_TRUE(CheckReport(Whole(), Subject()).ok());
  auto report = Whole();
  report.mutable_scores()->SwapElements(0, 1);
  EXPECT_TRUE(CheckReport(report, Subject()).ok());
}

TEST(ReportCheckTest, NamesWhatIsWrong) {
  using Score = v1::BenchmarkScore;
  const std::pair<const char*, void (*)(Score&)> of_a_score[] = {
      {"(p.v4.ridge): metric is 'rsa', but the pack states 'ridge'",
       [](Score& s) { s.set_metric("rsa"); }},
      {"resamples: series of unequal length",
       [](Score& s) {
         s.mutable_resamples()->mutable_raw()->add_one(1);
         s.mutable_resamples()->mutable_ceiling()->add_one(1);
         s.mutable_resamples()->mutable_ceiling()->add_one(1);
       }},
      {"resamples: more than a report keeps",
       [](Score& s) { s.mutable_resamples()->mutable_raw()->mutable_one()->Resize(10'001, 0); }},
      {"a count of stimuli, subjects or neuroids", [](Score& s) { s.set_subjects(1ll << 40); }},
      {"interval.method is not known", [](Score& s) { s.mutable_interval()->set_method("x"); }},
      {"interval: lower is above",
       [](Score& s) {
         *s.mutable_ceiling()->mutable_interval() = s.interval();
         s.mutable_ceiling()->mutable_interval()->set_lower(1);
       }},
      {"null has no permutations", [](Score& s) { s.mutable_null()->set_p(0.5); }},
      {"seed is 3, but the pack states 2", [](Score& s) { s.set_seed(3); }},
      {"layers is empty", [](Score& s) { s.clear_layers(); }},
      {"'it' is there twice", [](Score& s) { *s.add_layers() = s.layers(0); }},
      {"layer 'it' has no score", [](Score& s) { s.mutable_layers(1)->set_undefined("dead"); }},
      {"layer 'v1' is not among layers", [](Score& s) { s.mutable_layer()->set_path("v1"); }},
      {"layer 'it' is not among layers", [](Score& s) { s.mutable_layer()->set_step(2); }},
      {"layer '' is not among layers", [](Score& s) { s.clear_layer(); }},
      {"without a ceiling", [](Score& s) { s.clear_ceiling(); }},
      {"lower is above upper", [](Score& s) { s.mutable_interval()->set_lower(1); }},
      {"interval.level", [](Score& s) { s.mutable_interval()->set_level(95); }},
      {"interval.level", [](Score& s) { s.mutable_interval()->set_level(0); }},
      {"negative", [](Score& s) { s.set_stimuli(-1); }},
      {"negative", [](Score& s) { s.set_neuroids(-1); }},
      {"negative", [](Score& s) { s.set_neuroids_left_out(-1); }},
      {"folds: a row is not among the", [](Score& s) { s.add_folds()->add_test(s.stimuli()); }},
      {"folds: a row is not among the", [](Score& s) { s.add_folds()->add_unused(-1); }},
      {"(p.v4.cka) is no benchmark of pack p 1.0.0", [](Score& s) { s.set_benchmark("p.v4.cka"); }},
      {"or is there twice", [](Score& s) { s.set_benchmark("p.it.rsa"); }}};
  for (const auto& [part, spoil] : of_a_score) {
    auto report = Whole();
    spoil(*report.mutable_scores(1));
    const auto status = CheckReport(report, Subject());
    ASSERT_FALSE(status.ok()) << part;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(status.error().message, HasSubstr(part));
    EXPECT_THAT(status.error().message, HasSubstr("report.scores[1]"));
  }
}

TEST(ReportCheckTest, HoldsTheReportToItsJob) {
  using Provenance = v1::Provenance;
  const std::pair<const char*, void (*)(Provenance&)> cases[] = {
      {"checkpoint_sha256 is 'x', but the job's is 'checkpoint'",
       [](Provenance& p) { p.set_checkpoint_sha256("x"); }},
      {"provenance.pack is ''", [](Provenance& p) { p.clear_pack(); }},
      {"pack_version is '1.0.1'", [](Provenance& p) { p.set_pack_version("1.0.1"); }},
      {"pack_digest is 'x'", [](Provenance& p) { p.set_pack_digest("x"); }},
      {"scorer_version is empty", [](Provenance& p) { p.clear_scorer_version(); }}};
  for (const auto& [part, spoil] : cases) {
    auto report = Whole();
    spoil(*report.mutable_provenance());
    const auto status = CheckReport(report, Subject());
    ASSERT_FALSE(status.ok()) << part;
    EXPECT_THAT(status.error().message, HasSubstr(part));
  }
  auto missing = Whole();
  missing.mutable_scores()->RemoveLast();
  EXPECT_THAT(CheckReport(missing, Subject()).error().message,
              HasSubstr("none of benchmark p.v4.ridge"));
  EXPECT_FALSE(CheckReport(v1::ScoreReport(), Subject()).ok());
}

}  // namespace
}  // namespace ventral::service
