#include "client/lib/address.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/support/files.h"

namespace ventral::client {
namespace {

using ::testing::HasSubstr;
using ventral::testing::ScratchFolder;
using ventral::testing::WriteFile;

Environment Sets(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const char* name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  };
}

TEST(Address, ComesFromTheFirstThatSaysOne) {
  const ScratchFolder home;
  const std::string file = (home.path() / ".config/ventral/config").string();
  WriteFile(file, "# mine\n\n  server = lab:7000  # the big one\r\n");
  const std::string base = home.path().string();
  const struct {
    std::string flag;
    std::map<std::string, std::string> environment;
    std::string server, source;
  } cases[] = {
      {"flag:1", {{"VENTRAL_SERVER", "variable:2"}, {"HOME", base}}, "flag:1", "--server"},
      {"", {{"VENTRAL_SERVER", "variable:2"}, {"HOME", base}}, "variable:2", "VENTRAL_SERVER"},
      {"", {{"HOME", base}}, "lab:7000", file},
      {"", {{"HOME", base}, {"XDG_CONFIG_HOME", base + "/other"}}, kDefaultServer, "default"},
      {"", {{"XDG_CONFIG_HOME", base + "/.config"}}, "lab:7000", file},
      {"", {{"HOME", base + "/nobody"}}, kDefaultServer, "default"},
      {"", {}, kDefaultServer, "default"},
  };
  for (const auto& c : cases) {
    const auto address = ResolveServer(c.flag, Sets(c.environment));
    ASSERT_TRUE(address.ok()) << address.error().ToString();
    EXPECT_EQ(address->server, c.server);
    EXPECT_EQ(address->source, c.source);
  }
}

TEST(Address, IsHostAndPortOrASocket) {
  for (const char* good :
       {"localhost:1", "10.0.0.1:65535", "[::1]:7411", "unix:/run/ventral.sock"}) {
    EXPECT_TRUE(ResolveServer(good, Sets({})).ok()) << good;
  }
  const std::string long_socket = "unix:/" + std::string(200, 'x');
  for (const std::string& bad :
       {std::string("localhost"), std::string(":7411"), std::string("localhost:"),
        std::string("localhost:0"), std::string("localhost:65536"),
        std::string("localhost:99999999"), std::string("localhost:74a"),
        std::string("http://lab:80"), std::string("la b:80"), std::string("lab\n:80"),
        std::string("::1:7411"), std::string("unix:"), long_socket}) {
    const auto address = ResolveServer(bad, Sets({}));
    ASSERT_FALSE(address.ok()) << bad;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(address.error().message, HasSubstr("--server")) << "says where it comes from";
    EXPECT_THAT(address.error().message, HasSubstr(kDefaultServer)) << "says what would be right";
  }
}

TEST(ConfigFile, NamesFileAndLineOfWhatItDoesNotKnow) {
  const ScratchFolder home;
  const auto file = home.path() / "ventral/config";
  const auto resolve = [&] { return ResolveServer("", Sets({{"XDG_CONFIG_HOME", home.path()}})); };
  for (const char* wrong : {"server = a:1\nservr = b:2\n", "server = a:1\nserver\n"}) {
    WriteFile(file, wrong);
    const auto address = resolve();
    ASSERT_FALSE(address.ok()) << wrong;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidInput);
    EXPECT_THAT(address.error().message, HasSubstr(file.string() + ", line 2"));
  }
  WriteFile(file, "server = nowhere\n");
  ASSERT_FALSE(resolve().ok());
  EXPECT_THAT(resolve().error().message, HasSubstr(file.string()));
  WriteFile(file, "");
  ASSERT_TRUE(resolve().ok());
  EXPECT_EQ(resolve()->server, kDefaultServer);
}

TEST(ConfigFile, ThatIsNamedByTheEnvironmentHasToBeThere) {
  const ScratchFolder home;
  WriteFile(home.path() / ".config/ventral/config", "server = theirs:1\n");
  WriteFile(home.path() / "mine", "server = mine:2\n");
  const auto resolve = [&](const char* name) {
    return ResolveServer("", Sets({{"HOME", home.path()}, {"VENTRAL_CONFIG", home.path() / name}}));
  };
  ASSERT_TRUE(resolve("mine").ok());
  EXPECT_EQ(resolve("mine")->server, "mine:2");
  ASSERT_FALSE(resolve("none").ok());
  EXPECT_EQ(resolve("none").error().code, ErrorCode::kUnavailable);
}

TEST(ConfigFile, ThatIsAFolderIsNotPassedOver) {
  const ScratchFolder home;
  std::filesystem::create_directories(home.path() / "ventral/config");
  const auto address = ResolveServer("", Sets({{"XDG_CONFIG_HOME", home.path()}}));
  ASSERT_FALSE(address.ok());
  EXPECT_EQ(address.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace ventral::client
