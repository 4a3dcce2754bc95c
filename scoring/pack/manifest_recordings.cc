#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "scoring/pack/manifest_sections.h"
#include "scoring/pack/pack_path.h"

namespace ventral {
namespace {

using nlohmann::json;

constexpr std::pair<std::string_view, Axis> kAxes[] = {{"subject", Axis::kSubject},
                                                       {"session", Axis::kSession},
                                                       {"repeat", Axis::kRepeat},
                                                       {"stimulus", Axis::kStimulus},
                                                       {"neuroid", Axis::kNeuroid}};

// Responses: distinct axes that end in stimulus, neuroid. RDMs: distinct subject and session axes,
// then stimulus twice.
Status CheckAxes(const Recording& head, const std::string& pointer) {
  const std::vector<Axis>& axes = head.axes;
  const bool rdms = head.kind == RecordingKind::kRdms;
  const Axis last = rdms ? Axis::kStimulus : Axis::kNeuroid;
  if (axes[axes.size() - 2] != Axis::kStimulus || axes.back() != last) {
    return AtPointer(pointer, rdms ? "axes of rdms must end in stimulus, stimulus"
                            : "axes of responses must end in stimulus, neuroid");
  }
  std::set<Axis> seen;
  for (std::size_t i = 0; i + 2 < axes.size(); ++i) {
    const bool allowed = axes[i] == Axis::kSubject || axes[i] == Axis::kSession ||
                         (axes[i] == Axis::kRepeat && !rdms);
    if (!allowed || !seen.insert(axes[i]).second) {
      return AtPointer(pointer + "/" + std::to_string(i),
                "axis '" + std::string(AxisName(axes[i])) + "' cannot stand here");
    }
  }
  return Ok{};
}

Result<RecordingEntry> ParseRecording(const json& item, const std::string& pointer) {
  RecordingEntry entry;
  Recording& head = entry.head;
  head.id = TextField(item, "id");
  if (!IsPackName(head.id)) {
    return AtPointer(pointer + "/id", "use lower-case letters, digits, '_' and '-'");
  }
  head.kind = TextField(item, "kind") == "rdms" ? RecordingKind::kRdms : RecordingKind::kResponses;
  for (const json& name : item["axes"]) {
    const auto axis = std::find_if(std::begin(kAxes), std::end(kAxes), [&](const auto& known) {
      return known.first == name.get_ref<const std::string&>();
    });
    head.axes.push_back(axis->second);  // the schema has said that it is one of them
  }
  VENTRAL_RETURN_IF_ERROR(CheckAxes(head, pointer + "/axes"));
  head.species = TextField(item, "species");
  head.region = TextField(item, "region");
  head.modality = TextField(item, "modality");
  head.units = TextField(item, "units");
  for (const std::string* text : {&head.species, &head.region, &head.units}) {
    if (!IsPlainText(*text)) return AtPointer(pointer, "a text has control characters");
  }
  entry.file = TextField(item, "file");
  if (auto path = CheckPackPath(entry.file); !path.ok()) {
    return std::move(path).error().Within(pointer + "/file");
  }
  entry.subjects = item["subjects"].get<std::int64_t>();
  return entry;
}

}  // namespace

Status ParseRecordings(ManifestDocument& document) {
  std::set<std::string> ids;
  const json& items = document.json["recordings"];
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string pointer = "/recordings/" + std::to_string(i);
    VENTRAL_ASSIGN_OR_RETURN(RecordingEntry entry, ParseRecording(items[i], pointer));
    if (!ids.insert(entry.head.id).second) {
      return AtPointer(pointer + "/id", "recording '" + entry.head.id + "' stands twice");
    }
    document.manifest.array_files.push_back(entry.file);
    document.recordings.push_back(std::move(entry));
  }
  return Ok{};
}

std::string_view AxisName(Axis axis) {
  for (const auto& [name, known] : kAxes) {
    if (known == axis) return name;
  }
  return "";
}

}  // namespace ventral
