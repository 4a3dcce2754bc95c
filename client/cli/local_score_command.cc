#include <algorithm>
#include <iostream>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/progress_line.h"
#include "client/lib/local_score.h"

namespace ventral::cli {
namespace {

struct ScoreFlags {
  std::string file, pack, device = "auto";
  std::vector<std::string> benchmarks;
  RunLimits limits;
};

// Only the benchmarks asked for. @error not_found names those that the pack has.
Status Keep(const std::vector<std::string>& wanted, v1::ScoreReport& report) {
  if (wanted.empty()) return Ok{};
  v1::ScoreReport kept;
  std::string names;
  for (const v1::BenchmarkScore& score : report.scores()) {
    names += (names.empty() ? "" : ", ") + score.benchmark();
    if (std::find(wanted.begin(), wanted.end(), score.benchmark()) != wanted.end()) *kept.add_scores() = score;
  }
  if (kept.scores_size() != static_cast<int>(wanted.size())) {
    return NotFound("--benchmark: the pack has " + names);
  }
  report.mutable_scores()->Swap(kept.mutable_scores());
  return Ok{};
}

Status Run(Session& session, ScoreFlags& flags) {
  flags.limits.device = client::ResolveDevice(flags.device);
  ProgressLine line;
  auto report = client::ScoreLocally(flags.file, flags.pack, flags.limits, client::ProgramsBesideThis(),
                                     [&](const ProgressMessage& progress) {
                                       const double share = progress.total > 0 ? static_cast<double>(progress.done) /
                                                                                     static_cast<double>(progress.total)
                                                                               : -1;
                                       line.Show(progress.phase, "  " + progress.phase + ": " + progress.message, share);
                                     });
  line.Clear();
  if (!report.ok()) return std::move(report).error();
  VENTRAL_RETURN_IF_ERROR(Keep(flags.benchmarks, *report));
  if (session.json) {
    PrintJson(*report);
    return Ok{};
  }
  for (const v1::BenchmarkScore& score : report->scores()) std::cout << FormatScore(score, report->provenance()) << "\n";
  return Ok{};
}

}  // namespace

void AddLocalScore(CLI::App& app, Session& session) {
  auto flags = std::make_shared<ScoreFlags>();
  CLI::App* command = session.Command(
      app, "score", "Score a checkpoint here: no server, no database, the same numbers",
      "ventral score squeezenet.pt2 --pack packs/kriegeskorte2008\n"
      "ventral score net.pt2 --pack packs/cowley2023_v4 --device cuda:0 --json",
      [&session, flags] { return Run(session, *flags); });
  command->add_option("file", flags->file, "The .pt2 file")->required()->check(CLI::ExistingFile);
  command->add_option("--pack", flags->pack, "The folder with pack.json")->required()->check(CLI::ExistingDirectory);
  command->add_option("--benchmark", flags->benchmarks, "Print this one only; may be given again")->expected(1);
  command->add_option("--device", flags->device, "auto, cpu or cuda:N")->capture_default_str();
  command->add_option("--memory-budget", flags->limits.memory_budget_bytes, "For activations held between batches, such as 4GiB")
      ->transform(CLI::AsSizeValue(false));
  command->add_option("--batch-size", flags->limits.batch_size, "Stimuli a batch")->check(CLI::Range(1, 65536))->capture_default_str();
  command->add_option("--threads", flags->limits.threads, "0 for all cores")->check(CLI::Range(0, 4096))->capture_default_str();
}

}  // namespace ventral::cli
