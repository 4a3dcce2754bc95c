// The certificate that HTTPS shows, read again while the server runs.
#ifndef VENTRAL_SERVER_HTTP_TLS_PAIR_H_
#define VENTRAL_SERVER_HTTP_TLS_PAIR_H_

#include <openssl/ssl.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>

#include "scoring/base/result.h"

namespace ventral::http {

// Thread-safe.
class TlsPair {
 public:
  TlsPair(std::filesystem::path cert, std::filesystem::path key, std::chrono::seconds reload)
      : cert_(std::move(cert)), key_(std::move(key)), reload_(reload) {}

  // @error invalid_input names the file that cannot be read, or says that the two do not fit.
  Status Load();
  // For the server's connections, each of whose handshakes shows the pair that was good last; this
  // object outlives it. nullptr where OpenSSL has no memory.
  std::shared_ptr<SSL_CTX> MakeContext();

 private:
  static int Show(SSL* connection, void* self);
  // Loads again where `reload` has passed since; a failure is logged and changes nothing.
  void LoadWhenDue();

  const std::filesystem::path cert_, key_;
  const std::chrono::seconds reload_;
  std::mutex mutex_;
  std::shared_ptr<SSL_CTX> good_;  // holds certificate, chain and key
  std::chrono::steady_clock::time_point loaded_;
};

}  // namespace ventral::http

#endif  // VENTRAL_SERVER_HTTP_TLS_PAIR_H_
