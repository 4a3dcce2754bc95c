// Which token goes to which server, and which goes nowhere.
#include "client/lib/credentials.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/support/files.h"

namespace ventral::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ventral::testing::ScratchFolder;
using ventral::testing::WriteFile;
namespace fs = std::filesystem;

Environment Has(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

class CredentialsTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text, bool for_all = false) {
    const fs::path file = folder_.path() / name;
    WriteFile(file, text);
    fs::permissions(file, fs::perms(for_all ? 0644 : 0600));
    return file.string();
  }
  Result<Access> Resolve(const std::string& server, const AccessFlags& flags,
                         std::map<std::string, std::string> environment) {
    return ResolveAccess({server, "test"}, flags, Has(std::move(environment)));
  }
  std::string TokenFor(const std::string& server, const AccessFlags& flags,
                       std::map<std::string, std::string> environment) {
    const auto access = Resolve(server, flags, std::move(environment));
    EXPECT_TRUE(access.ok()) << access.error().message;
    return access.ok() ? access->token : "";
  }

  const ScratchFolder folder_;
  const std::string own_ = "127.0.0.1:7000";
};

TEST_F(CredentialsTest, ATokenComesFromTheFirstThatHasOne) {
  AccessFlags flag;
  flag.token_file = Write("flag", "ventral_flag\n");
  const std::string file = Write("file", "ventral_file\r\n");
  const std::string config = Write("config", "server = " + own_ + "\ntoken = ventral_config\n");
  EXPECT_EQ(TokenFor(own_, flag, {{"VENTRAL_TOKEN", "ventral_variable"}}), "ventral_flag");
  EXPECT_EQ(
      TokenFor(own_, {}, {{"VENTRAL_TOKEN", "ventral_variable"}, {"VENTRAL_TOKEN_FILE", file}}),
      "ventral_variable");
  EXPECT_EQ(TokenFor(own_, {}, {{"VENTRAL_TOKEN_FILE", file}, {"VENTRAL_CONFIG", config}}),
            "ventral_file");
  EXPECT_EQ(TokenFor(own_, {}, {{"VENTRAL_CONFIG", config}}), "ventral_config");
  EXPECT_EQ(TokenFor(own_, {}, {}), "");
}

TEST_F(CredentialsTest, TheConfigurationsTokenIsForItsServerOnly) {
  const std::string config =
      Write("config", "server = lab:1\ntoken = ventral_a\ntls_ca = system\n");
  EXPECT_EQ(TokenFor("lab:1", {}, {{"VENTRAL_CONFIG", config}}), "ventral_a");
  EXPECT_EQ(Resolve("lab:1", {}, {{"VENTRAL_CONFIG", config}})->tls_ca, kSystemCa);
  EXPECT_EQ(TokenFor("evil:1", {}, {{"VENTRAL_CONFIG", config}}), "");
  EXPECT_EQ(Resolve("evil:1", {}, {{"VENTRAL_CONFIG", config}})->tls_ca, "");
  const std::string nameless = Write("config", "token = ventral_b\n");
  EXPECT_EQ(TokenFor(kDefaultServer, {}, {{"VENTRAL_CONFIG", nameless}}), "ventral_b");
  EXPECT_EQ(TokenFor("lab:1", {}, {{"VENTRAL_CONFIG", nameless}}), "");
}

TEST_F(CredentialsTest, FilesOfTheConfigurationLieBesideIt) {
  Write("mine", "ventral_mine");
  const std::string config = Write("config", "server = " + own_ + "\ntoken_file = mine\n", true);
  EXPECT_EQ(TokenFor(own_, {}, {{"VENTRAL_CONFIG", config}}), "ventral_mine");
}

TEST_F(CredentialsTest, ATokenThatAllCanReadIsRefused) {
  const std::string file = Write("token", "ventral_a", true);
  const std::string config = Write("config", "server = " + own_ + "\ntoken = ventral_a\n", true);
  for (const auto& refused : {Resolve(own_, {}, {{"VENTRAL_TOKEN_FILE", file}}),
                              Resolve(own_, {}, {{"VENTRAL_CONFIG", config}})}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
    EXPECT_THAT(refused.error().message, HasSubstr("chmod 600"));
  }
}

TEST_F(CredentialsTest, WhatIsNoTokenIsRefusedAndNotShown) {
  for (const char* bad : {"hunter2", "ventral_a b", "ventral_a\nventral_b", "ventral_\x01"}) {
    const auto refused = Resolve(own_, {}, {{"VENTRAL_TOKEN", bad}});
    ASSERT_FALSE(refused.ok()) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(refused.error().message, HasSubstr("VENTRAL_TOKEN"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr(bad)));
  }
  EXPECT_EQ(Resolve(own_, {}, {{"VENTRAL_TOKEN_FILE", "/no/such"}}).error().code,
            ErrorCode::kNotFound);
}

TEST_F(CredentialsTest, AProbeNeedsNoTokenAndReadsNone) {
  AccessFlags flags;
  flags.tokenless = true;
  EXPECT_EQ(TokenFor(own_, flags, {{"VENTRAL_TOKEN_FILE", "/no/such"}}), "");
  EXPECT_EQ(TokenFor(own_, flags, {{"VENTRAL_TOKEN", "hunter2"}}), "");
  const std::string config =
      Write("config", "server = lab:1\ntoken = ventral_a\ntls_ca = system\n");
  EXPECT_EQ(TokenFor("lab:1", flags, {{"VENTRAL_CONFIG", config}}), "");
  EXPECT_EQ(Resolve("lab:1", flags, {{"VENTRAL_CONFIG", config}})->tls_ca, kSystemCa);
  EXPECT_EQ(TokenFor("lab:1", flags, {{"VENTRAL_TOKEN", "ventral_a"}}), "") << "none to protect";
  flags.token_file = "/no/such";
  EXPECT_EQ(TokenFor(own_, flags, {}), "");
}

TEST_F(CredentialsTest, ATokenCrossesNoNetworkInTheClear) {
  const std::map<std::string, std::string> mine = {{"VENTRAL_TOKEN", "ventral_a"}};
  for (const char* own : {"127.0.0.1:1", "127.8.8.8:1", "localhost:1", "[::1]:1", "unix:/run/v"}) {
    EXPECT_TRUE(Resolve(own, {}, mine).ok()) << own;
  }
  for (const char* other : {"lab:1", "10.0.0.1:1", "127.evil.example:1", "[::]:1"}) {
    const auto refused = Resolve(other, {}, mine);
    ASSERT_FALSE(refused.ok()) << other;
    EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
    EXPECT_THAT(refused.error().message, HasSubstr("--tls-ca"));
    AccessFlags flags;
    flags.insecure = true;
    EXPECT_TRUE(Resolve(other, flags, mine).ok()) << "that is meant";
    flags = {};
    flags.tls_ca = kSystemCa;
    EXPECT_TRUE(Resolve(other, flags, mine).ok());
    EXPECT_TRUE(Resolve(other, {}, {}).ok()) << "without a token";
  }
}

TEST_F(CredentialsTest, NamesWhatIsMissingOrNoCertificate) {
  const std::string pem = Write("a.pem", "-----BEGIN CERTIFICATE-----\n");
  AccessFlags flags;
  flags.tls_cert = pem;
  EXPECT_THAT(Resolve(own_, flags, {}).error().message, HasSubstr("go together"));
  flags.tls_key = pem;
  EXPECT_THAT(Resolve(own_, flags, {}).error().message, HasSubstr("wants --tls-ca"));
  flags.tls_ca = pem;
  EXPECT_THAT(Resolve(own_, flags, {}).error().message, HasSubstr("no PRIVATE KEY in PEM"));
  flags.tls_ca = "/no/such.pem";
  EXPECT_THAT(Resolve(own_, flags, {}).error().message, HasSubstr("--tls-ca: there is no file"));
}

}  // namespace
}  // namespace ventral::client
