#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/pack_deletion.h"
#include "client/cli/pack_policy.h"
#include "client/cli/progress_line.h"
#include "client/cli/terminal_text.h"
#include "client/lib/upload.h"
#include "scoring/pack/build/build.h"
#include "scoring/pack/pack.h"

namespace ventral::cli {
namespace {

namespace fs = std::filesystem;

struct PackFlags {
  std::string directory, from, out;
};

// What `pack check` and `pack build` print with --json: what publishing would answer.
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

std::string Text(const v1::Pack& pack, std::size_t files) {
  std::string text = pack.pack_id() + " " + Printable(pack.version()) + "   " +
                     Printable(pack.title()) + "\n  " + std::to_string(files) + " files, " +
                     ByteSize(pack.size_bytes()) + ", " + std::to_string(pack.stimuli()) +
                     " stimuli\n  digest " + pack.digest() + "\n";
  for (const std::string& benchmark : pack.benchmarks()) {
    text += "  benchmark " + LastPart(benchmark) + "\n";
  }
  return text;
}

Status Report(Session& session, const std::string& directory, const Pack& pack) {
  VENTRAL_ASSIGN_OR_RETURN(const std::vector<PackFileEntry> files, ListPackFiles(directory));
  const v1::Pack message = ToMessage(pack, files);
  session.Print(message, Text(message, files.size()));
  return Ok{};
}

Result<Pack> ReadWhole(const std::string& directory) {
  std::error_code error;
  if (!fs::exists(directory, error)) return NotFound("there is no folder " + directory);
  VENTRAL_ASSIGN_OR_RETURN(Pack pack, ReadPack(directory));
  VENTRAL_RETURN_IF_ERROR(CheckPackImages(pack));
  return pack;
}

Status Check(Session& session, const PackFlags& flags) {
  Result<Pack> pack = ReadWhole(flags.directory);
  if (pack.ok()) return Report(session, flags.directory, *pack);
  std::error_code error;
  if (fs::exists(flags.directory, error)) session.exit_code = kFailed;
  return std::move(pack).error();
}

Status Publish(Session& session, const PackFlags& flags, const PolicyFlags& policy) {
  VENTRAL_RETURN_IF_ERROR(ReadWhole(flags.directory));
  VENTRAL_ASSIGN_OR_RETURN(client::Connection* const connection, session.Connect());
  ProgressLine line;
  VENTRAL_ASSIGN_OR_RETURN(
      const v1::Pack published,
      client::PublishPack(
          *connection, flags.directory, policy.Stated(),
          [&line](std::int64_t done, std::int64_t total) { line.ShowUpload(done, total); },
          [&line](const fs::path& file, std::int64_t there, std::int64_t bytes) {
            line.SayUploadGoesOn(file, there, bytes);
          }));
  line.Clear();
  session.Print(published, "published " + LastPart(published.name()) + " " +
                               Printable(published.version()) + ", digest " +
                               Printable(published.digest()) + "\n");
  return Ok{};
}

// $XDG_CACHE_HOME/ventral/sources, else ~/.cache/ventral/sources, else beside the pack.
fs::path DownloadCache(const std::string& out) {
  if (const auto cache = client::ProcessEnvironment("XDG_CACHE_HOME")) {
    return fs::path(*cache) / "ventral" / "sources";
  }
  if (const auto home = client::ProcessEnvironment("HOME")) {
    return fs::path(*home) / ".cache" / "ventral" / "sources";
  }
  return fs::path(out).parent_path() / ".sources";
}

Status Build(Session& session, const PackFlags& flags) {
  BuildOptions options;
  options.from = flags.from;
  options.cache = DownloadCache(flags.out);
  ProgressLine line;
  VENTRAL_ASSIGN_OR_RETURN(const Pack pack, BuildPack(flags.directory, flags.out, options,
                                                      [&line](std::int64_t done, std::int64_t total,
                                                              const std::string& step) {
                                                        line.Show(step, step, done, total);
                                                      }));
  line.Clear();
  return Report(session, flags.out, pack);
}

void AddBuild(CLI::App& group, Session& session, const std::shared_ptr<PackFlags>& flags) {
  CLI::App* build =
      AddCommand(group, session, "build", "Make a pack from its published files",
                 "ventral pack build benchmarks/kriegeskorte2008 --out packs/kriegeskorte2008\n"
                 "ventral pack build benchmarks/cowley2023_v4 --from ~/downloads \\\n"
                 "    --out packs/cowley2023_v4",
                 [&session, flags] { return Build(session, *flags); });
  build->add_option("recipe", flags->directory, "A folder of benchmarks/")->required();
  build->add_option("--from", flags->from,
                    "Folder with the published files; without it they are downloaded");
  build->add_option("--out", flags->out, "The pack's folder; must not exist")->required();
}

}  // namespace

void AddPacks(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("pack", "Check, publish, build or delete a pack");
  group->fallthrough();
  group->require_subcommand(1);
  group->footer(
      ExamplesFooter("ventral pack check packs/kriegeskorte2008\n"
                     "ventral pack publish packs/kriegeskorte2008\n"
                     "ventral pack build benchmarks/cowley2023_v4 --out packs/cowley2023_v4") +
      "\n" + kExitCodesHelp);
  auto flags = std::make_shared<PackFlags>();
  AddCommand(*group, session, "check", "Read a pack whole, and say what is wrong with it",
             "ventral pack check packs/kriegeskorte2008",
             [&session, flags] { return Check(session, *flags); })
      ->add_option("directory", flags->directory, "The folder with pack.json")
      ->required();
  const auto policy = std::make_shared<PolicyFlags>();
  CLI::App* publish = AddCommand(
      *group, session, "publish", "Upload a pack, so that checkpoints can be scored on it",
      "ventral pack publish packs/kriegeskorte2008\n"
      "ventral pack publish packs/held-out --private --jobs 3 --days 30",
      [&session, flags, policy] { return Publish(session, *flags, *policy); });
  publish->add_option("directory", flags->directory, "The folder with pack.json")->required();
  policy->AddTo(*publish);
  AddPackPolicy(*group, session);
  AddPackDeletion(*group, session);
  AddBuild(*group, session, flags);
}

}  // namespace ventral::cli
