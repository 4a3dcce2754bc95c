// S3 for tests: a bucket at the server that s3_server.py runs, and what can be made to go wrong.
#ifndef VENTRAL_TESTS_SUPPORT_S3_SERVER_H_
#define VENTRAL_TESTS_SUPPORT_S3_SERVER_H_

#include <map>
#include <string>
#include <vector>

#include "server/blob/s3_store.h"

namespace ventral::testing {

// Of one bucket.
struct S3BucketState {
  std::map<std::string, std::uint64_t> keys;  // with their sizes
  int uploads = 0;                            // by parts, that are open
  int waiting = 0;                            // requests that wait for Release
  std::vector<std::string> requests;          // since it was asked the last time: "PUT /bucket/key"
};

// A bucket of its own, at the server of the ctest fixture s3. Throws std::runtime_error where the
// server does not do what it is told.
class S3Bucket {
 public:
  // Whether there is a server; not, where moto is not installed.
  static bool Available();
  // Sets AWS_ACCESS_KEY_ID and its like, as the server wants them.
  S3Bucket();

  const std::string& name() const { return name_; }
  // Over this bucket, with small parts and short pauses.
  S3BlobOptions Options() const;
  // The same over TLS, with the certificate that the server shows.
  S3BlobOptions TlsOptions() const;
  S3BucketState State() const;
  // s3_server.py says what `what` may be, and `fields` are the JSON of its own: "\"times\": 2".
  void Fault(const std::string& what, const std::string& method, const std::string& match,
             const std::string& fields = "") const;
  void Release() const;
  void Damage(const std::string& key, const std::string& text) const;
  void Age(const std::string& match, int hours) const;

 private:
  std::string name_;
};

}  // namespace ventral::testing

#define VENTRAL_NEEDS_S3()                                                            \
  if (!::ventral::testing::S3Bucket::Available())                                     \
  GTEST_SKIP() << "needs moto[server] of tests/requirements.txt, and the fixture s3 " \
                  "(tests/support/s3_server.py start)"

#endif  // VENTRAL_TESTS_SUPPORT_S3_SERVER_H_
