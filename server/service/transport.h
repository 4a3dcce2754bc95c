// How the server's port is secured.
#ifndef VENTRAL_SERVER_SERVICE_TRANSPORT_H_
#define VENTRAL_SERVER_SERVICE_TRANSPORT_H_

#include <grpcpp/security/server_credentials.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

namespace ventral::service {

struct TlsFiles {
  std::filesystem::path certificate;      // PEM, the server's own first, then those that signed it
  std::filesystem::path key;              // PEM
  std::filesystem::path client_ca;        // PEM; empty: clients are not asked for certificates
  std::chrono::seconds reload_every{60};  // at least 1
};

// TLS with these files, else none. The files are read again every `reload_every`: new connections
// get what is there then. gRPC 1.51 does not look whether key and certificate belong together:
// while they do not, each new connection is refused. A client may show a certificate; one that
// `client_ca` did not sign ends the connection.
std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(const std::optional<TlsFiles>& tls);

}  // namespace ventral::service

#endif  // VENTRAL_SERVER_SERVICE_TRANSPORT_H_
