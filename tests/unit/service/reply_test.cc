#include "server/service/reply.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <cmath>
#include <sstream>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "ventral/v1/model.pb.h"
#include "ventral/v1/worker.pb.h"

namespace ventral::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

google::rpc::Status Rich(const grpc::Status& status) {
  google::rpc::Status rich;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  return rich;
}

TEST(ReplyTest, GivesEachErrorItsStatus) {
  const std::tuple<ErrorCode, grpc::StatusCode, const char*> cases[] = {
      {ErrorCode::kInvalidInput, grpc::INVALID_ARGUMENT, "INVALID_INPUT"},
      {ErrorCode::kNotFound, grpc::NOT_FOUND, "NOT_FOUND"},
      {ErrorCode::kConflict, grpc::FAILED_PRECONDITION, "CONFLICT"},
      {ErrorCode::kLeaseLost, grpc::ABORTED, "LEASE_LOST"},
      {ErrorCode::kResourceLimit, grpc::RESOURCE_EXHAUSTED, "RESOURCE_LIMIT"},
      {ErrorCode::kUnavailable, grpc::UNAVAILABLE, "UNAVAILABLE"},
      {ErrorCode::kCorruptData, grpc::DATA_LOSS, "CORRUPT_DATA"},
      {ErrorCode::kPermission, grpc::PERMISSION_DENIED, "PERMISSION"},
      {ErrorCode::kInternal, grpc::INTERNAL, "INTERNAL"}};
  for (const auto& [code, wanted, reason] : cases) {
    const auto status =
        ToGrpcStatus({code, "what to do", "secret"}, ConflictMeans::kWrongState, "", "id");
    EXPECT_EQ(status.error_code(), wanted) << reason;
    const auto rich = Rich(status);
    EXPECT_EQ(rich.code(), wanted);
    EXPECT_EQ(rich.message(), status.error_message());
    google::rpc::ErrorInfo info;
    ASSERT_TRUE(rich.details_size() > 0 && rich.details(0).UnpackTo(&info));
    EXPECT_EQ(info.reason(), reason);
    EXPECT_EQ(info.domain(), "ventral");
    EXPECT_EQ(rich.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
    EXPECT_THAT(rich.ShortDebugString() + status.error_message(), Not(HasSubstr("secret")));
  }
}

TEST(ReplyTest, TellsATakenNameFromAWrongState) {
  const Error conflict = Conflict("is there");
  EXPECT_EQ(ToGrpcStatus(conflict, ConflictMeans::kAlreadyExists, "", "").error_code(),
            grpc::ALREADY_EXISTS);
  EXPECT_EQ(ToGrpcStatus(conflict, ConflictMeans::kWrongState, "", "").error_code(),
            grpc::FAILED_PRECONDITION);
}

TEST(ReplyTest, NamesTheWrongField) {
  const auto rich =
      Rich(ToGrpcStatus(InvalidInput("a.b: is odd"), ConflictMeans::kWrongState, "a.b", ""));
  google::rpc::BadRequest bad;
  ASSERT_EQ(rich.details_size(), 2);
  ASSERT_TRUE(rich.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "a.b");
  EXPECT_EQ(bad.field_violations(0).description(), "a.b: is odd");
}

TEST(ReplyTest, RemembersTheFieldOfInvalidInputOnly) {
  Call call;
  EXPECT_TRUE(call.Check("first", Status(Ok{})).ok());
  const auto away = call.Check("page_token", Status(Unavailable("try again")));
  EXPECT_EQ(away.error().message, "try again") << "the field is not to blame";
  EXPECT_EQ(call.wrong_field(), "");
  EXPECT_EQ(call.Check("page_token", Status(InvalidInput("is odd"))).error().message,
            "page_token: is odd");
  EXPECT_EQ(call.wrong_field(), "page_token");
}

// Catches what is logged while it lives.
class LogCatcher {
 public:
  LogCatcher() : before_(spdlog::default_logger()) {
    spdlog::set_default_logger(std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~LogCatcher() { spdlog::set_default_logger(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

TEST(ReplyTest, TellsTheOperatorWhatTheClientMustNotSee) {
  const LogCatcher log;
  const auto status = Finish(Internal("null pointer in x", "SQLSTATE 42\nforged line"), Call());
  EXPECT_EQ(status.error_code(), grpc::INTERNAL);
  EXPECT_THAT(status.error_message(), Not(HasSubstr("null pointer")));
  google::rpc::RequestInfo request;
  const auto rich = Rich(status);
  ASSERT_TRUE(rich.details(rich.details_size() - 1).UnpackTo(&request));
  EXPECT_EQ(request.request_id().size(), 8u);
  EXPECT_THAT(status.error_message(), HasSubstr(request.request_id()));
  EXPECT_THAT(log.text(), HasSubstr(request.request_id()));
  EXPECT_THAT(log.text(), HasSubstr("null pointer in x [SQLSTATE 42 forged line]"));
}

TEST(ReplyTest, KeepsTheClientsOwnMistakesOutOfTheErrorLog) {
  const LogCatcher log;
  Finish(InvalidInput("is odd"), Call());
  EXPECT_EQ(log.text(), "");
}

TEST(ReplyTest, DoesNotStartTheHandlerOfARequestThatIsNotWellFormed) {
  v1::CreateModelRequest request;
  request.set_request_id(std::string("a\0", 2));
  bool ran = false;
  const auto status = Respond(request, [&](Call&) -> Status {
    ran = true;
    return Ok{};
  });
  EXPECT_FALSE(ran);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
}

TEST(WellFormedTest, NamesThePathOfWhatIsWrong) {
  v1::CompleteJobRequest request;
  auto* layer = request.mutable_report()->add_scores()->add_layers();
  layer->add_per_neuroid(1);
  layer->add_per_neuroid(0.5);
  EXPECT_TRUE(CheckWellFormed(request).ok());
  layer->set_per_neuroid(1, NAN);
  EXPECT_THAT(CheckWellFormed(request).error().message,
              HasSubstr("report.scores[0].layers[0].per_neuroid[1]: is NaN"));
  layer->set_per_neuroid(1, INFINITY);
  EXPECT_THAT(CheckWellFormed(request).error().message, HasSubstr("is infinite"));
  layer->clear_per_neuroid();
  request.mutable_report()->mutable_scores(0)->add_notes(std::string("\0", 1));
  EXPECT_THAT(CheckWellFormed(request).error().message,
              HasSubstr("report.scores[0].notes[0]: holds a NUL"));
}

TEST(WellFormedTest, LooksIntoMaps) {
  v1::Model model;
  (*model.mutable_metadata()->mutable_fields())["x"]
      .mutable_list_value()
      ->add_values()
      ->set_number_value(NAN);
  EXPECT_FALSE(CheckWellFormed(model).ok());
  v1::Model key;
  (*key.mutable_metadata()->mutable_fields())[std::string("k\0", 2)].set_bool_value(true);
  EXPECT_FALSE(CheckWellFormed(key).ok());
}

TEST(WellFormedTest, LeavesBytesFree) {
  v1::FetchBlobResponse piece;
  piece.set_chunk(std::string("\0\0", 2));
  EXPECT_TRUE(CheckWellFormed(piece).ok());
}

}  // namespace
}  // namespace ventral::service
