#include "server/http/connect.h"

#include <gtest/gtest.h>

#include "ventral/v1/model.pb.h"

namespace ventral::http {
namespace {

// Methods are found by name, which links nothing by itself.
[[maybe_unused]] const auto* const kLinked = v1::ListModelsRequest::descriptor();

ConnectRequest Asking(const std::string& authorization, const std::string& peer = "192.0.2.7:1") {
  ConnectRequest request;
  request.path = "/ventral.v1.ModelService/ListModels";
  request.peer = peer;
  request.headers = {{"content-type", kUnaryType}, {"authorization", authorization}};
  return request;
}

TEST(FindTarget, TakesATokenOfPrintableAscii) {
  for (const char* token : {"", "Bearer ventral_0a", " ~"}) {
    const Target target = FindTarget(Asking(token));
    ASSERT_NE(target.method, nullptr) << token;
    EXPECT_EQ(target.head.authorization, token);
  }
}

TEST(FindTarget, RefusesEachByteThatGrpcWouldEndTheProcessOver) {
  for (int byte = 0; byte < 256; ++byte) {
    if (byte >= 0x20 && byte <= 0x7e) continue;
    const std::string text = "Bearer a" + std::string(1, static_cast<char>(byte)) + "b";
    const Target target = FindTarget(Asking(text));
    EXPECT_EQ(target.method, nullptr) << byte;
    EXPECT_EQ(target.refusal.status, 401) << byte;
    EXPECT_NE(target.refusal.body.find("\"unauthenticated\""), std::string::npos) << byte;
    EXPECT_EQ(FindTarget(Asking("", text)).method, nullptr) << byte;
  }
}

}  // namespace
}  // namespace ventral::http
