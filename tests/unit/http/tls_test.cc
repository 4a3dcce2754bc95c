#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <memory>
#include <thread>

#include "server/http/bounded_stream.h"
#include "server/http/tls_pair.h"
#include "tests/support/files.h"
#include "tests/unit/http/line.h"

namespace ventral::http {
namespace {

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

template <typename Write>
void WritePem(const std::filesystem::path& file, const Write& write) {
  std::FILE* out = std::fopen(file.c_str(), "w");
  ASSERT_NE(out, nullptr);
  EXPECT_EQ(write(out), 1);
  std::fclose(out);
}

// A key, and a certificate that it signed itself.
void MakePairFiles(const std::filesystem::path& cert_file, const std::filesystem::path& key_file) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Owned<X509> cert(X509_new(), X509_free);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 3600);
  X509_set_pubkey(cert.get(), key.get());
  X509_sign(cert.get(), key.get(), EVP_sha256());
  WritePem(cert_file, [&](std::FILE* out) { return PEM_write_X509(out, cert.get()); });
  WritePem(key_file, [&](std::FILE* out) {
    return PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() : tls_(Make()), context_(tls_->MakeContext()) {
    limits_.linger = std::chrono::milliseconds(200);
  }

  std::unique_ptr<TlsPair> Make() {
    MakePairFiles(scratch_.path() / "cert", scratch_.path() / "key");
    auto pair = std::make_unique<TlsPair>(scratch_.path() / "cert", scratch_.path() / "key",
                                          std::chrono::seconds(60));
    EXPECT_TRUE(pair->Load().ok());
    return pair;
  }

  Owned<SSL> ServerSide() const {
    Owned<SSL> side(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(side.get(), pair_.server.socket());
    return side;
  }
  // After its handshake, which waits for the server's.
  Owned<SSL> ClientSide() const {
    Owned<SSL> side(SSL_new(client_.get()), SSL_free);
    SSL_set_fd(side.get(), pair_.client.socket());
    EXPECT_EQ(SSL_connect(side.get()), 1);
    return side;
  }

  testing::ScratchFolder scratch_;
  std::unique_ptr<TlsPair> tls_;
  std::shared_ptr<SSL_CTX> context_;
  Owned<SSL_CTX> client_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  Pair pair_ = MakePair();
  StreamLimits limits_;
};

TEST_F(TlsTest, ReadsAndWritesMoreThanTheSocketHolds) {
  const std::string text(4 << 20, 'x');
  std::size_t heard = 0;
  std::thread client([&] {
    const Owned<SSL> side = ClientSide();
    EXPECT_EQ(SSL_write(side.get(), "hello", 5), 5);
    char bytes[4096];
    for (int size = 0; (size = SSL_read(side.get(), bytes, sizeof bytes)) > 0;) {
      heard += static_cast<std::size_t>(size);
    }
    EXPECT_EQ(SSL_get_shutdown(side.get()), SSL_RECEIVED_SHUTDOWN);
  });
  const Owned<SSL> side = ServerSide();
  BoundedStream stream(pair_.server.socket(), side.get(), limits_);
  EXPECT_TRUE(stream.Handshake());
  char bytes[16];
  EXPECT_EQ(stream.read(bytes, sizeof bytes), 5);
  EXPECT_EQ(stream.write(text), static_cast<ssize_t>(text.size()));
  stream.Finish();
  client.join();
  EXPECT_EQ(heard, text.size());
}

TEST_F(TlsTest, AHandshakeThatDoesNotComeEndsAtTheHeadsDeadline) {
  limits_.longest_head = std::chrono::milliseconds(300);
  const Owned<SSL> side = ServerSide();
  BoundedStream stream(pair_.server.socket(), side.get(), limits_);
  EXPECT_FALSE(stream.Handshake());
  EXPECT_FALSE(stream.is_writable());
}

TEST_F(TlsTest, WhatIsNoTlsIsRefused) {
  pair_.client.Say("GET / HTTP/1.1\r\n\r\n");
  const Owned<SSL> side = ServerSide();
  BoundedStream stream(pair_.server.socket(), side.get(), limits_);
  EXPECT_FALSE(stream.Handshake());
}

TEST_F(TlsTest, ASilentClientEndsAtTheDeadlineAndOneThatLeftIsSeen) {
  limits_.longest_head = std::chrono::milliseconds(2'000);
  std::thread client([&] { ClientSide(); });
  const Owned<SSL> side = ServerSide();
  BoundedStream stream(pair_.server.socket(), side.get(), limits_);
  EXPECT_TRUE(stream.Handshake());
  client.join();
  EXPECT_TRUE(stream.is_writable());
  char byte = 0;
  EXPECT_EQ(stream.read(&byte, 1), -1);
  pair_.client.Close();
  EXPECT_FALSE(stream.is_writable());
}

}  // namespace
}  // namespace ventral::http
