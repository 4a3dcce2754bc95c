#include "scoring/pack/manifest.h"

#include <algorithm>
#include <limits>
#include <set>

#include "scoring/pack/pack_path.h"
#include "scoring/pack/schema.h"

namespace ventral {
namespace {

using nlohmann::json;

constexpr std::pair<std::string_view, Axis> kAxes[] = {{"subject", Axis::kSubject},
                                                       {"session", Axis::kSession},
                                                       {"repeat", Axis::kRepeat},
                                                       {"stimulus", Axis::kStimulus},
                                                       {"neuroid", Axis::kNeuroid}};

Error At(const std::string& pointer, const std::string& what) {
  return InvalidInput(pointer + ": " + what);
}

// The schema has said that a required text is there.
std::string Text(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? std::string() : found->get<std::string>();
}

Status CheckVersion(const std::string& version) {
  int dots = 0;
  bool digit_before = false;
  for (const char c : version) {
    if (c == '.' && digit_before) {
      ++dots;
      digit_before = false;
    } else if (c >= '0' && c <= '9') {
      digit_before = true;
    } else {
      return At("/version", "must be three numbers with dots, such as 1.0.0");
    }
  }
  if (dots == 2 && digit_before) return Ok{};
  return At("/version", "must be three numbers with dots, such as 1.0.0");
}

// What a pack's authors say in prose must at least be printable; line breaks may stand in it.
Status CheckProse(const json& manifest) {
  for (const char* field : {"title", "citation", "licence"}) {
    std::string text = Text(manifest, field);
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (!IsPlainText(text)) return At(std::string("/") + field, "has control characters");
  }
  return Ok{};
}

// Responses: distinct axes that end in stimulus, neuroid. RDMs: distinct subject and session axes,
// then stimulus twice.
Status CheckAxes(const Recording& head, const std::string& pointer) {
  const std::vector<Axis>& axes = head.axes;
  const bool rdms = head.kind == RecordingKind::kRdms;
  const Axis last = rdms ? Axis::kStimulus : Axis::kNeuroid;
  if (axes[axes.size() - 2] != Axis::kStimulus || axes.back() != last) {
    return At(pointer, rdms ? "axes of rdms must end in stimulus, stimulus"
                            : "axes of responses must end in stimulus, neuroid");
  }
  std::set<Axis> seen;
  for (std::size_t i = 0; i + 2 < axes.size(); ++i) {
    const bool allowed = axes[i] == Axis::kSubject || axes[i] == Axis::kSession ||
                         (axes[i] == Axis::kRepeat && !rdms);
    if (!allowed || !seen.insert(axes[i]).second) {
      return At(pointer + "/" + std::to_string(i),
                "axis '" + std::string(AxisName(axes[i])) + "' cannot stand here");
    }
  }
  return Ok{};
}

Result<RecordingEntry> ParseRecording(const json& item, const std::string& pointer) {
  RecordingEntry entry;
  Recording& head = entry.head;
  head.id = Text(item, "id");
  if (!IsPackName(head.id)) {
    return At(pointer + "/id", "use lower-case letters, digits, '_' and '-'");
  }
  head.kind = Text(item, "kind") == "rdms" ? RecordingKind::kRdms : RecordingKind::kResponses;
  for (const json& name : item["axes"]) {
    const auto axis = std::find_if(std::begin(kAxes), std::end(kAxes), [&](const auto& known) {
      return known.first == name.get_ref<const std::string&>();
    });
    head.axes.push_back(axis->second);  // the schema has said that it is one of them
  }
  VENTRAL_RETURN_IF_ERROR(CheckAxes(head, pointer + "/axes"));
  head.species = Text(item, "species");
  head.region = Text(item, "region");
  head.modality = Text(item, "modality");
  head.units = Text(item, "units");
  for (const std::string* text : {&head.species, &head.region, &head.units}) {
    if (!IsPlainText(*text)) return At(pointer, "a text has control characters");
  }
  entry.file = Text(item, "file");
  if (auto path = CheckPackPath(entry.file); !path.ok()) {
    return std::move(path).error().Within(pointer + "/file");
  }
  entry.subjects = item["subjects"].get<std::int64_t>();
  return entry;
}

Result<OptionValue> ParseOption(const json& value, const std::string& pointer) {
  if (value.is_boolean()) return OptionValue(value.get<bool>());
  if (value.is_string()) return OptionValue(value.get<std::string>());
  if (value.is_array()) return OptionValue(value.get<std::vector<double>>());
  if (value.is_number_float()) return OptionValue(value.get<double>());
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
    return At(pointer, "a whole number must be below 2^63");
  }
  return OptionValue(value.get<std::int64_t>());
}

Result<PackManifest::BenchmarkInfo> ParseBenchmark(const json& item, const std::string& pointer,
                                                   const ManifestDocument& document) {
  PackManifest::BenchmarkInfo info;
  BenchmarkSpec& spec = info.spec;
  spec.id = Text(item, "id");
  const std::string prefix = document.manifest.id + ".";
  if (!spec.id.starts_with(prefix) || spec.id.ends_with(".") ||
      spec.id.find("..") != spec.id.npos ||
      spec.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") != spec.id.npos) {
    return At(pointer + "/id", "must be '" + prefix +
                                   "<recording>.<metric>' in lower-case letters, digits, '_', '-'");
  }
  const auto find = [&](const std::string& id) -> const RecordingEntry* {
    for (const RecordingEntry& entry : document.recordings) {
      if (entry.head.id == id) return &entry;
    }
    return nullptr;
  };
  spec.recording = Text(item, "recording");
  const RecordingEntry* const recording = find(spec.recording);
  if (recording == nullptr) return At(pointer + "/recording", "names no recording of the pack");
  spec.trials = Text(item, "trials");
  if (item.contains("trials")) {
    const RecordingEntry* const trials = find(spec.trials);
    if (trials == nullptr) return At(pointer + "/trials", "names no recording of the pack");
    const auto& axes = trials->head.axes;
    if (std::find(axes.begin(), axes.end(), Axis::kRepeat) == axes.end()) {
      return At(pointer + "/trials", "must name a recording with a repeat axis");
    }
  }
  spec.metric = Text(item, "metric");
  // Not in the schema: valijson takes whole numbers as signed.
  if (!item["seed"].is_number_unsigned()) {
    return At(pointer + "/seed", "must be a whole number from 0 to 2^64 - 1");
  }
  spec.seed = Seed(item["seed"].get<std::uint64_t>());
  if (item.contains("options")) {
    for (const auto& [name, value] : item["options"].items()) {
      VENTRAL_ASSIGN_OR_RETURN(OptionValue option,
                               ParseOption(value, pointer + "/options/" + name));
      spec.options.emplace(name, std::move(option));
    }
  }
  info.species = recording->head.species;
  info.region = recording->head.region;
  info.modality = recording->head.modality;
  info.subjects = recording->subjects;
  return info;
}

Status ParseRecordings(ManifestDocument& document) {
  std::set<std::string> ids;
  const json& items = document.json["recordings"];
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string pointer = "/recordings/" + std::to_string(i);
    VENTRAL_ASSIGN_OR_RETURN(RecordingEntry entry, ParseRecording(items[i], pointer));
    if (!ids.insert(entry.head.id).second) {
      return At(pointer + "/id", "recording '" + entry.head.id + "' stands twice");
    }
    document.manifest.array_files.push_back(entry.file);
    document.recordings.push_back(std::move(entry));
  }
  return Ok{};
}

Status ParseBenchmarks(ManifestDocument& document) {
  std::set<std::string> ids;
  const json& items = document.json["benchmarks"];
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string pointer = "/benchmarks/" + std::to_string(i);
    VENTRAL_ASSIGN_OR_RETURN(auto info, ParseBenchmark(items[i], pointer, document));
    if (!ids.insert(info.spec.id).second) {
      return At(pointer + "/id", "benchmark '" + info.spec.id + "' stands twice");
    }
    document.manifest.benchmarks.push_back(std::move(info));
  }
  return Ok{};
}

Status ParseHead(ManifestDocument& document) {
  const json& root = document.json;
  PackManifest& manifest = document.manifest;
  manifest.id = Text(root, "id");
  if (!IsPackName(manifest.id)) return At("/id", "use lower-case letters, digits, '_' and '-'");
  manifest.version = Text(root, "version");
  VENTRAL_RETURN_IF_ERROR(CheckVersion(manifest.version));
  VENTRAL_RETURN_IF_ERROR(CheckProse(root));
  manifest.title = Text(root, "title");
  manifest.citation = Text(root, "citation");
  manifest.licence = Text(root, "licence");
  manifest.stimuli = root["stimuli"]["count"].get<std::int64_t>();
  manifest.stimuli_file = Text(root["stimuli"], "file");
  if (auto path = CheckPackPath(manifest.stimuli_file); !path.ok()) {
    return std::move(path).error().Within("/stimuli/file");
  }
  return Ok{};
}

Result<ManifestDocument> Parse(std::string_view text) {
  if (text.size() > PackLimits{}.manifest_bytes) {
    return ResourceLimit("has " + std::to_string(text.size()) + " bytes; at most " +
                         std::to_string(PackLimits{}.manifest_bytes) + " are read");
  }
  ManifestDocument document;
  VENTRAL_ASSIGN_OR_RETURN(document.json, ParseJson(text));
  VENTRAL_RETURN_IF_ERROR(CheckManifestSchema(document.json));
  VENTRAL_RETURN_IF_ERROR(ParseHead(document));
  VENTRAL_RETURN_IF_ERROR(ParseRecordings(document));
  VENTRAL_RETURN_IF_ERROR(ParseBenchmarks(document));
  return document;
}

}  // namespace

std::string_view AxisName(Axis axis) {
  for (const auto& [name, known] : kAxes) {
    if (known == axis) return name;
  }
  return "";
}

Result<ManifestDocument> ParseManifestDocument(std::string_view text) {
  auto document = Parse(text);
  if (!document.ok()) return std::move(document).error().Within("pack.json");
  return document;
}

Result<PackManifest> ParseManifest(std::string_view json) {
  VENTRAL_ASSIGN_OR_RETURN(ManifestDocument document, ParseManifestDocument(json));
  return std::move(document.manifest);
}

}  // namespace ventral
