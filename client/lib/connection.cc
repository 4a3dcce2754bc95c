#include "client/lib/connection.h"

#include <random>

namespace ventral::client {
namespace {

ErrorCode CodeOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE: return ErrorCode::kInvalidInput;
    case grpc::StatusCode::NOT_FOUND: return ErrorCode::kNotFound;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::FAILED_PRECONDITION: return ErrorCode::kConflict;
    case grpc::StatusCode::ABORTED: return ErrorCode::kLeaseLost;
    case grpc::StatusCode::RESOURCE_EXHAUSTED: return ErrorCode::kResourceLimit;
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED: return ErrorCode::kUnavailable;
    case grpc::StatusCode::DATA_LOSS: return ErrorCode::kCorruptData;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED: return ErrorCode::kPermission;
    default: return ErrorCode::kInternal;
  }
}

}  // namespace

Connection::Connection(std::string server) : server_(std::move(server)) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  arguments.SetMaxReceiveMessageSize(256 << 20);
  const auto channel = grpc::CreateCustomChannel(server_, grpc::InsecureChannelCredentials(), arguments);
  blobs_ = v1::BlobService::NewStub(channel);
  models_ = v1::ModelService::NewStub(channel);
  packs_ = v1::PackService::NewStub(channel);
  jobs_ = v1::JobService::NewStub(channel);
  scores_ = v1::ScoreService::NewStub(channel);
}

Error Connection::ToError(const grpc::Status& status) const {
  const ErrorCode code = CodeOf(status.error_code());
  if (code != ErrorCode::kUnavailable) return {code, status.error_message(), {}};
  return {code,
          "no answer from the Ventral server at " + server_ + " (" + status.error_message() +
              "). Is it running there? deploy/quickstart.sh starts one; --server or VENTRAL_SERVER names another",
          {}};
}

std::string NewRequestId() {
  std::random_device device;
  static constexpr char kHex[] = "0123456789abcdef";
  std::string id;
  for (int i = 0; i < 32; ++i) id += kHex[device() & 15];
  return id;
}

}  // namespace ventral::client
