#include "server/tls_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace ventral {
namespace {

namespace fs = std::filesystem;

template <auto free>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    free(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

// Else OpenSSL would ask for a passphrase on the terminal.
int NoPassphrase(char*, int, int, void*) { return 0; }

Result<Bio> Open(const char* option, const fs::path& file) {
  Bio bio(BIO_new_file(file.c_str(), "r"));
  if (bio) return bio;
  ERR_clear_error();
  return InvalidInput(std::string(option) + " " + file.string() + " cannot be read");
}

Error IsNo(const char* option, const fs::path& file, const char* what) {
  ERR_clear_error();
  return InvalidInput(std::string(option) + " " + file.string() + " is no " + what);
}

Result<Certificate> ReadCertificate(const char* option, const fs::path& file) {
  VENTRAL_ASSIGN_OR_RETURN(const Bio bio, Open(option, file));
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, NoPassphrase, nullptr));
  if (!certificate) return IsNo(option, file, "certificate in PEM");
  if (X509_cmp_current_time(X509_get0_notAfter(certificate.get())) < 0) {
    return InvalidInput(std::string(option) + " " + file.string() +
                        " has expired: put a new one in its place");
  }
  return certificate;
}

Result<Key> ReadKey(const fs::path& file) {
  VENTRAL_ASSIGN_OR_RETURN(const Bio bio, Open("--tls-key", file));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  if (!key) return IsNo("--tls-key", file, "private key in PEM without a passphrase");
  return key;
}

}  // namespace

Status CheckTlsFiles(const service::TlsFiles& files) {
  VENTRAL_ASSIGN_OR_RETURN(const Certificate certificate,
                           ReadCertificate("--tls-cert", files.certificate));
  VENTRAL_ASSIGN_OR_RETURN(const Key key, ReadKey(files.key));
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    return InvalidInput("--tls-key " + files.key.string() + " is not the key of --tls-cert " +
                        files.certificate.string());
  }
  if (files.client_ca.empty()) return Ok{};
  VENTRAL_RETURN_IF_ERROR(ReadCertificate("--tls-client-ca", files.client_ca));
  return Ok{};
}

}  // namespace ventral
