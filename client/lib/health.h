// Whether a server says of itself that it can serve (grpc.health.v1), which needs no token.
#ifndef VENTRAL_CLIENT_LIB_HEALTH_H_
#define VENTRAL_CLIENT_LIB_HEALTH_H_

#include <chrono>
#include <string>

#include "client/channel/access.h"
#include "scoring/base/result.h"

namespace ventral::client {

// Over TLS where `access` has a CA; its token is not sent. `tls_name`, where it is not empty, is
// the name that the certificate must have instead of `server`'s: for who asks over loopback.
// @error unavailable if there is no answer within `patience`, or the server says that it cannot
//   serve now.
Status AskHealth(const std::string& server, const Access& access, const std::string& tls_name,
                 std::chrono::milliseconds patience);

}  // namespace ventral::client

#endif  // VENTRAL_CLIENT_LIB_HEALTH_H_
