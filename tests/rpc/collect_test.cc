// Blobs that nothing names go; those that a checkpoint, a pack or a job names stay.
#include "server/collector.h"
#include "tests/rpc/fixture.h"

namespace ventral::testing {
namespace {
namespace fs = std::filesystem;

class CollectRpcTest : public RpcTest {
 protected:
  // As if everything had been uploaded long ago.
  void MakeAllOld() {
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "blobs/sha256")) {
      if (!entry.is_regular_file()) continue;
      fs::last_write_time(entry, fs::file_time_type::clock::now() - std::chrono::hours(48));
    }
  }
  int Blobs() const {
    int count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "blobs/sha256")) {
      count += entry.is_regular_file() ? 1 : 0;
    }
    return count;
  }
};

TEST_F(CollectRpcTest, TakesOnlyWhatNothingNames) {
  MakeJob();
  const v1::Lease lease = LeaseJob();
  v1::CompleteJobResponse completed;
  ASSERT_TRUE(Complete(lease, ReportFor(lease), &completed).ok());
  const int named = Blobs();
  const Digest forgotten = Digest::Parse(Upload("nobody names these bytes")).value();
  MakeAllOld();
  const Collector collector(*store_, *blobs_, std::chrono::hours(24), std::chrono::milliseconds(5));
  EXPECT_TRUE(Eventually([&] { return !blobs_->Contains(forgotten); }));
  EXPECT_EQ(Blobs(), named);
}

TEST_F(CollectRpcTest, AskingWhatIsMissingHoldsWhatIsThere) {
  const std::string digest = Upload("soon to be named");
  MakeAllOld();
  v1::FindMissingBlobsRequest request;
  request.add_sha256(digest);
  v1::FindMissingBlobsResponse response;
  ASSERT_TRUE(Call(*blob_, &BlobStub::FindMissingBlobs, request, &response).ok());
  EXPECT_EQ(response.missing_sha256_size(), 0);
  const auto collected = blobs_->Collect(
      std::chrono::system_clock::now() - std::chrono::hours(24), [](std::span<const Digest> all) {
        return Result<std::vector<Digest>>(std::vector<Digest>(all.begin(), all.end()));
      });
  EXPECT_EQ(collected.value().blobs, 0);
}

}  // namespace
}  // namespace ventral::testing
