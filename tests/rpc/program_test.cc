// ventral-server as a process: how it starts, refuses to, and stops.
#include <signal.h>

#include "scoring/base/digest.h"
#include "tests/rpc/fixture.h"
#include "worker/sandbox/child.h"

namespace ventral::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ProgramRpcTest : public ::testing::Test {
 protected:
  Child Launch(const std::string& database, const std::string& blobs,
               const std::string& listen = "127.0.0.1:0", const std::string& wait = "0") {
    ChildOptions options;
    options.program = VENTRAL_SERVER;
    options.environment = {"VENTRAL_DATABASE=" + database,
                           "VENTRAL_WAIT_FOR_DATABASE_SECONDS=" + wait};
    options.arguments = {"--blobs",        blobs,         "--listen",        listen,
                         "--address-file", AddressFile(), "--drain-seconds", "5",
                         "--accounts",     "off"};
    auto child = Child::Start(options);
    if (!child.ok()) throw std::runtime_error(child.error().ToString());
    return std::move(child).value();
  }
  // Of the server that was launched, once it listens.
  std::string Address() {
    EXPECT_TRUE(Eventually([&] { return std::filesystem::exists(AddressFile()); }));
    std::string address = ReadFile(AddressFile());
    std::filesystem::remove(AddressFile());
    return address.substr(0, address.find('\n'));
  }
  static std::unique_ptr<v1::ModelService::Stub> Models(const std::string& address) {
    return v1::ModelService::NewStub(
        grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  }
  std::string AddressFile() const { return (folder_.path() / "address").string(); }
  std::string Blobs() const { return (folder_.path() / "blobs").string(); }

  void ExpectRefusal(Child child, int code, const std::string& part) {
    const auto outcome = child.Wait();
    EXPECT_EQ(outcome.kind, ChildOutcome::Kind::kExited) << outcome.ToString();
    EXPECT_EQ(outcome.status, code);
    EXPECT_THAT(child.LogTail(), HasSubstr(part));
  }

  ScratchFolder folder_;
};

TEST_F(ProgramRpcTest, ServesUntilItIsTold) {
  const TestDatabase database;
  Child server = Launch(database.connection(), Blobs());
  const std::string address = Address();
  EXPECT_THAT(address, HasSubstr("127.0.0.1:"));
  EXPECT_THAT(address, Not(HasSubstr(":0")));
  v1::CreateModelRequest request;
  request.mutable_model()->set_model_id("m");
  v1::Model model;
  ASSERT_TRUE(Call(*Models(address), &ModelStub::CreateModel, request, &model).ok());
  ASSERT_EQ(kill(server.pid(), SIGTERM), 0);
  const auto outcome = server.Wait();
  EXPECT_EQ(outcome.kind, ChildOutcome::Kind::kExited) << outcome.ToString();
  EXPECT_EQ(outcome.status, 0);
  const std::string log = server.LogTail();
  EXPECT_THAT(log, HasSubstr("/ventral.v1.ModelService/CreateModel OK"));
  EXPECT_THAT(log, HasSubstr("stopped"));
}

TEST_F(ProgramRpcTest, SaysWhatToDoWhereItCannotStart) {
  const TestDatabase database;
  const TestDatabase empty(TestDatabase::Schema::kEmpty);
  ExpectRefusal(Launch(empty.connection(), Blobs()), 3, "run ventral-migrate up");
  ExpectRefusal(Launch("host=127.0.0.1 port=1 user=u password=hunter2 dbname=d", Blobs()), 3,
                "unavailable");
  WriteFile(folder_.path() / "file", "");
  ExpectRefusal(Launch(database.connection(), (folder_.path() / "file").string()), 4, "file");
  Child first = Launch(database.connection(), Blobs());
  const std::string address = Address();
  ExpectRefusal(Launch(database.connection(), Blobs(), address), 5, "cannot listen on " + address);
  ExpectRefusal(Launch(database.connection(), Blobs(), "0.0.0.0:0"), 2, "--accounts off");
}

TEST_F(ProgramRpcTest, NeverLogsThePasswordOfItsDatabase) {
  Child server =
      Launch("host=127.0.0.1 port=1 user=u password=hunter2 dbname=d", Blobs(), "127.0.0.1:0", "1");
  server.Wait();
  EXPECT_THAT(server.LogTail(), HasSubstr("waiting 1 s for the database"));
  EXPECT_THAT(server.LogTail(), Not(HasSubstr("hunter2")));
  Child uri = Launch("postgresql://u:hunter2@127.0.0.1:1/d", Blobs());
  uri.Wait();
  EXPECT_THAT(uri.LogTail(), Not(HasSubstr("hunter2")));
}

TEST_F(ProgramRpcTest, WaitsForItsDatabase) {
  TestCluster cluster;
  cluster.Stop();
  Child server = Launch(cluster.connection(), Blobs(), "127.0.0.1:0", "600");
  EXPECT_TRUE(Eventually([&] {
    return server.LogTail().find("waiting 600 s for the database") != std::string::npos;
  })) << server.LogTail();
  EXPECT_FALSE(std::filesystem::exists(AddressFile()));
  cluster.Start();
  v1::CreateModelRequest request;
  request.mutable_model()->set_model_id("m");
  v1::Model model;
  EXPECT_TRUE(Call(*Models(Address()), &ModelStub::CreateModel, request, &model).ok());
  EXPECT_THAT(server.LogTail(), HasSubstr("the database is there"));
}

TEST_F(ProgramRpcTest, WaitsNoLongerThanUntilItIsToldToStop) {
  Child server = Launch("host=127.0.0.1 port=1 user=u dbname=d", Blobs(), "127.0.0.1:0", "600");
  ASSERT_TRUE(Eventually([&] {
    return server.LogTail().find("waiting 600 s") != std::string::npos;
  })) << server.LogTail();
  ASSERT_EQ(kill(server.pid(), SIGTERM), 0);
  const auto outcome = server.Wait();
  EXPECT_EQ(outcome.kind, ChildOutcome::Kind::kExited) << outcome.ToString();
  EXPECT_EQ(outcome.status, 0);
}

TEST_F(ProgramRpcTest, GoesOnWithWhatItHadWhenItWasKilled) {
  const TestDatabase database;
  Child server = Launch(database.connection(), Blobs());
  const std::string address = Address();
  const auto blobs =
      v1::BlobService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()));
  v1::QueryUploadRequest query;
  query.set_sha256(DigestOf("0123456789").hex());
  query.set_size_bytes(10);
  v1::QueryUploadResponse there;
  grpc::ClientContext context;
  v1::UploadBlobResponse response;
  const auto writer = blobs->UploadBlob(&context, &response);
  v1::UploadBlobRequest message;
  message.mutable_declaration()->set_sha256(query.sha256());
  message.mutable_declaration()->set_size_bytes(10);
  ASSERT_TRUE(writer->Write(message));
  message.set_chunk("01234");
  ASSERT_TRUE(writer->Write(message));
  ASSERT_TRUE(Eventually([&] {
    return Call(*blobs, &BlobStub::QueryUpload, query, &there).ok() && there.received_bytes() == 5;
  }));
  server.Kill();
  server.Wait();
  EXPECT_EQ(writer->Finish().error_code(), grpc::UNAVAILABLE);

  Child again = Launch(database.connection(), Blobs());
  const auto after =
      v1::BlobService::NewStub(grpc::CreateChannel(Address(), grpc::InsecureChannelCredentials()));
  v1::FindMissingBlobsRequest ask;
  ask.add_sha256(query.sha256());
  v1::FindMissingBlobsResponse missing;
  ASSERT_TRUE(Call(*after, &BlobStub::FindMissingBlobs, ask, &missing).ok());
  EXPECT_EQ(missing.missing_sha256_size(), 1);
  ASSERT_TRUE(Call(*after, &BlobStub::QueryUpload, query, &there).ok());
  EXPECT_EQ(there.received_bytes(), 5);
  grpc::ClientContext next;
  const auto rest = after->UploadBlob(&next, &response);
  message.mutable_declaration()->set_sha256(query.sha256());
  message.mutable_declaration()->set_size_bytes(10);
  message.mutable_declaration()->set_offset_bytes(5);
  rest->Write(message);
  message.set_chunk("56789");
  rest->Write(message);
  rest->WritesDone();
  const auto sent = rest->Finish();
  EXPECT_TRUE(sent.ok()) << sent.error_message();
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path() / "blobs" / "incoming"));
}

}  // namespace
}  // namespace ventral::testing
