#include "client/cli/score_arrays.h"

#include <algorithm>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

#include "scoring/pack/build/pack_writer.h"

namespace ventral::cli {
namespace {

const char* NameOf(Unit unit) { return unit == Unit::kNeuroid ? "neuroid" : "subject"; }

const auto& ValuesOf(const v1::LayerScore& layer, Unit unit) {
  return unit == Unit::kNeuroid ? layer.per_neuroid() : layer.per_subject();
}

int UnitsOf(const v1::BenchmarkScore& score, Unit unit) {
  int units = 0;
  for (const auto& layer : score.layers()) units = std::max(units, ValuesOf(layer, unit).size());
  return units;
}

// Digits that read back to the same double.
std::string Exact(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

Status WriteTable(const v1::BenchmarkScore& score, Unit unit, const std::filesystem::path& file) {
  std::vector<std::vector<std::string>> rows = {{"layer", "step", NameOf(unit), "score"}};
  for (const auto& layer : score.layers()) {
    const auto& values = ValuesOf(layer, unit);
    for (int i = 0; i < values.size(); ++i) {
      rows.push_back({layer.layer().path(), std::to_string(layer.layer().step()),
                      std::to_string(i + 1), Exact(values.Get(i))});
    }
  }
  return WriteCsv(file, rows);
}

Status WriteArray(const v1::BenchmarkScore& score, Unit unit, int units,
                  const std::filesystem::path& file) {
  const std::vector<std::int64_t> shape = {score.layers_size(), units};
  std::vector<double> all;
  for (const auto& layer : score.layers()) {
    const auto& values = ValuesOf(layer, unit);
    for (int i = 0; i < units; ++i) {
      all.push_back(i < values.size() ? values.Get(i) : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return WriteNpy(file, {shape, all, /*wide=*/true});
}

}  // namespace

Status WriteUnits(const v1::BenchmarkScore& score, Unit unit, const std::filesystem::path& file) {
  const int units = UnitsOf(score, unit);
  if (units == 0) {
    return InvalidInput(score.benchmark() + " has no scores of single " + NameOf(unit) + "s");
  }
  if (file.extension() == ".csv") return WriteTable(score, unit, file);
  if (file.extension() == ".npy") return WriteArray(score, unit, units, file);
  return InvalidInput(file.string() + ": the name of the file ends in .csv or .npy");
}

}  // namespace ventral::cli
