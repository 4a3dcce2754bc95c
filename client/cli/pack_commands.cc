#include <iostream>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/progress_line.h"
#include "client/lib/address.h"
#include "client/lib/upload.h"
#include "scoring/pack/build/build.h"
#include "scoring/pack/pack.h"

namespace ventral::cli {
namespace {

struct PackFlags {
  std::string directory, from, out;
};

// What `pack check` and `pack build` print with --json: the message that publishing would answer.
v1::Pack ToMessage(const Pack& pack, const std::vector<PackFileEntry>& files) {
  v1::Pack message;
  message.set_name("packs/" + pack.manifest.id);
  message.set_pack_id(pack.manifest.id);
  message.set_version(pack.manifest.version);
  message.set_digest(pack.digest.hex());
  message.set_title(pack.manifest.title);
  message.set_stimuli(static_cast<std::int64_t>(pack.stimuli.size()));
  message.set_citation(pack.manifest.citation);
  message.set_licence(pack.manifest.licence);
  std::int64_t bytes = 0;
  for (const PackFileEntry& file : files) bytes += static_cast<std::int64_t>(file.bytes);
  message.set_size_bytes(bytes);
  for (const auto& benchmark : pack.manifest.benchmarks) {
    message.add_benchmarks("packs/" + pack.manifest.id + "/benchmarks/" + benchmark.spec.id);
  }
  return message;
}

Status Report(Session& session, const std::string& directory, const Pack& pack) {
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<PackFileEntry> files, ListPackFiles(directory));
  const v1::Pack message = ToMessage(pack, files);
  if (session.json) {
    PrintJson(message);
    return Ok{};
  }
  std::cout << message.pack_id() << " " << message.version() << "   " << message.title() << "\n  " << files.size() << " files, "
            << ByteSize(message.size_bytes()) << ", " << message.stimuli() << " stimuli\n  digest " << message.digest() << "\n";
  for (const auto& benchmark : pack.manifest.benchmarks) std::cout << "  benchmark " << benchmark.spec.id << "\n";
  return Ok{};
}

Status Check(Session& session, const PackFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(const Pack pack, ReadPack(flags.directory));
  VENTRAL_RETURN_IF_ERROR(CheckPackImages(pack));
  return Report(session, flags.directory, pack);
}

Status Publish(Session& session, const PackFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(const Pack pack, ReadPack(flags.directory));
  VENTRAL_RETURN_IF_ERROR(CheckPackImages(pack));
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  ProgressLine line;
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::Pack published,
      client::PublishPack(*connection, flags.directory, [&](std::int64_t done, std::int64_t total) {
        line.Show("upload", "  upload " + ByteSize(done) + " of " + ByteSize(total),
                  static_cast<double>(done) / static_cast<double>(total));
      }));
  line.Clear();
  if (session.json) {
    PrintJson(published);
  } else {
    std::cout << "published " << published.pack_id() << " " << published.version() << ", digest " << published.digest() << "\n";
  }
  return Ok{};
}

// $XDG_CACHE_HOME/ventral/sources, else ~/.cache/ventral/sources, else beside the pack.
std::filesystem::path DownloadCache(const std::string& out) {
  if (const auto cache = client::ProcessEnvironment("XDG_CACHE_HOME")) return std::filesystem::path(*cache) / "ventral" / "sources";
  if (const auto home = client::ProcessEnvironment("HOME")) return std::filesystem::path(*home) / ".cache" / "ventral" / "sources";
  return std::filesystem::path(out).parent_path() / ".sources";
}

Status Build(Session& session, const PackFlags& flags) {
  BuildOptions options;
  options.from = flags.from;
  options.cache = DownloadCache(flags.out);
  ProgressLine line;
  VENTRAL_ASSIGN_OR_RETURN(const Pack pack,
                           BuildPack(flags.directory, flags.out, options,
                                     [&](std::int64_t done, std::int64_t total, const std::string& step) {
                                       line.Show(step, "  " + step, total > 0 ? static_cast<double>(done) / static_cast<double>(total) : -1);
                                     }));
  line.Clear();
  return Report(session, flags.out, pack);
}

}  // namespace

void AddPacks(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("pack", "Check, publish or build a pack");
  group->fallthrough();
  group->require_subcommand(1);
  group->footer("\nExamples:\n  ventral pack check packs/kriegeskorte2008\n  ventral pack publish packs/kriegeskorte2008\n");
  auto flags = std::make_shared<PackFlags>();
  session.Command(*group, "check", "Read a pack whole, and say what is wrong with it", "ventral pack check packs/kriegeskorte2008",
                  [&session, flags] { return Check(session, *flags); })
      ->add_option("directory", flags->directory, "The folder with pack.json")->required();
  session.Command(*group, "publish", "Upload a pack, so that checkpoints can be scored on it",
                  "ventral pack publish packs/kriegeskorte2008", [&session, flags] { return Publish(session, *flags); })
      ->add_option("directory", flags->directory, "The folder with pack.json")->required();
  CLI::App* build = session.Command(*group, "build", "Make a pack from its published files",
                                    "ventral pack build benchmarks/kriegeskorte2008 --out packs/kriegeskorte2008\n"
                                    "ventral pack build benchmarks/cowley2023_v4 --from ~/downloads --out packs/cowley2023_v4",
                                    [&session, flags] { return Build(session, *flags); });
  build->add_option("recipe", flags->directory, "A folder of benchmarks/")->required();
  build->add_option("--from", flags->from, "Folder with the published files; without it they are downloaded");
  build->add_option("--out", flags->out, "The pack's folder; must not exist")->required();
}

}  // namespace ventral::cli
