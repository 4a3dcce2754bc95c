#include "server/service/reply.h"

#include <spdlog/spdlog.h>

#include <cctype>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/service/caller.h"
#include "server/service/log_text.h"

namespace ventral::service {
namespace {

grpc::StatusCode CodeOf(ConflictMeans conflict) {
  switch (conflict) {
    case ConflictMeans::kAlreadyExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    case ConflictMeans::kOutOfRange:
      return grpc::StatusCode::OUT_OF_RANGE;
    case ConflictMeans::kWrongState:
      return grpc::StatusCode::FAILED_PRECONDITION;
  }
  return grpc::StatusCode::INTERNAL;
}

grpc::StatusCode CodeOf(ErrorCode code, ConflictMeans conflict) {
  switch (code) {
    case ErrorCode::kInvalidInput:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kNotFound:
      return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kConflict:
      return CodeOf(conflict);
    case ErrorCode::kLeaseLost:
      return grpc::StatusCode::ABORTED;
    case ErrorCode::kResourceLimit:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case ErrorCode::kUnavailable:
      return grpc::StatusCode::UNAVAILABLE;
    case ErrorCode::kCorruptData:
      return grpc::StatusCode::DATA_LOSS;
    case ErrorCode::kPermission:
      return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorCode::kInternal:
      return grpc::StatusCode::INTERNAL;
  }
  return grpc::StatusCode::INTERNAL;
}

// "lease_lost" → "LEASE_LOST".
std::string ReasonOf(ErrorCode code) {
  std::string reason(ErrorCodeName(code));
  for (char& letter : reason)
    letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return reason;
}

google::rpc::Status StatusWith(grpc::StatusCode code, const std::string& message,
                               const std::string& reason) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(WithoutSecrets(message));
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("ventral");
  status.add_details()->PackFrom(info);
  return status;
}

grpc::Status ToGrpc(const google::rpc::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), status.message(),
          status.SerializeAsString()};
}

grpc::Status WithQuotaFailure(const grpc::Status& status, const std::string& subject) {
  google::rpc::Status rich;
  rich.ParseFromString(status.error_details());
  google::rpc::QuotaFailure failure;
  auto* violation = failure.add_violations();
  violation->set_subject(subject);
  violation->set_description(status.error_message());
  rich.add_details()->PackFrom(failure);
  return ToGrpc(rich);
}

bool IsOurs(ErrorCode code) {
  return code == ErrorCode::kInternal || code == ErrorCode::kCorruptData ||
         code == ErrorCode::kUnavailable;
}

}  // namespace

grpc::Status ToGrpcStatus(const Error& error, ConflictMeans conflict, const std::string& field,
                          const std::string& request_id) {
  google::rpc::Status status =
      StatusWith(CodeOf(error.code, conflict),
                 error.code == ErrorCode::kInternal
                     ? "the server failed; tell its operator request " + request_id
                     : error.message,
                 ReasonOf(error.code));
  if (!field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(status.message());
    status.add_details()->PackFrom(bad);
  }
  if (!request_id.empty()) {
    google::rpc::RequestInfo request;
    request.set_request_id(request_id);
    status.add_details()->PackFrom(request);
  }
  return ToGrpc(status);
}

grpc::Status UnauthenticatedStatus(const std::string& message) {
  return ToGrpc(StatusWith(grpc::StatusCode::UNAUTHENTICATED, message, "UNAUTHENTICATED"));
}

grpc::Status BusyStatus(const std::string& message, std::chrono::seconds after) {
  auto status = StatusWith(grpc::StatusCode::RESOURCE_EXHAUSTED, message, "BUSY");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(after.count());
  status.add_details()->PackFrom(retry);
  return ToGrpc(status);
}

grpc::Status Finish(const Status& outcome, const Call& call) {
  if (outcome.ok()) return grpc::Status::OK;
  const Error& error = outcome.error();
  std::string request_id;
  if (IsOurs(error.code)) {
    request_id = CurrentCaller().request.empty() ? NewRequest() : CurrentCaller().request;
    const std::string& attempt = CurrentCaller().attempt;
    spdlog::error("request {}{}{}: {}", request_id, attempt.empty() ? "" : " ", attempt,
                  OneLine(error.ToString()));
  }
  const auto status = ToGrpcStatus(error, call.conflict(), call.wrong_field(), request_id);
  return call.limited().empty() ? status : WithQuotaFailure(status, call.limited());
}

}  // namespace ventral::service
