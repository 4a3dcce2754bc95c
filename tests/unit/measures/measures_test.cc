// What Prometheus reads, and what it does not where nobody knows.
#include "server/measures/measures.h"

#include <gmock/gmock.h>

namespace ventral::measures {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(MeasuresTest, FreeDiskIsThereWhereBlobsLieInAFolder) {
  Measures measures;
  Levels levels;
  levels.blob_disk_free_bytes = 4096;
  EXPECT_THAT(measures.Text(levels), HasSubstr("\nventral_blob_disk_free_bytes 4096\n"));
  levels.blob_disk_free_bytes = 0;
  EXPECT_THAT(measures.Text(levels), HasSubstr("\nventral_blob_disk_free_bytes 0\n")) << "full";
}

TEST(MeasuresTest, FreeDiskIsAbsentWithABucket) {
  EXPECT_THAT(Measures().Text({}), Not(HasSubstr("ventral_blob_disk_free_bytes")));
}

TEST(MeasuresTest, WhatHasNotHappenedYetIsZero) {
  const std::string text = Measures().Text({});
  for (const char* line :
       {"ventral_lease_losses_total 0", "ventral_database_slow_total 0",
        "ventral_attempts_total{cause=\"infrastructure\",outcome=\"failed\"} 0"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(MeasuresTest, WhatWasKnownLastStaysWhileTheDatabaseIsAway) {
  Measures measures;
  Levels levels;
  levels.known = true;
  levels.queued = 7;
  measures.Text(levels);
  const std::string text = measures.Text({});
  EXPECT_THAT(text, HasSubstr("ventral_queue_jobs{state=\"queued\"} 7"));
  EXPECT_THAT(text, HasSubstr("\nventral_database_up 0\n"));
}

}  // namespace
}  // namespace ventral::measures
