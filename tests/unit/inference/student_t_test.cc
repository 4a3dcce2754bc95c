#include "scoring/inference/student_t.h"

#include <gtest/gtest.h>

namespace ventral {
namespace {

// scipy.stats.t.ppf(0.975, dof)
TEST(TQuantile, IsThatOfTheTables) {
  const double known[][2] = {{1, 12.706204736174694},  {2, 4.302652729749462},
                             {3, 3.1824463052837078},  {4, 2.7764451051977934},
                             {7, 2.364624251592784},   {30, 2.0422724563012378},
                             {91, 1.9863771544186177}, {639, 1.9636833813343251}};
  for (const auto& [dof, t] : known) EXPECT_NEAR(TQuantile(0.95, static_cast<int>(dof)), t, 1e-12);
}

// scipy.stats.t.ppf(0.975, dof)
TEST(TQuantile, GoesOverToTheNormal) {
  EXPECT_NEAR(TQuantile(0.95, 1000), 1.9623390808264083, 1e-12);
  EXPECT_NEAR(TQuantile(0.95, 1001), 1.9623367052808798, 5e-6);
  EXPECT_NEAR(TQuantile(0.95, 2'000'000'000), 1.959963984540054, 1e-7);
}

TEST(WithinT, IsTheInverseAndNeverFalls) {
  for (const int dof : {1, 2, 5, 8, 100}) {
    EXPECT_EQ(WithinT(0, dof), 0);
    double before = 0;
    for (const double level : {0.1, 0.5, 0.9, 0.999}) {
      const double t = TQuantile(level, dof);
      EXPECT_NEAR(WithinT(t, dof), level, 1e-12);
      EXPECT_GT(t, before);
      before = t;
    }
  }
}

}  // namespace
}  // namespace ventral
