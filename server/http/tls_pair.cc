#include "server/http/tls_pair.h"

#include <openssl/err.h>
#include <spdlog/spdlog.h>

namespace ventral::http {
namespace {

std::string LastProblem() {
  char text[256] = "unknown";
  if (const auto code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return text;
}

// Who names protocols and not this one goes on without, as before there were names.
int ChooseHttp1(SSL*, const unsigned char** chosen, unsigned char* size,
                const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char kOurs[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* found = nullptr;
  const int result =
      SSL_select_next_proto(&found, size, kOurs, sizeof kOurs, offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Status TlsPair::Load() {
  const std::shared_ptr<SSL_CTX> read(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!read) return Internal("OpenSSL: " + LastProblem());
  if (SSL_CTX_use_certificate_chain_file(read.get(), cert_.c_str()) != 1) {
    return InvalidInput("certificate " + cert_.string() + " cannot be used: " + LastProblem());
  }
  if (SSL_CTX_use_PrivateKey_file(read.get(), key_.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(read.get()) != 1) {
    return InvalidInput("key " + key_.string() + " cannot be used with certificate " +
                        cert_.string() + ": " + LastProblem());
  }
  const std::lock_guard lock(mutex_);
  good_ = read;
  loaded_ = std::chrono::steady_clock::now();
  return Ok{};
}

void TlsPair::LoadWhenDue() {
  {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - loaded_ < reload_) return;
    loaded_ = now;
  }
  if (const Status loaded = Load(); !loaded.ok()) {
    spdlog::error("the certificate of before stays: {}", loaded.error().ToString());
  }
}

int TlsPair::Show(SSL* connection, void* self) {
  auto& pair = *static_cast<TlsPair*>(self);
  pair.LoadWhenDue();
  std::shared_ptr<SSL_CTX> good;
  {
    const std::lock_guard lock(pair.mutex_);
    good = pair.good_;
  }
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(good.get(), &chain);
  return SSL_use_cert_and_key(connection, SSL_CTX_get0_certificate(good.get()),
                              SSL_CTX_get0_privatekey(good.get()), chain, 1);
}

std::shared_ptr<SSL_CTX> TlsPair::MakeContext() {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!context) return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_cert_cb(context.get(), &TlsPair::Show, this);
  SSL_CTX_set_alpn_select_cb(context.get(), &ChooseHttp1, nullptr);
  return context;
}

}  // namespace ventral::http
