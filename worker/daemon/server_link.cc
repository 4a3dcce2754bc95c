#include "worker/daemon/server_link.h"

#include <grpcpp/grpcpp.h>

#include <fstream>
#include <iterator>

#include "client/channel/busy.h"
#include "client/channel/channel.h"
#include "scoring/base/version.h"

namespace ventral {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kCallTimeout{20};
// A report may hold every neuroid of every layer.
constexpr seconds kCompleteTimeout{120};
// For a connection that was lost to be made again, before a call says why it cannot be.
constexpr milliseconds kConnectPatience{1000};

// A minute, and a second for each megabyte.
seconds PatienceFor(std::uint64_t bytes) {
  return seconds(60) + seconds(static_cast<std::int64_t>(bytes >> 20));
}

ErrorCode CodeOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::CANCELLED:
      return ErrorCode::kUnavailable;
    case grpc::StatusCode::ABORTED:
      return ErrorCode::kLeaseLost;
    case grpc::StatusCode::NOT_FOUND:
      return ErrorCode::kNotFound;
    case grpc::StatusCode::DATA_LOSS:
      return ErrorCode::kCorruptData;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE:
      return ErrorCode::kInvalidInput;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::FAILED_PRECONDITION:
      return ErrorCode::kConflict;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ErrorCode::kResourceLimit;
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return ErrorCode::kPermission;
    default:
      return ErrorCode::kInternal;
  }
}

Error ErrorOf(const grpc::Status& status, const char* call) {
  return {IsBusy(status) ? ErrorCode::kUnavailable : CodeOf(status.error_code()),
          "the server's " + std::string(call) + ": " + status.error_message(),
          "gRPC status " + std::to_string(status.error_code())};
}

template <typename Response>
Result<Response> Answer(const grpc::Status& status, Response& response, const char* call) {
  if (!status.ok()) return ErrorOf(status, call);
  return std::move(response);
}

}  // namespace

ServerLink::ServerLink(const std::string& address, const Access& access) {
  grpc::ChannelArguments arguments;
  // gRPC's own pause between connections grows to two minutes: longer than a lease.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // What a slow link's handshake may take, for all that the name of the option says.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetMaxReceiveMessageSize(static_cast<int>(kLargestMessage));
  channel_ = OpenChannel(address, access, arguments);
  stub_ = v1::WorkerService::NewStub(channel_);
}

void ServerLink::Begin(grpc::ClientContext& context, milliseconds timeout) {
  channel_->WaitForConnected(std::chrono::system_clock::now() + kConnectPatience);
  context.set_deadline(std::chrono::system_clock::now() + timeout);
}

Result<std::optional<v1::Lease>> ServerLink::Lease(const std::string& worker,
                                                   const std::string& device,
                                                   const v1::WorkerNode& node, bool rescore_only) {
  grpc::ClientContext context;
  Begin(context, kCallTimeout);
  v1::LeaseJobRequest request;
  request.set_worker(worker);
  request.set_device(device);
  *request.mutable_node() = node;
  request.set_scorer_version(kScorerVersion);
  if (rescore_only) request.add_kinds(v1::JOB_KIND_RESCORE);
  v1::LeaseJobResponse response;
  const grpc::Status status = stub_->LeaseJob(&context, request, &response);
  if (!status.ok()) return ErrorOf(status, "LeaseJob");
  if (!response.has_lease()) return std::optional<v1::Lease>();
  return std::optional<v1::Lease>(std::move(*response.mutable_lease()));
}

Result<v1::HeartbeatResponse> ServerLink::Heartbeat(const v1::HeartbeatRequest& request,
                                                    milliseconds timeout) {
  grpc::ClientContext context;
  Begin(context, timeout);
  v1::HeartbeatResponse response;
  return Answer(stub_->Heartbeat(&context, request, &response), response, "Heartbeat");
}

Status ServerLink::UploadGrams(const v1::GramsDeclaration& declaration,
                               const std::filesystem::path& file, const std::stop_token& stop) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Internal("the worker cannot read the Grams that it kept");
  grpc::ClientContext context;
  Begin(context, PatienceFor(static_cast<std::uint64_t>(declaration.grams().size_bytes())));
  const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
  v1::UploadGramsResponse response;
  const auto writer = stub_->UploadGrams(&context, &response);
  v1::UploadGramsRequest request;
  *request.mutable_declaration() = declaration;
  bool open = writer->Write(request);
  std::string buffer(1 << 20, '\0');
  while (open && (in.read(buffer.data(), std::ssize(buffer)) || in.gcount() > 0)) {
    request.set_chunk(buffer.data(), static_cast<std::size_t>(in.gcount()));
    open = writer->Write(request);  // false once the server has answered
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return ErrorOf(status, "UploadGrams");
  return Ok{};
}

Result<v1::CompleteJobResponse> ServerLink::Complete(const v1::CompleteJobRequest& request) {
  grpc::ClientContext context;
  Begin(context, kCompleteTimeout);
  v1::CompleteJobResponse response;
  return Answer(stub_->CompleteJob(&context, request, &response), response, "CompleteJob");
}

Result<v1::FailJobResponse> ServerLink::Fail(const v1::FailJobRequest& request) {
  grpc::ClientContext context;
  Begin(context, kCallTimeout);
  v1::FailJobResponse response;
  return Answer(stub_->FailJob(&context, request, &response), response, "FailJob");
}

Status ServerLink::Fetch(const Digest& digest, std::uint64_t bytes, const std::stop_token& stop,
                         const Sink& sink) {
  grpc::ClientContext context;
  Begin(context, PatienceFor(bytes));
  const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
  v1::FetchBlobRequest request;
  request.set_sha256(digest.hex());
  const auto stream = stub_->FetchBlob(&context, request);
  Status sunk = Ok{};
  std::uint64_t received = 0;
  v1::FetchBlobResponse response;
  while (sunk.ok() && stream->Read(&response)) {
    received += response.chunk().size();
    sunk = received > bytes
               ? Status(CorruptData("blob " + digest.hex() + " is longer than declared"))
               : sink(response.chunk());
    if (!sunk.ok()) context.TryCancel();
  }
  const grpc::Status status = stream->Finish();
  VENTRAL_RETURN_IF_ERROR(sunk);
  if (!status.ok()) return ErrorOf(status, "FetchBlob");
  if (received < bytes) {
    return CorruptData("blob " + digest.hex() + " ended after " + std::to_string(received) +
                       " of " + std::to_string(bytes) + " bytes");
  }
  return Ok{};
}

}  // namespace ventral
