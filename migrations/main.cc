// ventral-migrate: makes, upgrades and takes back the schema of Ventral's database.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <string>

#include "migrations/migrator.h"
#include "scoring/base/version.h"

namespace ventral::migrate {
namespace {

constexpr char kFooter[] = R"(Examples:
  ventral-migrate up --database "$VENTRAL_DATABASE"
  ventral-migrate status --database postgresql:///ventral
  ventral-migrate down --to 1 --database postgresql:///ventral

Exit codes: 0 done (status: the database is up to date), 1 failed, 2 wrong arguments,
3 status: the database is behind.)";

int Fail(const Error& error) {
  std::cerr << "error: " << error.message << '\n';
  if (!error.context.empty()) std::cerr << "  " << error.context << '\n';
  return 1;
}

int Report(const char* verb, const Result<std::vector<std::string>>& done) {
  if (!done.ok()) return Fail(done.error());
  for (const std::string& label : *done) std::cout << verb << ' ' << label << '\n';
  if (done->empty()) std::cout << "nothing to do\n";
  return 0;
}

int PrintStatus(Migrator& migrator) {
  const auto landed = migrator.Status();
  if (!landed.ok()) return Fail(landed.error());
  bool behind = false;
  for (const Migration& migration : migrator.migrations()) {
    const auto index = static_cast<std::size_t>(migration.version) - 1;
    const bool there = index < landed->size();
    behind = behind || !there;
    std::cout << migration.Label() << "  "
              << (there ? "landed " + (*landed)[index].at + " UTC" : "waiting");
    if (there && (*landed)[index].checksum != migration.Checksum()) std::cout << ", EDITED SINCE";
    std::cout << '\n';
  }
  for (std::size_t i = migrator.migrations().size(); i < landed->size(); ++i) {
    std::cout << (*landed)[i].version << ' ' << (*landed)[i].name
              << "  landed, not known to this program\n";
  }
  return behind ? 3 : 0;
}

int PrintVersion(Migrator& migrator) {
  const auto landed = migrator.Status();
  if (!landed.ok()) return Fail(landed.error());
  std::cout << "database " << landed->size() << ", program " << migrator.migrations().size()
            << '\n';
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Makes, upgrades and takes back the schema of Ventral's database.");
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("ventral-migrate ") + kVersion);
  app.require_subcommand(1);
  app.fallthrough();
  std::string database, folder;
  app.add_option("--database", database, "libpq connection string or URI")
      ->envname("VENTRAL_DATABASE")
      ->required();
  app.add_option("--migrations", folder,
                 "folder with .sql files to use instead of those in this program");
  int target = 0;
  CLI::App* up = app.add_subcommand("up", "run the migrations that have not landed");
  up->add_option("--to", target, "stop at this version (default: the newest)")
      ->check(CLI::PositiveNumber);
  CLI::App* down = app.add_subcommand("down", "take migrations back; their data is lost");
  down->add_option("--to", target, "the version to go back to; 0 is the empty database")
      ->required()
      ->check(CLI::NonNegativeNumber);
  CLI::App* status = app.add_subcommand("status", "list migrations, and whether each has landed");
  app.add_subcommand("version", "print the database's version and this program's");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  auto files =
      folder.empty() ? Result<std::vector<MigrationFile>>(EmbeddedFiles()) : FilesOf(folder);
  if (!files.ok()) return Fail(files.error());
  auto migrations = PairUp(*files);
  if (!migrations.ok()) return Fail(migrations.error());
  Migrator migrator(database, std::move(migrations).value());
  if (up->parsed()) return Report("up", migrator.Up(target));
  if (down->parsed()) return Report("down", migrator.Down(target));
  return status->parsed() ? PrintStatus(migrator) : PrintVersion(migrator);
}

}  // namespace
}  // namespace ventral::migrate

int main(int argc, char** argv) {
  try {
    return ventral::migrate::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << '\n';
    return 1;
  }
}
