#include "server/service/names.h"

#include <gtest/gtest.h>

#include "server/service/paging.h"

namespace ventral::service {
namespace {

const std::string kDigest(64, 'a');

TEST(NamesTest, ReadsWhatItWrites) {
  EXPECT_EQ(*ParseModelName(ModelName("a-1_b.c")), "a-1_b.c");
  const auto checkpoint = ParseCheckpointName(CheckpointNameOf("m", kDigest));
  ASSERT_TRUE(checkpoint.ok());
  EXPECT_EQ(checkpoint->model, "m");
  EXPECT_EQ(checkpoint->sha256, kDigest);
  EXPECT_EQ(*ParsePackName(PackName("p")), "p");
  const auto benchmark = ParseBenchmarkName(BenchmarkNameOf("p", "p.it.rsa"));
  ASSERT_TRUE(benchmark.ok());
  EXPECT_EQ(benchmark->pack, "p");
  EXPECT_EQ(benchmark->benchmark, "p.it.rsa");
  const std::string uuid = "01234567-89ab-cdef-0123-456789abcdef";
  EXPECT_EQ(*ParseJobName(JobName(uuid)), uuid);
  EXPECT_EQ(*ParseScoreName(ScoreName(uuid)), uuid);
  EXPECT_EQ(*ParsePackOrAllName("packs/-"), "");
  EXPECT_EQ(*ParsePackOrAllName("packs/p"), "p");
  EXPECT_EQ(*ParseOptionalModelName(""), "");
  EXPECT_EQ(*ParseOptionalJobName(""), "");
}

TEST(NamesTest, RefusesEveryOtherForm) {
  for (const char* bad :
       {"", "models", "models/", "/models/a", "models/a/", "models/a b", "models/-a", "models/A",
        "models/é", "models/..", "Models/a", "models//a", "models/a\n"}) {
    EXPECT_FALSE(ParseModelName(bad).ok()) << bad;
  }
  EXPECT_FALSE(ParseModelName(ModelName(std::string(101, 'a'))).ok());
  EXPECT_TRUE(ParseModelName(ModelName(std::string(100, 'a'))).ok());
  EXPECT_FALSE(ParseCheckpointName("models/a/checkpoints/" + kDigest + "/x").ok());
  EXPECT_FALSE(ParseCheckpointName("models/a/checkpoints/" + std::string(64, 'A')).ok());
  EXPECT_FALSE(ParseCheckpointName("models/a").ok());
  EXPECT_FALSE(ParseBenchmarkName("packs/-/benchmarks/x").ok());
  for (const char* bad :
       {"jobs/01234567-89ab-cdef-0123-456789abcde", "jobs/01234567-89ab-cdef-0123-456789abcdeF",
        "jobs/0123456789abcdef0123456789abcdef0123",
        "jobs/01234567-89ab-cdef-0123-456789abcdef-"}) {
    EXPECT_FALSE(ParseJobName(bad).ok()) << bad;
  }
}

TEST(NamesTest, SaysWhatIsWantedAndCutsWhatCame) {
  EXPECT_EQ(ParsePackName("").error().message, "must be \"packs/{pack_id}\", not nothing");
  EXPECT_EQ(ParsePackName("small").error().message, "must be \"packs/{pack_id}\", not 'small'");
  EXPECT_LT(ParsePackName(std::string(1'000'000, 'x')).error().message.size(), 250u);
}

TEST(PagingTest, HasADefaultAndALimit) {
  EXPECT_EQ(*PageSize(0), 50);
  EXPECT_EQ(*PageSize(7), 7);
  EXPECT_EQ(*PageSize(5000), 1000);
  EXPECT_EQ(*PageSize(5000, 20), 20);
  EXPECT_EQ(*PageSize(0, 20), 20);
  EXPECT_FALSE(PageSize(-1).ok());
}

}  // namespace
}  // namespace ventral::service
