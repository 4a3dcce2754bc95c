#include "tests/support/postgres.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <pqxx/pqxx>
#include <stdexcept>

#include "migrations/migrator.h"
#include "scoring/base/digest.h"

namespace ventral::testing {
namespace {
namespace fs = std::filesystem;

// What deploy/private_postgres.sh printed. Throws when it failed.
std::string Script(const std::string& command, const fs::path& folder,
                   const std::string& option = "") {
  const std::string line = "bash '" VENTRAL_SOURCE_DIR "/deploy/private_postgres.sh' " + command +
                           " '" + folder.string() + "' " + option + " 2>&1";
  FILE* pipe = popen(line.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + line);
  std::string output;
  char buffer[512];
  while (std::fgets(buffer, sizeof buffer, pipe) != nullptr) output += buffer;
  if (pclose(pipe) != 0) throw std::runtime_error(line + " failed: " + output);
  while (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

// The same server, another database: what stands between the last '/' of the path and '?'.
std::string WithDatabase(const std::string& uri, const std::string& name) {
  const std::size_t authority = uri.find("://");
  if (authority == std::string::npos)
    throw std::runtime_error("VENTRAL_TEST_POSTGRES must be a postgresql:// URI");
  const std::size_t query = std::min(uri.find('?'), uri.size());
  const std::size_t slash = uri.find('/', authority + 3);
  return uri.substr(0, std::min(slash, query)) + "/" + name + uri.substr(query);
}

std::vector<migrate::Migration> Migrations() {
  auto migrations = migrate::PairUp(migrate::EmbeddedFiles());
  if (!migrations.ok()) throw std::runtime_error(migrations.error().ToString());
  return std::move(migrations).value();
}

void MigrateUp(const std::string& connection) {
  const auto done = migrate::Migrator(connection, Migrations()).Up();
  if (!done.ok()) throw std::runtime_error(done.error().ToString());
}

void Execute(const std::string& connection, const std::string& sql) {
  pqxx::connection open(connection);
  pqxx::nontransaction(open).exec(sql);
}

// The template is named by the migrations that made it, so that an edited one makes a new template.
// A session lock keeps two programs from making it at once; the rename says that it is whole.
std::string EnsureTemplate(const std::string& server) {
  std::string sums;
  for (const auto& migration : Migrations()) sums += migration.Checksum();
  const std::string name = "template_" + DigestOf(sums).hex().substr(0, 16);
  pqxx::connection open(WithDatabase(server, "postgres"));
  pqxx::nontransaction session(open);
  session.exec("SELECT pg_advisory_lock(7411)");
  if (session.exec_params("SELECT 1 FROM pg_database WHERE datname = $1", name).empty()) {
    session.exec("DROP DATABASE IF EXISTS " + name + "_half");
    session.exec("CREATE DATABASE " + name + "_half");
    MigrateUp(WithDatabase(server, name + "_half"));
    session.exec("ALTER DATABASE " + name + "_half RENAME TO " + name);
  }
  return name;
}

}  // namespace

std::string SharedPostgres() {
  static const std::string uri = [] {
    if (const char* given = std::getenv("VENTRAL_TEST_POSTGRES");
        given != nullptr && *given != '\0') {
      return std::string(given);
    }
    const fs::path folder = VENTRAL_TEST_POSTGRES_FOLDER;
    Script("start", folder, "--fast");
    return Script("url", folder);
  }();
  return uri;
}

TestDatabase::TestDatabase(Schema schema) : server_(SharedPostgres()) {
  static std::atomic<int> count{0};
  name_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
  const std::string source = schema == Schema::kMigrated ? EnsureTemplate(server_) : "template1";
  const std::string maintenance = WithDatabase(server_, "postgres");
  // A program with this number may have been killed before.
  Execute(maintenance, "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  Execute(maintenance, "CREATE DATABASE " + name_ + " TEMPLATE " + source);
  connection_ = WithDatabase(server_, name_);
}

TestDatabase::~TestDatabase() {
  try {
    Execute(WithDatabase(server_, "postgres"),
            "DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "dropping the test database %s: %s\n", name_.c_str(), error.what());
  }
}

TestCluster::TestCluster() {
  std::string name = (fs::temp_directory_path() / "ventral-cluster-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    throw std::runtime_error("cannot make a folder in the temporary folder");
  folder_ = name;
  fs::permissions(folder_, fs::perms::others_exec | fs::perms::group_exec, fs::perm_options::add);
  Start();
  connection_ = Script("url", folder_);
  MigrateUp(connection_);
}

TestCluster::~TestCluster() {
  try {
    Script("remove", folder_);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
}

void TestCluster::Start() { Script("start", folder_, "--fast"); }
void TestCluster::Stop() { Script("stop", folder_); }
void TestCluster::MakeStandby() { std::ofstream(folder_ / "data/standby.signal"); }

}  // namespace ventral::testing
