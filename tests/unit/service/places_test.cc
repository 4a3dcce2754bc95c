#include "server/service/places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "server/service/caller.h"

namespace ventral::service {
namespace {

using ::testing::HasSubstr;
using Held = std::unique_ptr<Places::Place>;

Held Take(Places& places, const Caller& caller) {
  CallerScope scope;
  scope.Is(caller);
  return std::make_unique<Places::Place>(places);
}

TEST(PlacesTest, NoUserHasMoreThanHalfOfThem) {
  Places places(4);
  const Caller mara{"mara", "t1"};
  Held first = Take(places, mara), second = Take(places, mara);
  EXPECT_TRUE(first->held() && second->held());
  const Held third = Take(places, mara);
  EXPECT_FALSE(third->held());
  EXPECT_THAT(third->refusal(), HasSubstr("you have 2 of its 4 places"));
  const Held other = Take(places, {"tom", "t2"});
  EXPECT_TRUE(other->held()) << "there is room for others";
  first.reset();
  EXPECT_TRUE(Take(places, mara)->held()) << "what is left can be taken again";
}

TEST(PlacesTest, ThereAreNoMoreThanThereAre) {
  Places places(2);
  const Held first = Take(places, {"mara", "t1"}), second = Take(places, {"tom", "t2"});
  const Held third = Take(places, {"ada", "t3"});
  EXPECT_FALSE(third->held());
  EXPECT_THAT(third->refusal(), HasSubstr("all 2 places"));
}

TEST(PlacesTest, TheOnlyPlaceIsForAnyUser) {
  Places places(1);
  EXPECT_TRUE(Take(places, {"mara", "t1"})->held());
  EXPECT_TRUE(Take(places, {"tom", "t2"})->held());
}

TEST(PlacesTest, WhoeverHasNoNameIsOneUser) {
  Places places(2);
  const Held first = Take(places, Caller{});
  EXPECT_TRUE(first->held());
  EXPECT_FALSE(Take(places, Caller{})->held());
}

TEST(PlacesTest, WithoutAccountsThereAreNoHalves) {
  Places places(2);
  const Caller everyone{"", "", true};
  const Held first = Take(places, everyone), second = Take(places, everyone);
  EXPECT_TRUE(first->held() && second->held());
  EXPECT_FALSE(Take(places, everyone)->held());
}

TEST(PlacesTest, ThreadsThatTakeAndLeaveLoseNone) {
  Places places(8);
  std::vector<std::thread> threads;
  for (int user = 0; user < 4; ++user) {
    threads.emplace_back([&places, user] {
      const Caller caller{"user-" + std::to_string(user), "t"};
      for (int i = 0; i < 2000; ++i) EXPECT_TRUE(Take(places, caller)->held());
    });
  }
  for (auto& thread : threads) thread.join();
  std::vector<Held> all;
  for (int i = 0; i < 8; ++i) all.push_back(Take(places, {"user-" + std::to_string(i % 2), "t"}));
  for (const auto& place : all) EXPECT_TRUE(place->held()) << place->refusal();
}

}  // namespace
}  // namespace ventral::service
