#include "tests/fuzz/program_edits.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "scoring/network/operators.h"
#include "tests/fuzz/random_node.h"

namespace ventral::fuzz {
namespace {

Json& Graph(Json& model) { return model["graph_module"]["graph"]; }

// Every value in `json` below it, itself first.
void Walk(Json& json, std::vector<Json*>& found) {
  found.push_back(&json);
  if (!json.is_structured()) return;
  for (Json& item : json) Walk(item, found);
}

template <typename Predicate>
std::vector<Json*> Parts(Json& json, Predicate wanted) {
  std::vector<Json*> all, parts;
  Walk(json, all);
  for (Json* part : all) {
    if (wanted(*part)) parts.push_back(part);
  }
  return parts;
}

// Names of tensors that inputs and nodes before `place` define.
std::vector<std::string> TensorsBefore(Json& graph, std::size_t place) {
  std::vector<std::string> names;
  const auto take = [&names](const Json& output) {
    if (const auto found = output.find("as_tensor"); found != output.end())
      names.push_back(found->value("name", ""));
  };
  for (const Json& input : graph["inputs"]) take(input);
  for (std::size_t i = 0; i < place; ++i) {
    if (!graph["nodes"][i].is_object() || !graph["nodes"][i].contains("outputs")) continue;
    for (const Json& output : graph["nodes"][i]["outputs"]) take(output);
  }
  return names;
}

void Insert(Json& graph, Choices& choices, const Json* target = nullptr) {
  Json& nodes = graph["nodes"];
  const std::size_t place = choices.Below(nodes.size() + 1);
  const auto tensors = TensorsBefore(graph, place);
  if (tensors.empty()) return;
  const std::string name = "made_" + std::to_string(nodes.size());
  Json node = target == nullptr ? RandomNode(name, tensors, choices) : *target;
  nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(place), std::move(node));
}

void ChangeNumber(Json& json, Choices& choices) {
  const auto numbers = Parts(json, [](const Json& part) { return part.is_number(); });
  if (numbers.empty()) return;
  Json& number = *numbers[choices.Below(numbers.size())];
  number = number.is_number_float() ? Json(choices.Real()) : Json(choices.Number());
}

void SwapTexts(Json& json, Choices& choices) {
  const auto texts = Parts(json, [](const Json& part) { return part.is_string(); });
  if (texts.empty()) return;
  Json& first = *texts[choices.Below(texts.size())];
  first.swap(*texts[choices.Below(texts.size())]);
}

void ChangeList(Json& json, Choices& choices) {
  const auto lists = Parts(json, [](const Json& part) { return part.is_array() && !part.empty(); });
  if (lists.empty()) return;
  Json& list = *lists[choices.Below(lists.size())];
  const std::size_t place = choices.Below(list.size());
  if (choices.Below(2) == 0) {
    list.erase(place);
  } else {
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(choices.Below(list.size() + 1)),
                Json(list[place]));
  }
}

void ChangeOperator(Json& graph, Choices& choices) {
  Json& nodes = graph["nodes"];
  if (nodes.empty()) return;
  const auto& operators = AllowedOperators();
  nodes[choices.Below(nodes.size())]["target"] =
      "torch.ops.aten." + std::string(operators[choices.Below(operators.size())]);
}

// Texts and keys that are names of values.
void Replace(Json& json, const std::map<std::string, std::string>& names) {
  if (json.is_string()) {
    const auto found = names.find(json.get_ref<const std::string&>());
    if (found != names.end()) json = found->second;
  } else if (json.is_array()) {
    for (Json& item : json) Replace(item, names);
  } else if (json.is_object()) {
    Json changed = Json::object();
    for (auto& [key, value] : json.items()) {
      if (key != "metadata") Replace(value, names);
      const auto found = names.find(key);
      changed[found == names.end() ? key : found->second] = std::move(value);
    }
    json = std::move(changed);
  }
}

}  // namespace

void Rename(Json& model, Choices& choices) {
  const std::string end = "_" + std::to_string(choices.Byte());
  std::map<std::string, std::string> names;
  const std::size_t all = Graph(model)["nodes"].size();
  for (const std::string& name : TensorsBefore(Graph(model), all)) names[name] = name + end;
  Replace(Graph(model), names);
  Replace(model["graph_module"]["signature"], names);
  for (Json& call : model["graph_module"]["module_call_graph"]) Replace(call["signature"], names);
}

void AddUnused(Json& model, Choices& choices) {
  Json& graph = Graph(model);
  const Json value = {{"name", TensorsBefore(graph, 0).back()}};
  const std::string name = "unused_" + std::to_string(graph["nodes"].size());
  const Json node = {{"name", name},
                     {"target", "torch.ops.aten.neg.default"},
                     {"inputs", Json::array({{{"name", "self"}, {"arg", {{"as_tensor", value}}}}})},
                     {"outputs", Json::array({{{"as_tensor", {{"name", name}}}}})},
                     {"metadata", Json::object()}};
  Insert(graph, choices, &node);
}

void EditAnything(Json& model, Choices& choices) {
  Json& graph = Graph(model);
  if (!graph["nodes"].is_array()) return;
  switch (choices.Below(8)) {
    case 0:
      return ChangeNumber(graph["nodes"], choices);
    case 1:
      return SwapTexts(graph["nodes"], choices);
    case 2:
      return ChangeList(graph, choices);
    case 3:
      return ChangeOperator(graph, choices);
    case 4:
      return ChangeNumber(model, choices);
    default:
      return Insert(graph, choices);
  }
}

}  // namespace ventral::fuzz
