#include "tests/support/s3_server.h"

#include <httplib.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ventral::testing {
namespace {

std::string S3Address(const std::string& of = "address") {
  std::ifstream file(VENTRAL_TEST_S3_FOLDER "/" + of);
  std::string address;
  file >> address;
  return address == "missing" ? "" : address;
}

nlohmann::json TellS3(const std::string& what, const nlohmann::json& fields) {
  httplib::Client client("http://" + S3Address());
  client.set_read_timeout(60, 0);
  const auto answer = client.Post("/_control/" + what, fields.dump(), "application/json");
  if (!answer || answer->status != 200) {
    throw std::runtime_error("the test's S3 does not do: " + what + " " + fields.dump());
  }
  return nlohmann::json::parse(answer->body);
}

}  // namespace

bool S3Bucket::Available() { return !S3Address().empty(); }

S3Bucket::S3Bucket() {
  static std::atomic<int> count = 0;
  name_ = "b" + std::to_string(::getpid()) + "-" + std::to_string(++count) + "-" +
          std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  setenv("AWS_ACCESS_KEY_ID", "AKIDFORTESTS", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "secret/for+tests", 1);
  setenv("AWS_SESSION_TOKEN", "token-of-a-session==", 1);
  TellS3("bucket", {{"name", name_}});
}

S3BlobOptions S3Bucket::Options() const {
  S3BlobOptions options;
  options.bucket = name_;
  options.prefix = "lab/blobs";
  options.endpoint = "http://" + S3Address();
  options.region = "us-east-1";
  options.max_blob = Bytes(10 << 20);
  options.part = Bytes(256 << 10);
  options.pause = std::chrono::milliseconds(1);
  return options;
}

S3BlobOptions S3Bucket::TlsOptions() const {
  S3BlobOptions options = Options();
  options.endpoint = "https://" + S3Address("tls-address");
  options.ca_file = VENTRAL_TEST_S3_FOLDER "/cert.pem";
  return options;
}

S3BucketState S3Bucket::State() const {
  const auto told = TellS3("state", {{"bucket", name_}});
  S3BucketState state;
  state.keys = told["keys"].get<std::map<std::string, std::uint64_t>>();
  state.uploads = told["uploads"];
  state.waiting = told["waiting"];
  state.requests = told["requests"].get<std::vector<std::string>>();
  return state;
}

void S3Bucket::Fault(const std::string& what, const std::string& method, const std::string& match,
                     const std::string& fields) const {
  auto fault = nlohmann::json::parse("{" + fields + "}");
  fault.update({{"do", what}, {"method", method}, {"match", "/" + name_ + ".*" + match}});
  TellS3("fault", fault);
}

void S3Bucket::Release() const { TellS3("release", {{"bucket", name_}}); }

void S3Bucket::Damage(const std::string& key, const std::string& text) const {
  TellS3("damage", {{"bucket", name_}, {"key", key}, {"text", text}});
}

void S3Bucket::Age(const std::string& match, int hours) const {
  TellS3("age", {{"bucket", name_}, {"match", match}, {"hours", hours}});
}

}  // namespace ventral::testing
