// Secrets in what others wrote.
#include "server/service/secret.h"

#include <gtest/gtest.h>

#include "server/service/log_text.h"
#include "server/service/names.h"
#include "server/service/reply.h"

namespace ventral::service {
namespace {

TEST(Secrets, AreTakenOutOfAnyText) {
  const std::string secret = NewSecret().value(), digits = secret.substr(8);
  EXPECT_EQ(WithoutSecrets(secret), "ventral_…");
  EXPECT_EQ(WithoutSecrets("users/" + secret + "/tokens/" + secret + " x"),
            "users/ventral_…/tokens/ventral_… x");
  EXPECT_EQ(WithoutSecrets("half: " + secret.substr(0, 8 + 40)), "half: ventral_…");
  EXPECT_EQ(WithoutSecrets("ventral_" + secret), "ventral_ventral_…");
  for (const std::string harmless : {"", "ventral_", "ventral_lab", "ventral_ventral_abc",
                                     "models/ventral_cafe", "a ventral_0123456789abcdef b"}) {
    EXPECT_EQ(WithoutSecrets(harmless), harmless);
  }
}

TEST(Secrets, AreInNoLogLineNoMessageAndNoStatus) {
  const std::string secret = NewSecret().value(), part = secret.substr(8, 16);
  EXPECT_EQ(OneLine("a\n" + secret).find(part), std::string::npos);
  for (const auto& error : {ParseUserName(secret).error(), ParseTokenName(secret).error(),
                            ParseModelName("models/" + std::string(60, ' ') + secret).error()}) {
    EXPECT_EQ(error.message.find(part), std::string::npos) << error.message;
  }
  const auto status =
      ToGrpcStatus(NotFound("there is no user " + secret), ConflictMeans::kWrongState, "name", "");
  EXPECT_EQ(status.error_message(), "there is no user ventral_…");
  EXPECT_EQ(status.error_details().find(part), std::string::npos);
}

}  // namespace
}  // namespace ventral::service
