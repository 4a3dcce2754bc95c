#include <google/protobuf/util/message_differencer.h>

#include <cmath>

#include "scoring/base/digest.h"
#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

using google::protobuf::util::MessageDifferencer;
using ModelRpcTest = RpcTest;

v1::CreateModelRequest Described(const std::string& id) {
  v1::CreateModelRequest request;
  auto* model = request.mutable_model();
  model->set_model_id(id);
  model->set_display_name("SqueezeNet 1.1 – ünïcode");
  model->set_architecture("SqueezeNet 1.1");
  model->set_training_data("ImageNet-1k");
  model->set_objective("classification, cross-entropy");
  model->set_learning_rule("SGD, back-propagation");
  model->set_licence("BSD-3-Clause");
  model->set_reference("https://arxiv.org/abs/1602.07360");
  (*model->mutable_metadata()->mutable_fields())["parameters"].set_number_value(1235496);
  (*model->mutable_metadata()->mutable_fields())["note"].set_string_value("quote \" and \\");
  return request;
}

TEST_F(ModelRpcTest, GivesBackWhatItWasGiven) {
  const auto request = Described("squeezenet1_1");
  v1::Model made, got;
  ASSERT_TRUE(Call(*model_, &ModelStub::CreateModel, request, &made).ok());
  EXPECT_EQ(made.name(), "models/squeezenet1_1");
  EXPECT_EQ(made.create_time().seconds(), 1767225600) << "the server's clock";
  v1::GetModelRequest get;
  get.set_name(made.name());
  ASSERT_TRUE(Call(*model_, &ModelStub::GetModel, get, &got).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(made, got));
  made.clear_name();
  made.clear_create_time();
  EXPECT_TRUE(MessageDifferencer::Equals(made, request.model())) << made.DebugString();
}

TEST_F(ModelRpcTest, CreatesTheSameModelOnceAndRefusesAnother) {
  auto request = Described("squeezenet1_1");
  v1::Model first, again;
  ASSERT_TRUE(Call(*model_, &ModelStub::CreateModel, request, &first).ok());
  ASSERT_TRUE(Call(*model_, &ModelStub::CreateModel, request, &again).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(first, again));
  request.mutable_model()->set_objective("other");
  const auto status = Call(*model_, &ModelStub::CreateModel, request, &again);
  EXPECT_TRUE(Refused(status, grpc::ALREADY_EXISTS, "squeezenet1_1"));
  EXPECT_EQ(ReasonIn(status), "CONFLICT");
}

TEST_F(ModelRpcTest, AnswersARepeatedRequestWithItsFirstResult) {
  auto request = Described("one");
  request.set_request_id("retry-1");
  v1::Model first, again;
  ASSERT_TRUE(Call(*model_, &ModelStub::CreateModel, request, &first).ok());
  ASSERT_TRUE(Call(*model_, &ModelStub::CreateModel, request, &again).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(first, again));
}

TEST_F(ModelRpcTest, UsesTheIdWhereNoDisplayNameIsGiven) {
  EXPECT_EQ(MakeModel("plain").display_name(), "plain");
}

TEST_F(ModelRpcTest, NamesTheFieldThatIsWrong) {
  const std::pair<const char*, void (*)(v1::CreateModelRequest&)> cases[] = {
      {"model.model_id", [](auto& r) { r.mutable_model()->set_model_id(""); }},
      {"model.model_id", [](auto& r) { r.mutable_model()->set_model_id("Upper"); }},
      {"model.model_id", [](auto& r) { r.mutable_model()->set_model_id(std::string(101, 'a')); }},
      {"model.model_id", [](auto& r) { r.mutable_model()->set_model_id("../etc"); }},
      {"model.objective",
       [](auto& r) { r.mutable_model()->set_objective(std::string(2001, 'x')); }},
      {"request_id", [](auto& r) { r.set_request_id(std::string(65, 'x')); }}};
  for (const auto& [field, spoil] : cases) {
    auto request = Described("fine");
    spoil(request);
    v1::Model model;
    const auto status = Call(*model_, &ModelStub::CreateModel, request, &model);
    EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, field));
    EXPECT_EQ(WrongFieldIn(status), field);
  }
}

TEST_F(ModelRpcTest, RefusesWhatPostgresAndJsonCannotHold) {
  v1::Model model;
  auto request = Described("fine");
  request.mutable_model()->set_reference(std::string("a\0b", 3));
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateModel, request, &model),
                      grpc::INVALID_ARGUMENT, "model.reference: holds a NUL"));
  request = Described("fine");
  (*request.mutable_model()->mutable_metadata()->mutable_fields())["top1"].set_number_value(NAN);
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateModel, request, &model),
                      grpc::INVALID_ARGUMENT, "is NaN"));
}

TEST_F(ModelRpcTest, SaysWhatIsNotThereAndWhatNamesLookLike) {
  v1::GetModelRequest get;
  v1::Model model;
  get.set_name("models/none");
  auto status = Call(*model_, &ModelStub::GetModel, get, &model);
  EXPECT_TRUE(Refused(status, grpc::NOT_FOUND, "none"));
  EXPECT_EQ(ReasonIn(status), "NOT_FOUND");
  for (const char* bad : {"", "none", "models/", "models/a/b", "model/a", "models/A", "packs/a"}) {
    get.set_name(bad);
    status = Call(*model_, &ModelStub::GetModel, get, &model);
    EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "models/{model_id}")) << bad;
    EXPECT_EQ(WrongFieldIn(status), "name");
  }
}

TEST_F(ModelRpcTest, ListsByPage) {
  for (const char* id : {"c", "a", "b"}) MakeModel(id);
  v1::ListModelsRequest list;
  list.set_page_size(2);
  v1::ListModelsResponse first, second;
  ASSERT_TRUE(Call(*model_, &ModelStub::ListModels, list, &first).ok());
  ASSERT_EQ(first.models_size(), 2);
  EXPECT_EQ(first.models(0).model_id(), "a");
  EXPECT_EQ(first.models(1).model_id(), "b");
  list.set_page_token(first.next_page_token());
  ASSERT_TRUE(Call(*model_, &ModelStub::ListModels, list, &second).ok());
  ASSERT_EQ(second.models_size(), 1);
  EXPECT_EQ(second.models(0).model_id(), "c");
  EXPECT_EQ(second.next_page_token(), "");
}

// A page of a thousand models with all the metadata that a model may have would be 64 MiB; and text
// of the database is no bound of what is read, as it writes a number with all its digits.
TEST_F(ModelRpcTest, NoPageIsLargerThanItMayBe) {
  std::vector<std::string> made;
  const auto make = [&](const std::string& id, const google::protobuf::Value& value) {
    auto request = Described(id);
    (*request.mutable_model()->mutable_metadata()->mutable_fields())["much"] = value;
    v1::Model model;
    const auto status = Call(*model_, &ModelStub::CreateModel, request, &model);
    ASSERT_TRUE(status.ok()) << status.error_message();
    made.push_back(model.name());
  };
  google::protobuf::Value text, digits, small;
  text.set_string_value(std::string(60'000, 'x'));
  for (int i = 0; i < 5'000; ++i) {
    digits.mutable_list_value()->add_values()->set_number_value(1e308);
    small.mutable_list_value()->add_values()->set_number_value(1);
  }
  for (int i = 100; i < 400; ++i) make("text-" + std::to_string(i), i < 320 ? text : small);
  for (int i = 0; i < 6; ++i) make("wide-" + std::to_string(i), digits);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(16 << 20);
  CallOver(
      grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(), arguments));
  v1::ListModelsRequest list;
  list.set_page_size(1000);
  std::vector<std::string> listed;
  int pages = 0;
  do {
    v1::ListModelsResponse page;
    const auto status = Call(*model_, &ModelStub::ListModels, list, &page);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ++pages;
    ASSERT_GT(page.models_size(), 0);
    for (const auto& model : page.models()) listed.push_back(model.name());
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(listed, made);
  EXPECT_GT(pages, 4);
  EXPECT_LT(pages, 12);
}

TEST_F(ModelRpcTest, RefusesBadPages) {
  v1::ListModelsRequest list;
  v1::ListModelsResponse response;
  list.set_page_token("not a token");
  auto status = Call(*model_, &ModelStub::ListModels, list, &response);
  EXPECT_TRUE(Refused(status, grpc::INVALID_ARGUMENT, "page_token"));
  EXPECT_EQ(WrongFieldIn(status), "page_token");
  list.clear_page_token();
  list.set_page_size(-1);
  status = Call(*model_, &ModelStub::ListModels, list, &response);
  EXPECT_EQ(WrongFieldIn(status), "page_size");
}

TEST_F(ModelRpcTest, MakesAnUploadedBlobACheckpoint) {
  MakeModel();
  const auto made = MakeCheckpoint("squeezenet1_1", "weights");
  const std::string sha256 = DigestOf("weights").hex();
  EXPECT_EQ(made.name(), "models/squeezenet1_1/checkpoints/" + sha256);
  EXPECT_EQ(made.size_bytes(), 7);
  EXPECT_TRUE(MessageDifferencer::Equals(made, MakeCheckpoint("squeezenet1_1", "weights")));
  v1::GetCheckpointRequest get;
  get.set_name(made.name());
  v1::Checkpoint got;
  ASSERT_TRUE(Call(*model_, &ModelStub::GetCheckpoint, get, &got).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(made, got));
  MakeCheckpoint("squeezenet1_1", "other weights");
  v1::ListCheckpointsRequest list;
  list.set_parent("models/squeezenet1_1");
  v1::ListCheckpointsResponse listed;
  ASSERT_TRUE(Call(*model_, &ModelStub::ListCheckpoints, list, &listed).ok());
  ASSERT_EQ(listed.checkpoints_size(), 2);
  EXPECT_TRUE(MessageDifferencer::Equals(listed.checkpoints(1), made)) << "newest first";
}

TEST_F(ModelRpcTest, RefusesACheckpointWithoutItsBlobOrModel) {
  v1::CreateCheckpointRequest request;
  v1::Checkpoint checkpoint;
  request.set_parent("models/none");
  request.mutable_checkpoint()->set_sha256(Upload("weights"));
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateCheckpoint, request, &checkpoint),
                      grpc::NOT_FOUND, "none"));
  MakeModel();
  request.set_parent("models/squeezenet1_1");
  request.mutable_checkpoint()->set_sha256(DigestOf("never sent").hex());
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::CreateCheckpoint, request, &checkpoint),
                      grpc::FAILED_PRECONDITION, "UploadBlob"));
  request.mutable_checkpoint()->set_sha256("x");
  EXPECT_EQ(WrongFieldIn(Call(*model_, &ModelStub::CreateCheckpoint, request, &checkpoint)),
            "checkpoint.sha256");
  request.mutable_checkpoint()->set_model("models/other");
  EXPECT_EQ(WrongFieldIn(Call(*model_, &ModelStub::CreateCheckpoint, request, &checkpoint)),
            "checkpoint.model");
  v1::ListCheckpointsRequest list;
  v1::ListCheckpointsResponse listed;
  list.set_parent("models/unknown");
  EXPECT_TRUE(Refused(Call(*model_, &ModelStub::ListCheckpoints, list, &listed), grpc::NOT_FOUND,
                      "unknown"));
}

}  // namespace
}  // namespace ventral::testing
