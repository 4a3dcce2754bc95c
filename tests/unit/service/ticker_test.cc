#include "server/service/ticker.h"

#include <gtest/gtest.h>

#include <future>

namespace ventral::service {
namespace {

TEST(TickerTest, ActsAgainAndAgain) {
  std::promise<void> thrice;
  int times = 0;
  const Ticker ticker(std::chrono::milliseconds(1), [&] {
    if (++times == 3) thrice.set_value();
  });
  EXPECT_EQ(thrice.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST(TickerTest, StopsAtOnceHoweverLongItsInterval) {
  std::promise<void> acted;
  const auto began = std::chrono::steady_clock::now();
  {
    const Ticker ticker(std::chrono::hours(1), [&] { acted.set_value(); });
    acted.get_future().wait();
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::minutes(1));
}

}  // namespace
}  // namespace ventral::service
