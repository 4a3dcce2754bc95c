// "Not now" as a server says it.
#ifndef VENTRAL_CLIENT_CHANNEL_BUSY_H_
#define VENTRAL_CLIENT_CHANNEL_BUSY_H_

#include <grpcpp/support/status.h>

namespace ventral {

// RESOURCE_EXHAUSTED beside which stands a google.rpc.RetryInfo: the same call may be made again in
// a moment. Without one a limit was passed that stays. Looked for in the encoded details, because
// this room knows no protos.
inline bool IsBusy(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
         status.error_details().find("type.googleapis.com/google.rpc.RetryInfo") !=
             std::string::npos;
}

}  // namespace ventral

#endif  // VENTRAL_CLIENT_CHANNEL_BUSY_H_
