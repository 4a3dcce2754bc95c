#include "server/service/transport.h"

namespace ventral::service {

std::shared_ptr<grpc::ServerCredentials> ServerCredentialsOf(const std::optional<TlsFiles>& tls) {
  using namespace grpc::experimental;  // NOLINT: gRPC's only way to reload certificates
  if (!tls) return grpc::InsecureServerCredentials();
  const auto files = std::make_shared<FileWatcherCertificateProvider>(
      tls->key.string(), tls->certificate.string(), tls->client_ca.string(),
      static_cast<unsigned int>(tls->reload_every.count()));
  TlsServerCredentialsOptions options(files);
  options.watch_identity_key_cert_pairs();
  if (!tls->client_ca.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return TlsServerCredentials(options);
}

}  // namespace ventral::service
