#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "scoring/base/digest.h"
#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;

class PackRpcTest : public RpcTest {
 protected:
  grpc::Status Publish(const v1::PublishPackRequest& request) {
    v1::Pack pack;
    return Call(*pack_, &PackStub::PublishPack, request, &pack);
  }

  // The file of the request; of "pack.json" and the like there is one.
  static v1::PackFile* File(v1::PublishPackRequest& request, const std::string& path) {
    for (auto& file : *request.mutable_files()) {
      if (file.path() == path) return &file;
    }
    throw std::logic_error("no file " + path);
  }

  void Replace(v1::PublishPackRequest& request, const std::string& path, const std::string& bytes) {
    File(request, path)->set_sha256(Upload(bytes));
    File(request, path)->set_size_bytes(static_cast<std::int64_t>(bytes.size()));
  }

  static void Remove(v1::PublishPackRequest& request, const std::string& path) {
    auto& files = *request.mutable_files();
    files.erase(std::remove_if(files.begin(), files.end(),
                               [&](const auto& file) { return file.path() == path; }),
                files.end());
  }
};

TEST_F(PackRpcTest, PublishesWhatWasUploaded) {
  const auto request = PackFiles();
  v1::Pack made, got;
  ASSERT_TRUE(Call(*pack_, &PackStub::PublishPack, request, &made).ok());
  EXPECT_EQ(made.name(), "packs/small");
  EXPECT_EQ(made.version(), "1.0.0");
  EXPECT_EQ(made.title(), "Two stimuli");
  EXPECT_EQ(made.stimuli(), 2);
  EXPECT_THAT(made.benchmarks(), ElementsAre("packs/small/benchmarks/small.it.rsa",
                                             "packs/small/benchmarks/small.v4.ridge"));
  std::vector<std::string> lines;
  std::int64_t bytes = 0;
  for (const auto& file : request.files()) {
    lines.push_back(file.path() + "\n" + file.sha256() + "  " + std::to_string(file.size_bytes()));
    bytes += file.size_bytes();
  }
  std::sort(lines.begin(), lines.end());
  std::string listing;  // "<sha256>  <size> <path>\n", sorted by path
  for (const auto& line : lines) {
    const auto cut = line.find('\n');
    listing += line.substr(cut + 1) + " " + line.substr(0, cut) + "\n";
  }
  EXPECT_EQ(made.digest(), DigestOf(listing).hex());
  EXPECT_EQ(made.size_bytes(), bytes);
  v1::GetPackRequest get;
  get.set_name("packs/small");
  ASSERT_TRUE(Call(*pack_, &PackStub::GetPack, get, &got).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(made, got));
  ASSERT_TRUE(Call(*pack_, &PackStub::PublishPack, request, &got).ok()) << "the same again";
  EXPECT_TRUE(MessageDifferencer::Equals(made, got));
}

TEST_F(PackRpcTest, KeepsVersionsAndNamesTheNewest) {
  PublishPack("1.0.0");
  PublishPack("1.1.0");
  v1::ListPacksResponse packs;
  ASSERT_TRUE(Call(*pack_, &PackStub::ListPacks, v1::ListPacksRequest(), &packs).ok());
  ASSERT_EQ(packs.packs_size(), 1);
  EXPECT_EQ(packs.packs(0).version(), "1.1.0");
}

TEST_F(PackRpcTest, RefusesOtherContentUnderAPublishedVersion) {
  PublishPack();
  auto request = PackFiles();
  Replace(request, "it.npy", "another array");
  const auto status = Publish(request);
  EXPECT_TRUE(Refused(status, grpc::ALREADY_EXISTS, "small"));
  EXPECT_EQ(ReasonIn(status), "CONFLICT");
}

TEST_F(PackRpcTest, NamesTheFirstFileThatWasNotUploaded) {
  auto request = PackFiles();
  File(request, "stimuli/a.png")->set_sha256(DigestOf("never sent a").hex());
  File(request, "v4.npy")->set_sha256(DigestOf("never sent b").hex());
  const auto status = Publish(request);
  EXPECT_TRUE(Refused(status, grpc::FAILED_PRECONDITION, "'stimuli/a.png'"));
  EXPECT_TRUE(Refused(status, grpc::FAILED_PRECONDITION, "UploadBlob"));
}

TEST_F(PackRpcTest, NamesWhatIsWrongWithTheFiles) {
  const auto whole = PackFiles();
  const std::string csv = "stimulus_id,file\n";
  struct Case {
    const char* part;
    std::function<void(v1::PublishPackRequest&)> spoil;
  };
  const Case cases[] = {
      {"pack.json", [](auto& r) { Remove(r, "pack.json"); }},
      {"pack.json", [](auto& r) { r.clear_files(); }},
      {"files[2]", [](auto& r) { r.mutable_files(2)->set_path("../secret"); }},
      {"files[2]", [](auto& r) { r.mutable_files(2)->set_path("/etc/passwd"); }},
      {"files[2]", [](auto& r) { r.mutable_files(2)->set_path("a\\b"); }},
      {"'stimuli/a.png' is there twice", [](auto& r) { *r.add_files() = r.files(2); }},
      {"'it.npy': sha256", [](auto& r) { File(r, "it.npy")->set_sha256("0"); }},
      {"'it.npy': size_bytes is negative", [](auto& r) { File(r, "it.npy")->set_size_bytes(-8); }},
      {"'it.npy': size_bytes is 9", [](auto& r) { File(r, "it.npy")->set_size_bytes(9); }},
      {"pack.json", [this](auto& r) { Replace(r, "pack.json", "{ not json"); }},
      {"pack.json", [this](auto& r) { Replace(r, "pack.json", "{\"format\": 1}"); }},
      {"pack.json names 'v4.npy'", [](auto& r) { Remove(r, "v4.npy"); }},
      {"pack.json names 'stimuli.csv'", [](auto& r) { Remove(r, "stimuli.csv"); }},
      {"'stimuli.csv' names 'stimuli/b.png'", [](auto& r) { Remove(r, "stimuli/b.png"); }},
      {"'stimuli.csv' has 1 stimuli, but pack.json says 2",
       [&](auto& r) { Replace(r, "stimuli.csv", csv + "a,stimuli/a.png\n"); }},
      {"stimuli.csv",
       [&](auto& r) { Replace(r, "stimuli.csv", csv + "a,stimuli/a.png\na,stimuli/b.png\n"); }},
      {"stimuli.csv",
       [&](auto& r) { Replace(r, "stimuli.csv", csv + "a,stimuli/a.png\nb,../../b.png\n"); }}};
  for (const auto& [part, spoil] : cases) {
    auto request = whole;
    spoil(request);
    EXPECT_TRUE(Refused(Publish(request), grpc::INVALID_ARGUMENT, part));
  }
  v1::ListPacksResponse packs;
  ASSERT_TRUE(Call(*pack_, &PackStub::ListPacks, v1::ListPacksRequest(), &packs).ok());
  EXPECT_EQ(packs.packs_size(), 0) << "nothing of it was kept";
}

TEST_F(PackRpcTest, RefusesAManifestBeyondItsLimitBeforeReadingIt) {
  auto request = PackFiles();
  Replace(request, "pack.json", std::string(1 << 20, ' '));
  EXPECT_TRUE(Refused(Publish(request), grpc::INVALID_ARGUMENT, "pack.json")) << "just the limit";
  const std::string too_big((1 << 20) + 1, ' ');
  const std::string digest = DigestOf(too_big).hex();
  v1::UploadBlobResponse response;
  ASSERT_TRUE(TryUpload(digest, (1 << 20) + 1, {too_big.substr(1), " "}, &response).ok());
  File(request, "pack.json")->set_sha256(digest);
  File(request, "pack.json")->set_size_bytes((1 << 20) + 1);
  EXPECT_TRUE(Refused(Publish(request), grpc::RESOURCE_EXHAUSTED, "1048577"));
}

TEST_F(PackRpcTest, ListsAndGetsBenchmarks) {
  PublishPack();
  v1::ListBenchmarksRequest list;
  v1::ListBenchmarksResponse response;
  for (const char* parent : {"packs/small", "packs/-"}) {
    list.set_parent(parent);
    ASSERT_TRUE(Call(*pack_, &PackStub::ListBenchmarks, list, &response).ok());
    ASSERT_EQ(response.benchmarks_size(), 2) << parent;
  }
  const auto& rsa = response.benchmarks(0);
  EXPECT_EQ(rsa.benchmark_id(), "small.it.rsa");
  EXPECT_EQ(rsa.metric(), "rsa");
  EXPECT_EQ(rsa.species(), "human");
  EXPECT_EQ(rsa.region(), "IT");
  EXPECT_EQ(rsa.modality(), "fmri");
  EXPECT_EQ(rsa.subjects(), 4);
  EXPECT_EQ(rsa.pack_version(), "1.0.0");
  v1::GetBenchmarkRequest get;
  v1::Benchmark got;
  get.set_name(rsa.name());
  ASSERT_TRUE(Call(*pack_, &PackStub::GetBenchmark, get, &got).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(rsa, got));
  list.set_page_size(1);
  ASSERT_TRUE(Call(*pack_, &PackStub::ListBenchmarks, list, &response).ok());
  EXPECT_EQ(response.benchmarks_size(), 1);
  EXPECT_NE(response.next_page_token(), "");
}

TEST_F(PackRpcTest, SaysWhatIsNotThere) {
  PublishPack();
  v1::GetPackRequest get_pack;
  v1::Pack pack;
  get_pack.set_name("packs/none");
  EXPECT_TRUE(Refused(Call(*pack_, &PackStub::GetPack, get_pack, &pack), grpc::NOT_FOUND, "none"));
  get_pack.set_name("small");
  EXPECT_TRUE(Refused(Call(*pack_, &PackStub::GetPack, get_pack, &pack), grpc::INVALID_ARGUMENT,
                      "packs/{pack_id}"));
  v1::GetBenchmarkRequest get;
  v1::Benchmark benchmark;
  get.set_name("packs/small/benchmarks/small.it.cka");
  EXPECT_TRUE(Refused(Call(*pack_, &PackStub::GetBenchmark, get, &benchmark), grpc::NOT_FOUND,
                      "small.it.cka"));
  get.set_name("packs/none/benchmarks/none.it.rsa");
  EXPECT_TRUE(
      Refused(Call(*pack_, &PackStub::GetBenchmark, get, &benchmark), grpc::NOT_FOUND, "none"));
  v1::ListBenchmarksRequest list;
  v1::ListBenchmarksResponse listed;
  list.set_parent("packs/none");
  EXPECT_TRUE(
      Refused(Call(*pack_, &PackStub::ListBenchmarks, list, &listed), grpc::NOT_FOUND, "none"));
  v1::ListPacksRequest packs;
  v1::ListPacksResponse listed_packs;
  packs.set_page_token("?");
  EXPECT_EQ(WrongFieldIn(Call(*pack_, &PackStub::ListPacks, packs, &listed_packs)), "page_token");
}

}  // namespace
}  // namespace ventral::testing
