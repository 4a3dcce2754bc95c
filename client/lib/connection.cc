#include "client/lib/connection.h"

#include <random>

#include "client/channel/channel.h"

namespace ventral::client {
namespace {

// A report may hold every neuroid of every layer.
constexpr int kLargestMessage = 256 << 20;
// A server that vanished without a word is noticed within half a minute, even by a quiet stream.
constexpr int kPingMilliseconds = 20'000;
constexpr int kPingPatienceMilliseconds = 10'000;

std::shared_ptr<grpc::Channel> Open(const std::string& server, const Access& access) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingMilliseconds);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingPatienceMilliseconds);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetMaxReceiveMessageSize(kLargestMessage);
  return OpenChannel(server, access, arguments);
}

}  // namespace

Connection::Connection(std::string server, const Access& access)
    : server_(std::move(server)),
      channel_(Open(server_, access)),
      blobs_(v1::BlobService::NewStub(channel_)),
      models_(v1::ModelService::NewStub(channel_)),
      packs_(v1::PackService::NewStub(channel_)),
      jobs_(v1::JobService::NewStub(channel_)),
      scores_(v1::ScoreService::NewStub(channel_)),
      workers_(v1::WorkerPoolService::NewStub(channel_)),
      admin_(v1::AdminService::NewStub(channel_)) {}

bool Connection::AwaitServer(std::chrono::milliseconds patience) {
  return channel_->WaitForConnected(std::chrono::system_clock::now() + patience);
}

std::string NewRequestId() {
  std::random_device device;
  static constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (int i = 0; i < 32; ++i) id += kHex[device() & 15];
  return id;
}

}  // namespace ventral::client
