// From a handler's outcome to a gRPC status: the only place that knows both.
#ifndef VENTRAL_SERVER_SERVICE_REPLY_H_
#define VENTRAL_SERVER_SERVICE_REPLY_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "scoring/base/result.h"

namespace ventral::service {

// What a `conflict` of the store means to the caller: a taken name when creating, a place in an
// upload that it is not at, else a state that forbids the request.
enum class ConflictMeans { kAlreadyExists, kOutOfRange, kWrongState };

// What a handler tells on its way, beside its outcome.
class Call {
 public:
  // Passes `result` on. Invalid input gets "field: " before its message, and the client is told the
  // field.
  template <typename T>
  Result<T> Check(std::string_view field, Result<T> result) {
    if (result.ok() || result.error().code != ErrorCode::kInvalidInput) return result;
    wrong_ = field;
    return std::move(result).error().Within(field);
  }
  // Passes `result` on. Where a limit of `subject` ("users/mara") was reached, the client is told
  // so for programs, too (google.rpc.QuotaFailure).
  template <typename T>
  Result<T> CheckLimit(const std::string& subject, Result<T> result) {
    if (!result.ok() && result.error().code == ErrorCode::kResourceLimit) limited_ = subject;
    return result;
  }
  // From here on, a conflict means this; a wrong state where nothing is said.
  void OnConflict(ConflictMeans meaning) { conflict_ = meaning; }

  const std::string& wrong_field() const { return wrong_; }
  const std::string& limited() const { return limited_; }
  ConflictMeans conflict() const { return conflict_; }

 private:
  std::string wrong_, limited_;
  ConflictMeans conflict_ = ConflictMeans::kWrongState;
};

// The code by a full switch; google.rpc details: ErrorInfo{reason, "ventral"} always, BadRequest
// where `field` is not empty, RequestInfo where `request_id` is not. `error.context` is never in
// it, and of an internal error neither is the message.
grpc::Status ToGrpcStatus(const Error& error, ConflictMeans conflict, const std::string& field,
                          const std::string& request_id);

// UNAUTHENTICATED with ErrorInfo{"UNAUTHENTICATED", "ventral"}: who calls is not known.
grpc::Status UnauthenticatedStatus(const std::string& message);

// RESOURCE_EXHAUSTED with ErrorInfo{"BUSY", "ventral"} and RetryInfo{`after`}: the same call may be
// made again then. A limit that stays has no RetryInfo.
grpc::Status BusyStatus(const std::string& message, std::chrono::seconds after);

// OK, or the status of the error. Errors of ours (internal, corrupt_data, unavailable) are logged
// whole, under a request id that the client gets too.
grpc::Status Finish(const Status& outcome, const Call& call);

// @error invalid_input names the field that holds a NUL character (PostgreSQL cannot store one) or
//   a number that is not finite; looks into every message, list and map of `message`.
Status CheckWellFormed(const google::protobuf::Message& message);

// Runs `handle(call)`, which returns Status, on a well-formed request.
template <typename Handle>
grpc::Status Respond(const google::protobuf::Message& request, Handle&& handle) {
  Call call;
  Status outcome = CheckWellFormed(request);
  if (outcome.ok()) outcome = handle(call);
  return Finish(outcome, call);
}

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_REPLY_H_
