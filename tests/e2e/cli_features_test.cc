// Metrics that need the features themselves, through the whole service.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/e2e/cli_fixture.h"
#include "tests/support/files.h"
#include "ventral/v1/job.pb.h"
#include "ventral/v1/score.pb.h"

namespace ventral::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

using CliFeatures = CliTest;

// The simulated pack under another id, with these benchmarks instead of its own.
std::string PackWith(const fs::path& simulated, const fs::path& folder,
                     const nlohmann::json& benchmarks) {
  fs::copy(simulated / "simulated-cortex", folder, fs::copy_options::recursive);
  auto manifest = nlohmann::json::parse(ReadFile(folder / "pack.json"));
  manifest["id"] = "featured";
  manifest["benchmarks"] = benchmarks;
  WriteFile(folder / "pack.json", manifest.dump());
  return folder.string();
}

nlohmann::json FeatureBenchmarks() {
  return {{{"id", "featured.neurons.nearest_unit"},
           {"recording", "neurons"},
           {"trials", "neurons_trials"},
           {"metric", "nearest_unit"},
           {"seed", 1},
           {"options", {{"folds", 5}}}},
          {{"id", "featured.subjects.feature_map_rsa"},
           {"recording", "subjects"},
           {"metric", "feature_map_rsa"},
           {"seed", 1},
           {"options", {{"folds", 5}, {"comparator", "pearson"}, {"bootstrap", 50}}}}};
}

TEST_F(CliFeatures, AreScoredByTheServiceAsOnTheLaptopAndNeverFromGrams) {
  const std::string pack = PackWith(simulated_, scratch() / "featured", FeatureBenchmarks());
  ASSERT_EQ(Run({"pack", "publish", pack}).exit_code, 0);
  service().StartWorker();
  const std::string file = (simulated_ / "teacher.pt2").string();
  const Said submitted =
      Run({"submit", file, "--name", "teacher", "--pack", "featured", "--watch"});
  ASSERT_EQ(submitted.exit_code, 0) << submitted.errors;
  const auto laptop = Parsed<v1::ScoreReport>(
      Run({"score", file, "--pack", pack, "--device", "cpu", "--threads", "1", "--json"}));
  ASSERT_EQ(laptop.scores_size(), 2);
  const auto stored = Parsed<v1::ListScoresResponse>(Run({"show", "teacher", "--json"}));
  ASSERT_EQ(stored.scores_size(), 2);
  for (const v1::Score& score : stored.scores()) {
    const auto same = std::find_if(
        laptop.scores().begin(), laptop.scores().end(),
        [&](const auto& other) { return other.benchmark() == score.result().benchmark(); });
    ASSERT_NE(same, laptop.scores().end());
    EXPECT_TRUE(same->SerializeAsString() == score.result().SerializeAsString())
        << "not bit for bit: " << same->benchmark();
    // The neurons read the teacher, and the subjects' RDMs are its own with noise.
    EXPECT_GT(score.result().normalised(), 0.3) << score.result().benchmark();
    EXPECT_LT(score.result().normalised(), 1.1) << score.result().benchmark();
  }

  const Said rescored = Run({"rescore", "teacher", "--force"});
  EXPECT_EQ(rescored.exit_code, 6) << rescored.out;
  EXPECT_THAT(rescored.errors, HasSubstr("benchmark featured.neurons.nearest_unit needs features"));
  EXPECT_THAT(rescored.errors, HasSubstr("submit the checkpoint again"));
}

}  // namespace
}  // namespace ventral::testing
