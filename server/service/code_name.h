// gRPC's status codes by name.
#ifndef VENTRAL_SERVER_SERVICE_CODE_NAME_H_
#define VENTRAL_SERVER_SERVICE_CODE_NAME_H_

#include <grpcpp/support/status.h>

namespace ventral::service {

inline const char* CodeName(grpc::StatusCode code) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  return code >= 0 && code <= grpc::StatusCode::UNAUTHENTICATED ? kNames[code] : "UNKNOWN";
}

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_CODE_NAME_H_
