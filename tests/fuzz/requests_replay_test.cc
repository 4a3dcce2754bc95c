// As replay_test.cc, in a program without LibTorch, whose protobuf is another one.
#include "tests/fuzz/replay.h"
#include "tests/fuzz/targets.h"

namespace ventral::fuzz {
namespace {

TEST(RequestsReplay, KeepsEveryPromise) { ReplaySeeds("requests", RunRequests, 300); }

}  // namespace
}  // namespace ventral::fuzz
