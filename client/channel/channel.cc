#include "client/channel/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <grpcpp/support/client_interceptor.h>

#include <vector>

namespace ventral {
namespace {

constexpr unsigned int kReloadSeconds = 60;
constexpr char kSystemCaFile[] = "/etc/ssl/certs/ca-certificates.crt";

// Call credentials would do, but gRPC has none without TLS.
class SendToken final : public grpc::experimental::Interceptor {
 public:
  explicit SendToken(const std::string& authorization) : authorization_(authorization) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using grpc::experimental::InterceptionHookPoints;
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace("authorization", authorization_);
    }
    methods->Proceed();
  }

 private:
  const std::string& authorization_;
};

class SendTokenFactory final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit SendTokenFactory(const std::string& token) : authorization_("Bearer " + token) {}

  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    return new SendToken(authorization_);
  }

 private:
  const std::string authorization_;  // outlives the calls, as the channel does
};

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const Access& access) {
  using namespace grpc::experimental;  // NOLINT: gRPC's only way to reload certificates
  if (access.tls_ca.empty()) return grpc::InsecureChannelCredentials();
  const std::string ca = access.tls_ca == kSystemCa ? kSystemCaFile : access.tls_ca;
  TlsChannelCredentialsOptions options;
  options.set_certificate_provider(std::make_shared<FileWatcherCertificateProvider>(
      access.tls_key, access.tls_cert, ca, kReloadSeconds));
  options.watch_root_certs();
  if (!access.tls_cert.empty()) options.watch_identity_key_cert_pairs();
  return TlsCredentials(options);
}

}  // namespace

std::shared_ptr<grpc::Channel> OpenChannel(const std::string& server, const Access& access,
                                           const grpc::ChannelArguments& arguments) {
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  if (!access.token.empty()) {
    interceptors.push_back(std::make_unique<SendTokenFactory>(access.token));
  }
  grpc::ChannelArguments with_proxy = arguments;
  if (access.tls_ca.empty() || IsOwnMachine(server)) {
    with_proxy.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  }
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      server, CredentialsOf(access), with_proxy, std::move(interceptors));
}

}  // namespace ventral
