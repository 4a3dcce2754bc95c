#include "client/lib/submit.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/support/files.h"
#include "tests/unit/client/fake_service.h"

namespace ventral::client {
namespace {

using grpc::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SubmitTest : public ::testing::Test {
 protected:
  SubmitTest() {
    ventral::testing::WriteFile(folder_.path() / "net.pt2", "weights");
    submission_.file = folder_.path() / "net.pt2";
    submission_.model.set_model_id("net");
    submission_.model.set_architecture("ResNet-50");
    submission_.packs = {"one", "two"};
    service_.packs.packs = {"one", "two"};
  }
  Result<Submitted> Run() {
    return Submit(connection_, submission_, [](std::int64_t, std::int64_t) {});
  }

  ventral::testing::ScratchFolder folder_;
  ventral::testing::FakeService service_;
  Connection connection_{service_.address()};
  Submission submission_;
};

TEST_F(SubmitTest, MakesModelCheckpointAndOneJobAPack) {
  const auto submitted = Run();
  ASSERT_TRUE(submitted.ok()) << submitted.error().ToString();
  EXPECT_FALSE(submitted->model_existed);
  EXPECT_EQ(service_.models.models.at("models/net").architecture(), "ResNet-50");
  EXPECT_THAT(service_.blobs.held, SizeIs(1));
  EXPECT_EQ(submitted->checkpoint.file_name(), "net.pt2");
  ASSERT_THAT(submitted->jobs, SizeIs(2));
  EXPECT_EQ(submitted->jobs[0].pack(), "packs/one");
  EXPECT_EQ(submitted->jobs[1].pack(), "packs/two");
  EXPECT_EQ(submitted->jobs[1].checkpoint(), submitted->checkpoint.name());
  std::set<std::string> ids(service_.models.request_ids.begin(), service_.models.request_ids.end());
  ids.insert(service_.jobs.request_ids.begin(), service_.jobs.request_ids.end());
  EXPECT_THAT(ids, SizeIs(4)) << "each creation has its own";
  EXPECT_EQ(ids.count(""), 0u);
}

TEST_F(SubmitTest, LeavesAModelAsItIs) {
  v1::Model& model = service_.models.models["models/net"];
  model.set_name("models/net");
  model.set_architecture("AlexNet");
  const auto submitted = Run();
  ASSERT_TRUE(submitted.ok()) << submitted.error().ToString();
  EXPECT_TRUE(submitted->model_existed);
  EXPECT_EQ(submitted->model.architecture(), "AlexNet");
  EXPECT_EQ(service_.models.models.at("models/net").architecture(), "AlexNet");
}

TEST_F(SubmitTest, UploadsNothingForAPackThatIsNotThere) {
  submission_.packs = {"one", "misspelt"};
  const auto submitted = Run();
  ASSERT_FALSE(submitted.ok());
  EXPECT_EQ(submitted.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(submitted.error().message, HasSubstr("packs/misspelt"));
  EXPECT_THAT(service_.blobs.uploads, IsEmpty());
  EXPECT_THAT(service_.models.models, IsEmpty());
  EXPECT_THAT(service_.jobs.request_ids, IsEmpty());
}

// The server may have done what it was asked before the connection broke.
TEST_F(SubmitTest, AsksAgainUnderTheSameRequestId) {
  submission_.packs = {"one"};
  service_.models.refusals.Add({StatusCode::UNAVAILABLE, "socket closed"});
  service_.jobs.refusals.Add({StatusCode::UNAVAILABLE, "socket closed"});
  const auto submitted = Run();
  ASSERT_TRUE(submitted.ok()) << submitted.error().ToString();
  ASSERT_THAT(service_.jobs.request_ids, SizeIs(2));
  EXPECT_EQ(service_.jobs.request_ids[0], service_.jobs.request_ids[1]);
  ASSERT_THAT(service_.models.request_ids, SizeIs(3));
  EXPECT_EQ(service_.models.request_ids[0], service_.models.request_ids[1]);
}

TEST_F(SubmitTest, DoesNotAskAgainWhenRefused) {
  submission_.packs = {"one"};
  service_.jobs.refusals.Add(
      ventral::testing::ServersWord(StatusCode::FAILED_PRECONDITION, "no more jobs today"));
  const auto submitted = Run();
  ASSERT_FALSE(submitted.ok());
  EXPECT_EQ(submitted.error().code, ErrorCode::kConflict);
  EXPECT_THAT(service_.jobs.request_ids, SizeIs(1));
}

}  // namespace
}  // namespace ventral::client
