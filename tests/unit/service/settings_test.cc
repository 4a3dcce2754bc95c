#include "server/settings.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace ventral {
namespace {

using ::testing::HasSubstr;

struct Read {
  bool go_on;
  int exit_code = -1;
  Settings settings;
};

Read ReadArguments(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "ventral-server");
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  Read read;
  read.go_on =
      ReadSettings(static_cast<int>(argv.size()), argv.data(), &read.settings, &read.exit_code);
  return read;
}

TEST(SettingsTest, ReadsOptions) {
  const auto read = ReadArguments({"--database", "dbname=v", "--blobs", "b", "--listen", "[::1]:0",
                                   "--lease-seconds", "5", "--max-upload-bytes", "1000000000000",
                                   "--address-file", "a"});
  ASSERT_TRUE(read.go_on);
  EXPECT_EQ(read.settings.database, "dbname=v");
  EXPECT_EQ(read.settings.listen, "[::1]:0");
  EXPECT_EQ(read.settings.lease_seconds, 5);
  EXPECT_EQ(read.settings.max_upload_bytes, 1'000'000'000'000u);
  EXPECT_EQ(read.settings.address_file, "a");
  EXPECT_EQ(read.settings.log_level, "info");
}

TEST(SettingsTest, ReadsTheEnvironmentBehindTheCommandLine) {
  setenv("VENTRAL_DATABASE", "dbname=environment", 1);
  setenv("VENTRAL_BLOBS", "blobs", 1);
  setenv("VENTRAL_LEASE_SECONDS", "9", 1);
  const auto read = ReadArguments({"--lease-seconds", "7"});
  unsetenv("VENTRAL_DATABASE");
  unsetenv("VENTRAL_BLOBS");
  unsetenv("VENTRAL_LEASE_SECONDS");
  ASSERT_TRUE(read.go_on);
  EXPECT_EQ(read.settings.database, "dbname=environment");
  EXPECT_EQ(read.settings.lease_seconds, 7);
}

TEST(SettingsTest, EndsWithTheUsageCode) {
  const std::vector<std::string> whole = {"--database", "d", "--blobs", "b"};
  const std::vector<std::vector<std::string>> extras = {{"--lease-seconds", "0"},
                                                        {"--lease-seconds", "x"},
                                                        {"--max-upload-bytes", "0"},
                                                        {"--log-level", "loud"},
                                                        {"--unknown"},
                                                        {"--listen", "0.0.0.0:7411"},
                                                        {"--listen", "127.0.0.1"},
                                                        {"--accounts", "maybe"},
                                                        {"--tls-key", "k"},
                                                        {"--reap-interval-seconds", "0"}};
  for (const auto& extra : extras) {
    auto arguments = whole;
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const auto read = ReadArguments(arguments);
    EXPECT_FALSE(read.go_on) << extra.front();
    EXPECT_EQ(read.exit_code, kExitUsage) << extra.front();
  }
  EXPECT_EQ(ReadArguments({}).exit_code, kExitUsage) << "the database is needed";
  EXPECT_EQ(ReadArguments({"--help"}).exit_code, kExitOk);
  EXPECT_EQ(ReadArguments({"--version"}).exit_code, kExitOk);
}

Settings Listening(const std::string& listen) {
  Settings settings;
  settings.blobs = "blobs";
  settings.listen = listen;
  return settings;
}

constexpr const char* kOpen[] = {"0.0.0.0:7411", "[::]:7411", "192.168.1.2:7411",
                                 "127.evil.example:1", "example.org:7411"};

TEST(SettingsTest, LetsOtherMachinesInOnlyWithTlsOrWhenTold) {
  for (const char* own :
       {"127.0.0.1:7411", "127.1.2.3:0", "localhost:7411", "[::1]:7411", "unix:/run/v"}) {
    EXPECT_TRUE(CheckSettings(Listening(own)).ok()) << own;
  }
  for (const char* open : kOpen) {
    Settings settings = Listening(open);
    const auto refused = CheckSettings(settings);
    ASSERT_FALSE(refused.ok()) << open;
    EXPECT_EQ(refused.error().code, ErrorCode::kPermission);
    EXPECT_THAT(refused.error().message, HasSubstr("--insecure-listen"));
    EXPECT_THAT(refused.error().message, HasSubstr("--tls-cert"));
    settings.insecure_listen = true;
    EXPECT_TRUE(CheckSettings(settings).ok()) << open;
    settings.insecure_listen = false;
    settings.tls_cert = "a.pem";
    settings.tls_key = "a.key";
    EXPECT_TRUE(CheckSettings(settings).ok()) << open;
  }
  for (const char* bad : {"", "7411", ":7411", "localhost", "localhost:", "localhost:65536",
                          "localhost:x", "::1:7411", "localhost:123456789012", "unix:"}) {
    const auto refused = CheckSettings(Listening(bad));
    ASSERT_FALSE(refused.ok()) << bad;
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidInput) << bad;
  }
}

TEST(SettingsTest, AccountsAreOffOnTheOwnMachineOnly) {
  for (const char* open : kOpen) {
    Settings settings = Listening(open);
    settings.accounts = false;
    settings.insecure_listen = true;
    settings.tls_cert = "a.pem";
    settings.tls_key = "a.key";
    const auto refused = CheckSettings(settings);
    ASSERT_FALSE(refused.ok()) << open;
    EXPECT_THAT(refused.error().message, HasSubstr("--accounts off"));
  }
  Settings own = Listening("unix:/run/v");
  own.accounts = false;
  EXPECT_TRUE(CheckSettings(own).ok());
  EXPECT_FALSE(
      ReadArguments({"--database", "d", "--blobs", "b", "--accounts", "off"}).settings.accounts);
  EXPECT_TRUE(ReadArguments({"--database", "d", "--blobs", "b"}).settings.accounts);
}

TEST(SettingsTest, CertificateAndKeyGoTogether) {
  Settings settings = Listening("127.0.0.1:1");
  settings.tls_client_ca = "ca.pem";
  EXPECT_THAT(CheckSettings(settings).error().message, HasSubstr("--tls-client-ca wants"));
  settings.tls_cert = "a.pem";
  EXPECT_THAT(CheckSettings(settings).error().message, HasSubstr("go together"));
  settings.tls_key = "a.key";
  EXPECT_TRUE(CheckSettings(settings).ok());
}

TEST(SettingsTest, TheFirstAdminsTokenLiesBesideTheBlobs) {
  Settings settings;
  for (const char* blobs : {"/var/lib/ventral/blobs", "/var/lib/ventral/blobs/"}) {
    settings.blobs = blobs;
    EXPECT_EQ(AdminTokenFile(settings), "/var/lib/ventral/admin-token");
  }
  settings.blobs = "file:///var/lib/ventral/blobs";
  EXPECT_EQ(AdminTokenFile(settings), "/var/lib/ventral/admin-token");
  settings.admin_token_file = "elsewhere";
  EXPECT_EQ(AdminTokenFile(settings), "elsewhere");
}

TEST(SettingsTest, ABucketWantsAFileForTheFirstAdminsToken) {
  Settings settings = Listening("127.0.0.1:1");
  settings.blobs = "s3://lab-blobs/ventral";
  EXPECT_THAT(CheckSettings(settings).error().message, HasSubstr("--admin-token-file says where"));
  settings.admin_token_file = "admin-token";
  EXPECT_TRUE(CheckSettings(settings).ok());
  settings.admin_token_file = "";
  settings.accounts = false;
  EXPECT_TRUE(CheckSettings(settings).ok());
}

TEST(SettingsTest, BlobsAreInAFolderOrABucket) {
  Settings settings = Listening("127.0.0.1:1");
  settings.blobs = "gs://lab/blobs";
  EXPECT_THAT(CheckSettings(settings).error().message, HasSubstr("--blobs: 'gs://lab/blobs'"));
  settings.blobs = "blobs";
  settings.s3_region = "eu-central-1";
  EXPECT_THAT(CheckSettings(settings).error().message, HasSubstr("want --blobs s3://BUCKET"));
}

}  // namespace
}  // namespace ventral
