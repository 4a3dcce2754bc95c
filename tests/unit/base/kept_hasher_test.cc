#include "scoring/base/kept_hasher.h"

#include <gtest/gtest.h>

namespace ventral {
namespace {

std::string SomeBytes(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * i + i / 7);
  return bytes;
}

TEST(KeptHasherTest, GoesOnWhereverAnotherStopped) {
  for (const std::size_t size : {0u, 1u, 63u, 64u, 65u, 4096u, 100'000u}) {
    const std::string bytes = SomeBytes(size);
    for (std::size_t cut = 0; cut <= size; cut += std::max<std::size_t>(64, size / 10 / 64 * 64)) {
      KeptHasher first;
      first.Update(std::string_view(bytes).substr(0, cut));
      auto second = KeptHasher::From(first.State(), cut);
      ASSERT_TRUE(second.ok());
      second->Update(std::string_view(bytes).substr(cut));
      EXPECT_EQ(second->Finish(), DigestOf(bytes)) << size << " cut at " << cut;
    }
  }
}

// Its length is part of what is hashed: beyond 2^32 bits, too.
TEST(KeptHasherTest, GoesOnBehindGigabytes) {
  const std::string piece = SomeBytes(16 << 20);
  KeptHasher whole;
  for (int i = 0; i < 40; ++i) whole.Update(piece);
  auto cut = KeptHasher::From(whole.State(), 40ull * piece.size());
  whole.Update("end");
  cut.value().Update("end");
  EXPECT_EQ(cut.value().Finish(), whole.Finish());
}

TEST(KeptHasherTest, RefusesWhatIsNoState) {
  const std::string state(64, 'a');
  EXPECT_TRUE(KeptHasher::From(state, 128).ok());
  EXPECT_FALSE(KeptHasher::From(state, 100).ok());
  EXPECT_FALSE(KeptHasher::From(state.substr(1), 64).ok());
  EXPECT_FALSE(KeptHasher::From(std::string(64, 'g'), 64).ok());
}

}  // namespace
}  // namespace ventral
