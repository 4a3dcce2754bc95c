// What a call's status means to a person.
#ifndef VENTRAL_CLIENT_LIB_CALL_ERROR_H_
#define VENTRAL_CLIENT_LIB_CALL_ERROR_H_

#include <grpcpp/support/status.h>

#include <string>

#include "scoring/base/result.h"

namespace ventral::client {

// Whether a Ventral server said so (google.rpc.ErrorInfo of the domain "ventral"), and not the
// connection.
bool IsServersWord(const grpc::Status& status);

// Requires !status.ok(). The server's own message; where none answered, what to do about it.
// @error unavailable if no server can be reached or the connection broke, and when the server says
//   that it cannot answer now; else the code that the server meant.
Error CallError(const grpc::Status& status, const std::string& server);

// Whether a stream that ended so may be opened again: the connection broke, the server stops, or is
// busy for a while. A stream that ends with OK before the job has ended was cut too.
bool IsCut(const grpc::Status& status);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_CALL_ERROR_H_
