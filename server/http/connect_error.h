// A call's failure as the Connect protocol tells it (connectrpc.com/docs/protocol, "Error
// end-stream" and "Error codes").
#ifndef VENTRAL_SERVER_HTTP_CONNECT_ERROR_H_
#define VENTRAL_SERVER_HTTP_CONNECT_ERROR_H_

#include <grpcpp/support/status.h>

#include <string>

namespace ventral::http {

// "not_found", and the status of HTTP that goes with it: 404.
const char* ConnectCode(grpc::StatusCode code);
int HttpStatus(grpc::StatusCode code);

// {"code": …, "message": …, "details": [{"type", "value" in base64, "debug" as JSON}]}.
std::string ErrorJson(const grpc::Status& status);
// What a stream ends with: {} or {"error": …}.
std::string EndOfStreamJson(const grpc::Status& status);

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_CONNECT_ERROR_H_
