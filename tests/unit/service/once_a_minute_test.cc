#include "server/service/once_a_minute.h"

#include <gtest/gtest.h>

namespace ventral::service {
namespace {

using std::chrono::seconds;

TEST(OnceAMinute, TellsEachKeyOnceAMinute) {
  OnceAMinute events;
  const OnceAMinute::Time start;
  EXPECT_TRUE(events.IsNews("a", start));
  EXPECT_FALSE(events.IsNews("a", start + seconds(1)));
  EXPECT_TRUE(events.IsNews("b", start + seconds(1)));
  EXPECT_FALSE(events.IsNews("a", start + seconds(59))) << "counted from the one that was told";
  EXPECT_TRUE(events.IsNews("a", start + seconds(60)));
  EXPECT_FALSE(events.IsNews("b", start + seconds(60)));
}

}  // namespace
}  // namespace ventral::service
