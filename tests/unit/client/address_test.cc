#include "client/lib/address.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/support/files.h"

namespace ventral::client {
namespace {

using ::testing::HasSubstr;

class AddressTest : public ::testing::Test {
 protected:
  Result<Address> Resolve(const std::string& flag, std::map<std::string, std::string> variables = {}) {
    variables.emplace("XDG_CONFIG_HOME", folder_.path().string());
    return ResolveServer(flag, [variables](const char* name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      if (found == variables.end()) return std::nullopt;
      return found->second;
    });
  }
  void Config(std::string_view text) { testing::WriteFile(folder_.path() / "ventral" / "config", text); }

 private:
  testing::ScratchFolder folder_;
};

TEST_F(AddressTest, TheFlagGoesBeforeTheVariableBeforeTheFileBeforeTheDefault) {
  EXPECT_EQ(Resolve("")->server, "127.0.0.1:7411");
  Config("# mine\n server = file.example:1 # lab\n");
  EXPECT_EQ(Resolve("")->server, "file.example:1");
  EXPECT_EQ(Resolve("", {{"VENTRAL_SERVER", "variable.example:2"}})->server, "variable.example:2");
  EXPECT_EQ(Resolve("flag.example:3", {{"VENTRAL_SERVER", "variable.example:2"}})->server, "flag.example:3");
}

TEST_F(AddressTest, AWrongLineIsNamed) {
  Config("server = a:1\nport = 3\n");
  EXPECT_THAT(Resolve("").error().message, HasSubstr("config, line 2: 'port' is no setting"));
}

TEST_F(AddressTest, WhatIsNoHostAndPortIsRefusedWithItsSource) {
  for (const char* bad : {"localhost", "localhost:", ":7411", "localhost:0", "localhost:99999", "http://localhost:7411/"}) {
    const auto address = Resolve(bad);
    ASSERT_FALSE(address.ok()) << bad;
    EXPECT_THAT(address.error().message, HasSubstr("--server"));
  }
}

}  // namespace
}  // namespace ventral::client
