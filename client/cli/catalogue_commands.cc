#include <memory>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/pages.h"
#include "client/cli/table.h"

namespace ventral::cli {
namespace {

using Align = Table::Align;

std::string TitleOf(const v1::Pack& pack) {
  if (!pack.has_delete_time()) return pack.title();
  return "deleted " + Time(pack.delete_time()) + ": " + pack.title();
}

Status Packs(Session& session, bool deleted) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::ListPacksRequest request;
  request.set_show_deleted(deleted);
  VENTRAL_ASSIGN_OR_RETURN(const auto list,
                           AllPages(*connection, connection->packs(),
                                    &v1::PackService::StubInterface::ListPacks, request));
  Table table({{"pack"},
               {"version"},
               {"stimuli", Align::kRight},
               {"benchmarks", Align::kRight},
               {"size", Align::kRight},
               {"held out"},
               {"digest"},
               {"title"}});
  for (const v1::Pack& pack : list.packs()) {
    table.Add({pack.pack_id(), pack.version(), std::to_string(pack.stimuli()),
               std::to_string(pack.benchmarks_size()), ByteSize(pack.size_bytes()),
               HeldOut(pack.policy()), pack.digest().substr(0, 12), TitleOf(pack)});
  }
  const char* none =
      deleted ? "no deleted packs\n" : "no packs; publish one: ventral pack publish DIR\n";
  session.Print(list, table.empty() ? none : table.Text());
  return Ok{};
}

Status Benchmarks(Session& session) {
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  v1::ListBenchmarksRequest request;
  request.set_parent("packs/-");
  VENTRAL_ASSIGN_OR_RETURN(const auto list,
                           AllPages(*connection, connection->packs(),
                                    &v1::PackService::StubInterface::ListBenchmarks, request));
  Table table({{"benchmark"},
               {"metric"},
               {"species"},
               {"region"},
               {"modality"},
               {"subjects", Align::kRight}});
  for (const v1::Benchmark& benchmark : list.benchmarks()) {
    table.Add({benchmark.benchmark_id(), benchmark.metric(), benchmark.species(),
               benchmark.region(), benchmark.modality(), std::to_string(benchmark.subjects())});
  }
  session.Print(list, table.empty() ? "no benchmarks; publish a pack: ventral pack publish DIR\n"
                                    : table.Text());
  return Ok{};
}

}  // namespace

void AddCatalogue(CLI::App& app, Session& session) {
  const auto deleted = std::make_shared<bool>(false);
  AddCommand(app, session, "packs", "List packs by id, the newest version of each",
             "ventral packs\nventral packs --deleted\nventral packs --json",
             [&session, deleted] { return Packs(session, *deleted); })
      ->add_flag("--deleted", *deleted, "Those of yours that are deleted, and can come back");
  AddCommand(app, session, "benchmarks", "List the benchmarks of all packs",
             "ventral benchmarks\nventral benchmarks --json",
             [&session] { return Benchmarks(session); });
}

}  // namespace ventral::cli
