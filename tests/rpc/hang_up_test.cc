// Workers that hang up while the server looks for a job: no job is held for them.
#include <pqxx/pqxx>

#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

// The table that stands still, so that the worker hangs up at that point of its call.
class HangUpRpcTest : public RpcTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(HangUpRpcTest, AJobIsHeldForNobody) {
  const auto made = MakeJob();
  pqxx::connection connection(connection_);
  auto lock = std::make_unique<pqxx::work>(connection);
  lock->exec(std::string("LOCK TABLE ") + GetParam() + " IN ACCESS EXCLUSIVE MODE");
  v1::LeaseJobRequest request;
  request.set_worker("worker-1");
  request.set_device("cpu");
  grpc::ClientContext context;
  v1::LeaseJobResponse response;
  grpc::Status status;
  std::thread call([&] { status = worker_->LeaseJob(&context, request, &response); });
  pqxx::connection beside(connection_);
  pqxx::nontransaction look(beside);
  EXPECT_TRUE(Eventually([&] {
    return !look.exec(
                    "SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
                    "WHERE NOT l.granted AND d.datname = current_database()")
                .empty();
  }));
  context.TryCancel();
  call.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  // On the same connection, so that the server has read of the end when it answers this.
  v1::GetModelRequest get;
  get.set_name("models/squeezenet1_1");
  v1::Model model;
  EXPECT_TRUE(Call(*model_, &ModelStub::GetModel, get, &model).ok());
  lock.reset();

  v1::ListJobAttemptsRequest list;
  list.set_parent(made.name());
  v1::ListJobAttemptsResponse attempts;
  EXPECT_TRUE(Eventually([&] {
    EXPECT_TRUE(Call(*job_, &JobStub::ListJobAttempts, list, &attempts).ok());
    return attempts.attempts_size() == 1 && attempts.attempts(0).has_end_time();
  }));
  const auto job = store_->jobs().Get(made.name().substr(5)).value();
  EXPECT_EQ(job.state, store::JobState::kQueued);
  EXPECT_EQ(job.attempts, 0) << "the attempt is given back";
  EXPECT_FALSE(job.failure.has_value());
  EXPECT_EQ(LeaseJob().job(), made.name());
}

INSTANTIATE_TEST_SUITE_P(At, HangUpRpcTest, ::testing::Values("jobs", "pack_files"),
                         [](const auto& at) { return std::string(at.param); });

}  // namespace
}  // namespace ventral::testing
