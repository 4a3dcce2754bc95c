#include <cstdio>

#include "client/cli/format.h"
#include "client/cli/table.h"
#include "client/cli/terminal_text.h"

namespace ventral::cli {
namespace {

using Align = Table::Align;

std::string Bounds(const v1::Interval& interval) {
  return "[" + Number(interval.lower()) + ", " + Number(interval.upper()) + "]";
}

// "95 %".
std::string Level(const v1::Interval& interval) {
  char text[32];
  std::snprintf(text, sizeof text, "%g %%", 100 * interval.level());
  return text;
}

std::string CeilingText(const v1::Ceiling& ceiling) {
  std::string text = "ceiling " + Number(ceiling.value());
  if (ceiling.has_interval()) text += " " + Bounds(ceiling.interval());
  if (ceiling.has_lower() && ceiling.has_upper()) {
    text += " (bounds " + Number(ceiling.lower()) + " to " + Number(ceiling.upper()) + ")";
  }
  return text;
}

bool IsHeadline(const v1::LayerScore& layer, const v1::BenchmarkScore& score) {
  return layer.layer().path() == score.layer().path() &&
         layer.layer().step() == score.layer().step();
}

// The layer by its name; marked where what its module returns was guessed from the graph.
std::string MarkedName(const v1::LayerScore& layer) {
  return LayerName(layer.layer()) + (layer.inferred() ? " (inferred)" : "");
}

std::string HeadlineLayer(const v1::BenchmarkScore& score) {
  for (const v1::LayerScore& layer : score.layers()) {
    if (IsHeadline(layer, score)) return MarkedName(layer);
  }
  return LayerName(score.layer());
}

std::string Headline(const v1::BenchmarkScore& score) {
  std::string text = "  raw " + Number(score.raw());
  if (score.has_interval()) text += " " + Bounds(score.interval());
  text += score.has_ceiling() ? "   of " + CeilingText(score.ceiling()) : "   no ceiling";
  if (score.has_normalised()) {
    text += "   = " + Number(score.normalised()) + " (" + Printable(score.rule()) + ")";
  }
  return text + "\n  layer " + HeadlineLayer(score) + " (" + Printable(score.layer_choice()) +
         ")\n";
}

// What was scored, by which code: with the checkpoint, enough to compute it again.
std::string Conditions(const v1::BenchmarkScore& score, const v1::Provenance& provenance) {
  std::string text = "  " + std::to_string(score.stimuli()) + " stimuli";
  if (score.neuroids() > 0 || score.neuroids_left_out() > 0) {
    text += ", " + std::to_string(score.neuroids()) + " neuroids (" +
            std::to_string(score.neuroids_left_out()) + " left out)";
  }
  if (!score.split().empty()) text += ", " + Printable(score.split());
  const bool usual = provenance.precision().empty() || provenance.precision() == "float32";
  if (!usual) text += ", " + Printable(provenance.precision());
  return text + ", seed " + std::to_string(score.seed()) + ", scorer version " +
         Printable(provenance.scorer_version()) + ", pack " + Printable(provenance.pack()) + " " +
         Printable(provenance.pack_version()) + "\n";
}

// "  by chance: 0.012 on average, 95 % below 0.048, p 0.001 (1000 permutations of the stimuli)".
std::string Chance(const v1::BenchmarkScore& score) {
  if (!score.has_null()) return "";
  const v1::NullDistribution& null = score.null();
  return "  by chance: " + Number(null.mean()) + " on average, 95 % up to " + Number(null.upper()) +
         "; p " + Number(null.p()) + " (" + std::to_string(null.permutations()) +
         " permutations of the stimuli)\n";
}

std::string Methods(const v1::BenchmarkScore& score) {
  std::string text;
  if (score.has_interval()) {
    text = "interval: " + Level(score.interval()) + ", " + Printable(score.interval().method()) +
           ", " + std::to_string(score.interval().resamples()) + " resamples";
  }
  if (score.has_ceiling()) {
    text +=
        std::string(text.empty() ? "" : "; ") + "ceiling: " + Printable(score.ceiling().method());
  }
  return text.empty() ? "" : "  " + text + "\n";
}

std::string Layers(const v1::BenchmarkScore& score) {
  const std::string interval =
      score.has_interval() ? Level(score.interval()) + " interval" : "interval";
  Table table({{"layer"}, {"raw", Align::kRight}, {interval}, {"of ceiling", Align::kRight}, {""}});
  for (const v1::LayerScore& layer : score.layers()) {
    if (!layer.undefined().empty()) {
      table.Add({MarkedName(layer), "-", Printable(layer.undefined()), "", ""});
      continue;
    }
    table.Add({MarkedName(layer), Number(layer.raw()),
               layer.has_interval() ? Bounds(layer.interval()) : "",
               layer.has_normalised() ? Number(layer.normalised()) : "",
               IsHeadline(layer, score) ? "*" : ""});
  }
  return table.empty() ? "" : table.Text("    ");
}

}  // namespace

std::string FormatScore(const v1::BenchmarkScore& score, const v1::Provenance& provenance) {
  std::string text = Printable(score.benchmark()) + "   (" + Printable(score.metric()) + ")\n" +
                     Headline(score) + Chance(score) + Conditions(score, provenance) +
                     Methods(score);
  for (const std::string& note : score.notes()) text += "  note: " + Printable(note) + "\n";
  return text + Layers(score);
}

}  // namespace ventral::cli
