// Certificates and keys, before the server listens with them.
#ifndef VENTRAL_SERVER_TLS_FILES_H_
#define VENTRAL_SERVER_TLS_FILES_H_

#include "scoring/base/result.h"
#include "server/service/transport.h"

namespace ventral {

// @error invalid_input names the file: it cannot be read, is no PEM of its kind, has expired, or
// the
//   key is not that of the certificate. gRPC itself would listen, and refuse each connection.
Status CheckTlsFiles(const service::TlsFiles& files);

}  // namespace ventral

#endif  // VENTRAL_SERVER_TLS_FILES_H_
