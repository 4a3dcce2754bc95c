#include "server/blob/hold_all.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "tests/support/told_store.h"

namespace ventral {
namespace {

using ventral::testing::ToldStore;

std::vector<Digest> Many(int count) {
  std::vector<Digest> digests;
  for (int i = 0; i < count; ++i) digests.push_back(DigestOf("blob " + std::to_string(i)));
  return digests;
}

TEST(HoldAllTest, AnswersInOrder) {
  const auto digests = Many(100);
  const ToldStore store([&](const Digest& digest) -> Result<Bytes> {
    if (digest == digests[3]) return NotFound("none");
    if (digest == digests[97]) return Conflict("may go");
    return Bytes(static_cast<std::uint64_t>(std::find(digests.begin(), digests.end(), digest) -
                                            digests.begin()));
  });
  const auto held = HoldAll(store, digests).value();
  ASSERT_EQ(held.size(), 100u);
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (i == 3 || i == 97) continue;
    EXPECT_EQ(held[i].value(), Bytes(i));
  }
  EXPECT_EQ(held[3].error().code, ErrorCode::kNotFound);
  EXPECT_EQ(held[97].error().code, ErrorCode::kConflict);
  EXPECT_TRUE(HoldAll(store, {}).value().empty());
}

// One after the other, none would be answered: each waits until eight are being asked for.
TEST(HoldAllTest, AsksForEightAtATime) {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  const ToldStore store([&](const Digest&) -> Result<Bytes> {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    const bool met = changed.wait_for(lock, std::chrono::seconds(60), [&] { return waiting >= 8; });
    if (!met) return Internal("was alone");
    return Bytes(1);
  });
  EXPECT_TRUE(HoldAll(store, Many(8)).ok());
  EXPECT_EQ(waiting, 8);
}

TEST(HoldAllTest, StopsWhereTheStoreDoesNotAnswer) {
  std::atomic<int> asked = 0;
  const ToldStore store([&](const Digest&) -> Result<Bytes> {
    ++asked;
    return Unavailable("away");
  });
  const auto held = HoldAll(store, Many(1000));
  ASSERT_FALSE(held.ok());
  EXPECT_EQ(held.error().message, "away");
  EXPECT_LE(asked, 8);
}

}  // namespace
}  // namespace ventral
