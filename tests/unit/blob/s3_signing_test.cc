// libcurl's signatures, against the examples that AWS publishes with their results (Amazon S3 API
// Reference, "Examples: Signature Calculations in AWS Signature Version 4"). Their keys and dates
// are of the examples, too.
#include <arpa/inet.h>
#include <curl/curl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "scoring/base/digest.h"
#include "server/blob/s3_endpoint.h"

namespace ventral {
namespace {

using ::testing::HasSubstr;

// Keeps the head of the one request that it answers.
class OneRequest {
 public:
  OneRequest() : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 1) != 0) {
      ADD_FAILURE() << "no port to listen on";
    }
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~OneRequest() { ::close(listener_); }
  std::string Address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::string Head() {
    thread_.join();
    return head_;
  }

 private:
  void Serve() {
    const int connection = ::accept(listener_, nullptr, nullptr);
    char bytes[4096];
    ssize_t got = 1;
    while (head_.find("\r\n\r\n") == std::string::npos && got > 0) {
      got = ::read(connection, bytes, sizeof bytes);
      if (got > 0) head_.append(bytes, static_cast<std::size_t>(got));
    }
    const std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    EXPECT_EQ(::write(connection, answer.data(), answer.size()),
              static_cast<ssize_t>(answer.size()));
    ::close(connection);
  }

  const int listener_;
  int port_ = 0;
  std::string head_;
  std::thread thread_;
};

std::string Signed(const std::string& method, const std::string& target, const std::string& body,
                   const std::vector<std::string>& more) {
  OneRequest server;
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  curl_slist* headers = nullptr;
  for (const std::string& line : more) headers = curl_slist_append(headers, line.c_str());
  for (const std::string& line : {std::string("Host: examplebucket.s3.amazonaws.com"),
                                  std::string("X-Amz-Date: 20130524T000000Z"),
                                  "x-amz-content-sha256: " + DigestOf(body).hex()}) {
    headers = curl_slist_append(headers, line.c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_URL, (server.Address() + target).c_str());
  if (method != "GET") {
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));  // NOLINT
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl.get(), CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:s3");
  curl_easy_setopt(curl.get(), CURLOPT_USERNAME, "AKIAIOSFODNN7EXAMPLE");
  curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  EXPECT_EQ(curl_easy_perform(curl.get()), CURLE_OK);
  curl_slist_free_all(headers);
  return server.Head();
}

TEST(S3SigningTest, GetsAnObject) {
  EXPECT_THAT(Signed("GET", "/test.txt", "", {"Range: bytes=0-9"}),
              HasSubstr("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
}

TEST(S3SigningTest, PutsAnObject) {
  EXPECT_THAT(
      Signed("PUT", "/test%24file.text", "Welcome to Amazon S3.",
             {"Date: Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class: REDUCED_REDUNDANCY"}),
      HasSubstr("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST(S3SigningTest, ListsObjects) {
  EXPECT_THAT(Signed("GET", "/?" + S3Query({{"prefix", "J"}, {"max-keys", "2"}}), "", {}),
              HasSubstr("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(S3SigningTest, AQueryWithoutAValue) {
  EXPECT_THAT(Signed("GET", "/?" + S3Query({{"lifecycle", ""}}), "", {}),
              HasSubstr("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
}

}  // namespace
}  // namespace ventral
