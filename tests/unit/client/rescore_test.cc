#include "client/lib/rescore.h"

#include <gmock/gmock.h>

#include "tests/unit/client/fake_service.h"

namespace ventral::client {
namespace {

using ::testing::SizeIs;

TEST(Rescore, IsAskedForOnceMoreUnlessItIsForced) {
  ventral::testing::FakeService service;
  Connection connection(service.address());
  for (const bool force : {false, true}) {
    service.jobs.rescores.clear();
    service.jobs.rescore_refusals.Add(
        ventral::testing::ServersWord(grpc::StatusCode::UNAVAILABLE, "the connection broke"));
    v1::CreateRescoreJobsRequest request;
    request.set_force(force);
    EXPECT_EQ(Rescore(connection, request).ok(), !force);
    EXPECT_THAT(service.jobs.rescores, SizeIs(force ? 1 : 2));
  }
}

}  // namespace
}  // namespace ventral::client
