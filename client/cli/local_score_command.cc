#include <algorithm>

#include "client/cli/commands.h"
#include "client/cli/format.h"
#include "client/cli/progress_line.h"
#include "client/lib/local_score.h"
#include "worker/sandbox/layers.h"

namespace ventral::cli {
namespace {

struct ScoreFlags {
  client::LocalRun run;
  std::string device = "auto", sandbox = "standard";
  std::vector<std::string> benchmarks;
};

// "" for a device that there can be.
std::string CheckDevice(const std::string& device) {
  const std::string number = device.starts_with("cuda:") ? device.substr(5) : "";
  const bool numbered = !number.empty() && number.size() <= 3 &&
                        number.find_first_not_of("0123456789") == std::string::npos;
  if (device == "auto" || device == "cpu" || numbered) return "";
  return "'" + device + "' is no device; write auto, cpu or cuda:N";
}

// Only the benchmarks asked for. @error not_found names those that the pack has.
Status Keep(const std::vector<std::string>& wanted, v1::ScoreReport& report) {
  if (wanted.empty()) return Ok{};
  v1::ScoreReport kept;
  std::string names;
  for (const v1::BenchmarkScore& score : report.scores()) {
    names += (names.empty() ? "" : ", ") + score.benchmark();
  }
  for (const std::string& name : wanted) {
    const auto found = std::find_if(report.scores().begin(), report.scores().end(),
                                    [&](const auto& score) { return score.benchmark() == name; });
    if (found == report.scores().end()) {
      return NotFound("the pack has no benchmark '" + name + "'; it has " + names);
    }
    *kept.add_scores() = *found;
  }
  report.mutable_scores()->Swap(kept.mutable_scores());
  return Ok{};
}

void ShowProgress(ProgressLine& line, const ProgressMessage& progress) {
  const std::string text =
      progress.phase + (progress.message.empty() ? "" : ": " + progress.message);
  line.Show(progress.phase, text, progress.done, progress.total);
}

Result<client::LocalScores> Score(ScoreFlags& flags) {
  if (flags.run.checkpoint.empty() == flags.run.grams.empty()) {
    return InvalidInput("give a checkpoint file, or kept Grams with --grams, and not both");
  }
  flags.run.limits.device = client::ResolveDevice(flags.device);
  VENTRAL_ASSIGN_OR_RETURN(flags.run.limits.required_sandbox, ParseRequiredLayers(flags.sandbox));
  ProgressLine line;
  client::LocalListener listener;
  listener.progress = [&line](const ProgressMessage& progress) { ShowProgress(line, progress); };
  listener.estimate = [&line](const v1::RunEstimate& estimate) {
    line.Keep(FormatEstimate(estimate));
  };
  auto scores = client::ScoreLocally(flags.run, client::ProgramsBesideThis(), listener);
  line.Clear();
  return scores;
}

Status Run(Session& session, ScoreFlags& flags) {
  VENTRAL_ASSIGN_OR_RETURN(client::LocalScores scores, Score(flags));
  v1::ScoreReport& report = scores.report;
  VENTRAL_RETURN_IF_ERROR(Keep(flags.benchmarks, report));
  std::string text;
  for (const v1::BenchmarkScore& score : report.scores()) {
    text += FormatScore(score, report.provenance()) + "\n";
  }
  session.Print(report, text);
  if (scores.not_kept.empty()) return Ok{};
  session.exit_code = kOther;
  return Unavailable("the scores are made, the Grams are not kept: " + scores.not_kept);
}

// What is computed, where the checkpoint's own word is not to be taken.
void AddChoices(CLI::App& command, ScoreFlags& flags) {
  command
      .add_option(
          "--layers", flags.run.limits.layers,
          "Score these modules instead of those that the checkpoint names; patterns such as "
          "'features.*'")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--precision", flags.run.limits.precision, "float32, bfloat16 or float16")
      ->check(CLI::IsMember({"float32", "bfloat16", "float16"}))
      ->capture_default_str();
  CLI::Option* seed = command.add_option("--seed", flags.run.limits.seed,
                                         "For a network that draws random numbers");
  seed->check(CLI::NonNegativeNumber);
  CLI::Option* samples =
      command.add_option("--samples", flags.run.limits.samples,
                         "Score the mean over so many runs of a network that draws random numbers");
  samples->check(CLI::Range(1, 1000))->needs(seed);
  seed->needs(samples);
}

void AddLimits(CLI::App& command, ScoreFlags& flags) {
  command.add_option("--device", flags.device, "auto, cpu or cuda:N")
      ->check(CheckDevice)
      ->capture_default_str();
  command
      .add_option("--memory-budget", flags.run.limits.memory_budget_bytes,
                  "For activations held between batches, such as 4GiB")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("4GiB");
  command.add_option("--batch-size", flags.run.limits.batch_size, "Stimuli a batch")
      ->check(CLI::Range(1, 65536))
      ->capture_default_str();
  command.add_option("--threads", flags.run.limits.threads, "0 for all cores")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
  command.add_flag("!--no-torchscript", flags.run.limits.torchscript,
                   "Refuse TorchScript files (.pt), as a service does unless told otherwise");
  command
      .add_option("--sandbox", flags.sandbox,
                  "What must hold the checkpoint: standard (what the kernel has), strict (all of "
                  "namespaces,empty_root,landlock), or some of these")
      ->check([](const std::string& text) {
        const auto layers = ParseRequiredLayers(text);
        return layers.ok() ? std::string() : layers.error().message;
      })
      ->capture_default_str();
}

}  // namespace

void AddLocalScore(CLI::App& app, Session& session) {
  auto flags = std::make_shared<ScoreFlags>();
  flags->run.limits.torchscript = true;
  CLI::App* command = AddCommand(
      app, session, "score", "Score a checkpoint here: no server, no database, the same numbers",
      "ventral score squeezenet.pt2 --pack packs/kriegeskorte2008\n"
      "ventral score net.pt2 --pack packs/cowley2023_v4 --device cuda:0 --json\n"
      "ventral score net.pt2 --pack packs/kriegeskorte2008 --layers 'layer4.*,fc'\n"
      "ventral score net.pt2 --pack packs/kriegeskorte2008 --keep-grams net.grams\n"
      "ventral score --grams net.grams --pack packs/kriegeskorte2008     # no network is run",
      [&session, flags] { return Run(session, *flags); });
  CLI::Option* file =
      command->add_option("file", flags->run.checkpoint, "The .pt2 file, or a TorchScript file");
  command->add_option("--pack", flags->run.pack, "The folder with pack.json")->required();
  CLI::Option* grams = command->add_option(
      "--grams", flags->run.grams, "Score these kept Grams: no checkpoint, no network, no GPU");
  grams->excludes(file);
  command
      ->add_option("--keep-grams", flags->run.keep_grams,
                   "Keep the Grams in this file, for --grams and 'ventral rdms'")
      ->excludes(grams);
  command->add_option("--benchmark", flags->benchmarks, "Print this one only; may be given again")
      ->allow_extra_args(false);
  AddChoices(*command, *flags);
  AddLimits(*command, *flags);
}

}  // namespace ventral::cli
