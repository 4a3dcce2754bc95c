#include "client/cli/format.h"

#include <array>
#include <cstdio>
#include <ctime>

#include "client/cli/table.h"

namespace ventral::cli {
namespace {

using Align = Table::Align;

// "lease_lost" style names of enum values, without their prefix, as words.
std::string Words(std::string name, const std::string& prefix) {
  name = name.substr(prefix.size());
  for (char& letter : name) letter = letter == '_' ? ' ' : static_cast<char>(letter - 'A' + 'a');
  return name;
}

std::string IntervalText(const v1::Interval& interval) {
  return "[" + Number(interval.lower()) + ", " + Number(interval.upper()) + "]";
}

std::string CeilingText(const v1::Ceiling& ceiling) {
  std::string text = "ceiling " + Number(ceiling.value());
  if (ceiling.has_lower() && ceiling.has_upper()) {
    text += " (bounds " + Number(ceiling.lower()) + " to " + Number(ceiling.upper()) + ")";
  }
  return text;
}

std::string Headline(const v1::BenchmarkScore& score) {
  std::string text = "  raw " + Number(score.raw());
  if (score.has_interval()) text += " " + IntervalText(score.interval());
  if (score.has_normalised()) text += "   of " + CeilingText(score.ceiling()) + "   = " + Number(score.normalised()) + " (" + score.rule() + ")";
  text += "\n  layer " + LayerName(score.layer()) + " (" + score.layer_choice() + ")";
  return text + "\n";
}

std::string Conditions(const v1::BenchmarkScore& score, const v1::Provenance& provenance) {
  std::string text = "  " + std::to_string(score.stimuli()) + " stimuli";
  if (score.neuroids() > 0) {
    text += ", " + std::to_string(score.neuroids()) + " neuroids (" + std::to_string(score.neuroids_left_out()) + " left out)";
  }
  if (!score.split().empty()) text += ", " + score.split();
  text += ", seed " + std::to_string(score.seed()) + ", scorer version " + provenance.scorer_version() + ", pack " +
          provenance.pack() + " " + provenance.pack_version() + "\n";
  if (score.has_interval()) {
    char level[16];
    std::snprintf(level, sizeof level, "%g", 100 * score.interval().level());
    text += "  interval: " + std::string(level) + " %, " + score.interval().method() + ", " +
            std::to_string(score.interval().resamples()) + " resamples";
    if (score.has_ceiling()) text += "; ceiling: " + score.ceiling().method();
    text += "\n";
  }
  for (const std::string& note : score.notes()) text += "  note: " + Printable(note) + "\n";
  return text;
}

}  // namespace

std::string Number(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3f", value);
  return text;
}

std::string ByteSize(std::int64_t bytes) {
  static constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) value /= 1024, ++unit;
  char text[64];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits[unit]);
  return text;
}

std::string Time(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  const std::time_t seconds = time.seconds();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text;
}

std::string LayerName(const v1::LayerId& layer) {
  return layer.step() == 0 ? layer.path() : layer.path() + "@" + std::to_string(layer.step());
}

std::string StateName(v1::JobState state) { return Words(v1::JobState_Name(state), "JOB_STATE_"); }
std::string CauseName(v1::FailureCause cause) { return Words(v1::FailureCause_Name(cause), "FAILURE_CAUSE_"); }
std::string LastPart(const std::string& name) { return name.substr(name.rfind('/') + 1); }

std::string FormatScore(const v1::BenchmarkScore& score, const v1::Provenance& provenance) {
  Table table({{"layer"}, {"raw", Align::kRight}, {"95 % interval"}, {"of ceiling", Align::kRight}, {""}});
  for (const v1::LayerScore& layer : score.layers()) {
    const bool chosen = LayerName(layer.layer()) == LayerName(score.layer());
    table.Add({LayerName(layer.layer()) + (layer.inferred() ? " (inferred)" : ""), Number(layer.raw()),
               layer.has_interval() ? IntervalText(layer.interval()) : "",
               layer.has_normalised() ? Number(layer.normalised()) : "", chosen ? "*" : ""});
  }
  return score.benchmark() + "   (" + score.metric() + ")\n" + Headline(score) + Conditions(score, provenance) +
         (table.empty() ? "" : table.Text("    "));
}

std::string FormatProgress(const v1::Job& job) {
  if (job.state() != v1::JOB_STATE_RUNNING) return StateName(job.state());
  const v1::Progress& progress = job.progress();
  std::string text = progress.phase().empty() ? "running" : progress.phase();
  if (progress.total() > 0) text += " " + std::to_string(progress.done()) + "/" + std::to_string(progress.total());
  if (!progress.message().empty()) text += ": " + progress.message();
  return Printable(text);
}

}  // namespace ventral::cli
