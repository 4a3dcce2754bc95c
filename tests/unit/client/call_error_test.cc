#include "client/lib/call_error.h"

#include <gmock/gmock.h>

#include "client/lib/connection.h"
#include "tests/unit/client/fake_service.h"

namespace ventral::client {
namespace {

using grpc::StatusCode;
using ::testing::HasSubstr;
using ::testing::Not;
using ventral::testing::ServersWord;

TEST(CallError, KeepsWhatTheServerSays) {
  const struct {
    StatusCode status;
    ErrorCode code;
  } cases[] = {
      {StatusCode::INVALID_ARGUMENT, ErrorCode::kInvalidInput},
      {StatusCode::NOT_FOUND, ErrorCode::kNotFound},
      {StatusCode::ALREADY_EXISTS, ErrorCode::kConflict},
      {StatusCode::FAILED_PRECONDITION, ErrorCode::kConflict},
      {StatusCode::ABORTED, ErrorCode::kLeaseLost},
      {StatusCode::RESOURCE_EXHAUSTED, ErrorCode::kResourceLimit},
      {StatusCode::UNAVAILABLE, ErrorCode::kUnavailable},
      {StatusCode::DATA_LOSS, ErrorCode::kCorruptData},
      {StatusCode::PERMISSION_DENIED, ErrorCode::kPermission},
      {StatusCode::INTERNAL, ErrorCode::kInternal},
  };
  for (const auto& c : cases) {
    const Error error = CallError(ServersWord(c.status, "its own words"), "lab:1");
    EXPECT_EQ(error.code, c.code) << c.status;
    EXPECT_EQ(error.message, "its own words");
  }
}

TEST(CallError, OfASilentServerSaysWhatToDo) {
  for (const StatusCode code :
       {StatusCode::UNAVAILABLE, StatusCode::CANCELLED, StatusCode::UNKNOWN}) {
    const Error error = CallError({code, "connection refused"}, "lab:1");
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    for (const char* part : {"lab:1", "is it running?", "deploy/quickstart.sh", "VENTRAL_SERVER",
                             "--server", "connection refused"}) {
      EXPECT_THAT(error.message, HasSubstr(part));
    }
  }
  const Error slow = CallError({StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded"}, "lab:1");
  EXPECT_EQ(slow.code, ErrorCode::kUnavailable);
  EXPECT_THAT(slow.message, Not(HasSubstr("running?")));
}

TEST(CallError, OfAnotherProgramSaysSo) {
  const Error error = CallError({StatusCode::UNIMPLEMENTED, ""}, "lab:1");
  EXPECT_EQ(error.code, ErrorCode::kInternal);
  EXPECT_THAT(error.message, HasSubstr("no Ventral server"));
}

TEST(CallError, BelievesNoDetailsThatAreNone) {
  EXPECT_FALSE(IsServersWord({StatusCode::UNAVAILABLE, "m", "\xff\xfe no message"}));
  EXPECT_FALSE(IsServersWord({StatusCode::UNAVAILABLE, "m"}));
  EXPECT_TRUE(IsServersWord(ServersWord(StatusCode::UNAVAILABLE, "m")));
}

TEST(CallError, OfARealAddressWithoutServer) {
  std::string address;
  {
    ventral::testing::FakeService gone;
    address = gone.address();
  }
  Connection connection(address);
  v1::GetJobRequest request;
  const auto job =
      connection.Call(connection.jobs(), &v1::JobService::StubInterface::GetJob, request);
  ASSERT_FALSE(job.ok());
  EXPECT_EQ(job.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(job.error().message, HasSubstr(address));
}

}  // namespace
}  // namespace ventral::client
