#include "client/lib/call_error.h"

#include "client/channel/busy.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace ventral::client {
namespace {

using grpc::StatusCode;

ErrorCode CodeOf(StatusCode code) {
  switch (code) {
    case StatusCode::INVALID_ARGUMENT:
    case StatusCode::OUT_OF_RANGE:
      return ErrorCode::kInvalidInput;
    case StatusCode::NOT_FOUND:
      return ErrorCode::kNotFound;
    case StatusCode::ALREADY_EXISTS:
    case StatusCode::FAILED_PRECONDITION:
      return ErrorCode::kConflict;
    case StatusCode::ABORTED:
      return ErrorCode::kLeaseLost;
    case StatusCode::RESOURCE_EXHAUSTED:
      return ErrorCode::kResourceLimit;
    case StatusCode::UNAVAILABLE:
    case StatusCode::DEADLINE_EXCEEDED:
    case StatusCode::CANCELLED:
      return ErrorCode::kUnavailable;
    case StatusCode::DATA_LOSS:
      return ErrorCode::kCorruptData;
    case StatusCode::PERMISSION_DENIED:
    case StatusCode::UNAUTHENTICATED:
      return ErrorCode::kPermission;
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

bool IsServersWord(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return false;
  for (const auto& detail : details.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info) && info.domain() == "ventral") return true;
  }
  return false;
}

Error CallError(const grpc::Status& status, const std::string& server) {
  const ErrorCode code = IsBusy(status) ? ErrorCode::kUnavailable : CodeOf(status.error_code());
  if (IsServersWord(status)) return {code, status.error_message(), {}};
  if (status.error_code() == StatusCode::UNIMPLEMENTED) {
    return {ErrorCode::kInternal,
            "what answers at " + server + " is no Ventral server, or one of another version",
            {}};
  }
  if (status.error_code() == StatusCode::DEADLINE_EXCEEDED) {
    return {
        code, "the Ventral server at " + server + " does not answer in time; try again later", {}};
  }
  // A connection that broke is UNKNOWN to gRPC when the answer had begun.
  if (code != ErrorCode::kUnavailable && status.error_code() != StatusCode::UNKNOWN) {
    return {code, status.error_message(), {}};
  }
  return {ErrorCode::kUnavailable,
          "cannot reach the Ventral server at " + server +
              ": is it running? Start one with deploy/quickstart.sh, or name another with "
              "VENTRAL_SERVER or --server (" +
              status.error_message() + ")",
          {}};
}

bool IsCut(const grpc::Status& status) {
  switch (status.error_code()) {
    case StatusCode::OK:
    case StatusCode::UNAVAILABLE:
    case StatusCode::DEADLINE_EXCEEDED:
    case StatusCode::CANCELLED:
    case StatusCode::RESOURCE_EXHAUSTED:  // as many watch as the server lets
      return true;
    case StatusCode::UNKNOWN:
    case StatusCode::INTERNAL:  // an HTTP/2 stream that was reset
      return !IsServersWord(status);
    default:
      return false;
  }
}

}  // namespace ventral::client
