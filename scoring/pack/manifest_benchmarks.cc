#include <algorithm>
#include <limits>
#include <set>

#include "scoring/pack/manifest_sections.h"

namespace ventral {
namespace {

using nlohmann::json;

constexpr std::string_view kIdCharacters = "abcdefghijklmnopqrstuvwxyz0123456789_.-";

Status CheckId(const std::string& id, const std::string& pack, const std::string& pointer) {
  const std::string prefix = pack + ".";
  if (id.starts_with(prefix) && !id.ends_with(".") && id.find("..") == id.npos &&
      id.find_first_not_of(kIdCharacters) == id.npos) {
    return Ok{};
  }
  return AtPointer(pointer, "must be '" + prefix +
                                "<recording>.<metric>' in lower-case letters, digits, '_', '-'");
}

const RecordingEntry* Find(const ManifestDocument& document, const std::string& id) {
  for (const RecordingEntry& entry : document.recordings) {
    if (entry.head.id == id) return &entry;
  }
  return nullptr;
}

Status CheckTrials(const ManifestDocument& document, const std::string& id,
                   const std::string& pointer) {
  const RecordingEntry* const trials = Find(document, id);
  if (trials == nullptr) return AtPointer(pointer, "names no recording of the pack");
  const auto& axes = trials->head.axes;
  if (std::find(axes.begin(), axes.end(), Axis::kRepeat) != axes.end()) return Ok{};
  return AtPointer(pointer, "must name a recording with a repeat axis");
}

Result<OptionValue> ParseOption(const json& value, const std::string& pointer) {
  if (value.is_boolean()) return OptionValue(value.get<bool>());
  if (value.is_string()) return OptionValue(value.get<std::string>());
  if (value.is_array()) return OptionValue(value.get<std::vector<double>>());
  if (value.is_number_float()) return OptionValue(value.get<double>());
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
    return AtPointer(pointer, "a whole number must be below 2^63");
  }
  return OptionValue(value.get<std::int64_t>());
}

Result<Options> ParseOptions(const json& item, const std::string& pointer) {
  Options options;
  if (!item.contains("options")) return options;
  for (const auto& [name, value] : item["options"].items()) {
    VENTRAL_ASSIGN_OR_RETURN(OptionValue option, ParseOption(value, pointer + "/" + name));
    options.emplace(name, std::move(option));
  }
  return options;
}

Result<PackManifest::BenchmarkInfo> ParseBenchmark(const json& item, const std::string& pointer,
                                                   const ManifestDocument& document) {
  PackManifest::BenchmarkInfo info;
  BenchmarkSpec& spec = info.spec;
  spec.id = TextField(item, "id");
  VENTRAL_RETURN_IF_ERROR(CheckId(spec.id, document.manifest.id, pointer + "/id"));
  spec.recording = TextField(item, "recording");
  const RecordingEntry* const recording = Find(document, spec.recording);
  if (recording == nullptr) {
    return AtPointer(pointer + "/recording", "names no recording of the pack");
  }
  spec.trials = TextField(item, "trials");
  if (item.contains("trials")) {
    VENTRAL_RETURN_IF_ERROR(CheckTrials(document, spec.trials, pointer + "/trials"));
  }
  spec.metric = TextField(item, "metric");
  // Not in the schema: valijson takes whole numbers as signed.
  if (!item["seed"].is_number_unsigned()) {
    return AtPointer(pointer + "/seed", "must be a whole number from 0 to 2^64 - 1");
  }
  spec.seed = Seed(item["seed"].get<std::uint64_t>());
  VENTRAL_ASSIGN_OR_RETURN(spec.options, ParseOptions(item, pointer + "/options"));
  info.species = recording->head.species;
  info.region = recording->head.region;
  info.modality = recording->head.modality;
  info.subjects = recording->subjects;
  return info;
}

}  // namespace

Status ParseBenchmarks(ManifestDocument& document) {
  std::set<std::string> ids;
  const json& items = document.json["benchmarks"];
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string pointer = "/benchmarks/" + std::to_string(i);
    VENTRAL_ASSIGN_OR_RETURN(auto info, ParseBenchmark(items[i], pointer, document));
    if (!ids.insert(info.spec.id).second) {
      return AtPointer(pointer + "/id", "benchmark '" + info.spec.id + "' stands twice");
    }
    document.manifest.benchmarks.push_back(std::move(info));
  }
  return Ok{};
}

}  // namespace ventral
